/** Tries again what lost against another transaction. */
import { isSerializationFailure } from './outage.js';

const TRIES = 10;

/** A worker's commit may hold the same rows in another order; whoever loses tries again. */
export async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left <= 1 || !isSerializationFailure(error)) throw error;
    }
  }
}
