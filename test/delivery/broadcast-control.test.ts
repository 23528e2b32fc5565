import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { raw } from '../../src/conversation/text.js';
import { createBroadcasts, createLedger, type Broadcasts } from '../../src/delivery/index.js';
import { waitFor } from '../support/wait.js';
import { createFakeChannel, createWorld, MORNING, type World } from './support.js';

let world: World;
let broadcasts: Broadcasts;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  broadcasts = at(MORNING);
});

const at = (now: Date) =>
  createBroadcasts({ pool: world.database.store.pool, businessNow: () => Promise.resolve(now), demo: true });
const later = (ms: number) => new Date(MORNING.getTime() + ms);

const ledger = () => createLedger(world.database.store.pool, { bulkPerSecond: { telegram: 30, zalo: 80 / 60 } });
const inTx = <T>(work: (control: ReturnType<Broadcasts['in']>) => Promise<T>) =>
  world.database.store.transaction((tx) => work(broadcasts.in(tx)), { timeoutMs: 20_000 });

/** Sends it; who blocked the bot fails, who is doubtful is uncertain. */
async function send(id: string, fails: ReadonlySet<string>, doubts: ReadonlySet<string> = new Set()) {
  const channel = createFakeChannel();
  channel.answer = ({ attemptId, address }) => {
    if (fails.has(address)) return { kind: 'failed', failure: 'rejected', detail: '400' };
    return doubts.has(address)
      ? { kind: 'uncertain', detail: 'reset' }
      : { kind: 'sent', platformMessageId: attemptId };
  };
  await broadcasts.expand(id);
  await world.engine([channel], { broadcasts }).drain('bulk');
  return channel;
}

describe('sending again', () => {
  it('goes only to those who failed, once, even when two officers press at once', async () => {
    const people = await world.people(6);
    const id = await world.order(people);
    const channel = await send(id, new Set(people.slice(0, 2).map(({ address }) => address)));
    expect(await ledger().ofBroadcast(id)).toMatchObject({ state: 'finished', byState: { sent: 4, failed: 2 } });
    const told = await Promise.all([broadcasts.resend(id, 'failed'), broadcasts.resend(id, 'failed')]);
    expect(told.map((one) => ('people' in one ? one.people : null)).sort()).toEqual([0, 2]);
    expect(await ledger().ofBroadcast(id)).toMatchObject({ state: 'sending', byState: { sent: 4, queued: 2 } });
    channel.answer = ({ attemptId }) => ({ kind: 'sent', platformMessageId: attemptId });
    await world.engine([channel], { broadcasts }).drain('bulk');
    expect(channel.calls).toHaveLength(8);
    expect(await ledger().ofBroadcast(id)).toMatchObject({ state: 'finished', byState: { sent: 6 } });
    expect(await world.query(`select try, via, repeat from attempt where via is not null`)).toEqual([
      { try: 2, via: 'resend', repeat: false },
      { try: 2, via: 'resend', repeat: false },
    ]);
  });

  it('to the uncertain is marked as a repeat, and leaves the failed alone', async () => {
    const people = await world.people(3);
    const [failed, doubtful] = people;
    const id = await world.order(people);
    const channel = await send(id, new Set([failed?.address ?? '']), new Set([doubtful?.address ?? '']));
    channel.answer = ({ attemptId }) => ({ kind: 'sent', platformMessageId: attemptId });
    expect(await broadcasts.resend(id, 'uncertain')).toMatchObject({ outcome: 'done', people: 1 });
    await world.engine([channel], { broadcasts }).drain('bulk');
    const [last] = channel.sent.slice(-1);
    expect(last).toMatchObject({
      address: doubtful?.address,
      content: { text: expect.stringMatching(/^Nhắc lại:/) as string },
    });
    expect((await ledger().ofBroadcast(id))?.byState).toEqual({ sent: 2, failed: 1 });
  });

  it('takes another contact of whoever blocked the first, and says how many have none', async () => {
    const [moved, gone] = await world.people(2);
    if (!moved || !gone) throw new Error('nobody');
    const id = await world.order([moved, gone]);
    await send(id, new Set([moved.address, gone.address]));
    await world.query(`update contact set state = 'blocked' where id = any($1)`, [[moved.contactId, gone.contactId]]);
    await world.query(`insert into contact (id, channel, external_id, member_id) values ($1, 'web', $2, $3)`, [
      randomUUID(),
      randomUUID(),
      moved.memberId,
    ]);
    expect(await broadcasts.resend(id, 'failed')).toMatchObject({ outcome: 'done', people: 1, unreachable: 1 });
    expect((await world.attempts()).filter((row) => row.try === 2)).toMatchObject([
      { channel: 'web', person: moved.key },
    ]);
  });

  it('leaves out whoever has a colleague that was reached instead', async () => {
    const [first, deputy] = await world.people(2);
    if (!first || !deputy) throw new Error('nobody');
    const id = await world.order([first]);
    await send(id, new Set([first.address]));
    await world.tell([deputy], { source: { kind: 'broadcast', id } });
    await world.query(
      `update message set stands_for_id = (select id from message where person = $1) where person = $2`,
      [first.key, deputy.key],
    );
    await world.query(`update attempt set state = 'sent', waiting = false, ended_at = now() where state = 'queued'`);
    expect(await broadcasts.resend(id, 'failed')).toMatchObject({ outcome: 'done', people: 0 });
    expect(await ledger().missed(id, 15, 0)).toMatchObject({
      total: 1,
      rows: [{ person: first.key, isStoodFor: true }],
    });
  });

  it('is refused while it is paused, planned or cancelled', async () => {
    const id = await world.order(await world.people(1), { startAt: later(1) });
    expect(await broadcasts.resend(id, 'failed')).toMatchObject({ outcome: 'refused', state: 'planned' });
    await broadcasts.pause(id);
    expect(await broadcasts.resend(id, 'failed')).toMatchObject({ outcome: 'refused', state: 'paused' });
    await broadcasts.cancel(id);
    expect(await broadcasts.resend(id, 'failed')).toMatchObject({ outcome: 'refused', state: 'cancelled' });
    expect(await broadcasts.resend(randomUUID(), 'failed')).toEqual({ outcome: 'unknown' });
  });
});

