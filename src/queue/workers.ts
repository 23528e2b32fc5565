/** One worker a lane. */
import type { Backend, LaneProcessor, LaneWorker } from './backend.js';
import { LANES, type Lane } from './catalog.js';
import { isOutage } from './errors.js';
import type { OutageLog, QueueLogger } from './logger.js';

export interface WorkerSettings {
  readonly concurrency: Readonly<Record<Lane, number>>;
  readonly stalledAfterMs: number;
}

/** Opens the workers of all lanes; they take jobs at once. */
export function openWorkers(
  backend: Backend,
  processor: LaneProcessor,
  settings: WorkerSettings,
  logger: QueueLogger,
  log: OutageLog,
): LaneWorker[] {
  return LANES.map((lane) =>
    backend.openWorker(lane, processor, {
      concurrency: settings.concurrency[lane],
      lockDuration: settings.stalledAfterMs,
      stalledInterval: settings.stalledAfterMs,
      onError: (error) => {
        if (isOutage(error)) log.away(error);
        else logger.error({ lane, err: error }, 'queue worker error');
      },
      onFailed: (job, error) => {
        const tries = { attempt: job?.attemptsMade, of: job?.opts.attempts };
        logger.warn({ lane, job: job?.name, id: job?.id, ...tries, err: error }, 'job failed');
      },
    }),
  );
}
