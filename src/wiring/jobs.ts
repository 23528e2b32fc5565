/** What each job does, and what runs by the clock in every process. */
import type { Broadcasts, DeliveryEngine } from '../delivery/index.js';
import type { Logger, Processor } from '../inbox/index.js';
import type { TokenKeeper } from '../channels/zalo/index.js';
import type { JobHandlers, JobQueue } from '../queue/index.js';
import { readBusinessClock, type Store } from '../store/index.js';
import { closeTask, openTasks } from '../tasks/index.js';
import { openSilentSeatTasks } from '../units/index.js';

export interface JobsDeps {
  readonly store: Store;
  readonly engine: DeliveryEngine;
  readonly broadcasts: Broadcasts;
  readonly processor: Processor;
  readonly queue: JobQueue;
  readonly zaloTokens: TokenKeeper | null;
  readonly logger: Logger;
  runWork(workId: string): Promise<'done' | 'later' | 'gone'>;
  reminderTick(now: Date): Promise<{ readonly fired: number }>;
  reconcileInbox(): Promise<unknown>;
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
    'reminders.tick': () => tickReminders(deps),
    'reconcile.run': () => reconcile(deps),
    'zalo.refresh-token': async () => deps.zaloTokens?.refreshIfDue(),
  };
}

async function tickReminders(deps: JobsDeps): Promise<void> {
  const { fired } = await deps.reminderTick(await readBusinessClock(deps.store.db));
  if (fired > 0) deps.engine.kick('bulk');
}

/** Finds what is due and not yet done, and does it here: the queue may have lost its bell. */
async function reconcile(deps: JobsDeps): Promise<void> {
  await deps.reconcileInbox();
  const expanded = await deps.broadcasts.expandDue();
  const found = await deps.engine.reconcile();
  await deps.broadcasts.settle(await readBusinessClock(deps.store.db));
  if (expanded.length > 0 || found.released > 0)
    deps.logger.info({ expanded: expanded.length, ...found }, 'reconciled');
}

const TICK_MS = 15_000;
const SILENCE_EVERY_MS = 3_600_000;
const SILENT_DAYS = 30;
const TOKENS_MS = 300_000;

/**
 * Starts the clocks of this process. The queue rings the ticks once an interval for all processes; the reconciler runs
 * by a timer of its own in each, so that a dead queue delays nothing for more than a minute.
 */
export function startClocks(deps: JobsDeps, isWorker: boolean): () => Promise<void> {
  if (isWorker) {
    deps.queue.every('reminders.tick', TICK_MS);
    if (deps.zaloTokens) deps.queue.every('zalo.refresh-token', TOKENS_MS);
  }
  const round = async (): Promise<void> => {
    try {
      if (isWorker && !deps.queue.isReady()) await tickReminders(deps);
      await reconcile(deps);
    } catch (error) {
      deps.logger.warn({ err: error }, 'the reconciler failed; it runs again in a moment');
    }
  };
  let running: Promise<void> | null = null;
  const ring = (): void => {
    running ??= round().finally(() => {
      running = null;
    });
  };
  const timer = setInterval(ring, TICK_MS);
  const silence = isWorker ? setInterval(() => void lookForSilence(deps), SILENCE_EVERY_MS) : undefined;
  ring();
  return async () => {
    clearInterval(timer);
    clearInterval(silence);
    // The round under way still needs the store.
    await running;
  };
}

/** Seats that nobody has heard of for a month become an officer's task. */
async function lookForSilence({ store, logger }: JobsDeps): Promise<void> {
  try {
    const now = await readBusinessClock(store.db);
    await store.transaction((tx) => openSilentSeatTasks(tx, SILENT_DAYS, now, { openTasks, closeTask }));
  } catch (error) {
    logger.warn({ err: error }, 'silent seats could not be looked for; it is tried again in an hour');
  }
}
