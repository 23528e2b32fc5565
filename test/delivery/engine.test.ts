import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SendResult } from '../../src/channels/channel.js';
import { beginSafeMode } from '../../src/delivery/index.js';
import { waitFor } from '../support/wait.js';
import { createFakeChannel, createWorld, MORNING, type World } from './support.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const sent = (id: string): SendResult => ({ kind: 'sent', platformMessageId: id });

describe('a drain', () => {
  it('calls once for every message and writes every outcome with its times', async () => {
    await world.tell(await world.people(500));
    const channel = createFakeChannel();
    expect(await world.engine([channel]).drain('bulk')).toEqual({ sent: 500, failed: 0, uncertain: 0, retried: 0 });
    expect(new Set(channel.calls.map(({ outgoing }) => outgoing.attemptId)).size).toBe(500);
    expect(channel.calls.length).toBe(500);
    for (const attempt of await world.attempts()) {
      expect(attempt).toMatchObject({ state: 'sent', sends: 1, waiting: false, try: 1 });
      expect(attempt.platform_message_id).not.toBeNull();
      expect(attempt.sending_at && attempt.sent_at && attempt.ended_at).toBeTruthy();
    }
  });

  it('shares the work between two engines and sends nothing twice', async () => {
    await world.tell(await world.people(800));
    const channel = createFakeChannel();
    channel.answer = async (outgoing) => {
      await pause(2);
      return sent(outgoing.attemptId);
    };
    const results = await Promise.all(
      [world.engine([channel]), world.engine([channel])].map((engine) => engine.drain('bulk')),
    );
    expect(results.reduce((sum, result) => sum + result.sent, 0)).toBe(800);
    expect(Math.min(...results.map((result) => result.sent))).toBeGreaterThan(0);
    expect(channel.calls.length).toBe(800);
    expect(await world.counts()).toEqual({ sent: 800 });
  });

  it('never has more rows sending in the database than its concurrency', async () => {
    await world.tell(await world.people(300));
    const channel = createFakeChannel();
    let most = 0;
    channel.answer = async (outgoing) => {
      most = Math.max(most, (await world.counts())['sending'] ?? 0);
      return sent(outgoing.attemptId);
    };
    await world.engine([channel], { concurrency: 8, replySlots: 0 }).drain('bulk');
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('keeps the order of the messages of one conversation', async () => {
    const people = await world.people(5);
    for (const text of ['1', '2', '3', '4']) await world.tell(people, { text });
    const channel = createFakeChannel();
    channel.answer = async (outgoing) => {
      await pause(Math.random() * 20);
      return sent(outgoing.attemptId);
    };
    await world.engine([channel]).drain('bulk');
    for (const { address } of people) {
      expect(channel.sent.filter((one) => one.address === address).map((one) => one.content.text)).toEqual([
        '1',
        '2',
        '3',
        '4',
      ]);
    }
  });

  it('lets answers pass while a broadcast fills every slot it may have', async () => {
    await world.tell(await world.people(100));
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    const channel = createFakeChannel();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    channel.answer = async (outgoing) => {
      if (outgoing.lane === 'bulk') await gate;
      return sent(outgoing.attemptId);
    };
    const engine = world.engine([channel], { concurrency: 10 });
    const bulk = engine.drain('bulk');
    await waitFor(() => channel.calls.length === 9);
    await world.tell([person], { class: 'reply', text: 'Trả lời' });
    expect(await engine.drain('reply')).toMatchObject({ sent: 1 });
    open();
    expect(await bulk).toMatchObject({ sent: 100 });
  });

  it.each([
    ['answers', 'reply', 'reply'],
    ['notices', 'bulk', 'announcement'],
  ] as const)('sends one person at most three %s at once and one a second after that', async (_, lane, kind) => {
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    for (const text of ['1', '2', '3', '4']) await world.tell([person], { class: kind, text });
    const channel = createFakeChannel();
    expect(await world.engine([channel]).drain(lane)).toMatchObject({ sent: 4 });
    const times = channel.calls.map(({ atMs }) => atMs);
    expect((times[2] ?? 0) - (times[0] ?? 0)).toBeLessThan(1_500);
    expect((times[3] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(2_900);
  });

  it('takes nothing of the bulk lane while the product is in safe mode, and answers all the same', async () => {
    const people = await world.people(20);
    await world.tell(people);
    await world.tell(people, { class: 'reply' });
    const { pool } = world.database.store;
    expect(await beginSafeMode(pool, 'operator', MORNING, new Date())).toBe(true);
    const channel = createFakeChannel();
    const engine = world.engine([channel]);
    expect(await engine.drain('bulk')).toMatchObject({ sent: 0 });
    expect(await engine.drain('reply')).toMatchObject({ sent: 20 });
    await pool.query(`delete from setting where key = 'delivery.safe-mode'`);
    expect(await engine.drain('bulk')).toMatchObject({ sent: 20 });
  });

  it('gives what it did not begin back when it stops', async () => {
    await world.tell(await world.people(60));
    const channel = createFakeChannel();
    channel.answer = async (outgoing) => {
      await pause(20);
      return sent(outgoing.attemptId);
    };
    const engine = world.engine([channel], { concurrency: 5, replySlots: 0 });
    void engine.drain('bulk');
    await waitFor(() => channel.sent.length >= 5);
    await engine.stop(2_000);
    const { sent: gone = 0, queued = 0, ...rest } = await world.counts();
    expect(rest).toEqual({});
    expect(gone).toBe(channel.calls.length);
    expect(queued).toBe(60 - gone);
    await world.engine([channel]).drain('bulk');
    expect(await world.counts()).toEqual({ sent: 60 });
    expect(channel.calls.length).toBe(60);
  });

  it('survives its database connections being cut, and calls nobody twice', async () => {
    const people = await world.people(400);
    await world.tell(people);
    const channel = createFakeChannel();
    channel.answer = async (outgoing) => {
      await pause(3);
      return sent(outgoing.attemptId);
    };
    const engine = world.engine([channel], { leaseMs: 1_500 });
    const drained = engine.drain('bulk').catch(() => undefined);
    let broken = 0;
    for (const count of [50, 150, 250]) {
      await waitFor(() => channel.calls.length >= count);
      const ended = await world.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database() and query like 'with outcome%'`,
      );
      broken += ended.length;
    }
    expect(broken).toBeGreaterThan(0);
    await drained;
    await waitFor(
      async () => {
        await engine.sweep();
        await engine.drain('bulk');
        return Object.keys(await world.counts()).every((state) => state === 'sent' || state === 'uncertain');
      },
      { timeoutMs: 15_000, everyMs: 200 },
    );
    expect(channel.calls.length).toBe(new Set(channel.calls.map(({ outgoing }) => outgoing.attemptId)).size);
    const counts = await world.counts();
    expect((counts['sent'] ?? 0) + (counts['uncertain'] ?? 0)).toBe(400);
    // Every answer that came was written in the end.
    expect(counts['sent']).toBe(channel.sent.length);
  });
});

describe('an outcome that nobody knows', () => {
  const uncertain: SendResult = { kind: 'uncertain', detail: 'reset after write' };

  it('of an announcement is left alone', async () => {
    await world.tell(await world.people(10));
    const channel = createFakeChannel();
    channel.answer = (outgoing) => (channel.calls.length <= 3 ? uncertain : sent(outgoing.attemptId));
    expect(await world.engine([channel]).drain('bulk')).toEqual({ sent: 7, failed: 0, uncertain: 3, retried: 0 });
    expect(channel.calls.length).toBe(10);
  });

  it('of a deadline notice is told once more, marked, and not a third time', async () => {
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    await world.tell([person], { class: 'deadline', text: 'Hạn nộp: thứ Sáu' });
    const channel = createFakeChannel();
    channel.answer = () => uncertain;
    const engine = world.engine([channel]);
    await engine.drain('bulk');
    await engine.drain('bulk');
    await engine.drain('bulk');
    expect(channel.calls.map(({ outgoing }) => outgoing.content.text)).toEqual([
      'Hạn nộp: thứ Sáu',
      'Nhắc lại: Hạn nộp: thứ Sáu',
    ]);
    expect((await world.attempts()).map(({ try: n, state, repeat }) => ({ n, state, repeat }))).toEqual([
      { n: 1, state: 'uncertain', repeat: false },
      { n: 2, state: 'uncertain', repeat: true },
    ]);
  });

  it('is also what a channel that throws or never answers leaves behind', async () => {
    await world.tell(await world.people(2));
    const channel = createFakeChannel();
    channel.answer = () => {
      if (channel.calls.length === 1) throw new Error('a fault of ours');
      return new Promise(() => undefined);
    };
    expect(await world.engine([channel], { sendTimeoutMs: 100 }).drain('bulk')).toMatchObject({ uncertain: 2 });
    expect(await world.counts()).toEqual({ uncertain: 2 });
  });
});

describe('the sweep', () => {
  const hold = async (state: string, until: string) => {
    const { pool } = world.database.store;
    await pool.query(
      `with l as (insert into lease (worker, lane, until) values ('dead', 'bulk', now() + $2::interval) returning id)
       update attempt set waiting = false, lease_id = l.id, state = $1 from l`,
      [state, until],
    );
  };

  it('leaves a lease alone that still runs', async () => {
    await world.tell(await world.people(2));
    await hold('leased', '1 minute');
    expect(await world.engine([createFakeChannel()]).sweep()).toEqual({ leases: 0, requeued: 0, uncertain: 0 });
  });

  it('lets what a dead process held wait again', async () => {
    await world.tell(await world.people(3));
    await hold('leased', '-1 second');
    const channel = createFakeChannel();
    const engine = world.engine([channel]);
    expect(await engine.sweep()).toEqual({ leases: 1, requeued: 3, uncertain: 0 });
    expect(await engine.sweep()).toEqual({ leases: 0, requeued: 0, uncertain: 0 });
    await engine.drain('bulk');
    expect(channel.calls.length).toBe(3);
  });

  it('calls uncertain what it was sending, and repeats only what may be repeated', async () => {
    const people = await world.people(2);
    await world.tell(people, { class: 'announcement' });
    await world.tell(people, { class: 'deadline' });
    await hold('sending', '-1 second');
    const channel = createFakeChannel();
    const engine = world.engine([channel]);
    expect(await engine.sweep()).toEqual({ leases: 1, requeued: 0, uncertain: 4 });
    expect(await engine.drain('bulk')).toMatchObject({ sent: 2 });
    expect(channel.sent.every(({ content }) => content.text.startsWith('Nhắc lại:'))).toBe(true);
    expect(await world.counts()).toEqual({ uncertain: 4, sent: 2 });
  });

  it('queues again on the web, where a second call of one attempt changes nothing', async () => {
    await world.tell(await world.people(2, { channel: 'web' }));
    await hold('sending', '-1 second');
    expect(await world.engine([createFakeChannel('web')]).sweep()).toMatchObject({ requeued: 2, uncertain: 0 });
  });

  it('does not keep an answer that came late from being written', async () => {
    await world.tell(await world.people(1));
    const channel = createFakeChannel();
    const engine = world.engine([channel], { leaseMs: 60_000 });
    channel.answer = async (outgoing) => {
      await world.database.store.pool.query(`update lease set until = now() - interval '1 s'`);
      expect(await engine.sweep()).toMatchObject({ uncertain: 1 });
      return sent(`late-${outgoing.attemptId}`);
    };
    await engine.drain('bulk');
    expect((await world.attempts())[0]).toMatchObject({ state: 'sent', reason: null });
  });
});

describe('the reconciler', () => {
  it('finds due work that nobody drains', async () => {
    await world.tell(await world.people(5));
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    await world.tell([person], { class: 'reply' });
    const engine = world.engine([createFakeChannel()]);
    await engine.reconcile();
    await waitFor(async () => (await world.counts())['sent'] === 6);
  });
});
