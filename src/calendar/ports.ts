/** What the calendar needs of rooms that come after it. */
import type { LocalDate } from '../kernel/local-date.js';
import type { Tx } from '../store/index.js';

/** A duty that units owe by a day. */
export interface OwedOn {
  readonly on: LocalDate;
  readonly dutyName: string;
  readonly units: number;
}

/** Hears of changes of the calendar, in the transaction that makes them. The reporting room fulfils it. */
export interface CalendarListener {
  /** What is still owed by these days. */
  owedOn(tx: Tx, days: readonly LocalDate[]): Promise<readonly OwedOn[]>;
}
