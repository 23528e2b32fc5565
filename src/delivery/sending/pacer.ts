/**
 * Spaces calls evenly at the rate of an account. The moments are reserved in Postgres, so that all processes of one
 * bot share them; a moment that was missed is forfeited, because two calls made up for would stand too close together.
 */
export interface Pacer {
  /** Adds reserved moments. */
  add(firstMs: number, count: number): void;
  /** How many calls may be prepared now. */
  ready(nowMs: number): number;
  /** Uses up a moment that has come. */
  take(nowMs: number): boolean;
  /** The next moment, if one is reserved. */
  next(nowMs: number): number | null;
  /** How many moments to reserve for this many waiting calls. */
  wants(nowMs: number, waiting: number): number;
  readonly spacingUs: number;
}

/** A missed moment may be used this much later. Platforms tolerate more; half is left for the network. */
const LATE_MS = 40;
/** Calls are committed this long before their moment. */
const LEAD_MS = 80;
/** Moments are reserved for this long ahead: less wastes statements, more wastes moments of other processes. */
const HORIZON_MS = 300;

/** A pacer without moments. */
export function createPacer(perSecond: number): Pacer {
  const spacingMs = 1000 / perSecond;
  const moments: number[] = [];

  const forfeit = (nowMs: number) => {
    while (moments[0] !== undefined && moments[0] < nowMs - LATE_MS) moments.shift();
  };

  return {
    spacingUs: Math.ceil(spacingMs * 1000),
    add(firstMs, count) {
      for (let n = 0; n < count; n += 1) moments.push(firstMs + n * spacingMs);
    },
    ready(nowMs) {
      forfeit(nowMs);
      return moments.filter((moment) => moment <= nowMs + LEAD_MS).length;
    },
    take(nowMs) {
      forfeit(nowMs);
      if (moments[0] === undefined || moments[0] > nowMs) return false;
      moments.shift();
      return true;
    },
    next(nowMs) {
      forfeit(nowMs);
      return moments[0] ?? null;
    },
    wants(nowMs, waiting) {
      forfeit(nowMs);
      const last = moments.at(-1);
      if (last !== undefined && last > nowMs + HORIZON_MS / 2) return 0;
      return Math.max(0, Math.min(waiting - moments.length, Math.ceil(HORIZON_MS / spacingMs)));
    },
  };
}
