/** Workers are replaced while they send, as a deployment does it; the long test does it twenty times with the product. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { announce } from '../../bench/chaos/announce.js';
import { startBotApi, type BotApi } from '../../bench/chaos/bot-api-client.js';
import { addPeople, attemptsOf, inFlightOf, stateOf } from '../../bench/chaos/ledger.js';
import { judge } from '../../bench/chaos/verdict.js';
import { startWorkers, type Worker, type Workers } from '../../bench/chaos/workers.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { waitFor } from '../support/wait.js';
import { buildChaosProcesses } from './chaos-support.js';

const PEOPLE = 1_000;

let database: TestDatabase;
let processes: Awaited<ReturnType<typeof buildChaosProcesses>>;
let api: BotApi;
let workers: Workers;

beforeAll(async () => {
  database = await createTestDatabase();
  processes = await buildChaosProcesses();
  const { folder } = processes;
  api = await startBotApi(folder, 60, 'Nhắc lại:');
  workers = startWorkers({
    folder,
    databaseUrl: database.url,
    apiRoot: api.root,
    concurrency: 20,
    leaseMs: 15_000,
    spares: 2,
  });
});
afterAll(async () => {
  workers.close();
  api.close();
  await processes.remove();
  await database.drop();
});

const pool = () => database.store.pool;

async function engage(): Promise<Worker> {
  const worker = await workers.next();
  worker.ask({ go: 'drain' });
  return worker;
}

it(
  'loses nothing and leaves nothing uncertain when workers are replaced one after the other',
  { timeout: 120_000 },
  async () => {
    await addPeople(pool(), PEOPLE);
    const id = randomUUID();
    await announce(database.store, id, 'announcement');
    const active = [await engage(), await engage()];
    for (let n = 0; n < 3; n += 1) {
      const leaving = active.shift() ?? expect.fail('no worker');
      await waitFor(async () => (await inFlightOf(pool(), leaving.name)).length > 5);
      const asked = Date.now();
      leaving.kill('SIGTERM');
      await leaving.ended;
      expect(Date.now() - asked).toBeLessThan(10_000);
      expect(await inFlightOf(pool(), leaving.name)).toEqual([]);
      active.push(await engage());
    }
    await waitFor(async () => (await stateOf(pool(), id)) === 'finished', { timeoutMs: 60_000 });
    const facts = {
      class: 'announcement',
      workers: 2,
      recipients: PEOPLE,
      seconds: 0,
      state: 'finished',
      kills: [],
    } as const;
    const figures = judge({ ...facts, attempts: await attemptsOf(pool(), id), got: await api.tally() });
    expect(figures).toMatchObject({
      lost: 0,
      duplicated: 0,
      uncertain: 0,
      received: PEOPLE,
      byState: { sent: PEOPLE },
    });
  },
);
