/**
 * Every kind of background work: its payload, its lane and how hard to try.
 *
 * The queue is only a bell. Payloads carry ids, the row in Postgres is the truth: a job may run twice, may come
 * from yesterday's release, or may be lost and found again by the reconciler.
 */
import { z } from 'zod';

/** fast: what a person waits for, and the ticks. slow: what takes its time and must not delay the others. */
export const LANES = ['fast', 'slow'] as const;
export type Lane = (typeof LANES)[number];

const id = z.string().min(1).max(64);
const nothing = z.object({});

/** Retries are few and near: what still fails is found again by the reconciler within a minute. */
export const catalog = {
  'inbound.process': { payload: z.object({ conversationId: id }), lane: 'fast', attempts: 4, backoffMs: 500 },
  /** The reply lane is fast; bulk lanes are told apart in `laneOf`. */
  'delivery.drain': {
    payload: z.object({ lane: z.enum(['reply', 'bulk']) }),
    lane: 'slow',
    attempts: 3,
    backoffMs: 500,
  },
  'work.run': { payload: z.object({ workId: id }), lane: 'slow', attempts: 3, backoffMs: 1000 },
  'reminders.tick': { payload: nothing, lane: 'fast', attempts: 1, backoffMs: 0 },
  'seats.silence': { payload: nothing, lane: 'slow', attempts: 3, backoffMs: 2000 },
  'duties.plan': { payload: nothing, lane: 'slow', attempts: 1, backoffMs: 0 },
  'insights.digest': { payload: nothing, lane: 'slow', attempts: 1, backoffMs: 0 },
  'insights.tally': { payload: nothing, lane: 'slow', attempts: 1, backoffMs: 0 },
  'zalo.refresh-token': { payload: nothing, lane: 'slow', attempts: 3, backoffMs: 2000 },
} as const satisfies Record<string, JobKind>;

interface JobKind {
  readonly payload: z.ZodType;
  readonly lane: Lane;
  readonly attempts: number;
  /** Wait before the second try; doubled before each further one. */
  readonly backoffMs: number;
}

export type JobName = keyof typeof catalog;
export type JobPayload<N extends JobName> = z.infer<(typeof catalog)[N]['payload']>;

/** Jobs that need no id, so that a clock can ring them. */
export type TickName = { [N in JobName]: Record<never, never> extends JobPayload<N> ? N : never }[JobName];

/** What a handler may ask about its run. */
export interface JobRun {
  /** Aborted when the queue closes: a long job stops at its next safe point. */
  readonly signal: AbortSignal;
  /** 1 on the first try. */
  readonly attempt: number;
}

/** One handler for each job; leaving one out does not compile. A handler may run twice for one job. */
export type JobHandlers = { readonly [N in JobName]: (payload: JobPayload<N>, run: JobRun) => Promise<unknown> };

export const isJobName = (name: string): name is JobName => Object.hasOwn(catalog, name);

/** The lane a job goes to. */
export function laneOf(name: JobName, payload: unknown): Lane {
  const isReplyDrain = name === 'delivery.drain' && (payload as JobPayload<'delivery.drain'>).lane === 'reply';
  return isReplyDrain ? 'fast' : catalog[name].lane;
}
