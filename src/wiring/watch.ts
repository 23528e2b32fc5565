/** What watches over a process: safe mode, alarms, the watchdog and what it looks at, the stamp of the database. */
import type { Channels } from './channels.js';
import { looksOf, PART, QUEUE, type Part } from './looks.js';
import type { Metrics } from './metrics.js';
import {
  bans,
  beat,
  beatAll,
  createAlarms,
  createProofWatch,
  createQuotaWatch,
  createSafeMode,
  createWatchdog,
  DEFAULT_ZALO_ACCOUNT,
  forgetGone,
  lastBeat,
  SAFE_MODE_SOURCE,
  saySafe,
  type Alarms,
  type Broadcasts,
  type Measure,
  type Outbox,
  type QuietSource,
  type SafeMode,
  type SafeModeState,
  type Watchdog,
} from '../delivery/index.js';
import type { Logger } from '../inbox/index.js';
import type { Clock } from '../kernel/clock.js';
import type { JobQueue } from '../queue/index.js';
import { skipOverdue } from '../reporting/index.js';
import { createFileWitness, createStamp, parseProgress, type Store, type Witness } from '../store/index.js';
import { administrators, inCharge } from '../units/index.js';

export interface WatchDeps {
  readonly store: Store;
  readonly queue: JobQueue;
  readonly broadcasts: Broadcasts;
  readonly outbox: Outbox;
  readonly channels: Channels['byName'];
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly businessNow: () => Promise<Date>;
  /** When nobody is woken; the usual hours where it is left out. */
  readonly quietHours?: QuietSource;
  readonly worker: string;
  /** Folder in which this process notes how far the database had come. */
  readonly dataDir: string;
  /** What is on this machine's disk of an embedded database; null where it is another machine's. */
  readonly birthmark?: () => Promise<string | null>;
}

export interface WatchOptions {
  /** What may be due for so long is looked after; beyond it, it is late (60 s). */
  readonly lateMs?: number;
  /** How long the reminders may rest before a worker ticks them itself, queue or no queue (45 s). */
  readonly silentTickMs?: number;
  /** How long an alarm must be over before that is told (5 min). */
  readonly settleMs?: number;
}

export interface Watch {
  readonly safeMode: SafeMode;
  readonly alarms: Alarms;
  readonly watchdog: Watchdog;
  /** Notes that these parts of a round were done. */
  worked(parts: readonly Part[]): Promise<void>;
  /** Looks at the stamp, begins safe mode when a backup was restored, and does what is left to do of it. */
  checkStamp(): Promise<SafeModeState | null>;
  /** Notes that the ladders were ticked, and whether the queue rang for it. */
  ticked(byQueue: boolean): Promise<void>;
  /** True when nobody ticked the ladders for too long, whatever the queue says. */
  isTickMissed(): Promise<boolean>;
  /** One look at everything; what must be proven is judged by the business clock. */
  look(): Promise<void>;
  /** Judges what must be proven now. */
  judge(businessNow: Date): Promise<void>;
  /** Instants of the business clock at which something is judged. */
  judgements(from: Date, to: Date): Promise<readonly Date[]>;
  /** Forgets processes of this machine that were killed. */
  forgetKilled(): Promise<void>;
}

/** Broadcasts that begin nothing while safe mode stands. */
export function restInSafeMode(broadcasts: Broadcasts, safeMode: Pick<SafeMode, 'isOn'>): Broadcasts {
  return {
    ...broadcasts,
    expand: async (id) => !(await safeMode.isOn()) && broadcasts.expand(id),
    expandDue: async () => ((await safeMode.isOn()) ? [] : broadcasts.expandDue()),
  };
}

/** A piece of work of before safe mode waits for the decision: it would send files. */
export function restWorkInSafeMode<R>(
  runWork: (workId: string) => Promise<R>,
  { db }: Pick<Store, 'db'>,
  safeMode: Pick<SafeMode, 'begunAt'>,
): (workId: string) => Promise<R | 'gone'> {
  return async (workId) => {
    const begunAt = await safeMode.begunAt();
    const rests = begunAt !== null && (await db.work.count({ where: { id: workId, createdAt: { lt: begunAt } } })) > 0;
    return rests ? 'gone' : runWork(workId);
  };
}

const REMINDERS = 'reminders';

