/** Reads that are the same for a whole transaction. */
import type { Tx } from './client.js';

/** A read that remembers its answer within a transaction. */
export interface RememberedRead<T> {
  (tx: Tx): Promise<T>;
  /** What was read holds no longer: this transaction changed it. */
  forget(tx: Tx): void;
}

/** Reads once a transaction. Outside of one it reads each time: nothing outlives what it was read in. */
export function oncePerTransaction<T>(read: (tx: Tx) => Promise<T>): RememberedRead<T> {
  const known = new WeakMap<Tx, Promise<T>>();
  const remembered = (tx: Tx): Promise<T> => {
    // Only the client itself can be closed.
    if ('$disconnect' in tx) return read(tx);
    const before = known.get(tx);
    if (before) return before;
    const answer = read(tx);
    known.set(tx, answer);
    return answer;
  };
  return Object.assign(remembered, { forget: (tx: Tx) => void known.delete(tx) });
}
