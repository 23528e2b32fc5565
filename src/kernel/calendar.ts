/** The province's working calendar: which days count, and what a term in working days means. */
import { addDays, weekday, type LocalDate } from './local-date.js';

export interface WorkingCalendar {
  isWorkingDay(day: LocalDate): boolean;
  /** The day `count` working days after `day` (before it, when negative); with 0, `day` itself or the next working day. */
  addWorkingDays(day: LocalDate, count: number): LocalDate;
  /** Working days after `from` up to and including `to`; negative when `to` comes first. */
  workingDaysBetween(from: LocalDate, to: LocalDate): number;
  /** What a day off is called; null for an ordinary day and for a weekend without a name. */
  nameOf(day: LocalDate): string | null;
}

/** A day that differs from the week: a holiday (`off`) or a make-up day (`work`). */
export interface SpecialDay {
  readonly on: LocalDate;
  readonly kind: 'off' | 'work';
  readonly name?: string;
}

/** Monday to Friday, corrected by the special days. */
export function buildCalendar(specialDays: readonly SpecialDay[]): WorkingCalendar {
  const special = new Map(specialDays.map((day) => [day.on, day.kind]));
  const names = new Map(
    specialDays.flatMap(({ on, kind, name }) => (kind === 'off' && name !== undefined ? [[on, name]] : [])),
  );

  const isWorkingDay = (day: LocalDate): boolean => {
    const kind = special.get(day);
    if (kind !== undefined) return kind === 'work';
    const w = weekday(day);
    return w !== 0 && w !== 6;
  };

  const step = (day: LocalDate, direction: 1 | -1): LocalDate => {
    let next = addDays(day, direction);
    while (!isWorkingDay(next)) next = addDays(next, direction);
    return next;
  };

  return {
    isWorkingDay,
    addWorkingDays(day, count) {
      let at = day;
      if (count === 0) return isWorkingDay(at) ? at : step(at, 1);
      for (let n = Math.abs(count); n > 0; n -= 1) at = step(at, count > 0 ? 1 : -1);
      return at;
    },
    workingDaysBetween(from, to) {
      const [first, last, sign] = from <= to ? [from, to, 1] : [to, from, -1];
      let count = 0;
      for (let day = addDays(first, 1); day <= last; day = addDays(day, 1)) if (isWorkingDay(day)) count += 1;
      return count * sign || 0;
    },
    nameOf: (day) => names.get(day) ?? null,
  };
}
