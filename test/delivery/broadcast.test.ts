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
  broadcasts = createBroadcasts({
    pool: world.database.store.pool,
    businessNow: () => Promise.resolve(MORNING),
    chunk: 7,
  });
});

const stateOf = async (id: string) => (await createLedger(world.database.store.pool).ofBroadcast(id))?.state;

describe('a broadcast', () => {
  it('is expanded once, however often and by however many it is expanded', async () => {
    const id = await world.order(await world.people(30));
    await Promise.all([broadcasts.expand(id), broadcasts.expand(id), broadcasts.expand(id)]);
    expect(await broadcasts.expand(id)).toBe(false);
    expect(await createLedger(world.database.store.pool).ofBroadcast(id)).toMatchObject({
      state: 'sending',
      recipients: 30,
      byState: { queued: 30 },
    });
    expect((await world.attempts()).length).toBe(30);
  });

  it('goes on where an interrupted expansion stopped', async () => {
    const people = await world.people(10);
    const id = await world.order(people);
    // Three people were written before the process died.
    await world.query(`update broadcast set state = 'expanding' where id = $1`, [id]);
    await world.tell(people.slice(0, 3), { source: { kind: 'broadcast', id } });
    expect(await broadcasts.expandDue()).toEqual([id]);
    expect((await world.attempts()).length).toBe(10);
  });

  it('counts and tells once a person who holds two seats of the audience', async () => {
    const [first, second] = await world.people(2);
    if (!first || !second) throw new Error('nobody');
    const units = [randomUUID(), randomUUID()];
    for (const unit of units) {
      await world.query(
        `insert into unit (id, code, name, short_name, type, level) values ($1, $2, 'Đơn vị mẫu', 'ĐV', 'so', 'tinh')`,
        [unit, unit],
      );
      for (const [kind, holder] of [
        ['primary', first],
        ['head', second],
      ] as const) {
        const seat = randomUUID();
        await world.query('insert into seat (id, unit_id, kind) values ($1, $2, $3)', [seat, unit, kind]);
        await world.query('insert into seat_holding (id, seat_id, member_id, held_from) values ($1, $2, $3, now())', [
          randomUUID(),
          seat,
          holder.memberId,
        ]);
      }
    }
    const id = await world.order([], { audience: { kind: 'units', unitIds: units, seats: ['primary'] } });
    await broadcasts.expand(id);
    expect((await world.attempts()).map(({ person }) => person)).toEqual([first.key]);
    expect(await world.query('select seat_id from message where seat_id is not null')).toHaveLength(1);
  });

  it('to subscribers leaves out whoever said stop', async () => {
    const people = await world.people(5);
    await world.query('update contact set subscribed = id = any($1)', [
      people.slice(1).map(({ contactId }) => contactId),
    ]);
    const id = await world.order([], { audience: { kind: 'subscribers' }, class: 'honour' });
    await broadcasts.expand(id);
    expect((await world.attempts()).length).toBe(4);
    await world.query('update contact set subscribed = true');
  });

  it('is finished when every message has a final state, and its numbers add up to the people', async () => {
    const people = await world.people(40);
    await world.query(`update contact set state = 'gone' where id = $1`, [people[0]?.contactId]);
    const id = await world.order(people);
    await broadcasts.expand(id);
    const channel = createFakeChannel();
    channel.answer = (outgoing) => {
      if (channel.calls.length % 10 === 0) return { kind: 'uncertain', detail: 'reset' };
      if (channel.calls.length % 7 === 0) return { kind: 'failed', failure: 'rejected', detail: '400' };
      return { kind: 'sent', platformMessageId: outgoing.attemptId };
    };
    const engine = world.engine([channel], { broadcasts });
    expect(await broadcasts.settle(MORNING)).toEqual([]);
    await engine.drain('bulk');
    const progress = await createLedger(world.database.store.pool).ofBroadcast(id);
    expect(progress?.state).toBe('finished');
    expect(progress?.byState).toEqual({ sent: 31, failed: 5, uncertain: 3, skipped: 1 });
    expect(Object.values(progress?.byState ?? {}).reduce((sum, n) => sum + n, 0)).toBe(progress?.recipients);
  });

  it('with nobody in its audience is finished at once', async () => {
    const id = await world.order([]);
    await broadcasts.expand(id);
    expect(await broadcasts.settle(MORNING)).toEqual([id]);
    expect(await createLedger(world.database.store.pool).ofBroadcast(id)).toMatchObject({
      state: 'finished',
      recipients: 0,
      byState: {},
    });
  });

  it('for later begins when its time has come', async () => {
    const id = await world.order(await world.people(2), { startAt: new Date(MORNING.getTime() + 1) });
    expect(await broadcasts.expand(id)).toBe(false);
    const later = createBroadcasts({
      pool: world.database.store.pool,
      businessNow: () => Promise.resolve(new Date(MORNING.getTime() + 1)),
    });
    expect(await later.expandDue()).toEqual([id]);
  });

  it('begins no further call after a pause, and skips or doubles nobody when it goes on', async () => {
    const id = await world.order(await world.people(120));
    await broadcasts.expand(id);
    const channel = createFakeChannel();
    channel.answer = async (outgoing) => {
      await new Promise((resolve) => setTimeout(resolve, 3));
      return { kind: 'sent', platformMessageId: outgoing.attemptId };
    };
    const engine = world.engine([channel], { concurrency: 6, replySlots: 0, broadcasts });
    for (const count of [10, 40, 70]) {
      const drained = engine.drain('bulk');
      await waitFor(() => channel.calls.length >= count);
      expect(await broadcasts.pause(id)).toBe(true);
      const atPause = channel.calls.length;
      await drained;
      expect(channel.calls.length - atPause).toBeLessThanOrEqual(12);
      expect(await stateOf(id)).toBe('paused');
      expect(await broadcasts.resume(id)).toBe(true);
    }
    await engine.drain('bulk');
    expect(channel.calls.length).toBe(120);
    expect(await createLedger(world.database.store.pool).ofBroadcast(id)).toMatchObject({
      state: 'finished',
      byState: { sent: 120 },
    });
  });

  it('that is cancelled skips what has not left, for good', async () => {
    const id = await world.order(await world.people(50));
    await broadcasts.expand(id);
    const channel = createFakeChannel();
    const engine = world.engine([channel], { concurrency: 2, replySlots: 0 });
    channel.answer = async (outgoing) => {
      if (channel.calls.length >= 10) await broadcasts.cancel(id);
      return { kind: 'sent', platformMessageId: outgoing.attemptId };
    };
    await engine.drain('bulk');
    expect(await broadcasts.resume(id)).toBe(false);
    const { sent = 0, skipped = 0 } = (await createLedger(world.database.store.pool).ofBroadcast(id))?.byState ?? {};
    expect(sent + skipped).toBe(50);
    expect(sent).toBe(channel.calls.length);
    expect(sent).toBeLessThan(50);
  });

  it('planned in quiet hours waits for the morning, even when it was paused in the night', async () => {
    const night = new Date('2026-11-23T15:00:00Z');
    const dawn = new Date('2026-11-23T23:30:00Z');
    const atNight = createBroadcasts({ pool: world.database.store.pool, businessNow: () => Promise.resolve(night) });
    const id = await world.order(await world.people(3), { class: 'deadline' });
    await atNight.expand(id);
    expect(await world.counts()).toEqual({ planned: 3 });
    const engine = world.engine([createFakeChannel()]);
    await atNight.pause(id);
    expect(await engine.release(dawn)).toBe(0);
    await createBroadcasts({ pool: world.database.store.pool, businessNow: () => Promise.resolve(dawn) }).resume(id);
    expect(await world.counts()).toEqual({ queued: 3 });
  });
});

