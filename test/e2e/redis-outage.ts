/** Redis is flushed and killed under a broadcast and under reminders that fall due meanwhile. */
import { expect } from 'vitest';
import { figures } from '../support/figures.js';
import { startKillableRedis } from '../support/killable-servers.js';
import { waitFor } from '../support/wait.js';
import {
  announce,
  everythingLeft,
  expectToldOnce,
  moveToTelegram,
  startProduct,
  sum,
  waitBeforeReminders,
} from './outage-support.js';
import { World } from './world.js';

interface Ready {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, { readonly state: string }>>;
}

/** What may pass between Redis coming back and the last message, beyond the time that the rate takes. */
const LATE_MS = 60_000;

/** Plays it; web and worker are processes of their own, so that bells go through Redis. */
export async function outliveRedis(options: { people: number; flushes: number; deadMs: number }): Promise<void> {
  const redis = await startKillableRedis();
  const world = await World.create({
    backend: 'postgres',
    platforms: true,
    env: (env) => Promise.resolve({ ...env, REDIS_URL: redis.url, ROLE: 'web' }),
  });
  const worker = await startProduct({ ...world.env, ROLE: 'worker' });
  try {
    await play(world, redis, options);
  } finally {
    await worker.end('SIGTERM');
    await world.close();
    await redis.stop();
  }
}

type OwnRedis = Awaited<ReturnType<typeof startKillableRedis>>;

async function play(
  world: World,
  redis: OwnRedis,
  { people: count, flushes, deadMs }: { people: number; flushes: number; deadMs: number },
): Promise<void> {
  const { store } = world.db;
  const telegram = world.telegram ?? expect.fail('Telegram is off');
  const officer = await world.web('officer');
  const people = await moveToTelegram(store.pool, telegram, count);
  const due = await waitBeforeReminders(world, 4_000);

  const first = await announce(store, people, 'Thông báo thứ nhất');
  await officer.say('tiếp tục');
  for (let n = 0; n < flushes; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 600));
    await redis.flush();
  }
  await redis.kill();
  const dead = Date.now();
  const slowest = await talkMeanwhile(world, deadMs, async () => {
    const ready = await world.json<Ready>('/readyz');
    expect(ready.ready).toBe(true);
    expect(ready.parts['queue']?.state).not.toBe('ok');
  });
  const second = await announce(store, people.slice(0, 50), 'Thông báo thứ hai');
  await officer.say('tiếp tục');
  await waitFor(() => Date.now() - dead >= deadMs, { timeoutMs: deadMs + 1_000, everyMs: 50 });
  await redis.start();
  const back = new Date();
  await everythingLeft(world, [first, second], due, LATE_MS + (count / 25) * 1_000);

  const told = [
    await expectToldOnce(world, telegram, first, 'Thông báo thứ nhất', count),
    await expectToldOnce(world, telegram, second, 'Thông báo thứ hai', 50),
  ];
  expect(told.map(({ uncertain }) => uncertain)).toEqual([0, 0]);
  const reminders = await expectRemindersOnce(world, due, back);
  await waitFor(async () => (await world.json<Ready>('/readyz')).parts['queue']?.state === 'ok', { timeoutMs: 20_000 });
  figures(`R3 Redis dead ${String(deadMs / 1000)} s`, {
    people: count,
    flushes,
    reminders: reminders.told,
    reminderLatestS: reminders.latestS,
    lastAfterReturnS: reminders.lastAfterReturnS,
    slowestTurnMs: slowest,
    lost: sum(told.map(({ lost }) => lost)),
    duplicated: sum(told.map(({ duplicated }) => duplicated)),
    uncertain: sum(told.map(({ uncertain }) => uncertain)),
  });
}

/** A visitor goes on asking while the queue is away; returns the slowest answer, milliseconds. */
async function talkMeanwhile(world: World, deadMs: number, look: () => Promise<void>): Promise<number> {
  const visitor = await world.web(null);
  let slowest = 0;
  const until = Date.now() + deadMs * 0.6;
  while (Date.now() < until) {
    const asked = Date.now();
    const answer = await visitor.say('trợ giúp');
    expect(answer.text.length).toBeGreaterThan(0);
    slowest = Math.max(slowest, Date.now() - asked);
    await look();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  // An answer that waits for a queue that is away would take as long as its connection.
  expect(slowest).toBeLessThan(5_000);
  return slowest;
}

/** Every step due was told, once a person, at most a minute late. */
async function expectRemindersOnce(world: World, due: Date, back: Date) {
  const { rows } = await world.db.store.pool.query<{ told: number; latest: number; last: number }>(
    `select count(*)::int as told,
       coalesce(max(extract(epoch from m.planned_at - $1::timestamptz)), 0)::float8 as latest,
       (select extract(epoch from max(sent_at) - $2::timestamptz) from attempt)::float8 as last
     from message m where m.class in ('deadline', 'critical') and m.planned_at >= $1::timestamptz`,
    [due, back],
  );
  const [row] = rows;
  expect(row?.told).toBeGreaterThan(0);
  expect(row?.latest).toBeLessThan(60);
  expect(row?.last).toBeLessThan(LATE_MS / 1_000);
  return { told: row?.told ?? 0, latestS: Math.round(row?.latest ?? 0), lastAfterReturnS: Math.round(row?.last ?? 0) };
}
