/** The queue's one door. */
export {
  catalog,
  type JobHandlers,
  type JobName,
  type JobPayload,
  type JobRun,
  type Lane,
  type TickName,
} from './catalog.js';
export { QueueUnavailableError } from './errors.js';
export type { QueueLogger } from './logger.js';
export type { AddOptions, LaneCounts, NewJob } from './producer.js';
export { createQueue, type JobQueue, type QueueOptions } from './queue.js';
