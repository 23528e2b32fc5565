/** What the answer of a channel means for the attempt: final, or once more and when. */
import type { SendResult } from '../../channels/channel.js';

/** What is written about one call. */
export interface Outcome {
  readonly state: 'sent' | 'failed' | 'uncertain' | 'queued';
  readonly platformMessageId: string | null;
  readonly reason: string | null;
  readonly detail: string | null;
  /** Machine time of the next call; only with `queued`. */
  readonly dueMs: number | null;
  /** Until when nobody of this account is called. */
  readonly banUntilMs: number | null;
  /** The person cannot be reached on this contact any more. */
  readonly isGone: boolean;
}

/** Calls of one attempt before it is given up; refusals for going too fast do not count. */
export const MAX_SENDS = 8;
const MAX_BACKOFF_MS = 60_000;
const DEFAULT_RETRY_AFTER_MS = 5_000;
const MAX_OUTAGE_MS = 3_600_000;
const DETAIL_LIMIT = 300;

const NOTHING: Omit<Outcome, 'state'> = {
  platformMessageId: null,
  reason: null,
  detail: null,
  dueMs: null,
  banUntilMs: null,
  isGone: false,
};

/** `sends` counts the calls of this attempt, the present one included. */
export function outcomeOf(result: SendResult, sends: number, nowMs: number): Outcome {
  if (result.kind === 'sent') return { ...NOTHING, state: 'sent', platformMessageId: result.platformMessageId };
  const detail = result.detail.slice(0, DETAIL_LIMIT);
  if (result.kind === 'uncertain') return { ...NOTHING, state: 'uncertain', reason: 'unknown-arrival', detail };

  const failed: Outcome = { ...NOTHING, state: 'failed', reason: result.failure, detail };
  const again = (waitMs: number): Outcome => ({ ...failed, state: 'queued', dueMs: nowMs + waitMs });
  switch (result.failure) {
    case 'rate-limited': {
      const waitMs = result.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS;
      return { ...again(waitMs), banUntilMs: result.scope === 'contact' ? null : nowMs + waitMs };
    }
    case 'retryable':
    case 'unknown':
      return sends >= MAX_SENDS ? failed : again(Math.max(backoffMs(sends), result.retryAfterMs ?? 0));
    case 'channel-down': {
      if (sends >= MAX_SENDS) return failed;
      const waitMs = result.retryAfterMs ?? Math.min(MAX_OUTAGE_MS, 30_000 * 2 ** sends);
      return { ...again(waitMs), banUntilMs: nowMs + waitMs };
    }
    case 'recipient-gone':
      return { ...failed, isGone: true };
    case 'rejected':
    case 'window-closed':
      return failed;
  }
}

/** 1 for a call that was refused for going too fast: it says nothing of the message, and nothing will make it give up. */
export const countsNot = (result: SendResult): 0 | 1 =>
  result.kind === 'failed' && result.failure === 'rate-limited' ? 1 : 0;

/** 2, 4, 8 … 60 seconds. */
export function backoffMs(sends: number): number {
  return Math.min(MAX_BACKOFF_MS, 1000 * 2 ** sends);
}

/** The call was not made: the attempt waits as before. */
export const notCalled = (dueMs: number | null): Outcome => ({ ...NOTHING, state: 'queued', dueMs });
