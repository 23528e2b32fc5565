/** A short seed of kills, and what the judge of the run would say to a broken engine; the full run is the long test. */
import { describe, expect, it } from 'vitest';
import { judge, rulesOf, type Kill, type RoundFacts } from '../../bench/chaos/verdict.js';
import { expectNoHarm } from './chaos-support.js';

describe('workers killed at random moments', () => {
  it('lose nothing and double nothing, with one worker and with two', { timeout: 180_000 }, async () => {
    const { kills, rounds } = await expectNoHarm({ kills: 12, recipients: 800, seed: 3, workers: 2, leaseMs: 4_000 });
    expect(kills).toBeGreaterThanOrEqual(12);
    const moments = new Set(rounds.flatMap((round) => round.kills.map(({ moment }) => moment)));
    expect([...moments]).toEqual(expect.arrayContaining(['random', 'expanding', 'sweep']));
    expect(new Set(rounds.map((round) => round.class))).toEqual(new Set(['announcement', 'deadline']));
  });
});

describe('the judge of a run with kills', () => {
  const attempt = (n: number, state: string, repeat = false) => ({
    id: `${String(n)}${repeat ? 'r' : ''}`,
    address: String(n),
    person: `m:${String(n)}`,
    state,
    repeat,
    ended: state !== 'queued',
  });
  const got = (n: number, plain = 1, marked = 0) => ({
    address: String(n),
    plain,
    marked,
    acknowledged: plain + marked,
  });
  const kill = (...inFlight: string[]): Kill => ({ worker: 'w1', moment: 'random', inFlight });
  const good: RoundFacts = {
    class: 'announcement',
    workers: 1,
    recipients: 2,
    seconds: 1,
    state: 'finished',
    attempts: [attempt(1, 'sent'), attempt(2, 'uncertain')],
    got: [got(1)],
    kills: [kill('2')],
  };
  const broken = (facts: Partial<RoundFacts>, concurrency = 1): string[] =>
    rulesOf([judge({ ...good, ...facts })], { kills: 1, concurrency })
      .filter(({ holds }) => !holds)
      .map(({ rule }) => rule);
  const [KILLS, LOST, TWICE, FATE, MOST, SUMS] = rulesOf([], { kills: 1, concurrency: 1 }).map(({ rule }) => rule);

  it('is content with what is sent or uncertain', () => {
    expect(broken({})).toEqual([]);
    const told = [attempt(1, 'sent'), attempt(2, 'uncertain'), attempt(2, 'sent', true)];
    expect(broken({ class: 'deadline', attempts: told, got: [got(1), got(2, 1, 1)] })).toEqual([]);
  });

  const wrong: readonly [string, Partial<RoundFacts>, readonly (string | undefined)[]][] = [
    ['nobody in flight', { kills: [{ ...kill(), moment: 'random' }] }, [KILLS, MOST]],
    ['a message that never arrived', { got: [] }, [LOST]],
    ['a person without a message', { attempts: [attempt(1, 'sent')], kills: [kill('1')] }, [LOST, SUMS]],
    ['an attempt without an end', { attempts: [attempt(1, 'sent'), attempt(2, 'queued')] }, [LOST, FATE, SUMS]],
    ['a second copy', { got: [got(1, 2)] }, [TWICE]],
    ['a marked copy of an announcement', { got: [got(1), got(2, 1, 1)] }, [TWICE]],
    [
      'a repeat that the class forbids',
      { attempts: [...good.attempts, attempt(2, 'sent', true)], got: [got(1), got(2, 0, 1)] },
      [TWICE, FATE],
    ],
    ['no repeat where the class asks for one', { class: 'deadline' }, [FATE]],
    ['more in flight than may be', { kills: [kill('1', '2')] }, [MOST]],
    ['an uncertain one that no kill explains', { kills: [kill('1')] }, [MOST]],
    ['a broadcast that never ends', { state: 'sending' }, [SUMS]],
  ];
  it.each(wrong)('finds %s', (_, facts, rules) => {
    expect(broken(facts)).toEqual(rules);
  });
});
