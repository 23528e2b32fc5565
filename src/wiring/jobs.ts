/** What each job does, and what runs by the clock in every process. */
import { seal, type Broadcasts, type DeliveryEngine } from '../delivery/index.js';
import type { Logger, Processor } from '../inbox/index.js';
import type { TokenKeeper } from '../channels/zalo/index.js';
import { addUpTally } from '../insights/index.js';
import { machineClock } from '../kernel/clock.js';
import type { JobHandlers, JobQueue } from '../queue/index.js';
import { isOutage, readBusinessClock, type Store } from '../store/index.js';
import { closeTask, openTasks } from '../tasks/index.js';
import { openSilentSeatTasks } from '../units/index.js';
import type { Part } from './looks.js';
import type { Watch } from './watch.js';

export interface JobsDeps {
  readonly store: Store;
  readonly engine: Pick<DeliveryEngine, 'drain' | 'kick' | 'mend' | 'release' | 'sweep'>;
  readonly broadcasts: Pick<Broadcasts, 'expandDue' | 'settle'>;
  readonly processor: Pick<Processor, 'drain'>;
  readonly queue: Pick<JobQueue, 'add' | 'every' | 'isReady'>;
  readonly zaloTokens: TokenKeeper | null;
  readonly logger: Logger;
  readonly watch: Watch;
  runWork(workId: string): Promise<'done' | 'later' | 'gone'>;
  reminderTick(now: Date): Promise<{ readonly fired: number }>;
  /** Makes the obligations that come within reach. */
  planDuties(now: Date): Promise<number>;
  /** Sends the leaders' summary when its hour has come; returns how many were told. */
  tellDigest(now: Date): Promise<number>;
  reconcileInbox(): Promise<unknown>;
  /** Pauses broadcasts whose hour passed long ago and asks about them. */
  askMissedStarts(): Promise<number>;
}

const WORK_RETRY_MS = 2_000;

/** One handler for every job of the catalogue; each may run twice. */
export function createJobHandlers(deps: JobsDeps): JobHandlers {
  return {
    'inbound.process': ({ conversationId }) => deps.processor.drain(conversationId),
    'delivery.drain': async ({ lane }) => {
      if (lane === 'bulk') await deps.broadcasts.expandDue();
      await deps.engine.drain(lane);
    },
    'work.run': async ({ workId }) => {
      const result = await deps.runWork(workId);
      if (result === 'later') await deps.queue.add('work.run', { workId }, { delayMs: WORK_RETRY_MS });
    },
    'reminders.tick': () => tickReminders(deps, true),
    'seats.silence': () => lookForSilence(deps),
    'duties.plan': async () => deps.planDuties(await readBusinessClock(deps.store.db)),
    'insights.digest': async () => {
      if ((await deps.tellDigest(await readBusinessClock(deps.store.db))) > 0) deps.engine.kick('bulk');
    },
    'insights.tally': () => addUpTally(deps.store.db),
    'zalo.refresh-token': async () => deps.zaloTokens?.refreshIfDue(),
  };
}

async function tickReminders(deps: JobsDeps, byQueue: boolean): Promise<void> {
  // A decision about safe mode may wait to be carried out.
  await deps.watch.safeMode.settle();
  const { fired } = await deps.reminderTick(await readBusinessClock(deps.store.db));
  await deps.watch.ticked(byQueue);
  if (fired > 0) deps.engine.kick('bulk');
}

interface RoundPart {
  /** Null: nobody but this process misses it. */
  readonly name: Part | null;
  readonly run: () => Promise<unknown>;
}

/**
 * What finds whatever is due and not yet done, and does it here: the queue may have lost its bell. What a dead process
 * held comes first, so that nothing that fails can keep it.
 */
function partsOf(deps: JobsDeps): readonly RoundPart[] {
  const { engine, store, broadcasts } = deps;
  return [
    { name: 'sweep', run: () => engine.sweep() },
    { name: 'release', run: async () => engine.release(await readBusinessClock(store.db)) },
    { name: 'inbox', run: () => deps.reconcileInbox() },
    { name: 'expand', run: () => noted(deps, 'expanded', async () => (await broadcasts.expandDue()).length) },
    { name: 'missed', run: () => noted(deps, 'missed', () => deps.askMissedStarts()) },
    { name: 'ways', run: () => engine.mend() },
    { name: 'settle', run: async () => broadcasts.settle(await readBusinessClock(store.db)) },
    { name: null, run: () => deps.watch.forgetKilled() },
    // Last, and for two seconds at most: nobody waits for the record.
    { name: 'record', run: () => seal(store.pool, machineClock) },
  ];
}

async function noted(deps: JobsDeps, what: string, run: () => Promise<number>): Promise<void> {
  const count = await run();
  if (count > 0) deps.logger.info({ [what]: count }, 'reconciled');
}

