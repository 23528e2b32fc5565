/** Sends one message as several calls where a platform cannot carry it in one. */
import type { SendResult } from './channel.js';

/** Attempts whose progress is remembered; more than can be half-way at one time. */
const REMEMBERED = 2_000;
/** A further part that may go soon is waited for, so often and so long: nobody else can go on from here. */
const WAITS = 3;
const MAX_WAIT_MS = 5_000;
const WAIT_MS = 1_000;

export type SendPart<P> = (part: P) => Promise<SendResult>;

/** What the sender must know of a message. */
export interface Whole {
  readonly attemptId: string;
  /** May come twice rather than not at all. */
  readonly repeats?: boolean;
}

type Failed = Extract<SendResult, { kind: 'failed' }>;

/**
 * Sends the parts in order; the last one's id stands for the whole message. Once a part has gone, the message is not
 * refused any more: what cannot be finished is uncertain, and says how much arrived. Only where a message may come twice
 * is a passing failure told as such: a later try goes on where this one stopped, or in another process from the start.
 */
export function createPartSender(): <P>(
  whole: Whole,
  parts: readonly P[],
  send: SendPart<P>,
  signal: AbortSignal,
) => Promise<SendResult> {
  const gone = new Map<string, number>();

  const remember = (attemptId: string, count: number) => {
    gone.set(attemptId, count);
    const oldest = gone.size > REMEMBERED ? gone.keys().next().value : undefined;
    if (oldest !== undefined) gone.delete(oldest);
  };

  return async ({ attemptId, repeats = false }, parts, send, signal) => {
    let result: SendResult = { kind: 'failed', failure: 'rejected', detail: 'empty message' };
    for (let at = gone.get(attemptId) ?? 0; at < parts.length; at++) {
      const part = parts[at];
      if (part === undefined) break;
      result = at === 0 ? await send(part) : await sendFurther(() => send(part), repeats ? 0 : WAITS, signal);
      if (result.kind !== 'sent') {
        if (at === 0 || (repeats && result.kind === 'failed' && isPassing(result))) return result;
        gone.delete(attemptId);
        return { kind: 'uncertain', detail: `part ${String(at)} of ${String(parts.length)} arrived: ${result.detail}` };
      }
      if (at + 1 < parts.length) remember(attemptId, at + 1);
    }
    gone.delete(attemptId);
    return result;
  };
}

/** Nothing is thrown any more, and what may pass soon is tried again a few times. */
async function sendFurther(send: () => Promise<SendResult>, waits: number, signal: AbortSignal): Promise<SendResult> {
  for (let left = waits; ; left -= 1) {
    const result = await send().catch(thrown);
    if (result.kind !== 'failed' || !isPassing(result) || left === 0) return result;
    const waitMs = result.retryAfterMs ?? WAIT_MS;
    if (waitMs > MAX_WAIT_MS || !(await waited(waitMs, signal))) return result;
  }
}

const isPassing = ({ failure }: Failed): boolean =>
  failure === 'retryable' || failure === 'rate-limited' || failure === 'channel-down' || failure === 'unknown';

// Only our own store throws, before anything is written.
const thrown = (error: unknown): SendResult => ({
  kind: 'failed',
  failure: 'retryable',
  detail: `store: ${error instanceof Error ? error.name : 'error'}`,
});

/** False when the patience ended first. */
function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (isOver: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(isOver);
    };
    const stop = () => {
      end(false);
    };
    const timer = setTimeout(() => {
      end(true);
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
