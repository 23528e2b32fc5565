/** Reads a day or a moment as people type it: `28/11`, `28-11-2026`, `mai`, `thứ sáu`, `ngày 5 tháng 12`, `8h sáng mai`. */
import { addDays, atLocal, isLocalDate, localDate, weekday, type LocalDate } from './local-date.js';
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
  'hom qua': -1,
  yesterday: -1,
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

const MINUTE_MS = 60_000;
const UNITS_MS: Readonly<Record<string, number>> = { phut: MINUTE_MS, gio: 60 * MINUTE_MS, tieng: 60 * MINUTE_MS };
/** Minutes have two digits and are no day of a month: "8h 25/11" is eight o'clock. */
const TIME =
  /(?:^|[^\d/.-])(\d{1,2})\s*(?:h|gio|g|:)\s*(?:(\d{2})(?!\d|\s*(?:[/.-]|thang))(?:\s*(?:phut|p)\b)?|(ruoi)\b)?/;
const PERIOD = /\b(sang|trua|chieu|toi|dem|khuya|am|pm)\b/;
const FILLERS = /\b(luc|vao|hoi|ngay(?= \d)|gui|dung)\b|,/g;
/** A day without a year this long ago is a slip, not a day of next year. */
const SLIP_DAYS = 180;

/**
 * The moment meant by a day and a time as people type them: "8h sáng mai", "14:30 25/11", "thứ hai 8 giờ",
 * "30 phút nữa". Without a day the next such time is taken. `no-time` for a day alone, null for no moment at all; what is
 * over may come out as well.
 */
export function parseMoment(text: string, now: Date): Date | 'no-time' | null {
  // "tới" (next) and "tối" (evening) fold to the same letters.
  const folded = fold(
    text
      .normalize('NFC')
      .toLowerCase()
      .replace(/\btuần tới\b|tới(?=\s|$)/gu, 'sau'),
  );
  const soon = /^(sau )?(\d{1,3}) ?(phut|gio|tieng)( nua)?$/.exec(folded);
  if (soon && (soon[1] !== undefined || soon[4] !== undefined))
    return new Date(now.getTime() + Number(soon[2]) * (UNITS_MS[soon[3] ?? ''] ?? 0));
  const time = TIME.exec(folded);
  const rest = time ? `${folded.slice(0, time.index)} ${folded.slice(time.index + time[0].length)}` : folded;
  const period = PERIOD.exec(rest)?.[1];
  const day = dayOf(rest.replace(PERIOD, ' ').replace(FILLERS, ' ').replace(/\s+/g, ' ').trim(), localDate(now));
  if (!time) return day === null || day.kind === 'none' ? null : 'no-time';
  const clock = clockOf(Number(time[1]), time[3] === undefined ? Number(time[2] ?? 0) : 30, period);
  if (day === null || clock === null) return null;
  const at = atLocal(day.on, clock);
  return at > now || day.step === 0 ? at : atLocal(addDays(day.on, day.step), clock);
}

function clockOf(hour: number, minute: number, period: string | undefined): string | null {
  const isLate = period === 'chieu' || period === 'toi' || period === 'pm' || (period === 'trua' && hour <= 2);
  const isNight = (period === 'dem' || period === 'khuya') && hour >= 9;
  const full = hour === 12 ? (isNight ? 0 : 12) : hour < 12 && (isLate || isNight) ? hour + 12 : hour;
  if (full > 23 || minute > 59) return null;
  return `${String(full).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** The day, and how many days later it means when its time is over today. */
function dayOf(text: string, today: LocalDate): { kind: 'none' | 'day'; on: LocalDate; step: number } | null {
  if (text === '') return { kind: 'none', on: today, step: 1 };
  const [, name = text, next] = /^(.*?) (tuan sau|tuan nay|sau)$/.exec(text) ?? [];
  const isWeekday = WEEKDAY_WORDS.some((words) => words.includes(name));
  if (isWeekday && next === 'tuan sau') {
    const monday = addDays(today, 7 - ((weekday(today) + 6) % 7));
    return { kind: 'day', on: parseDate(name, monday) ?? monday, step: 0 };
  }
  if (isWeekday) return { kind: 'day', on: parseDate(name, today) ?? today, step: 7 };
  const slip = parseDate(text, today, 'past');
  if (slip !== null && slip < today && addDays(slip, SLIP_DAYS) >= today) return { kind: 'day', on: slip, step: 0 };
  const on = parseDate(text, today);
  return on === null ? null : { kind: 'day', on, step: 0 };
}
