import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Outgoing, SendResult } from '../../src/channels/channel.js';
import { createBroadcasts, createHistory, FINAL_STATES, FIRST_STATES, TRANSITIONS } from '../../src/delivery/index.js';
import { passedBetween, type AttemptState } from '../../src/delivery/states.js';
import { waitFor } from '../support/wait.js';
import { createFakeChannel, createWorld, MORNING, type FakeChannel, type Person, type World } from './support.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
  // What really happened, as the database saw it.
  await world.query(`create table state_log (n bigserial primary key, attempt_id bigint, was text, state text)`);
  await world.query(`create function log_state() returns trigger language plpgsql as $$ begin
    if tg_op = 'INSERT' then insert into state_log (attempt_id, state) values (new.id, new.state);
    elsif new.state <> old.state then insert into state_log (attempt_id, was, state) values (new.id, old.state, new.state); end if;
    return null; end $$`);
  await world.query(
    `create trigger log_state after insert or update on attempt for each row execute function log_state()`,
  );
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  await world.query('truncate state_log restart identity');
});

interface Logged {
  readonly attempt_id: string;
  readonly was: AttemptState | null;
  readonly state: AttemptState;
}

const logged = () => world.query<Logged>('select attempt_id, was, state from state_log order by n');

/** Every change that the log saw stands in the table of allowed ones. */
function expectAllowed(log: readonly Logged[]): void {
  const wrong = log.filter(({ was, state }) =>
    was === null ? !FIRST_STATES.includes(state) : !TRANSITIONS[was].includes(state),
  );
  expect(wrong).toEqual([]);
}

/** What the history tells of each attempt is what the log saw, once each and in order. */
async function expectHistoriesToEqual(log: readonly Logged[]): Promise<void> {
  const history = createHistory(world.database.store.pool);
  const seen: Record<string, AttemptState[]> = {};
  for (const { attempt_id: id, was, state } of log) {
    (seen[id] ??= []).push(...(was === null ? [] : passedBetween(was, state)), state);
  }
  const told: Record<string, AttemptState[]> = {};
  for (const id of Object.keys(seen)) {
    const way = (await history.ofAttempt(id)).filter(({ isNote }) => !isNote);
    told[id] = way.map(({ state }) => state);
    expect(way.every(({ at }) => at instanceof Date)).toBe(true);
  }
  expect(told).toEqual(seen);
}

/** The same numbers in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

async function broadcastTo(people: readonly Person[], kind: string, id = randomUUID()): Promise<string> {
  await world.query(`insert into content (text) values ('Thông báo')`);
  await world.query(
    `insert into broadcast (id, kind, subject_id, title, audience, contents, class, state, created_at)
     select $1, 'notice', 'x', 'x', $2, jsonb_build_object('vi', jsonb_build_array(max(id))), $3, 'planned', $4 from content`,
    [id, JSON.stringify({ kind: 'people', people: people.map(({ key }) => key) }), kind, MORNING],
  );
  return id;
}

/** Answers of a bad day. */
function moody(random: () => number, channel: FakeChannel): FakeChannel['answer'] {
  const answers: readonly [number, (outgoing: Outgoing) => SendResult][] = [
    [0.1, () => ({ kind: 'uncertain', detail: 'reset' })],
    [0.2, () => ({ kind: 'failed', failure: 'retryable', detail: '502', retryAfterMs: 1 })],
    [0.25, () => ({ kind: 'failed', failure: 'recipient-gone', detail: '403' })],
    [0.28, () => ({ kind: 'failed', failure: 'rejected', detail: '400' })],
    [0.33, () => ({ kind: 'failed', failure: 'rate-limited', retryAfterMs: 50, scope: 'contact', detail: '429' })],
    [0.35, () => ({ kind: 'failed', failure: 'rate-limited', retryAfterMs: 100, detail: '429' })],
    [1, ({ attemptId }) => ({ kind: 'sent', platformMessageId: `${channel.name}-${attemptId}` })],
  ];
  return async (outgoing) => {
    await new Promise((resolve) => setTimeout(resolve, random() * 8));
    const roll = random();
    const [, answer] = answers.find(([upTo]) => roll < upTo) ?? [];
    return answer?.(outgoing) ?? { kind: 'uncertain', detail: 'no answer chosen' };
  };
}

