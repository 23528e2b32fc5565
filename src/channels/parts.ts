/** Sends one message as several calls where a platform cannot carry it in one. */
import type { SendResult } from './channel.js';

/** Attempts whose progress is remembered; more than can be half-way at one time. */
const REMEMBERED = 2_000;

export type SendPart<P> = (part: P) => Promise<SendResult>;

/**
 * Sends the parts in order; the last one's id stands for the whole message. A later try of the same attempt goes on
 * where the earlier one stopped, as long as it happens in this process; elsewhere the first parts come twice.
 */
export function createPartSender(): <P>(
  attemptId: string,
  parts: readonly P[],
  send: SendPart<P>,
) => Promise<SendResult> {
  const gone = new Map<string, number>();

  const remember = (attemptId: string, count: number) => {
    gone.set(attemptId, count);
    const oldest = gone.size > REMEMBERED ? gone.keys().next().value : undefined;
    if (oldest !== undefined) gone.delete(oldest);
  };

  return async (attemptId, parts, send) => {
    let result: SendResult = { kind: 'failed', failure: 'rejected', detail: 'empty message' };
    for (let at = gone.get(attemptId) ?? 0; at < parts.length; at++) {
      const part = parts[at];
      if (part === undefined) break;
      result = await send(part);
      if (result.kind !== 'sent') return result;
      if (at + 1 < parts.length) remember(attemptId, at + 1);
    }
    gone.delete(attemptId);
    return result;
  };
}
