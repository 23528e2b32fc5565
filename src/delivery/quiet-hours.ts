/** The hours in which nobody is disturbed by what can wait. */
import { addDays, atLocal, localDate, localTime } from '../kernel/local-date.js';
import type { Tx } from '../store/index.js';
import { POLICIES } from './policy.js';
import type { MessageClass } from './ports.js';

/** Local times `HH:mm`; the span may cross midnight. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
}

export const DEFAULT_QUIET_HOURS: QuietHours = { from: '21:00', to: '06:30' };

/** The hours, null for none, or where the province keeps them: asked anew for each piece of work, in its transaction if it has one. */
export type QuietSource = QuietHours | null | ((tx?: Tx) => Promise<QuietHours | null>);

/** The hours of a source now; the default where none is given. */
export function quietHoursOf(source: QuietSource | undefined, tx?: Tx): Promise<QuietHours | null> {
  return typeof source === 'function'
    ? source(tx)
    : Promise.resolve(source === undefined ? DEFAULT_QUIET_HOURS : source);
}

/** When the quiet hours around this instant end; null when it is in none. */
export function quietUntil(at: Date, hours: QuietHours | null): Date | null {
  if (hours === null || hours.from === hours.to) return null;
  const day = localDate(at);
  const time = localTime(at);
  if (hours.from < hours.to) return time >= hours.from && time < hours.to ? atLocal(day, hours.to) : null;
  if (time >= hours.from) return atLocal(addDays(day, 1), hours.to);
  return time < hours.to ? atLocal(day, hours.to) : null;
}

/** When the quiet hours around this instant began; null when it is in none. */
export function quietSince(at: Date, hours: QuietHours | null): Date | null {
  if (hours === null || quietUntil(at, hours) === null) return null;
  const day = localDate(at);
  return atLocal(localTime(at) >= hours.from ? day : addDays(day, -1), hours.from);
}

/** Until when a message planned now must wait (business clock); null when it may leave at once. */
export function holdUntil(
  now: Date,
  kind: MessageClass,
  hours: QuietHours | null,
  notBefore?: Date,
  ordered = false,
): Date | null {
  const wanted = notBefore !== undefined && notBefore > now ? notBefore : now;
  const allowed = POLICIES[kind].quiet && !ordered ? (quietUntil(wanted, hours) ?? wanted) : wanted;
  return allowed > now ? allowed : null;
}
