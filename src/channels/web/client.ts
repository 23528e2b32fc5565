/** The web channel's one call: a row that pages fetch, and a word to those who wait for it. */
import type { Change, Outgoing, SendResult } from '../channel.js';
import type { WebStore } from './store.js';
import type { WebWaker } from './waker.js';

export interface WebClientOptions {
  readonly store: Pick<WebStore, 'addEvent'>;
  readonly waker: Pick<WebWaker, 'announce'>;
  /** Tells the store's outages from faults. */
  readonly isOutage: (error: unknown) => boolean;
}

export interface WebClient {
  send(outgoing: Outgoing): Promise<SendResult>;
  edit(change: Change): Promise<SendResult>;
}

/** Adds events. An attempt has at most one, so sending it again is harmless and nothing is ever uncertain. */
export function createWebClient({ store, waker, isOutage }: WebClientOptions): WebClient {
  const add = async (outgoing: Outgoing, kind: 'message' | 'edit', messageId: string): Promise<SendResult> => {
    const { attemptId, contactId, content, at } = outgoing;
    const { text, buttons = [], imageId = null, imageAlt = null, fileId = null } = content;
    try {
      await store.addEvent({ attemptId, contactId, kind, messageId, text, buttons, imageId, imageAlt, fileId, at });
    } catch (error) {
      return failureOf(error, isOutage);
    }
    waker.announce(contactId);
    return { kind: 'sent', platformMessageId: messageId };
  };

  return {
    send: (outgoing) => add(outgoing, 'message', `w${outgoing.attemptId}`),
    edit: (outgoing) => add(outgoing, 'edit', outgoing.platformMessageId),
  };
}

function failureOf(error: unknown, isOutage: (error: unknown) => boolean): SendResult {
  const detail = error instanceof Error ? error.message.slice(0, 200) : 'unknown error';
  if (isOutage(error)) return { kind: 'failed', failure: 'retryable', retryAfterMs: 1_000, detail };
  return { kind: 'failed', failure: 'rejected', detail };
}
