/** The queue's one door. */
export type { JobHandlers, JobName, JobRun } from './catalog.js';
export { QueueUnavailableError } from './errors.js';
export type { NewJob } from './producer.js';
export { createQueue, type JobQueue, type QueueOptions } from './queue.js';
export { checkRedis, type RedisCheck } from './check.js';
