import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SendResult } from '../../src/channels/channel.js';
import { waitFor } from '../support/wait.js';
import { createFakeChannel, createWorld, type World } from './support.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const sent = (id: string): SendResult => ({ kind: 'sent', platformMessageId: id });
const rateLimited = (retryAfterMs: number, scope: 'account' | 'contact' = 'account'): SendResult => ({
  kind: 'failed',
  failure: 'rate-limited',
  retryAfterMs,
  scope,
  detail: '429',
});

describe('a failure', () => {
  it('that nothing was accepted for is tried again, and holds what comes after it in the conversation', async () => {
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    await world.tell([person], { text: 'một' });
    await world.tell([person], { text: 'hai' });
    const channel = createFakeChannel();
    let refusals = 1;
    channel.answer = (outgoing) => {
      refusals -= 1;
      return refusals >= 0
        ? { kind: 'failed', failure: 'retryable', detail: 'ECONNREFUSED' }
        : sent(outgoing.attemptId);
    };
    const engine = world.engine([channel]);
    expect(await engine.drain('bulk')).toMatchObject({ sent: 0, retried: 1 });
    const [first, second] = await world.attempts();
    expect(first).toMatchObject({ state: 'queued', waiting: true, sends: 1, reason: 'retryable' });
    expect(second).toMatchObject({ state: 'queued', sends: 0 });
    // No drain is asked for: the engine's own alarm rings.
    await waitFor(async () => (await world.counts())['sent'] === 2);
    expect(channel.sent.map(({ content }) => content.text)).toEqual(['một', 'hai']);
    const [began, again] = channel.calls.map(({ atMs }) => atMs);
    expect((again ?? 0) - (began ?? 0)).toBeGreaterThanOrEqual(1_900);
  });

  it('of one recipient touches nobody else, marks the contact and calls it no more', async () => {
    const people = await world.people(100);
    const blocked = new Set(people.slice(0, 5).map(({ address }) => address));
    await world.tell(people);
    const channel = createFakeChannel();
    channel.answer = (outgoing) =>
      blocked.has(outgoing.address)
        ? { kind: 'failed', failure: 'recipient-gone', detail: '403' }
        : sent(outgoing.attemptId);
    const { pool } = world.database.store;
    const marked = async () => (await pool.query(`select 1 from contact where state = 'blocked'`)).rowCount;
    const seen: (number | null)[] = [];
    const settle = async () => {
      seen.push(await marked());
      return [];
    };
    const broadcasts = { settle, expandDue: () => Promise.resolve([]) };
    const engine = world.engine([channel], { broadcasts });
    // The mark has to wait for a lock; what follows a drained lane begins after it all the same.
    const locker = await pool.connect();
    await locker.query('begin');
    await locker.query('select 1 from contact where id = $1 for no key update', [people[0]?.contactId]);
    const drained = engine.drain('bulk');
    try {
      await waitFor(async () => (await world.counts())['failed'] === 5);
      await waitFor(async () => (await pool.query('select 1 from pg_locks where not granted')).rowCount !== 0);
      expect(seen).toEqual([]);
    } finally {
      await locker.query('commit');
      locker.release();
    }
    expect(await drained).toEqual({ sent: 95, failed: 5, uncertain: 0, retried: 0 });
    expect([await marked(), ...seen]).toEqual([5, 5]);
    // Planned while the contact was thought to be there.
    await pool.query(`insert into attempt (message_id, try, channel, contact_id, conversation_id, lane, state, waiting, due)
      select message_id, 2, channel, contact_id, conversation_id, lane, 'queued', true, now() from attempt where state = 'failed' order by id limit 1`);
    const before = channel.calls.length;
    expect(await engine.drain('bulk')).toMatchObject({ failed: 1 });
    expect(channel.calls.length).toBe(before);
  });

  it('for going too fast is obeyed by every engine of the account, while other channels go on', async () => {
    await world.tell(await world.people(60));
    await world.tell(await world.people(60, { channel: 'zalo' }));
    const telegram = createFakeChannel('telegram');
    const zalo = createFakeChannel('zalo');
    let bannedAt = 0;
    telegram.answer = async (outgoing) => {
      const nth = telegram.calls.length;
      await pause(2);
      if (nth === 20) {
        bannedAt = Date.now();
        return rateLimited(2_500);
      }
      return sent(outgoing.attemptId);
    };
    const engines = [
      world.engine([telegram, zalo], { concurrency: 4 }),
      world.engine([telegram, zalo], { concurrency: 4 }),
    ];
    await Promise.all(engines.map((engine) => engine.drain('bulk')));
    expect(zalo.sent.length).toBe(60);
    // One that starts now knows of the ban only from the database.
    const calls = telegram.calls.length;
    await world.engine([telegram]).drain('bulk');
    expect(bannedAt).toBeGreaterThan(Date.now() - 2_500);
    expect(telegram.calls.length).toBe(calls);
    await waitFor(async () => (await world.counts())['sent'] === 120);
    // Calls that were under way when the answer came are over within milliseconds; none begins after that.
    const during = telegram.calls.filter(({ atMs }) => atMs > bannedAt + 150 && atMs < bannedAt + 2_500);
    expect(during).toEqual([]);
    expect(telegram.sent.length).toBe(60);
  });

  it('for going too fast with one person delays only that person', async () => {
    const people = await world.people(20);
    await world.tell(people);
    const channel = createFakeChannel();
    const slow = people[0]?.address;
    channel.answer = (outgoing) =>
      outgoing.address === slow && channel.calls.filter(({ outgoing: o }) => o.address === slow).length === 1
        ? rateLimited(1_500, 'contact')
        : sent(outgoing.attemptId);
    const engine = world.engine([channel]);
    expect(await engine.drain('bulk')).toMatchObject({ sent: 19, retried: 1 });
    await waitFor(async () => (await world.counts())['sent'] === 20);
  });

  it('that lasts ends after eight calls with its reason', async () => {
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    await world.tell([person]);
    const { pool } = world.database.store;
    const channel = createFakeChannel();
    channel.answer = () => ({ kind: 'failed', failure: 'retryable', detail: 'HTTP 502' });
    const engine = world.engine([channel]);
    for (let n = 1; n <= 8; n += 1) {
      await engine.drain('bulk');
      await pool.query('update attempt set due = now() where waiting');
    }
    expect(channel.calls.length).toBe(8);
    expect((await world.attempts())[0]).toMatchObject({ state: 'failed', reason: 'retryable', sends: 8 });
  });

  it('of a channel that is off here is final and says so', async () => {
    await world.tell(await world.people(3, { channel: 'zalo' }));
    await world.engine([createFakeChannel('telegram')]).drain('bulk');
    for (const attempt of await world.attempts())
      expect(attempt).toMatchObject({ state: 'failed', reason: 'channel-off', waiting: false });
  });
});
