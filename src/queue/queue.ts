/** The queue: a bell that wakes workers. What there is to do stands in Postgres. */
import type { LaneWorker, Notes } from './backend.js';
import type { JobHandlers, Lane, TickName } from './catalog.js';
import { QueueUnavailableError } from './errors.js';
import { createOutageLog, silentLogger, type QueueLogger } from './logger.js';
import { openPostgresBackend } from './postgres-backend.js';
import { createProcessor } from './processor.js';
import { createProducer, type Producer } from './producer.js';
import { openRedisBackend } from './redis-backend.js';
import { startClock, type Ring } from './ticker.js';
import { openWorkers } from './workers.js';

export interface QueueOptions {
  readonly backend: { readonly kind: 'redis' | 'postgres'; readonly url: string };
  readonly logger?: QueueLogger;
  /** A job of a process that died is taken up by another after one to two of these. Default 15 s. */
  readonly stalledAfterMs?: number;
}

/**
 * `add` and `addBulk` reject with QueueUnavailableError at once, or within 3 s, while the backend is away.
 * `isReady` is true while an add would be taken.
 */
export interface JobQueue extends Pick<Producer, 'add' | 'addBulk' | 'counts' | 'isReady'> {
  /** Starts to take jobs. Once in a process. */
  start(handlers: JobHandlers, options?: { concurrency?: Partial<Readonly<Record<Lane, number>>> }): void;
  /**
   * Rings a job now and then once in every interval, however many processes ask for it. A process that takes no jobs
   * rings nothing, so that ticks do not pile up where nobody works.
   */
  every(name: TickName, intervalMs: number): void;
  /** A few words kept in Redis, which may be lost at any time; null where the queue lives in the database itself. */
  readonly notes: Notes | null;
  /** Takes no more jobs, waits for the running ones up to the deadline; false when some were cut off. */
  close(options?: { deadlineMs?: number }): Promise<boolean>;
}

const DEFAULT_CONCURRENCY: Readonly<Record<Lane, number>> = { fast: 10, slow: 4 };

/**
 * Opens the queue. On PostgreSQL this brings the queue's own schema up to date first, and an absent server is an
 * error; without Redis the queue starts all the same and connects when it can.
 */
export async function createQueue({
  backend: { kind, url },
  logger = silentLogger,
  stalledAfterMs = 15_000,
}: QueueOptions): Promise<JobQueue> {
  const log = createOutageLog(logger, kind);
  const backend = await (kind === 'redis' ? openRedisBackend(url, log) : openPostgresBackend(url, log));
  const producer = createProducer(backend, log);
  const closing = new AbortController();
  const clocks: (() => void)[] = [];
  let workers: LaneWorker[] = [];
  let ending: Promise<boolean> | null = null;

  const missed = (error: unknown): void => {
    if (error instanceof QueueUnavailableError) log.away(error);
    else logger.error({ err: error }, 'tick could not be added');
  };

  const ring: Ring = async (...tick) => {
    if (workers.length > 0) await producer.ring(...tick);
  };

  const end = async (deadlineMs: number): Promise<boolean> => {
    clocks.forEach((stop) => stop());
    closing.abort();
    const finished = await within(deadlineMs, Promise.all(workers.map((worker) => worker.close())));
    if (!finished) await within(1000, Promise.all(workers.map((worker) => worker.disconnect())));
    // Only now: a running job may still ask for more work.
    await within(1000, producer.close());
    await within(1000, backend.close());
    return finished;
  };

  return {
    ...producer,
    start: (handlers, { concurrency } = {}) => {
      if (workers.length > 0) throw new Error('the queue has been started already');
      const processor = createProcessor(handlers, logger, closing.signal);
      workers = openWorkers(
        backend,
        processor,
        { concurrency: { ...DEFAULT_CONCURRENCY, ...concurrency }, stalledAfterMs },
        logger,
        log,
      );
    },
    notes: backend.notes,
    every: (name, intervalMs) => void clocks.push(startClock(name, intervalMs, ring, missed)),
    close: ({ deadlineMs = 10_000 } = {}) => (ending ??= end(deadlineMs)),
  };
}

/** True when the work ended well in time. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const done = work.then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