describe('the ledger', () => {
  it('shows each person once, at the least certain of his messages, with codes where there are some', async () => {
    const [named, other] = await world.people(2);
    if (!named || !other) throw new Error('nobody');
    await world.query(`update member set code = 'officer' where id = $1`, [named.memberId]);
    await world.tell([named, other], {
      source: { kind: 'duty', id: 'd1' },
      say: [{ text: raw('một') }, { text: raw('hai') }],
    });
    const channel = createFakeChannel();
    channel.answer = (outgoing) =>
      outgoing.address === other.address && outgoing.content.text === 'hai'
        ? { kind: 'uncertain', detail: 'x' }
        : { kind: 'sent', platformMessageId: outgoing.attemptId };
    await world.engine([channel]).drain('bulk');
    const ledger = await createLedger(world.database.store.pool).ofSource('duty', 'd1');
    expect(ledger).toMatchObject({ recipients: 2, byState: { sent: 1, uncertain: 1 } });
    expect(ledger.rows.find(({ person }) => person === 'officer')).toMatchObject({
      state: 'sent',
      channel: 'telegram',
      attempts: 2,
    });
    expect(ledger.rows.find(({ person }) => person === other.key)).toMatchObject({ state: 'uncertain' });
    await world.query('update member set code = null where id = $1', [named.memberId]);
  });

  it('lists the latest sources, newest first, however large one of them is', async () => {
    const people = await world.people(60);
    for (const id of ['a', 'b', 'c']) await world.tell(people.slice(0, 2), { source: { kind: 'x', id } });
    await world.tell(people, { source: { kind: 'x', id: 'large' } });
    const sources = await createLedger(world.database.store.pool).latestSources(3);
    expect(sources.map(({ source, recipients }) => [source, recipients])).toEqual([
      ['x:large', 60],
      ['x:c', 2],
      ['x:b', 2],
    ]);
  });

  it('shows a message as delivered or seen as soon as its channel proves it', async () => {
    await world.tell(await world.people(2, { channel: 'zalo' }), { source: { kind: 'x', id: 'z' } });
    const zalo = createFakeChannel('zalo', { proof: 'delivered' });
    const engine = world.engine([zalo]);
    const receipt = (id: string, kind: 'delivered' | 'seen') => ({
      type: 'receipt' as const,
      channel: 'zalo' as const,
      platformMessageIds: [id],
      kind,
      at: new Date(),
    });
    // The first receipt overtakes our own outcome.
    zalo.answer = async (outgoing) => {
      if (zalo.calls.length === 1) await engine.applyReceipts([receipt(`z-${outgoing.attemptId}`, 'delivered')]);
      return { kind: 'sent', platformMessageId: `z-${outgoing.attemptId}` };
    };
    await engine.drain('bulk');
    const [first, second] = await world.attempts();
    await engine.applyReceipts([receipt(`z-${second?.id ?? ''}`, 'seen'), receipt('of nobody', 'seen')]);
    expect((await createLedger(world.database.store.pool).ofSource('x', 'z')).byState).toEqual({
      delivered: 1,
      seen: 1,
    });
    expect(first?.state).toBe('sent');
  });

  it('shows a web message as delivered when it was fetched, even before our own outcome is written', async () => {
    await world.tell(await world.people(1, { channel: 'web' }), { source: { kind: 'x', id: 'w' } });
    const web = createFakeChannel('web', { proof: 'fetched' });
    const engine = world.engine([web]);
    web.answer = async (outgoing) => {
      expect(await engine.prove([outgoing.attemptId], 'delivered', new Date())).toBe(1);
      return { kind: 'sent', platformMessageId: outgoing.attemptId };
    };
    await engine.drain('bulk');
    expect((await createLedger(world.database.store.pool).ofSource('x', 'w')).byState).toEqual({ delivered: 1 });
  });
});
