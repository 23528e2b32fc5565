/** PostgreSQL is taken away under a broadcast and under turns of conversations, in the ways of R14. */
import { expect } from 'vitest';
import { median } from '../../bench/usage.js';
import { createStore } from '../../src/store/index.js';
import { figures } from '../support/figures.js';
import { startKillablePostgres, type KillablePostgres } from '../support/killable-servers.js';
import { waitFor } from '../support/wait.js';
import { announce, everythingLeft, expectToldOnce, moveToTelegram, startProduct } from './outage-support.js';
import { World } from './world.js';

/** What is done to the server; the broadcast goes on meanwhile. */
export const OUTAGES = {
  restart: async (server: KillablePostgres) => {
    await server.stopNow();
    await pause(3_000);
    await server.start();
  },
  'backends killed': async (server: KillablePostgres) => {
    for (let n = 0; n < 10; n += 1) {
      // Each time when the product has connected anew.
      await waitFor(async () => (await server.terminate()) > 0);
      await pause(300);
    }
  },
  'pool exhausted': async (server: KillablePostgres) => {
    expect(await server.exhaust(5_000)).toBeGreaterThan(20);
  },
} as const;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Plays each of them over one broadcast, one after the other, and looks at the whole in the end. */
export async function outlivePostgres(outages: readonly (keyof typeof OUTAGES)[], people: number): Promise<void> {
  const server = await startKillablePostgres();
  const store = await createStore({ url: server.url });
  const world = await World.create({
    backend: 'postgres',
    platforms: true,
    database: { url: server.url, store, drop: () => store.close() },
    env: (env) => Promise.resolve({ ...env, ROLE: 'web', LOG_LEVEL: 'error' }),
  });
  const worker = await startProduct({ ...world.env, ROLE: 'worker' });
  try {
    await play(world, server, outages, people);
  } finally {
    await worker.end('SIGTERM');
    await world.close();
    await server.stop();
  }
}

async function play(
  world: World,
  server: KillablePostgres,
  outages: readonly (keyof typeof OUTAGES)[],
  count: number,
): Promise<void> {
  const { store } = world.db;
  const telegram = world.telegram ?? expect.fail('Telegram is off');
  const officer = await world.web('officer');
  const people = await moveToTelegram(store.pool, telegram, count);
  const id = await announce(store, people, 'Thông báo thứ nhất');
  await officer.say('tiếp tục');
  await waitFor(async () => (await telegram.stats()).sent > 0, { timeoutMs: 30_000 });
  await pause(4_000);

  const sentBefore = await rate(telegram);
  const talk = talkOn(world);
  for (const name of outages) {
    await OUTAGES[name](server);
    // Ends broken connections of the test itself, and gives the product a moment between two outages.
    await waitFor(() => store.pool.query('select 1'), { timeoutMs: 20_000 });
    await pause(3_000);
  }
  const sentAfter = await rate(telegram);
  const turns = await talk.end();
  await everythingLeft(world, [id], null, 90_000 + count * 50);
  const told = await expectToldOnce(world, telegram, id, 'Thông báo thứ nhất', count);
  expect(told.uncertain).toBeLessThanOrEqual(50);
  expect(sentAfter / sentBefore).toBeGreaterThanOrEqual(0.95);
  figures(`R14 PostgreSQL: ${outages.join(', ')}`, {
    people: count,
    turns,
    ...told,
    ratePerSec: `${sentBefore.toFixed(1)} → ${sentAfter.toFixed(1)}`,
    ratio: (sentAfter / sentBefore).toFixed(2),
  });
}

/** Messages a second at the fake: the median of three spans, so that one stall of the machine decides nothing. */
async function rate(telegram: NonNullable<World['telegram']>): Promise<number> {
  const spans: number[] = [];
  for (let n = 0; n < 3; n += 1) {
    const began = performance.now();
    const { sent } = await telegram.stats();
    await pause(2_000);
    spans.push(((await telegram.stats()).sent - sent) / ((performance.now() - began) / 1_000));
  }
  return median(spans);
}

async function nothingWaits({ db }: World): Promise<void> {
  const waiting = `select (select count(*) from inbound where processed_at is null)::int
    + (select count(*) from attempt where lane = 'reply' and ended_at is null)::int as n`;
  await waitFor(async () => (await db.store.pool.query<{ n: number }>(waiting)).rows[0]?.n === 0, {
    timeoutMs: 60_000,
    what: 'the answers',
  });
}

/** A visitor who keeps asking: every question gets one answer, whatever happens to the server meanwhile. */
function talkOn(world: World): { end(): Promise<number> } {
  let isOver = false;
  let turns = 0;
  const talking = (async () => {
    const visitor = await world.web(null);
    while (!isOver) {
      const answer = await visitor.say('trợ giúp');
      expect(answer.text.length).toBeGreaterThan(0);
      turns += 1;
      await pause(200);
    }
    // A second answer would come with what the outage left undone: wait until nothing of it waits.
    await nothingWaits(world);
    while ((await visitor.listen(0)).length > 0);
    expect(visitor.events.map(({ text }) => text.slice(0, 60))).toHaveLength(turns);
    return turns;
  })();
  talking.catch(() => undefined);
  return {
    end: () => {
      isOver = true;
      return talking;
    },
  };
}
