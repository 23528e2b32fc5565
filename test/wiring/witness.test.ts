import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBroadcasts, createOutbox } from '../../src/delivery/index.js';
import { machineClock } from '../../src/kernel/clock.js';
import { createQueue, type JobQueue } from '../../src/queue/index.js';
import { readBusinessClock } from '../../src/store/index.js';
import { createMetrics } from '../../src/wiring/metrics.js';
import { createWatch } from '../../src/wiring/watch.js';
import { recordingLogger } from '../queue/harness.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { testRedisUrl } from '../support/servers.js';

let database: TestDatabase;
let queue: JobQueue;
const folders: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  // A database of its own in the run's Redis: others flush theirs.
  const url = new URL(await testRedisUrl());
  url.pathname = '/201';
  queue = await createQueue({ backend: { kind: 'redis', url: url.toString() } });
});
afterAll(async () => {
  await queue.close({ deadlineMs: 1_000 });
  await database.drop();
  for (const folder of folders) await rm(folder, { recursive: true });
});

/** A process on a machine that has never seen this database. */
async function newMachine() {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'neu-guong-witness-'));
  folders.push(dataDir);
  const { store } = database;
  const businessNow = () => readBusinessClock(store.db);
  return createWatch({
    store,
    queue,
    broadcasts: createBroadcasts({ pool: store.pool, businessNow }),
    outbox: createOutbox(),
    channels: new Map(),
    metrics: createMetrics(),
    logger: recordingLogger().logger,
    clock: machineClock,
    businessNow,
    worker: 'test:1',
    dataDir,
  });
}

describe('the witness in Redis', () => {
  it('betrays a disk that was set back, also to a machine that never saw the database', async () => {
    const { pool } = database.store;
    const first = await newMachine();
    expect(await first.checkStamp()).toBeNull();
    const backup = await pool.query<{ value: object }>(`select value from setting where key = 'store.stamp'`);
    for (let n = 0; n < 3; n += 1) await first.checkStamp();
    expect(await (await newMachine()).checkStamp()).toBeNull();

    await pool.query(`update setting set value = $1 where key = 'store.stamp'`, [
      JSON.stringify(backup.rows[0]?.value),
    ]);
    expect(await (await newMachine()).checkStamp()).toMatchObject({ reason: 'behind' });
    await pool.query(`delete from setting where key = 'delivery.safe-mode'`);
    expect(await (await newMachine()).checkStamp()).toBeNull();
  });

  it('knows nothing after a flush, which is no restored backup', async () => {
    await queue.notes?.write('witness', '');
    expect(await (await newMachine()).checkStamp()).toBeNull();
  });
});
