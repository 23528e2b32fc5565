import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeTelegram, type FakeTelegram } from '../support/fake-telegram.js';
import { AT_ONCE, runSequence, type SequenceResult } from './broadcast-sequences.js';
import { createWorld, type World } from './support.js';

const SEQUENCES = 100;
const FIRST_SEED = 1_000;

let world: World;
let fake: FakeTelegram;

beforeAll(async () => {
  world = await createWorld();
  fake = await startFakeTelegram({ limits: { perSecond: 100_000, perChatPerSecond: 1_000 } });
});
afterAll(async () => {
  await fake.stop();
  await world.close();
});

describe('a hundred sequences of orders given at random', () => {
  it('tell nobody twice and leave nobody out', { timeout: 1_200_000 }, async () => {
    const results: SequenceResult[] = [];
    for (let n = 0; n < SEQUENCES; n += 1) results.push(await runSequence(world, fake, FIRST_SEED + n));
    const sum = (value: (one: SequenceResult) => number) => results.reduce((total, one) => total + value(one), 0);
    const cancels = results.flatMap(({ cancelMs }) => (cancelMs === null ? [] : [cancelMs]));
    const figures = {
      sequences: results.length,
      orders: sum(({ orders }) => orders.length),
      finished: results.filter(({ state }) => state === 'finished').length,
      cancelled: results.filter(({ state }) => state === 'cancelled').length,
      twice: sum(({ twice }) => twice),
      skipped: sum(({ skipped }) => skipped),
      worstCancelMs: Math.max(0, ...cancels),
      mostBegunAfter: Math.max(...results.map(({ begunAfter }) => begunAfter)),
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    const wrong = results.filter(
      ({ twice, skipped, unaccounted, stale, cancelMs, begunAfter }) =>
        twice + skipped + unaccounted + stale > 0 || (cancelMs ?? 0) > 2_000 || begunAfter > AT_ONCE,
    );
    expect(wrong).toEqual([]);
    // Some were cancelled on their way.
    const midway = results.filter(({ byState }) => (byState.skipped ?? 0) > 0 && (byState.sent ?? 0) > 0);
    expect(midway.length).toBeGreaterThan(5);
    expect(results.filter(({ state }) => state === 'finished').every(({ recipients }) => recipients === 60)).toBe(true);
  });
});