describe('an order', () => {
  it('that comes again, or no longer fits, says so and changes nothing', async () => {
    const id = await world.order(await world.people(1));
    await broadcasts.expand(id);
    const now = MORNING;
    expect(await inTx((control) => control.pause(id, now))).toEqual({ outcome: 'done', state: 'paused' });
    expect(await inTx((control) => control.pause(id, now))).toEqual({ outcome: 'already', state: 'paused' });
    expect(await inTx((control) => control.resume(id, now))).toMatchObject({ outcome: 'done' });
    expect(await inTx((control) => control.resume(id, now))).toMatchObject({ outcome: 'already' });
    expect(await inTx((control) => control.cancel(id, now))).toMatchObject({ outcome: 'done' });
    expect(await inTx((control) => control.cancel(id, now))).toMatchObject({ outcome: 'already' });
    expect(await inTx((control) => control.resume(id, now))).toEqual({ outcome: 'refused', state: 'cancelled' });
    expect(await inTx((control) => control.pause(randomUUID(), now))).toEqual({ outcome: 'unknown' });
  });

  it('inside a transaction stops the engines at its commit, before anything else is done', async () => {
    const id = await world.order(await world.people(400));
    await broadcasts.expand(id);
    const channel = createFakeChannel();
    channel.answer = async ({ attemptId }) => {
      await new Promise((resolve) => setTimeout(resolve, 4));
      return { kind: 'sent', platformMessageId: attemptId };
    };
    const engines = [0, 1].map(() => world.engine([channel], { concurrency: 5, replySlots: 0 }));
    const drains = engines.map((engine) => engine.drain('bulk'));
    await waitFor(() => channel.calls.length >= 60);
    await inTx((control) => control.pause(id, MORNING));
    const atPause = channel.calls.length;
    await Promise.all(drains);
    expect(channel.calls.length - atPause).toBeLessThanOrEqual(20);
    await waitFor(async () => (await world.query(`select 1 from attempt where state = 'sending'`)).length === 0);
    const still = channel.calls.length;
    await Promise.all(engines.map((engine) => engine.drain('bulk')));
    expect(channel.calls.length).toBe(still);
    // What still stands in the line is taken out of it by whoever looks next.
    await broadcasts.rest();
    const { planned = 0, sent = 0, ...others } = await world.counts();
    expect([planned + sent, others]).toEqual([400, {}]);
    expect(sent).toBe(still);
    expect(
      await world.query(`select count(*)::int as n from attempt_event where state = 'planned' and reason = 'paused'`),
    ).toEqual([{ n: planned }]);
  });

  it('to cancel holds within two seconds, whatever is under way, and ends when nothing is open', async () => {
    const id = await world.order(await world.people(3_000));
    await broadcasts.expand(id);
    const channel = createFakeChannel();
    channel.answer = async ({ attemptId }) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      return { kind: 'sent', platformMessageId: attemptId };
    };
    const engine = world.engine([channel], { concurrency: 20, replySlots: 0, broadcasts });
    const drained = engine.drain('bulk');
    await waitFor(() => channel.calls.length >= 200);
    const orderedAt = Date.now();
    await broadcasts.cancel(id);
    const tookMs = Date.now() - orderedAt;
    await drained;
    const lastMs = Math.max(...channel.calls.map(({ atMs }) => atMs)) - orderedAt;
    const figures = { recipients: 3_000, orderMs: tookMs, lastCallMs: lastMs };
    process.stdout.write(`a cancel: ${JSON.stringify(figures)}\n`);
    expect(lastMs).toBeLessThanOrEqual(2_000);
    await broadcasts.rest();
    const { sent = 0, skipped = 0 } = (await ledger().ofBroadcast(id))?.byState ?? {};
    expect([sent + skipped, sent]).toEqual([3_000, channel.calls.length]);
    expect(await world.query(`select 1 from broadcast where id = $1 and finished_at is not null`, [id])).toHaveLength(
      1,
    );
  });

  it('to go on puts one that had not begun back to its hour', async () => {
    const id = await world.order(await world.people(2), { startAt: later(60_000) });
    await broadcasts.pause(id);
    expect(await at(later(120_000)).expandDue()).toEqual([]);
    await broadcasts.resume(id);
    expect(await ledger().ofBroadcast(id)).toMatchObject({ state: 'planned', recipients: 0 });
    expect(await at(later(60_000)).expandDue()).toEqual([id]);
  });

  it('to pause in the middle of the expansion is gone on with where it stopped', async () => {
    const people = await world.people(10);
    const id = await world.order(people);
    await world.query(`update broadcast set state = 'expanding' where id = $1`, [id]);
    await world.tell(people.slice(0, 4), { source: { kind: 'broadcast', id } });
    await broadcasts.pause(id);
    expect(await world.counts()).toEqual({ planned: 4 });
    await broadcasts.resume(id);
    expect(await world.counts()).toEqual({ queued: 10 });
    expect(await ledger().ofBroadcast(id)).toMatchObject({ state: 'sending', recipients: 10 });
  });
});

