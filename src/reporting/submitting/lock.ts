/** Until when a report that is in may still be replaced by its unit. */
import type { WorkingCalendar } from '../../kernel/calendar.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { ObligationView } from '../model.js';

type Lockable = Pick<ObligationView, 'dueOn' | 'lockDays' | 'state'>;

/** The last day on which a version may be replaced; null where only acceptance ends it. */
export function lockDay({ dueOn, lockDays }: Omit<Lockable, 'state'>, calendar: WorkingCalendar): LocalDate | null {
  if (lockDays === null) return null;
  return lockDays === 0 ? dueOn : calendar.addWorkingDays(dueOn, lockDays);
}

/**
 * True when what is in can no longer be replaced. What is owed is never locked: a first report is taken however late,
 * and one that was returned has its own term.
 */
export function isLocked(obligation: Lockable, today: LocalDate, calendar: WorkingCalendar): boolean {
  const last = lockDay(obligation, calendar);
  return last !== null && obligation.state === 'submitted' && today > last;
}
