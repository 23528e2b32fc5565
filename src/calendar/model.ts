/** The days that differ from the ordinary week, as this room thinks of them. */
import { addDays, daysBetween, weekday, type LocalDate } from '../kernel/local-date.js';

export type DayKind = 'off' | 'work';

/** entered: as an administrator typed it. proposed: computed from the rules and confirmed. */
export type DaySource = 'entered' | 'proposed';

/** A holiday (`off`) or a make-up working day (`work`). */
export interface NewDay {
  readonly on: LocalDate;
  readonly kind: DayKind;
  readonly name: string;
}

/** A day on record, with where it comes from. */
export interface KnownDay extends NewDay {
  readonly source: DaySource;
  /** The announcement it stands on. */
  readonly note: string | null;
}

export const NAME_LIMIT = 80;
export const NOTE_LIMIT = 200;
/** Nothing that is announced is longer; a longer range is a slip of the year. */
export const LONGEST_RANGE = 31;
/** How far ahead days may be entered and proposed: rules change, and lunar days were checked up to 2035. */
export const YEARS_AHEAD = 5;
export const LAST_YEAR = 2035;

/** Days that follow one another and are called the same. */
export interface DayRun extends Omit<KnownDay, 'on'> {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** Joins neighbours of one kind, name and origin, so that a list stays short. */
export function joinDays(days: readonly KnownDay[]): DayRun[] {
  const runs: DayRun[] = [];
  for (const { on, ...about } of days) {
    const last = runs.at(-1);
    const isSame =
      last !== undefined &&
      addDays(last.to, 1) === on &&
      last.kind === about.kind &&
      last.name === about.name &&
      last.source === about.source &&
      last.note === about.note;
    if (isSame) runs[runs.length - 1] = { ...last, to: on };
    else runs.push({ ...about, from: on, to: on });
  }
  return runs;
}

/** Every day from one to another. */
export const daysFrom = (from: LocalDate, to: LocalDate): LocalDate[] =>
  Array.from({ length: daysBetween(from, to) + 1 }, (_, n) => addDays(from, n));

export const isWeekend = (day: LocalDate): boolean => weekday(day) === 0 || weekday(day) === 6;
export const yearOf = (day: LocalDate): number => Number(day.slice(0, 4));

/** The last year in which days may be entered. */
export const lastYear = (today: LocalDate): number => Math.min(yearOf(today) + YEARS_AHEAD, LAST_YEAR);