describe('a change before the start', () => {
  it('is made by one of two officers, and the other is told that what he saw is stale', async () => {
    const id = await world.order(await world.people(2), { startAt: later(1_000) });
    const change = (text: string) =>
      inTx((control) => control.edit(id, { title: text, say: [{ text: raw(text) }] }, 1, MORNING));
    const done = await Promise.all([change('bản hai'), change('bản ba')]);
    expect(done.map(({ outcome }) => outcome).sort()).toEqual(['done', 'stale']);
    const channel = await send(id, new Set());
    expect(channel.calls).toHaveLength(0);
    broadcasts = at(later(1_000));
    const sent = await send(id, new Set());
    expect(new Set(sent.sent.map(({ content }) => content.text))).toEqual(
      new Set([done[0]?.outcome === 'done' ? 'DỮ LIỆU MẪU\nbản hai' : 'DỮ LIỆU MẪU\nbản ba']),
    );
  });

  it('lets one that was paused before it began leave at its new hour, and only that', async () => {
    const id = await world.order(await world.people(2), { startAt: later(1_000) });
    await world.query(`update broadcast set state = 'paused' where id = $1`, [id]);
    const edit = (change: { title?: string; startAt?: Date | null }, version: number) =>
      inTx((control) => control.edit(id, change, version, MORNING));
    const state = async () => (await ledger().ofBroadcast(id))?.state;
    expect(await edit({ title: 'x' }, 1)).toMatchObject({ outcome: 'done' });
    expect(await state()).toBe('paused');
    expect(await edit({ startAt: later(5_000) }, 2)).toMatchObject({ outcome: 'done' });
    expect(await state()).toBe('planned');
    broadcasts = at(later(5_000));
    expect((await send(id, new Set())).sent).toHaveLength(2);
  });

  it('changes readers and hour, with a new forecast', async () => {
    const people = await world.people(3);
    const id = await world.order(people.slice(0, 1), { startAt: later(1_000) });
    const audience = { kind: 'people', people: people.map(({ key }) => key) } as const;
    expect(await inTx((control) => control.edit(id, { audience, startAt: later(5_000) }, 1, MORNING))).toEqual({
      outcome: 'done',
      version: 2,
    });
    expect(await world.query(`select start_at, forecast ->> 'people' as people from broadcast`)).toEqual([
      { start_at: later(5_000), people: '3' },
    ]);
    expect(await inTx((control) => control.edit(id, { startAt: null }, 2, MORNING))).toMatchObject({ outcome: 'done' });
    expect(await broadcasts.expandDue()).toEqual([id]);
    expect(await world.counts()).toEqual({ queued: 3 });
  });

  it('is refused for a time that is over, and after the start', async () => {
    const id = await world.order(await world.people(1), { startAt: later(1_000) });
    expect(await inTx((control) => control.edit(id, { startAt: MORNING }, 1, MORNING))).toEqual({ outcome: 'past' });
    await broadcasts.cancel(id);
    expect(await inTx((control) => control.edit(id, { title: 'x' }, 1, MORNING))).toEqual({ outcome: 'started' });
    expect(await inTx((control) => control.edit(randomUUID(), {}, 1, MORNING))).toEqual({ outcome: 'unknown' });
  });
});

