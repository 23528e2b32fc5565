/** The same two workers before, during and after outages of PostgreSQL, as fast as they can: their rate comes back (R14). */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { announce } from '../../bench/chaos/announce.js';
import { startBotApi, type BotApi } from '../../bench/chaos/bot-api-client.js';
import { addPeople, attemptsOf, stateOf } from '../../bench/chaos/ledger.js';
import { judge } from '../../bench/chaos/verdict.js';
import { startWorkers } from '../../bench/chaos/workers.js';
import { median } from '../../bench/usage.js';
import { createStore, type Store } from '../../src/store/index.js';
import { figures } from '../support/figures.js';
import { startKillablePostgres, type KillablePostgres } from '../support/killable-servers.js';
import { waitFor } from '../support/wait.js';
import { buildChaosProcesses } from './chaos-support.js';

const PEOPLE = 6_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const OUTAGES: readonly [string, (server: KillablePostgres) => Promise<unknown>][] = [
  [
    'restart',
    async (server) => {
      await server.stopNow();
      await pause(2_000);
      await server.start();
    },
  ],
  [
    'backends killed',
    async (server) => {
      for (let n = 0; n < 8; n += 1) {
        await server.terminate();
        await pause(250);
      }
    },
  ],
  ['pool exhausted', (server) => server.exhaust(3_000)],
];

it('sends as fast after PostgreSQL was taken away as before', async () => {
  const server = await startKillablePostgres();
  const store = await createStore({ url: server.url });
  const processes = await buildChaosProcesses();
  const { folder } = processes;
  const api = await startBotApi(folder, 25, 'Nhắc lại:');
  const workers = startWorkers({
    folder,
    databaseUrl: server.url,
    apiRoot: api.root,
    concurrency: 20,
    leaseMs: 15_000,
    spares: 2,
  });
  try {
    await addPeople(store.pool, PEOPLE);
    for (let n = 0; n < 2; n += 1) (await workers.next()).ask({ go: 'drain' });
    await tell(store, api, () => Promise.resolve());
    let before = await usualRate(store, api);
    for (const [name, outage] of OUTAGES) {
      const during = await tell(store, api, () => outage(server));
      const after = await usualRate(store, api);
      figures(`R14 PostgreSQL ${name}, unlimited rate`, {
        people: PEOPLE,
        lost: during.lost,
        duplicated: during.duplicated,
        uncertain: during.uncertain,
        perSecBefore: Math.round(before),
        perSecAfter: Math.round(after),
        ratio: (after / before).toFixed(2),
      });
      before = after;
    }
  } finally {
    workers.close();
    api.close();
    await processes.remove();
    await store.close();
    await server.stop();
  }
});

/** One broadcast to everybody; `meanwhile` begins once it is on its way. */
async function tell(store: Store, api: BotApi, meanwhile: () => Promise<unknown>) {
  const id = randomUUID();
  await announce(store, id, 'announcement');
  await waitFor(async () => (await sentOf(store, id)) > PEOPLE / 10, { timeoutMs: 60_000 });
  await meanwhile();
  await waitFor(async () => (await stateOf(store.pool, id)) === 'finished', { timeoutMs: 120_000, everyMs: 100 });
  const facts = {
    class: 'announcement',
    workers: 2,
    recipients: PEOPLE,
    seconds: 0,
    state: 'finished',
    kills: [],
  } as const;
  const judged = judge({ ...facts, attempts: await attemptsOf(store.pool, id), got: await api.tally() });
  expect(judged).toMatchObject({ lost: 0, duplicated: 0 });
  expect((judged.byState['sent'] ?? 0) + judged.uncertain).toBe(PEOPLE);
  // Nobody died, so at most what was in flight when a lease could not be renewed.
  expect(judged.uncertain).toBeLessThanOrEqual(40);
  return { ...judged, perSecond: await rateOf(store, id) };
}

/** The median of three broadcasts, so that one stall of the machine decides nothing. */
async function usualRate(store: Store, api: BotApi): Promise<number> {
  const rates: number[] = [];
  for (let n = 0; n < 3; n += 1) rates.push((await tell(store, api, () => Promise.resolve())).perSecond);
  return median(rates);
}

async function sentOf(store: Store, id: string): Promise<number> {
  const { rows } = await store.pool.query<{ sent: number }>(
    `select count(a.sent_at)::int as sent
     from message m join attempt a on a.message_id = m.id where m.source_kind = 'broadcast' and m.source_id = $1`,
    [id],
  );
  return rows[0]?.sent ?? 0;
}

/** The middle of its half seconds, so that neither the beginning nor the end of a broadcast counts. */
async function rateOf(store: Store, id: string): Promise<number> {
  const { rows } = await store.pool.query<{ n: number }>(
    `select count(*)::int as n from message m join attempt a on a.message_id = m.id
     where m.source_kind = 'broadcast' and m.source_id = $1 and a.sent_at is not null
     group by date_bin('500 ms', a.sent_at, '2026-01-01Z')`,
    [id],
  );
  return median(rows.map(({ n }) => n)) * 2;
}
