import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBroadcasts, createOutbox } from '../../src/delivery/index.js';
import { machineClock } from '../../src/kernel/clock.js';
import { createQueue, type JobQueue } from '../../src/queue/index.js';
import { readBusinessClock } from '../../src/store/index.js';
import { createJobHandlers, startClocks, type JobsDeps } from '../../src/wiring/jobs.js';
import { createMetrics } from '../../src/wiring/metrics.js';
import { createWatch, type WatchOptions } from '../../src/wiring/watch.js';
import { recordingLogger } from '../queue/harness.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { waitFor } from '../support/wait.js';

let database: TestDatabase;
let queue: JobQueue;
let dataDir: string;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(path.join(tmpdir(), 'neu-guong-clocks-'));
});
beforeEach(async () => {
  queue = await createQueue({ backend: { kind: 'postgres', url: database.url } });
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await queue.close({ deadlineMs: 2_000 });
  await database.store.pool.query('truncate alarm, heartbeat');
});
afterAll(async () => {
  await database.drop();
  await rm(dataDir, { recursive: true });
});

/** A process with short intervals; `ticks` are the runs of the ladders. */
function createProcess(options: WatchOptions & { change?: Partial<JobsDeps>; worker?: string } = {}) {
  const { store } = database;
  const businessNow = () => readBusinessClock(store.db);
  const broadcasts = createBroadcasts({ pool: store.pool, businessNow });
  const log = recordingLogger();
  const watch = createWatch(
    {
      store,
      queue,
      broadcasts,
      outbox: createOutbox(),
      channels: new Map(),
      metrics: createMetrics(),
      logger: log.logger,
      clock: machineClock,
      businessNow,
      worker: options.worker ?? `test:${String(process.pid)}`,
      dataDir,
    },
    options,
  );
  const ticks: number[] = [];
  const swept = { leases: 0, requeued: 0, uncertain: 0 };
  const deps: JobsDeps = {
    store,
    engine: {
      drain: () => Promise.reject(new Error('nothing to drain')),
      kick: () => undefined,
      mend: () => Promise.resolve({ held: 0, fellBack: 0 }),
      release: () => Promise.resolve(0),
      sweep: () => Promise.resolve(swept),
    },
    broadcasts,
    processor: { drain: () => Promise.resolve() },
    queue,
    zaloTokens: null,
    logger: log.logger,
    watch,
    runWork: () => Promise.resolve('gone'),
    planDuties: () => Promise.resolve(0),
    tellDigest: () => Promise.resolve(0),
    reminderTick: () => {
      ticks.push(Date.now());
      return Promise.resolve({ fired: 0 });
    },
    reconcileInbox: () => Promise.resolve(),
    askMissedStarts: () => Promise.resolve(0),
    ...options.change,
  };
  return {
    deps,
    watch,
    ticks,
    log,
    start: (isWorker: boolean, clock: Parameters<typeof startClocks>[2]) => {
      const stop = startClocks(deps, isWorker, clock);
      stops.push(() => stop(2_000));
    },
    open: async () => (await watch.alarms.list()).map(({ kind, subject }) => `${kind} ${subject}`),
  };
}

/** A queue that says it is ready and rings no tick any more. */
const silenced = (): Partial<JobsDeps> => ({ queue: { ...queue, every: () => undefined } });

