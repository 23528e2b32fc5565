/** A source of the present moment. The business clock and the machine clock are both one; never mix them. */
export interface Clock {
  now(): Date;
}

/** The machine clock: leases, retries, budgets, queue delays. Nothing ever moves it. */
export const machineClock: Clock = { now: () => new Date() };
