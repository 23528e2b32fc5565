/** Twenty deployments under load: one of two workers is told to stop, and replaced, again and again (R16). */
import { expect, it } from 'vitest';
import { figures } from '../support/figures.js';
import { waitFor } from '../support/wait.js';
import {
  announce,
  everythingLeft,
  expectToldOnce,
  moveToTelegram,
  startProduct,
  sum,
  type Told,
} from './outage-support.js';
import { World } from './world.js';

const PEOPLE = 1_000;
const DEPLOYMENTS = 20;
const DRAIN_MS = 10_000;

it('loses nothing, doubles nothing and leaves nothing uncertain through twenty deployments', async () => {
  const world = await World.create({
    backend: 'postgres',
    platforms: true,
    // Two pollers of one bot would take turns in refusing each other.
    env: (env) =>
      Promise.resolve({ ...env, ROLE: 'web', TELEGRAM_MODE: 'webhook', TELEGRAM_WEBHOOK_SECRET: 'of-this-test' }),
  });
  const telegram = world.telegram ?? expect.fail('Telegram is off');
  const { store } = world.db;
  const workers = [
    await startProduct({ ...world.env, ROLE: 'worker' }),
    await startProduct({ ...world.env, ROLE: 'worker' }),
  ];
  try {
    const people = await moveToTelegram(store.pool, telegram, PEOPLE);
    // Calls take long enough to be under way when the signal comes.
    await telegram.latency(400);
    const officer = await world.web('officer');
    const told: string[] = [];
    const drains: number[] = [];
    const fates: Told[] = [];
    let underWay = 0;
    while (drains.length < DEPLOYMENTS) {
      const text = `Thông báo số ${String(told.length + 1)}.`;
      const id = await announce(store, people, text);
      told.push(id);
      await officer.say('tiếp tục');
      while (drains.length < DEPLOYMENTS && (await left(id)) !== 0) {
        const leaving = workers.shift() ?? expect.fail('no worker');
        const inFlight = await waitFor(async () => (await inFlightOf(leaving.pid)) || null, {
          timeoutMs: 5_000,
        }).catch(() => 0);
        const { code, ms } = await leaving.end('SIGTERM');
        expect(code).toBe(0);
        // A worker that held nothing proves nothing.
        if (inFlight > 0) drains.push(ms);
        underWay += inFlight;
        workers.push(await startProduct({ ...world.env, ROLE: 'worker' }));
      }
      await everythingLeft(world, [id], null, 120_000);
      const fate = await expectToldOnce(world, telegram, id, text, PEOPLE);
      expect(fate.uncertain).toBe(0);
      fates.push(fate);
    }
    expect(Math.max(...drains)).toBeLessThanOrEqual(DRAIN_MS);
    figures('R16 deployments', {
      deployments: drains.length,
      people: told.length * PEOPLE,
      underWay,
      drainMsMost: Math.max(...drains),
      lost: sum(fates.map(({ lost }) => lost)),
      duplicated: sum(fates.map(({ duplicated }) => duplicated)),
      uncertain: sum(fates.map(({ uncertain }) => uncertain)),
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.end('SIGTERM')));
    await world.close();
  }

  async function inFlightOf(pid: number): Promise<number> {
    const { rows } = await store.pool.query<{ n: number }>(
      `select count(*)::int as n from attempt a join lease l on l.id = a.lease_id
       where a.state = 'sending' and l.worker like '%:' || $1::text`,
      [String(pid)],
    );
    return rows[0]?.n ?? 0;
  }

  /** Messages that have not ended; null while they are being written. */
  async function left(id: string): Promise<number | null> {
    const { rows } = await store.pool.query<{ n: number | null }>(
      `select case when b.expanded_at is not null then (
         select count(*)::int from message m join attempt a on a.message_id = m.id
         where m.source_kind = 'broadcast' and m.source_id = b.id::text and a.ended_at is null) end as n
       from broadcast b where b.id = $1`,
      [id],
    );
    return rows[0]?.n ?? null;
  }
});