/** Runs each part whatever becomes of the others. False when the database is away, without which none can. */
async function runParts({ store, watch, logger }: JobsDeps, parts: readonly RoundPart[]): Promise<boolean> {
  const worked: Part[] = [];
  for (const { name, run } of parts) {
    try {
      await run();
      if (name !== null) worked.push(name);
    } catch (error) {
      logger.warn({ err: error, part: name }, 'a part of the reconciler failed; it runs again in a moment');
      if (isOutage(error) && !(await isThere(store))) return false;
    }
  }
  await watch.worked(worked).catch((error: unknown) => {
    logger.warn({ err: error }, 'what the reconciler has done could not be noted');
  });
  return true;
}

const isThere = ({ pool }: Store): Promise<boolean> =>
  pool.query('select 1').then(
    () => true,
    () => false,
  );

export interface ClockOptions {
  /** Between two rounds, and two ticks (15 s). */
  readonly everyMs?: number;
  /** A round that takes longer hangs: another one begins (60 s). */
  readonly hangMs?: number;
}

const TICK_MS = 15_000;
const HANG_MS = 60_000;
const SILENCE_EVERY_MS = 3_600_000;
const SILENT_DAYS = 30;
const TOKENS_MS = 300_000;
const PLAN_EVERY_MS = 3_600_000;
const DIGEST_EVERY_MS = 60_000;
const TALLY_EVERY_MS = 3_600_000;

/**
 * Starts the clocks of this process. The queue rings the ticks once an interval for all processes; the reconciler runs
 * by a timer of its own in each, so that a dead queue delays nothing for more than a minute. A third timer listens
 * whether the reconcilers are still heard, for one that hangs cannot say so itself.
 */
export function startClocks(
  deps: JobsDeps,
  isWorker: boolean,
  { everyMs = TICK_MS, hangMs = HANG_MS }: ClockOptions = {},
): (deadlineMs: number) => Promise<void> {
  if (isWorker) {
    deps.queue.every('reminders.tick', everyMs);
    deps.queue.every('seats.silence', SILENCE_EVERY_MS);
    deps.queue.every('duties.plan', PLAN_EVERY_MS);
    deps.queue.every('insights.digest', DIGEST_EVERY_MS);
    deps.queue.every('insights.tally', TALLY_EVERY_MS);
    if (deps.zaloTokens) deps.queue.every('zalo.refresh-token', TOKENS_MS);
  }
  let running: { readonly sinceMs: number; readonly done: Promise<void> } | null = null;
  const ring = (): void => {
    if (running !== null && Date.now() - running.sinceMs < hangMs) return;
    if (running !== null) deps.logger.error({}, 'a round of the reconciler hangs; another one begins');
    const mine = { sinceMs: Date.now(), done: round(deps, isWorker) };
    running = mine;
    void mine.done.finally(() => {
      if (running === mine) running = null;
    });
  };
  const guard = (): void =>
    void deps.watch.watchdog.guard().catch((error: unknown) => {
      deps.logger.warn({ err: error }, 'nobody could listen whether the reconcilers are still heard');
    });
  const timers = [setInterval(ring, everyMs), setInterval(guard, everyMs)];
  ring();
  return async (deadlineMs) => {
    for (const timer of timers) clearInterval(timer);
    // The round under way still needs the store.
    await Promise.race([running?.done, wait(deadlineMs)]);
    await deps.watch.watchdog.leave();
  };
}

const wait = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref());

/** One round: whatever was left undone is done here, then everything is looked at. */
async function round(deps: JobsDeps, isWorker: boolean): Promise<void> {
  const { watch, logger } = deps;
  const tick = async (): Promise<void> => {
    // The queue may be away, or be there and ring no more.
    if (!deps.queue.isReady() || (await watch.isTickMissed())) await tickReminders(deps, false);
  };
  const isDone = await runParts(deps, [
    // A restored backup is known before anything of it leaves.
    { name: 'stamp', run: () => watch.checkStamp() },
    ...partsOf(deps),
    ...(isWorker ? [{ name: null, run: tick }] : []),
  ]);
  const failed = (error: unknown): void =>
    logger.warn({ err: error }, 'nobody could look whether everything is done; it is tried again in a moment');
  await watch.watchdog.beat(isDone ? 'round' : 'outage').catch(failed);
  if (isDone) await watch.look().catch(failed);
}

/** Seats that nobody has heard of for a month become an officer's task. */
async function lookForSilence({ store }: JobsDeps): Promise<void> {
  const now = await readBusinessClock(store.db);
  await store.transaction((tx) => openSilentSeatTasks(tx, SILENT_DAYS, now, { openTasks, closeTask }));
}
