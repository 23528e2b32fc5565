/** What a worker does with one job: check it, then hand it to its handler. */
import type { Job } from 'bullmq';
import type { z } from 'zod';
import { catalog, isJobName, type JobHandlers, type JobRun } from './catalog.js';
import type { QueueLogger } from './logger.js';

/**
 * Builds the processor of all lanes. A job that this release does not know, or whose payload does not fit, is logged
 * and dropped: trying again would not mend it.
 */
export function createProcessor(handlers: JobHandlers, logger: QueueLogger, signal: AbortSignal) {
  const handlerOf: Readonly<Record<string, (payload: never, run: JobRun) => Promise<unknown>>> = handlers;

  return async function process(job: Job<unknown, unknown>): Promise<void> {
    const { name, id } = job;
    if (!isJobName(name)) {
      logger.warn({ job: name, id }, 'unknown job dropped');
      return;
    }
    const schema: z.ZodType = catalog[name].payload;
    const payload = schema.safeParse(job.data);
    if (!payload.success) {
      // Paths only: what stands there may be anything.
      logger.warn(
        { job: name, id, wrong: payload.error.issues.map((issue) => issue.path.join('.')) },
        'ill-formed job dropped',
      );
      return;
    }
    await handlerOf[name]?.(payload.data as never, { signal, attempt: job.attemptsMade + 1 });
  };
}
