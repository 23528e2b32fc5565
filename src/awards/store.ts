/** Questions waiting for an officer, in the database. */
import type { Tx } from '../store/index.js';

/** A question as the officer reads it. */
export interface OpenQuestion {
  readonly id: string;
  readonly code: string;
  readonly text: string;
  readonly askedAt: Date;
  readonly reason: string;
}

/** What the flows of this room may read. */
export interface AwardsReads {
  /** How many questions wait for an officer. */
  waiting(): Promise<number>;
  /** A question that still waits; null when it was answered or is unknown. */
  open(id: string): Promise<OpenQuestion | null>;
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
    async open(id) {
      if (!/^[0-9a-f-]{36}$/i.test(id)) return null;
      const row = await tx.question.findFirst({ where: { id, state: 'open' } });
      return row && { id: row.id, code: row.code, text: row.text, askedAt: row.askedAt, reason: row.reason };
    },
  };
}
