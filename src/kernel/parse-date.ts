/** Reads a day as people type it: `28/11`, `28-11-2026`, `mai`, `thứ sáu`, `ngày 5 tháng 12`. */
import { addDays, isLocalDate, weekday, type LocalDate } from './local-date.js';
import { fold } from './text.js';

const WEEKDAY_WORDS: readonly (readonly string[])[] = [
  ['chu nhat', 'cn', 'sunday'],
  ['thu hai', 'thu 2', 't2', 'monday'],
  ['thu ba', 'thu 3', 't3', 'tuesday'],
  ['thu tu', 'thu 4', 't4', 'wednesday'],
  ['thu nam', 'thu 5', 't5', 'thursday'],
  ['thu sau', 'thu 6', 't6', 'friday'],
  ['thu bay', 'thu 7', 't7', 'saturday'],
];

const NEAR_DAYS: Readonly<Record<string, number>> = {
  'hom nay': 0,
  nay: 0,
  today: 0,
  mai: 1,
  'ngay mai': 1,
  tomorrow: 1,
  'ngay kia': 2,
  'ngay mot': 2,
  mot: 2,
};

/**
 * The day meant, or null when the text is no day. Without a year the next such day from `today` on is taken
 * (yesterday's date is more likely this year's than next year's only for dates of the past 60 days: pass `past` for those).
 */
export function parseDate(text: string, today: LocalDate, prefer: 'future' | 'past' = 'future'): LocalDate | null {
  const folded = fold(text)
    .replace(/^ngay (?=\d)/, '')
    .trim();
  const near = NEAR_DAYS[folded];
  if (near !== undefined) return addDays(today, near);

  const wanted = WEEKDAY_WORDS.findIndex((words) => words.some((word) => folded === word || folded === `${word} nay`));
  if (wanted >= 0) return addDays(today, (wanted - weekday(today) + 7) % 7);

  if (isLocalDate(folded)) return folded;
  const match = /^(\d{1,2})\s*(?:[/.-]|thang|\s)\s*(\d{1,2})(?:\s*(?:[/.-]|nam|\s)\s*(\d{4}|\d{2}))?$/.exec(folded);
  if (!match) return null;
  return resolveYear(Number(match[1]), Number(match[2]), match[3], today, prefer);
}

function resolveYear(
  day: number,
  month: number,
  year: string | undefined,
  today: LocalDate,
  prefer: 'future' | 'past',
) {
  const make = (y: number) => {
    const date = `${String(y)}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
    return isLocalDate(date) ? date : null;
  };
  if (year !== undefined) return make(year.length === 2 ? 2000 + Number(year) : Number(year));
  const thisYear = Number(today.slice(0, 4));
  const date = make(thisYear);
  if (prefer === 'future') return date !== null && date < today ? make(thisYear + 1) : date;
  return date !== null && date > today ? make(thisYear - 1) : date;
}
