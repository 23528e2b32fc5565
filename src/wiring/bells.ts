/** How a process wakes itself and others. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger as PinoLogger } from 'pino';
import type { Broadcasts, DeliveryEngine } from '../delivery/index.js';
import type { Bells, Processor } from '../inbox/index.js';
import type { JobQueue } from '../queue/index.js';

export interface BellsDeps {
  readonly isWorker: boolean;
  readonly queue: JobQueue;
  readonly logger: PinoLogger;
  readonly broadcasts: Pick<Broadcasts, 'expandDue'>;
  readonly engine: DeliveryEngine;
  /** Later than the rest: the processor itself rings bells. */
  readonly processor: () => Processor;
  readonly runWork: (workId: string) => Promise<unknown>;
  /** Carries out what an administrator decided about safe mode. */
  readonly settleSafeMode: () => Promise<unknown>;
  /** Runs what is due of the ladders. */
  readonly tick: () => Promise<unknown>;
}

/** Bells ring in this process where it can do the work, else in the queue; one that is lost is found by the reconciler. */
export function createBells({
  isWorker,
  queue,
  logger,
  broadcasts,
  engine,
  processor,
  runWork,
  settleSafeMode,
  tick,
}: BellsDeps): Bells {
  const lost = (error: unknown): void =>
    logger.warn({ err: error }, 'a bell could not be rung; the reconciler will find the work');
  // A turn may have begun a broadcast, or put a step of a ladder that is due at once.
  const bulk = joined(async () => {
    await settleSafeMode();
    await tick();
    await broadcasts.expandDue();
    engine.kick('bulk');
  });
  return {
    deliver: (lane) => {
      if (lane === 'reply') engine.kick('reply');
      else if (isWorker) bulk().catch(lost);
      else
        queue
          .addBulk([
            { name: 'reminders.tick', payload: {} },
            { name: 'delivery.drain', payload: { lane: 'bulk' } },
          ])
          .catch(lost);
    },
    work: (workId) => {
      // Without its queue a worker does the work at once; elsewhere the reconciler rings again.
      queue.add('work.run', { workId }, { dedupeKey: workId }).catch((error: unknown) => {
        lost(error);
        if (isWorker) runWork(workId).catch(lost);
      });
    },
    conversation: (conversationId, delayMs) => {
      if (delayMs === 0) processor().kick(conversationId);
      else queue.add('inbound.process', { conversationId }, { delayMs, dedupeKey: conversationId }).catch(lost);
    },
  };
}

/** A run that takes so long hangs; those who ring do not wait for it for ever. */
const HANG_MS = 60_000;

/**
 * Rings that come while one is answered are answered together, by one run after it: what they rang for may have come
 * too late for the run under way.
 */
function joined(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const run = (): Promise<void> => {
    const mine = work().finally(() => {
      if (running === mine) running = null;
    });
    running = mine;
    return mine;
  };
  return () => {
    if (running === null && next === null) return run();
    next ??= Promise.race([running, sleep(HANG_MS, undefined, { ref: false })])
      .catch(() => undefined)
      .then(() => {
        next = null;
        return run();
      });
    return next;
  };
}
