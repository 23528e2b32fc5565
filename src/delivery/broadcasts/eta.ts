/** When a broadcast should be over. */

/** What is on its way on one channel. */
export interface ChannelProgress {
  readonly channel: string;
  /** Messages without a final state that may leave. */
  readonly left: number;
  /** Final outcomes a second of late. */
  readonly ratePerSec: number;
  /** The platform has told the account to wait until then. */
  readonly bannedUntil: Date | null;
}

/** Bulk messages a second that the accounts may send: what is told before anything has moved, and while a ban holds everything. */
export type Budgets = Readonly<Partial<Record<string, number>>>;
/** Where nothing limits the rate. */
const UNLIMITED = 100;

/** The channels go side by side, so the slowest decides; null when nothing is on its way. */
export function etaOf(channels: readonly ChannelProgress[], now: Date, budgets: Budgets): Date | null {
  const ends = channels
    .filter(({ left }) => left > 0)
    .map(({ channel, left, ratePerSec, bannedUntil }) => {
      const isBanned = bannedUntil !== null && bannedUntil > now;
      const rate = ratePerSec > 0 && !isBanned ? ratePerSec : (budgets[channel] ?? UNLIMITED);
      return (isBanned ? bannedUntil : now).getTime() + (left / rate) * 1000;
    });
  return ends.length === 0 ? null : new Date(Math.max(...ends));
}