/** Joins the watchers of one process. */
export function createWatch(deps: WatchDeps, options: WatchOptions = {}): Watch {
  const { store, broadcasts, businessNow, clock, logger, worker } = deps;
  const { pool } = store;
  deps.metrics.bans(() => bans(pool, clock.now()));
  const zalo = deps.channels.get('zalo');
  const safeMode = createSafeMode({
    pool,
    clock,
    businessNow,
    broadcasts,
    zaloAccount: zalo?.account ?? DEFAULT_ZALO_ACCOUNT,
    announce: (id, { since }) => tellAdministrators(deps, id, since),
    dropDue: async (upTo, begunAt) => {
      await skipOverdue(store.db, upTo);
      await store.db.work.updateMany({
        where: { state: 'open', createdAt: { lt: begunAt } },
        data: { state: 'failed', doneAt: clock.now(), error: 'restored' },
      });
    },
  });
  const alarms = createAlarms({
    store,
    outbox: deps.outbox,
    businessNow,
    logger,
    clock,
    whom: inCharge,
    ...(options.settleMs === undefined ? {} : { settleMs: options.settleMs }),
  });
  const { quietHours } = deps;
  const proof = createProofWatch({ pool, alarms, ...(quietHours === undefined ? {} : { quietHours }) });
  const lookAtQuota = zalo ? createQuotaWatch({ pool, alarms, account: zalo.account }) : () => Promise.resolve();
  const watchdog = createWatchdog({
    pool,
    clock,
    businessNow,
    isSafe: () => safeMode.isOn(),
    worker,
    alarms,
    looks: looksOf(deps),
    onMeasured: (measures) => void count(deps, measures, alarms, watchdog).catch(() => undefined),
    ...(options.lateMs === undefined ? {} : { lateMs: options.lateMs }),
  });
  const stamp = createStamp({
    pool,
    witnesses: witnessesOf(deps),
    onProblem: once(logger),
    ...(deps.birthmark ? { birthmark: deps.birthmark } : {}),
  });
  const judge = async (now: Date): Promise<void> => {
    if (!(await safeMode.isOn())) await proof.look(now);
  };
  const judgeAll = (now: Date) => Promise.all([judge(now), lookAtQuota(now)]);

  return {
    safeMode,
    alarms,
    watchdog,
    worked: (parts) =>
      beatAll(
        pool,
        parts.map((part) => PART + part),
        worker,
        clock.now(),
      ),
    async checkStamp() {
      const how = await stamp.check(async (client, restored) => {
        await safeMode.begin(client, restored);
      });
      if (how !== null) logger.error({ how }, 'this database is a restored backup: nothing leaves but answers');
      if (await safeMode.settle()) logger.info({}, 'safe mode is over');
      return safeMode.state();
    },
    async ticked(byQueue) {
      await beat(pool, REMINDERS, worker, clock.now());
      if (byQueue) await beat(pool, QUEUE, worker, clock.now());
    },
    async isTickMissed() {
      const at = await lastBeat(pool, REMINDERS);
      return at === null || clock.now().getTime() - at.getTime() > (options.silentTickMs ?? 45_000);
    },
    async look() {
      const looked = await Promise.allSettled([watchdog.look(), businessNow().then(judgeAll)]);
      for (const one of looked) if (one.status === 'rejected') throw one.reason as Error;
    },
    judge,
    judgements: (from, to) => proof.instants(from, to),
    forgetKilled: () => forgetGone(pool, clock.now(), isKilled(worker)),
  };
}

/** A message that no turn asked for, and that leaves all the same: nobody may find out by chance. */
async function tellAdministrators({ store, outbox, businessNow }: WatchDeps, id: string, since: Date): Promise<void> {
  const now = await businessNow();
  await store.transaction(async (tx) => {
    const source = { kind: SAFE_MODE_SOURCE, id };
    const to = await administrators(tx);
    await outbox.tell(tx, { source, slot: 'begun', class: 'reply', to, say: [saySafe(since)] }, now);
  });
}

/** Hands the numbers to Prometheus. A queue that is away has none. */
async function count(deps: WatchDeps, measures: readonly Measure[], alarms: Alarms, dog: Watchdog): Promise<void> {
  const lanes = await deps.queue.counts().catch(() => null);
  const bells = lanes === null ? null : lanes.fast.waiting + lanes.slow.waiting + lanes.slow.delayed;
  const open = await alarms.list();
  deps.metrics.watched({ measures, lanes, bells, alarms: open.map(({ kind }) => kind), ageMs: () => dog.ageMs() });
}

function witnessesOf({ queue, dataDir }: WatchDeps): Witness[] {
  const { notes } = queue;
  const file = createFileWitness(dataDir);
  if (notes === null) return [file];
  return [
    file,
    {
      read: async () => parseProgress((await notes.read('witness')) ?? ''),
      write: (progress) => notes.write('witness', JSON.stringify(progress)),
    },
  ];
}

/** A witness that cannot write is told once: without it only another place betrays a restored backup. */
function once(logger: Logger): (error: unknown) => void {
  let told = false;
  return (error) => {
    if (!told) logger.warn({ err: error }, 'how far the database has come could not be noted outside of it');
    told = true;
  };
}

/** `host:pid` of this host without such a process. Another host's processes cannot be asked. */
function isKilled(own: string): (worker: string) => boolean {
  const host = own.slice(0, own.lastIndexOf(':'));
  return (worker) => {
    if (worker === own || worker.slice(0, worker.lastIndexOf(':')) !== host) return false;
    try {
      process.kill(Number(worker.slice(worker.lastIndexOf(':') + 1)), 0);
      return false;
    } catch (error) {
      return (error as { code?: string }).code === 'ESRCH';
    }
  };
}
