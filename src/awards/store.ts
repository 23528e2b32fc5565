/** Questions waiting for an officer, in the database. */
import type { Tx } from '../store/index.js';

/** A question that still waits, as whoever asked it knows it. */
export interface OpenQuestion {
  readonly text: string;
  readonly code: string;
  /** Place in the queue, 1 for the next. */
  readonly place: number;
}

/** What the flows of this room may read. */
export interface AwardsReads {
  /** How many questions wait for an officer. */
  waiting(): Promise<number>;
  /** Those of a conversation that still wait. */
  openOf(conversationId: string): Promise<readonly OpenQuestion[]>;
  /** Takes over what officers changed in the knowledge: awaited before an answer is made. */
  fresh(): Promise<void>;
}

/** Builds the reads on a transaction. */
export function createAwardsReads(tx: Tx, refresh?: (tx: Tx) => Promise<void>): AwardsReads {
  let refreshed: Promise<void> | undefined;
  return {
    // Once a turn: what the turn itself writes is there for the next one.
    fresh: () => (refreshed ??= refresh?.(tx) ?? Promise.resolve()),
    waiting: () => tx.question.count({ where: { state: 'open' } }),
    openOf: (conversationId) => tx.$queryRaw<OpenQuestion[]>`
      select q.text, q.code, (select count(*)::int from question o
        where o.state = 'open' and (o.asked_at, o.id) <= (q.asked_at, q.id)) as place
      from question q where q.state = 'open' and q.conversation_id = ${conversationId}::uuid`,
  };
}
