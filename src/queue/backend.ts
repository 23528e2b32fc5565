/** What a backend gives to the queue: lines to add to, and workers that take from them. */
import type { BulkJobOptions, Job, JobsOptions } from 'bullmq';
import type { Lane } from './catalog.js';

/** The part of BullMQ's Queue that is used here, the same on both backends. */
export interface LaneQueue {
  add(name: string, payload: unknown, options: JobsOptions): Promise<unknown>;
  addBulk(jobs: { name: string; data: unknown; opts: BulkJobOptions }[]): Promise<unknown>;
  getJobCounts(...states: ('waiting' | 'active' | 'delayed' | 'failed')[]): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** The part of BullMQ's Worker that is used here. */
export interface LaneWorker {
  /** Takes no more jobs and waits for those that run. */
  close(): Promise<void>;
  /** Cuts the connections without waiting. */
  disconnect(): Promise<void>;
}

export type LaneProcessor = (job: Job<unknown, unknown>) => Promise<void>;

export interface LaneWorkerOptions {
  readonly concurrency: number;
  /** How long a job stays taken by a process that gives no sign of life. */
  readonly lockDuration: number;
  readonly stalledInterval: number;
  readonly onError: (error: Error) => void;
  readonly onFailed: (job: Job<unknown, unknown> | undefined, error: Error) => void;
}

/** Small notes that may be lost at any time. */
export interface Notes {
  read(name: string): Promise<string | null>;
  write(name: string, text: string): Promise<void>;
}

export interface Backend {
  readonly kind: 'redis' | 'postgres';
  /** False while an add would only wait: then it is refused at once. */
  isReady(): boolean;
  openQueue(lane: Lane): LaneQueue;
  openWorker(lane: Lane, processor: LaneProcessor, options: LaneWorkerOptions): LaneWorker;
  /** A few words kept beside the queue, where it lives apart from the database. */
  readonly notes: Notes | null;
  /** Ends the connections; queues and workers are closed before. */
  close(): Promise<void>;
}

/** Settings of every worker. After an outage a worker tries again each second; stalled jobs come back up to 5 times. */
export const WORKER_SETTINGS = { runRetryDelay: 1000, maxStalledCount: 5 } as const;
