/** When a person may be reminded: so many messages a day, and in the hours that the person chose. Pure. */
import type { WorkingCalendar } from '../../kernel/calendar.js';
import { addDays, atLocal, localDate, localTime } from '../../kernel/local-date.js';
import { remindAt } from '../../kernel/remind-at.js';
import { quietUntil, type QuietHours } from '../../delivery/index.js';

/** Messages of reminders that a person gets in a day, unless an administrator says otherwise. */
export const DEFAULT_PER_DAY = 2;

/** Hours of a day, `HH:mm`, the first before the second. */
export interface OwnHours {
  readonly from: string;
  readonly to: string;
}

/** What is known of a person when something is to be told. */
export interface Listener {
  /** Reminders told today already. */
  readonly heard: number;
  /** Null: at any hour. */
  readonly hours: OwnHours | null;
}

export interface DayRules {
  readonly now: Date;
  readonly perDay: number;
  readonly calendar: WorkingCalendar;
  readonly quiet: QuietHours | null;
}

/** Why somebody hears something later. */
export type DeferReason = 'cap' | 'own-hours' | 'quiet-hours';

/**
 * From when on a person may be told; null: now. Quiet hours put the step off, not its message: who hands in while they
 * last hears nothing.
 */
export function deferredUntil(
  listener: Listener,
  rules: DayRules,
): { readonly at: Date; readonly why: DeferReason } | null {
  const { now, perDay, calendar } = rules;
  const capped = listener.heard >= perDay;
  const from = capped ? remindAt(calendar.addWorkingDays(localDate(now), 1)) : now;
  const allowed = quietUntil(from, rules.quiet) ?? from;
  const at = listener.hours ? withinHours(from, listener.hours, rules.quiet) : allowed;
  if (at <= now) return null;
  return { at, why: capped ? 'cap' : at > allowed ? 'own-hours' : 'quiet-hours' };
}

// Own hours and quiet hours push each other on at most this often before they are known to leave no room.
const ROUNDS = 4;

/**
 * The first instant from `at` on that lies in a person's own hours and not in quiet hours. Where the two leave no room,
 * or only beyond the day after next, the person's hours do not hold.
 */
export function withinHours(at: Date, hours: OwnHours, quiet: QuietHours | null): Date {
  const last = addDays(localDate(at), 2);
  let wanted = at;
  for (let round = 0; round < ROUNDS; round += 1) {
    const own = intoHours(wanted, hours);
    const allowed = quietUntil(own, quiet) ?? own;
    if (localDate(allowed) > last) break;
    if (allowed.getTime() === own.getTime()) return own;
    wanted = allowed;
  }
  return quietUntil(at, quiet) ?? at;
}

/** Shorter hours would be a way of never hearing anything. */
const SHORTEST_MS = 3_600_000;

/** What is wrong with hours that somebody wants; null when nothing is. */
export function hoursProblem(hours: OwnHours, quiet: QuietHours | null): 'turned' | 'short' | 'quiet' | null {
  if (hours.from >= hours.to) return 'turned';
  const [from, to] = [atLocal(ANY_DAY, hours.from), atLocal(ANY_DAY, hours.to)];
  if (to.getTime() - from.getTime() < SHORTEST_MS) return 'short';
  // Some of them lies outside the quiet hours: at their beginning, or once those are over.
  return intoHours(quietUntil(from, quiet) ?? from, hours) < to ? null : 'quiet';
}

const ANY_DAY = '2026-01-01';

function intoHours(at: Date, { from, to }: OwnHours): Date {
  const day = localDate(at);
  const time = localTime(at);
  if (time < from) return atLocal(day, from);
  return time < to ? at : atLocal(addDays(day, 1), from);
}