describe('the progress of a broadcast', () => {
  it('foretells its end by the budget of the channel while nothing has moved', async () => {
    const telegram = await world.people(60);
    const zalo = await world.people(8, { channel: 'zalo' });
    await world.query('update contact set last_inbound_at = $1', [MORNING]);
    const id = await world.order([...telegram, ...zalo]);
    await broadcasts.expand(id);
    const before = Date.now();
    const progress = await ledger().ofBroadcast(id);
    expect(progress).toMatchObject({
      ratePerSec: 0,
      channels: [
        { channel: 'telegram', left: 60 },
        { channel: 'zalo', left: 8 },
      ],
    });
    // 8 at 80 a minute take longer than 60 at 30 a second.
    const seconds = (Date.parse(progress?.eta ?? '') - before) / 1000;
    expect(seconds).toBeGreaterThan(5.5);
    expect(seconds).toBeLessThan(16);
  });

  it('counts from the end of a ban, which it shows', async () => {
    const id = await world.order(await world.people(30));
    await broadcasts.expand(id);
    const until = new Date(Date.now() + 18_053_000);
    await world.query(`insert into rate_budget (account, tat_at, banned_until) values ('telegram:1', now(), $1)`, [
      until,
    ]);
    const progress = await ledger().ofBroadcast(id);
    expect(progress?.channels).toEqual([{ channel: 'telegram', left: 30, ratePerSec: 0, bannedUntil: until }]);
    expect(Date.parse(progress?.eta ?? '')).toBe(until.getTime() + 1_000);
  });

  it('measures the rate since it began to move, and foretells nothing while it is paused', async () => {
    const id = await world.order(await world.people(100));
    await broadcasts.expand(id);
    await world.query(`update attempt set state = 'sent', waiting = false, sending_at = clock_timestamp() - interval '4 s', ended_at = clock_timestamp()
      where id in (select id from attempt order by id limit 40)`);
    const progress = await ledger().ofBroadcast(id);
    // Over a whole minute it would be 0.7.
    expect(progress?.ratePerSec).toBeGreaterThan(2);
    expect(progress?.ratePerSec).toBeLessThanOrEqual(10);
    await broadcasts.pause(id);
    expect(await ledger().ofBroadcast(id)).toMatchObject({ state: 'paused', eta: null });
  });

  it('names whoever was not reached, with the reason, page by page', async () => {
    const people = await world.people(20);
    await world.query(`update contact set state = 'gone' where id = $1`, [people[19]?.contactId]);
    const id = await world.order(people);
    await send(id, new Set(people.slice(0, 16).map(({ address }) => address)));
    const first = await ledger().missed(id, 15, 0);
    expect(first.counts).toEqual([
      { state: 'failed', reason: 'rejected', people: 16 },
      { state: 'skipped', reason: 'no-contact', people: 1 },
    ]);
    expect([first.total, first.rows.length, (await ledger().missed(id, 15, 15)).rows.length]).toEqual([17, 15, 2]);
    await world.query(`update contact set state = 'active' where id = $1`, [people[19]?.contactId]);
  });

  it('goes back to sending when something of a finished one is tried again', async () => {
    const people = await world.people(2);
    const id = await world.order(people);
    await send(id, new Set(people.map(({ address }) => address)));
    await world.query(`insert into attempt (message_id, try, channel, contact_id, conversation_id, lane, state, waiting, due, via)
      select message_id, 2, channel, contact_id, conversation_id, lane, 'queued', true, now(), 'channel' from attempt order by id limit 1`);
    expect(await broadcasts.settle(MORNING)).toEqual([]);
    expect(await ledger().ofBroadcast(id)).toMatchObject({ state: 'sending' });
    await world.query(`update attempt set state = 'sent', waiting = false, ended_at = now() where state = 'queued'`);
    expect(await broadcasts.settle(MORNING)).toEqual([id]);
  });

  it('is not crowded out of the latest sources by answers', async () => {
    const people = await world.people(2);
    for (const n of [1, 2, 3])
      await world.tell(people.slice(0, 1), { source: { kind: 'broadcast', id: `b${String(n)}` } });
    for (let n = 0; n < 30; n += 1) await world.tell(people.slice(1), { source: { kind: 'inbound', id: String(n) } });
    const kinds = (await ledger().latestSources()).map(({ source }) => source.split(':')[0]);
    expect(kinds.filter((kind) => kind === 'inbound')).toHaveLength(5);
    expect(kinds.filter((kind) => kind === 'broadcast')).toHaveLength(3);
  });
});
