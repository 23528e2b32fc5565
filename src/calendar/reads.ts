/** What the flows of this room may read, in the turn's transaction. */
import type { WorkingCalendar } from '../kernel/calendar.js';
import type { LocalDate } from '../kernel/local-date.js';
import type { Tx } from '../store/index.js';
import { readHours, type ProvinceHours } from './hours.js';
import type { KnownDay } from './model.js';
import type { CalendarListener, OwedOn } from './ports.js';
import { findBetween, findYear, loadCalendar } from './store.js';

export interface CalendarReads {
  year(year: number): Promise<readonly KnownDay[]>;
  between(from: LocalDate, to: LocalDate): Promise<readonly KnownDay[]>;
  hours(): Promise<ProvinceHours>;
  working(): Promise<WorkingCalendar>;
  /** What is still owed by these days. */
  owedOn(days: readonly LocalDate[]): Promise<readonly OwedOn[]>;
}

/** The part of a turn's reads that this room's flows use. */
export interface CalendarReadPort {
  readonly calendar: CalendarReads;
}

/** Builds the reads on a transaction. */
export function createCalendarReads(tx: Tx, listener: Pick<CalendarListener, 'owedOn'>): CalendarReads {
  return {
    year: (year) => findYear(tx, year),
    between: (from, to) => findBetween(tx, from, to),
    hours: () => readHours(tx),
    working: () => loadCalendar(tx),
    owedOn: (days) => (days.length === 0 ? Promise.resolve([]) : listener.owedOn(tx, days)),
  };
}
