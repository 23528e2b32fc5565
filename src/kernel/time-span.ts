/** Stretches of time over which things are counted: a month, a quarter, a year, everything, or what matters now. */
import type { LocalDate } from './local-date.js';
import { fold } from './text.js';

/** `2026-11`, `2026-Q4`, `2026`, `all`; `now` is this year together with what is still owed from before. */
export type TimeSpan = string;

export const NOW_SPAN: TimeSpan = 'now';
export const ALL_SPAN: TimeSpan = 'all';

/** Days by which due days are counted, whole months. What is still owed may reach further back. */
export interface SpanDays {
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly owedFrom: LocalDate;
}

const FIRST: LocalDate = '1900-01-01';
const LAST: LocalDate = '2999-12-31';
const SPAN = /^(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?$/;

/** True for what `spanDays` understands. */
export const isTimeSpan = (text: string): boolean => text === NOW_SPAN || text === ALL_SPAN || SPAN.test(text);

/** The days of a span. What is no span counts as `now`. */
export function spanDays(span: TimeSpan, today: LocalDate): SpanDays {
  if (span === ALL_SPAN) return { from: FIRST, to: LAST, owedFrom: FIRST };
  const [, year, quarter, month] = SPAN.exec(span) ?? [];
  if (year === undefined) {
    const now = today.slice(0, 4);
    return { from: `${now}-01-01`, to: `${now}-12-31`, owedFrom: FIRST };
  }
  const [first, last] = quarter === undefined ? [month ?? '01', month ?? '12'] : quarterMonths(Number(quarter));
  const from = `${year}-${first}-01`;
  return { from, to: lastOfMonth(`${year}-${last}`), owedFrom: from };
}

const quarterMonths = (quarter: number): [string, string] => [pad(quarter * 3 - 2), pad(quarter * 3)];
const pad = (value: number): string => String(value).padStart(2, '0');

function lastOfMonth(month: string): LocalDate {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}

/** The month, quarter or year of a day, so many of them earlier. */
export function spanOf(kind: 'month' | 'quarter' | 'year', day: LocalDate, back = 0): TimeSpan {
  const year = Number(day.slice(0, 4));
  if (kind === 'year') return String(year - back);
  const months = year * 12 + Number(day.slice(5, 7)) - 1;
  if (kind === 'month') return `${String(Math.floor((months - back) / 12))}-${pad(((months - back) % 12) + 1)}`;
  const quarters = Math.floor(months / 3) - back;
  return `${String(Math.floor(quarters / 4))}-Q${String((quarters % 4) + 1)}`;
}

const RELATIVE: Readonly<Record<string, (today: LocalDate) => TimeSpan>> = {
  'nam nay': () => NOW_SPAN,
  'hien nay': () => NOW_SPAN,
  'nam ngoai': (today) => spanOf('year', today, 1),
  'nam truoc': (today) => spanOf('year', today, 1),
  'quy nay': (today) => spanOf('quarter', today),
  'quy truoc': (today) => spanOf('quarter', today, 1),
  'thang nay': (today) => spanOf('month', today),
  'thang truoc': (today) => spanOf('month', today, 1),
  'tat ca': () => ALL_SPAN,
  'tat ca cac nam': () => ALL_SPAN,
  'tu truoc den nay': () => ALL_SPAN,
};

/** "tháng 10", "quý III/2026", "năm 2025", "tháng trước"; null when it is none. Without a year the latest begun one. */
export function readTimeSpan(text: string, today: LocalDate): TimeSpan | null {
  const folded = fold(text);
  const relative = RELATIVE[folded];
  if (relative) return relative(today);
  const year = /^(?:nam )?((?:19|20)\d\d)$/.exec(folded)?.[1];
  if (year !== undefined) return year;
  const [, month, ofYear] = /^(?:thang )?(\d{1,2})(?: ?(?:\/|-|nam) ?((?:19|20)\d\d))?$/.exec(folded) ?? [];
  // A bare number is the number of a choice.
  if (month !== undefined && (ofYear !== undefined || folded.startsWith('thang')))
    return within(Number(month), 12, (at, n) => `${at}-${pad(n)}`, ofYear, today.slice(0, 7), today);
  const [, quarter, quarterYear] = /^quy ([1-4]|iv|i{1,3})(?: ?(?:\/|-|nam) ?((?:19|20)\d\d))?$/.exec(folded) ?? [];
  if (quarter === undefined) return null;
  const number = ROMAN.indexOf(quarter) >= 0 ? ROMAN.indexOf(quarter) + 1 : Number(quarter);
  return within(number, 4, (at, n) => `${at}-Q${String(n)}`, quarterYear, spanOf('quarter', today), today);
}

const ROMAN = ['i', 'ii', 'iii', 'iv'];

function within(
  number: number,
  most: number,
  name: (year: string, n: number) => TimeSpan,
  year: string | undefined,
  current: TimeSpan,
  today: LocalDate,
): TimeSpan | null {
  if (number < 1 || number > most) return null;
  if (year !== undefined) return name(year, number);
  const thisYear = name(today.slice(0, 4), number);
  return thisYear <= current ? thisYear : name(String(Number(today.slice(0, 4)) - 1), number);
}