/** Every kind of change that the bad days brought. */
const happened = new Set<string>();
const HARD = { timeout: 120_000 };

describe('the history of an attempt', () => {
  it('of a plain message stands in its columns: no row is written besides', async () => {
    await world.tell(await world.people(20));
    const channel = createFakeChannel();
    await world.engine([channel]).drain('bulk');
    expect(await world.query('select 1 from attempt_event')).toEqual([]);
    const [first] = await world.attempts();
    const way = await createHistory(world.database.store.pool).ofAttempt(first?.id ?? '');
    expect(way.map(({ state }) => state)).toEqual(['queued', 'leased', 'sending', 'sent']);
    expect(way.at(-1)).toMatchObject({ channel: 'telegram', platformMessageId: first?.platform_message_id });
    expect(way.map(({ at }) => at.getTime())).toEqual(way.map(({ at }) => at.getTime()).sort((a, b) => a - b));
    await expectHistoriesToEqual(await logged());
  });

  it('tells why a call was made again, and when', async () => {
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    await world.tell([person], { class: 'deadline' });
    const channel = createFakeChannel();
    channel.answer = () =>
      channel.calls.length === 1
        ? { kind: 'failed', failure: 'rate-limited', retryAfterMs: 30, detail: '429 Too Many Requests' }
        : { kind: 'uncertain', detail: 'reset after write' };
    const engine = world.engine([channel]);
    await engine.drain('bulk');
    await waitFor(async () => (await world.query('select 1 from attempt where ended_at is null')).length === 0);
    const [message] = await world.query<{ id: string }>('select id from message');
    const way = await createHistory(world.database.store.pool).ofMessage(message?.id ?? '');
    expect(way.map(({ state, reason, detail }) => [state, reason, detail].filter(Boolean).join(' '))).toEqual([
      'queued',
      'leased',
      'sending',
      'queued rate-limited 429 Too Many Requests',
      'leased',
      'sending',
      'uncertain unknown-arrival reset after write',
      'queued',
      'leased',
      'sending',
      'uncertain unknown-arrival reset after write',
    ]);
    expect(new Set(way.map(({ attemptId }) => attemptId)).size).toBe(2);
  });

  it.each([7, 19, 41])('holds every change that happened on a bad day, each once (%i)', HARD, async (seed) => {
    const random = dice(seed);
    const { pool } = world.database.store;
    let businessNow = MORNING;
    const clock = () => Promise.resolve(businessNow);
    const channels = [
      createFakeChannel('telegram'),
      createFakeChannel('zalo', { proof: 'delivered' }),
      createFakeChannel('web', { proof: 'fetched' }),
    ];
    for (const channel of channels) channel.answer = moody(random, channel);
    const broadcasts = createBroadcasts({ pool, businessNow: clock });
    const settings = {
      concurrency: 8,
      leaseMs: 60_000,
      broadcasts,
      businessNow: clock,
      harmlessChannels: ['web'] as const,
    };
    const engines = [world.engine(channels, settings), world.engine(channels, settings)];

    const people = (
      await Promise.all((['telegram', 'zalo', 'web'] as const).map((channel) => world.people(60, { channel })))
    ).flat();
    for (const person of people.slice(0, 90)) {
      await world.query(
        `insert into contact (id, channel, external_id, member_id, last_inbound_at) values ($1::uuid, 'web', $1::uuid::text, $2, $3)`,
        [randomUUID(), person.memberId, MORNING],
      );
    }
    const ids = [await broadcastTo(people, 'announcement'), await broadcastTo(people.slice(0, 80), 'deadline')];
    await world.tell(people.slice(40, 100), { class: 'deadline', notBefore: new Date(MORNING.getTime() + 60_000) });
    await broadcasts.expandDue();

    const attempts = () =>
      world.query<{ id: string }>(`select id from attempt where state not in ('planned', 'queued')`);
    const steps: readonly (() => Promise<unknown>)[] = [
      () => broadcasts.pause(ids[0] ?? ''),
      () => broadcasts.resume(ids[0] ?? ''),
      // A process died: its leases run out.
      () => world.query(`update lease set until = now() - interval '1 s' where not closed`),
      () => engines[0]?.sweep() ?? Promise.resolve(),
      async () => {
        const some = (await attempts()).filter(() => random() < 0.3).map(({ id }) => id);
        await engines[1]?.prove(some, random() < 0.5 ? 'delivered' : 'seen', new Date());
      },
      async () => {
        businessNow = new Date(MORNING.getTime() + 12 * 3_600_000);
        await engines[0]?.reconcile();
      },
      async () => {
        businessNow = new Date(MORNING.getTime() + 24 * 3_600_000);
        await engines[1]?.reconcile();
      },
      () => world.query(`update attempt set due = now() where waiting and due > now()`),
      async () => {
        for (const engine of engines) engine.kick('bulk');
        await new Promise((resolve) => setTimeout(resolve, 20));
      },
    ];
    for (let n = 0; n < 60; n += 1) {
      await steps[Math.floor(random() * steps.length)]?.();
      if (n === 15) await broadcasts.cancel(ids[1] ?? '');
    }
    await broadcasts.resume(ids[0] ?? '');
    businessNow = new Date(MORNING.getTime() + 48 * 3_600_000);
    await waitFor(
      async () => {
        await world.query(`update attempt set due = now() where waiting and due > now()`);
        await engines[0]?.reconcile();
        return (await world.query('select 1 from attempt where ended_at is null')).length === 0;
      },
      { timeoutMs: 60_000, everyMs: 200 },
    );

    const log = await logged();
    for (const { was, state } of log) happened.add(`${String(was)}-${state}`);
    expectAllowed(log);
    await expectHistoriesToEqual(log);
    const ends = await world.query<{ state: AttemptState }>('select distinct state from attempt');
    expect(ends.every(({ state }) => FINAL_STATES.includes(state))).toBe(true);
  });

  it('was tried on days that were bad enough', () => {
    const rare = ['sending-queued', 'sending-uncertain', 'leased-queued', 'queued-planned', 'planned-queued'];
    expect(rare.filter((change) => !happened.has(change))).toEqual([]);
    const ends = ['failed', 'skipped', 'delivered', 'seen'];
    expect(ends.filter((end) => ![...happened].some((change) => change.endsWith(`-${end}`)))).toEqual([]);
  });
});

describe('the record', () => {
  it('is asked for again whenever a final state changes later', async () => {
    await world.tell(await world.people(3, { channel: 'zalo' }));
    const zalo = createFakeChannel('zalo', { proof: 'delivered' });
    zalo.answer = ({ attemptId }) =>
      zalo.calls.length === 1 ? { kind: 'uncertain', detail: 'reset' } : { kind: 'sent', platformMessageId: attemptId };
    const engine = world.engine([zalo], { concurrency: 1, replySlots: 0 });
    await engine.drain('bulk');
    await world.query('update attempt set sealed = true');
    const ids = (await world.attempts()).map(({ id }) => id);
    await engine.prove(ids.slice(0, 2), 'delivered', new Date());
    expect(
      (await world.query<{ sealed: boolean }>('select sealed from attempt order by id')).map((row) => row.sealed),
    ).toEqual([false, false, true]);
    // The same proof once more changes nothing.
    await world.query('update attempt set sealed = true');
    await engine.prove(ids.slice(0, 2), 'delivered', new Date());
    expect(await world.query('select 1 from attempt where not sealed')).toEqual([]);
    expect((await world.attempts())[0]).toMatchObject({ state: 'delivered', reason: null });
  });
});
