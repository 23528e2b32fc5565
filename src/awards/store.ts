/** Questions waiting for an officer, in the database. */
import type { Tx } from '../store/index.js';

/** What the flows of this room may read. */
export interface AwardsReads {
  /** How many questions wait for an officer. */
  waiting(): Promise<number>;
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
  };
}
