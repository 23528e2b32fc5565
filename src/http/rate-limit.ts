/** A bound on calls for one key (an address, a token): steady rate with a burst, kept in this process only. */

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface RateLimiter {
  /** 0 when the call may go on; else how many milliseconds until it may. */
  take(key: string, cost: number, now: number): number;
}

const SWEEP_AT_KEYS = 20_000;

/** Counts by theoretical arrival time: one number a key, forgotten once it lies in the past. */
export function createRateLimiter(rate: Rate): RateLimiter {
  const arrivals = new Map<string, number>();
  const intervalMs = 1000 / rate.perSecond;
  const toleranceMs = intervalMs * rate.burst;
  let sweepAt = SWEEP_AT_KEYS;

  return {
    take(key, cost, now) {
      const next = Math.max(arrivals.get(key) ?? 0, now) + intervalMs * cost;
      const waitMs = next - toleranceMs - now;
      if (waitMs > 0) return waitMs;
      arrivals.set(key, next);
      if (arrivals.size >= sweepAt) {
        for (const [old, at] of arrivals) if (at <= now) arrivals.delete(old);
        sweepAt = Math.max(SWEEP_AT_KEYS, arrivals.size * 2);
      }
      return 0;
    },
  };
}
