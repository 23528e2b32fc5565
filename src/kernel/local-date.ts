/**
 * Days and hours as the province lives them.
 *
 * Việt Nam has one zone, UTC+7, without summer time since 1975; every date of this product is later.
 * So the host's zone never matters, and plain arithmetic is exact.
 */
export const ZONE_OFFSET_MS = 7 * 3_600_000;
const DAY_MS = 86_400_000;

/** A calendar day in Việt Nam, `YYYY-MM-DD`. */
export type LocalDate = string;

/** The day on which this instant falls in Việt Nam. */
export function localDate(at: Date): LocalDate {
  return new Date(at.getTime() + ZONE_OFFSET_MS).toISOString().slice(0, 10);
}

/** The wall-clock time of this instant in Việt Nam, `HH:mm`. */
export function localTime(at: Date): string {
  return new Date(at.getTime() + ZONE_OFFSET_MS).toISOString().slice(11, 16);
}

/** The instant at which it is `time` (`HH:mm` or `HH:mm:ss`) on this day in Việt Nam. */
export function atLocal(day: LocalDate, time: string): Date {
  const full = time.length === 5 ? `${time}:00` : time;
  return new Date(Date.parse(`${day}T${full}.000Z`) - ZONE_OFFSET_MS);
}

/** The last second of this day in Việt Nam: until when something due that day is on time. */
export function endOfDay(day: LocalDate): Date {
  return atLocal(day, '23:59:59');
}

/** The day `count` days later (or earlier, when negative). */
export function addDays(day: LocalDate, count: number): LocalDate {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/** Days from one day to another; negative when `to` comes first. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** 0 = Sunday … 6 = Saturday. */
export function weekday(day: LocalDate): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

/** True for a day that exists in the calendar. */
export function isLocalDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text;
}

/** A `@db.Date` column value for this day, and back. */
export const toDbDate = (day: LocalDate): Date => new Date(`${day}T00:00:00Z`);
export const fromDbDate = (value: Date): LocalDate => value.toISOString().slice(0, 10);
