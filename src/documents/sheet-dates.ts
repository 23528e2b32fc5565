/** Days in a workbook: numbers that only their format tells from others. */

const DAY_MS = 86_400_000;
// Day 0 of the calendar of workbooks, with its 29 February 1900 that never was: right from March 1900 on.
const ZERO_DAY = Date.UTC(1899, 11, 30);
const FIRST_RIGHT_DAY = 61;
const LAST_DAY = 2_958_465;
const LONGEST_FORMAT = 255;

/** True for the formats of days, moments and hours: those that every program knows, and those that spell one out. */
export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined)
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 58 && id !== 49);
  // Longer than any program writes one, and only there to be looked at for long.
  if (code.length > LONGEST_FORMAT) return false;
  const signs = code.replace(/"[^"]*"|\\.|\[[^\]]*\]|_.|\*./g, '');
  return /[dmyhs]/i.test(signs) && !/^general$/i.test(signs.trim());
}

/** The day of a number as dd/MM/yyyy; null where it is none. */
export function serialDate(value: number): string | null {
  if (value < FIRST_RIGHT_DAY || value > LAST_DAY) return null;
  const day = new Date(ZERO_DAY + Math.floor(value) * DAY_MS);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(day.getUTCDate())}/${two(day.getUTCMonth() + 1)}/${String(day.getUTCFullYear())}`;
}