describe('the clocks of a process', () => {
  it('tick the reminders themselves when the queue is there and rings no more', async () => {
    const { start, ticks } = createProcess({ silentTickMs: 400, change: silenced() });
    start(true, { everyMs: 100 });
    await waitFor(() => ticks.length >= 4, { what: 'ticks without the queue' });
    // No faster than the silence that they wait for.
    const gaps = ticks.slice(1).map((at, n) => at - (ticks[n] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(400);
  });

  it('leave it to the queue while that rings, however many workers there are', async () => {
    const [one, two] = [
      createProcess({ silentTickMs: 1_500 }),
      createProcess({ silentTickMs: 1_500, worker: 'other:1' }),
    ];
    queue.start(createJobHandlers(one.deps));
    const slot = Math.floor(Date.now() / 200);
    one.start(true, { everyMs: 200 });
    two.start(true, { everyMs: 200 });
    await waitFor(() => one.ticks.length >= 8);
    // One tick a slot through the queue, and at most the one before the first slot beside it.
    expect(one.ticks.length + two.ticks.length).toBeLessThanOrEqual(Math.floor(Date.now() / 200) - slot + 3);
  });

  it('raise an alarm when bells do not arrive, and close it when they do', async () => {
    const silent = createProcess({ silentTickMs: 200, lateMs: 500, change: silenced() });
    silent.start(true, { everyMs: 100 });
    await waitFor(async () => (await silent.open()).includes('stuck queue'), { what: 'the alarm' });
    expect(silent.ticks.length).toBeGreaterThan(0);
    queue.start(createJobHandlers(silent.deps));
    queue.every('reminders.tick', 100);
    await waitFor(async () => (await silent.open()).length === 0, { what: 'the end of the alarm' });
  });

  it('never tick in a process that does no work', async () => {
    const web = createProcess({ silentTickMs: 1, change: silenced() });
    web.start(false, { everyMs: 20 });
    let rounds = 0;
    await waitFor(async () => {
      const { rows } = await database.store.pool.query<{ at: Date }>('select at from heartbeat');
      rounds += rows.length;
      return rounds > 10;
    });
    expect(web.ticks).toEqual([]);
  });

  it('begin another round when one hangs, and say so', async () => {
    let calls = 0;
    const hung = createProcess({
      lateMs: 300,
      change: {
        reconcileInbox: () => {
          calls += 1;
          return calls === 1 ? new Promise(() => undefined) : Promise.resolve();
        },
      },
    });
    hung.start(false, { everyMs: 50, hangMs: 900 });
    await waitFor(async () => (await hung.open()).some((one) => one.startsWith('silent reconciler:')), {
      what: 'the alarm of the guard',
    });
    await waitFor(async () => calls > 2 && (await hung.open()).every((one) => !one.startsWith('silent')), {
      what: 'the rounds after it',
    });
    expect(hung.log.lines.map(({ message }) => message)).toContain(
      'a round of the reconciler hangs; another one begins',
    );
  });

  it('do everything else when one part of a round always fails, and raise an alarm with its name until it works', async () => {
    let isBroken = true;
    let [mended, settled] = [0, 0];
    const { deps, start, open, log } = createProcess({ lateMs: 300 });
    Object.assign(deps, {
      broadcasts: {
        ...deps.broadcasts,
        expandDue: () => (isBroken ? Promise.reject(new Error('poisoned')) : Promise.resolve([])),
        settle: () => Promise.resolve(void (settled += 1)),
      },
      engine: { ...deps.engine, mend: () => Promise.resolve(void (mended += 1)) },
    });
    start(false, { everyMs: 50 });
    await waitFor(async () => (await open()).includes('stuck expand'), { what: 'the alarm' });
    expect(Math.min(mended, settled)).toBeGreaterThan(2);
    expect(log.lines.find(({ fields }) => 'part' in fields && fields.part === 'expand')?.message).toContain(
      'part of the reconciler failed',
    );
    const { rows } = await database.store.pool.query<{ age: number }>(
      `select extract(epoch from clock_timestamp() - at)::float8 as age from heartbeat where name like 'reconciler:%'`,
    );
    expect(rows[0]?.age).toBeLessThan(2);
    isBroken = false;
    await waitFor(async () => !(await open()).includes('stuck expand'), { what: 'the end of the alarm' });
  });

  it('forget a killed process in a round, and its alarm closes', async () => {
    await database.store.pool.query(
      `insert into heartbeat (name, at, worker) values ('reconciler:here:4194304', now() - interval '5 minutes', 'here:4194304')`,
    );
    const { watch, start, open } = createProcess({ worker: `here:${String(process.pid)}` });
    for (let n = 0; n < 3; n += 1) await watch.watchdog.guard();
    expect(await open()).toEqual(['silent reconciler:here:4194304']);
    start(false, { everyMs: 50 });
    await waitFor(async () => (await open()).length === 0, { what: 'the end of the alarm' });
  });

  it('forget processes of this machine that were killed, and their alarms with them', async () => {
    const { watch } = createProcess({ worker: `here:${String(process.pid)}` });
    const put = (worker: string) =>
      database.store.pool.query(`insert into heartbeat (name, at, worker) values ('reconciler:' || $1, now(), $1)`, [
        worker,
      ]);
    // No process has the highest number that Linux can give.
    for (const worker of ['here:4194304', `here:${String(process.pid)}`, 'elsewhere:4194304']) await put(worker);
    await watch.forgetKilled();
    const { rows } = await database.store.pool.query<{ worker: string }>(
      'select worker from heartbeat order by worker',
    );
    expect(rows.map(({ worker }) => worker)).toEqual(['elsewhere:4194304', `here:${String(process.pid)}`]);
  });

  it('hand their numbers to Prometheus', async () => {
    const metrics = createMetrics();
    const { store } = database;
    const businessNow = () => readBusinessClock(store.db);
    const watch = createWatch({
      store,
      queue,
      broadcasts: createBroadcasts({ pool: store.pool, businessNow }),
      outbox: createOutbox(),
      channels: new Map(),
      metrics,
      logger: recordingLogger().logger,
      clock: machineClock,
      businessNow,
      worker: 'test:1',
      dataDir,
    });
    await store.pool.query(
      `insert into work (id, kind, payload, run_after) values (gen_random_uuid(), 'x', '{}', now() - interval '90 s')`,
    );
    await store.pool.query(
      `insert into rate_budget (account, tat_at, banned_until) values ('telegram:9', now(), now() + interval '1 hour')`,
    );
    await watch.look();
    await watch.look();
    const text = await waitFor(async () => {
      const all = await metrics.registry.metrics();
      return /alarms_open\{kind="late"\} 1/.test(all) ? all : null;
    });
    expect(text).toMatch(/ledger_due\{what="work"\} 1/);
    expect(text).toMatch(/ledger_oldest_due_seconds\{what="work"\} 9\d/);
    expect(text).toMatch(/ledger_sending_too_long 0/);
    // A test before may have left a tick in the queue.
    const bells = Number(/queue_waiting\{lane="fast"\} (\d+)/.exec(text)?.[1]);
    expect(text).toContain(`queue_ledger_difference ${String(bells - 1)}\n`);
    expect(text).toMatch(/reconciler_age_seconds \d/);
    expect(text).toMatch(/delivery_banned_seconds\{account="telegram:9"\} 3\d{3}/);
  });
});
