/** What a run cost. */
export interface Usage {
  readonly seconds: number;
  readonly cpuSec: number;
  /** The largest resident set of the process so far. */
  readonly rssMb: number;
}

/** Begins measuring; the returned function ends it. */
export function startUsage(): () => Usage {
  const cpu = process.cpuUsage();
  const began = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return {
      seconds: (performance.now() - began) / 1000,
      cpuSec: (user + system) / 1e6,
      rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  };
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Rounded to so many decimals. */
export const round = (value: number, decimals = 2): number => Number(value.toFixed(decimals));

/** The value that this share of the values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
