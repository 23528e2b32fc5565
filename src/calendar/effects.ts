/** What the flows of this room ask to have done. */
import { askForWork, defineEffect, type Effect } from '../conversation/index.js';
import type { QuietHours } from '../delivery/index.js';
import type { LocalDate } from '../kernel/local-date.js';
import type { Span } from './hours.js';
import type { DaySource, NewDay } from './model.js';

export interface EnterDays {
  readonly days: readonly NewDay[];
  readonly source: DaySource;
  readonly note: string | null;
}

/** Work: the reminders that wait are dated anew, by the calendar as it is then. */
export const REDATE_WORK = 'calendar.redate';

/** A change of days, and what follows of it: too much for one turn where a province has much to hand in. */
export const changeDays = (change: Effect, workId: string): Effect[] => [
  change,
  askForWork({ workId, kind: REDATE_WORK, payload: {} }),
];

/** Writes days off and make-up days. */
export const enterDays = defineEffect<EnterDays>('calendar.enter-days');
/** Takes days out again; `name` is what the person saw them called. */
export const removeDays = defineEffect<{ readonly days: readonly LocalDate[]; readonly name: string }>(
  'calendar.remove-days',
);
export const setOfficeHours = defineEffect<{ readonly office: readonly Span[] }>('calendar.office-hours');
export const setQuietHours = defineEffect<{ readonly quiet: QuietHours }>('calendar.quiet-hours');
