/** The province's calendar in the database. */
import { buildCalendar, type WorkingCalendar } from '../kernel/calendar.js';
import { fromDbDate } from '../kernel/local-date.js';
import type { Tx } from '../store/index.js';

/** The working calendar with its holidays and make-up days as they stand now. */
export async function loadCalendar(tx: Tx): Promise<WorkingCalendar> {
  const days = await tx.calendarDay.findMany();
  return buildCalendar(days.map((day) => ({ on: fromDbDate(day.on), kind: day.kind === 'work' ? 'work' : 'off' })));
}
