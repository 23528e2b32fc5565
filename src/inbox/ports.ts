/** What the inbox needs of the rest of the product. */
import type { Actor } from '../kernel/people.js';
import type { Sender } from '../conversation/message.js';
import type { Tx } from '../store/index.js';

/** Contacts and the people behind them; the units room fulfils it. */
export interface People {
  /** The contact of a sender and its conversation, made when they are new. Safe in a race. */
  ensureContact(tx: Tx, sender: Sender, now: Date): Promise<{ contactId: string; conversationId: string }>;
  /** Who speaks through this contact now. */
  loadActor(tx: Tx, contactId: string): Promise<Actor>;
}

/** Wakes other workers. A bell may be lost: the reconciler finds what it would have announced. */
export interface Bells {
  /** Messages of a lane may leave. */
  deliver(lane: 'reply' | 'bulk'): void;
  /** A piece of work waits. */
  work(workId: string): void;
  /** A conversation has an unprocessed message that this process could not handle now. */
  conversation(conversationId: string, delayMs: number): void;
}

/** The part of pino's logger that is used here. */
export interface Logger {
  info(details: Readonly<Record<string, unknown>>, message: string): void;
  warn(details: Readonly<Record<string, unknown>>, message: string): void;
  error(details: Readonly<Record<string, unknown>>, message: string): void;
}
