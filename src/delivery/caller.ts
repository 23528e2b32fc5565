/** Makes the one call of an attempt, with an end to its patience. */
import type { Outgoing, SendResult } from '../channels/channel.js';
import type { Held } from './line.js';

export interface Caller {
  /** Always answers: what a channel throws or keeps silent about is uncertain, because the request may have left. */
  call(held: Held): Promise<SendResult>;
  /** Ends the patience of all calls under way. */
  abortAll(): void;
}

/** A channel that ignores its signal is given up this much later. */
const GRACE_MS = 2_000;

/** Builds the caller. */
export function createCaller(timeoutMs: number): Caller {
  const running = new Set<AbortController>();

  function call(held: Held): Promise<SendResult> {
    const controller = new AbortController();
    running.add(controller);
    return new Promise<SendResult>((resolve) => {
      const timer = setTimeout(() => controller.abort(), timeoutMs);
      let grace: NodeJS.Timeout | null = null;
      const end = (result: SendResult) => {
        clearTimeout(timer);
        if (grace !== null) clearTimeout(grace);
        running.delete(controller);
        resolve(result);
      };
      controller.signal.addEventListener('abort', () => {
        grace = setTimeout(() => end({ kind: 'uncertain', detail: 'no answer in time' }), GRACE_MS);
      });
      held.line.channel.send(outgoing(held), controller.signal).then(end, (error: unknown) => end(thrown(error)));
    });
  }

  return {
    call,
    abortAll: () => {
      for (const controller of running) controller.abort();
    },
  };
}

function outgoing(held: Held): Outgoing {
  return {
    attemptId: held.id,
    contactId: held.contactId ?? '',
    address: held.address ?? '',
    content: held.content,
    lane: held.line.lane,
    at: held.at,
  };
}

/** Only the name: messages of transports may hold addresses, and addresses hold tokens. */
function thrown(error: unknown): SendResult {
  return { kind: 'uncertain', detail: `the channel threw ${error instanceof Error ? error.name : typeof error}` };
}
