/** What the flows of this room ask to have done. */
import { defineEffect } from '../conversation/index.js';
import type { QuietHours } from '../delivery/index.js';
import type { LocalDate } from '../kernel/local-date.js';
import type { Span } from './hours.js';
import type { DaySource, NewDay } from './model.js';

export interface EnterDays {
  readonly days: readonly NewDay[];
  readonly source: DaySource;
  readonly note: string | null;
}

/** Writes days off and make-up days. */
export const enterDays = defineEffect<EnterDays>('calendar.enter-days');
/** Takes days out again; `name` is what the person saw them called. */
export const removeDays = defineEffect<{ readonly days: readonly LocalDate[]; readonly name: string }>(
  'calendar.remove-days',
);
export const setOfficeHours = defineEffect<{ readonly office: readonly Span[] }>('calendar.office-hours');
export const setQuietHours = defineEffect<{ readonly quiet: QuietHours }>('calendar.quiet-hours');
