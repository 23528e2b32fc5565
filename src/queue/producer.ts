/** Puts jobs into their lanes. */
import type { JobsOptions } from 'bullmq';
import type { Backend, LaneQueue } from './backend.js';
import { catalog, LANES, laneOf, type JobName, type JobPayload, type Lane, type TickName } from './catalog.js';
import { isOutage, QueueUnavailableError } from './errors.js';
import type { OutageLog } from './logger.js';

interface AddOptions {
  readonly delayMs?: number;
  /**
   * While a job of the same name and key waits, a further one is dropped; while it runs, one more run follows it.
   * A delayed job never silences one that should run now.
   */
  readonly dedupeKey?: string;
}

/** One entry of `addBulk`. */
export type NewJob = { [N in JobName]: { readonly name: N; readonly payload: JobPayload<N> } & AddOptions }[JobName];

type LaneCounts = Readonly<Record<'waiting' | 'active' | 'delayed' | 'failed', number>>;

export interface Producer {
  add<N extends JobName>(name: N, payload: JobPayload<N>, options?: AddOptions): Promise<void>;
  addBulk(jobs: readonly NewJob[]): Promise<void>;
  /** Adds the tick of one slot; adding the same one again does nothing. */
  readonly ring: (name: TickName, slot: number, intervalMs: number) => Promise<void>;
  counts(): Promise<Readonly<Record<Lane, LaneCounts>>>;
  isReady(): boolean;
  close(): Promise<void>;
}

const CALL_LIMIT_MS = 3000;

/** Opens one line a lane. Every call ends within 3 s, and an outage has one name. */
export function createProducer(backend: Backend, log: OutageLog): Producer {
  const queues: Readonly<Record<Lane, LaneQueue>> = {
    fast: backend.openQueue('fast'),
    slow: backend.openQueue('slow'),
  };
  let closed = false;
  const isReady = (): boolean => backend.isReady() && !closed;

  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!isReady())
      throw new QueueUnavailableError(closed ? 'the queue is closed' : `${backend.kind} cannot be reached`);
    try {
      const result = await limited(work(), backend);
      log.back();
      return result;
    } catch (error) {
      if (error instanceof QueueUnavailableError || !isOutage(error)) throw error;
      throw new QueueUnavailableError(`${backend.kind} cannot be reached`, { cause: error });
    }
  };

  return {
    isReady,
    add: async (name, payload, options = {}) => {
      await call(() => queues[laneOf(name, payload)].add(name, payload, jobOptions(name, options)));
    },
    addBulk: async (jobs) => {
      for (const lane of LANES) {
        const ofLane = jobs.filter((job) => laneOf(job.name, job.payload) === lane);
        if (ofLane.length === 0) continue;
        const entries = ofLane.map((job) => ({ name: job.name, data: job.payload, opts: jobOptions(job.name, job) }));
        await call(() => queues[lane].addBulk(entries));
      }
    },
    ring: async (name, slot, intervalMs) => {
      await call(() => queues[laneOf(name, {})].add(name, {}, tickOptions(name, slot, intervalMs)));
    },
    counts: async () => {
      const [fast, slow] = await Promise.all([call(() => count(queues.fast)), call(() => count(queues.slow))]);
      return { fast, slow };
    },
    close: async () => {
      closed = true;
      await Promise.all(LANES.map((lane) => queues[lane].close()));
    },
  };
}

/** The outcome of a call, or a refusal when the backend says nothing. */
async function limited<T>(work: Promise<T>, { kind }: Backend): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new QueueUnavailableError(`${kind} did not answer`)), CALL_LIMIT_MS);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function jobOptions(name: JobName, { delayMs = 0, dedupeKey }: AddOptions): JobsOptions {
  const { attempts, backoffMs } = catalog[name];
  const line = delayMs > 0 ? 'later' : 'now';
  return {
    attempts,
    backoff: { type: 'exponential', delay: backoffMs },
    delay: delayMs,
    removeOnComplete: true,
    removeOnFail: { age: 7 * 86_400, count: 500 },
    ...(dedupeKey === undefined
      ? {}
      : { deduplication: { id: `${name}/${line}/${dedupeKey}`, keepLastIfActive: true } }),
  };
}

/**
 * One job a slot: its record is kept for some slots, so that a slower clock of another process rings nothing. No
 * deduplication key here: on PostgreSQL, BullMQ 6.7 never lets go of a key whose job's id was there already.
 */
function tickOptions(name: TickName, slot: number, intervalMs: number): JobsOptions {
  const kept = { age: Math.ceil((10 * intervalMs) / 1000) };
  return {
    ...jobOptions(name, {}),
    jobId: `${name}-${intervalMs}-${slot}`,
    removeOnComplete: kept,
    removeOnFail: kept,
  };
}

async function count(queue: LaneQueue): Promise<LaneCounts> {
  const {
    waiting = 0,
    active = 0,
    delayed = 0,
    failed = 0,
  } = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
  return { waiting, active, delayed, failed };
}
