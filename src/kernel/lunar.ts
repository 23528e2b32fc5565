/** The lunar calendar as Việt Nam keeps it (UTC+7): Tết and Giỗ Tổ move with it. */
import { createRequire } from 'node:module';
import type { LocalDate } from './local-date.js';

/** The part of the library that is used; its own types are not found under `exports`. */
type LunarCalendar = new (
  cycle: number,
  year: number,
  month: number,
  leap: boolean,
  day: number,
) => { toGregorian(year: number): { readonly year: number; readonly month: number; readonly day: number } };

const require = createRequire(import.meta.url);
let Calendar: LunarCalendar | undefined;

/** The day on which a day of an ordinary (not leap) lunar month falls; `year` is the year of that Tết. */
export function lunarToSolar(year: number, month: number, day: number): LocalDate {
  // Loaded with the first question: the planets' tables cost 70 ms and 11 MB, and are needed a few times a year.
  Calendar ??= (require('date-chinese') as { CalendarVietnamese: LunarCalendar }).CalendarVietnamese;
  // The place in the cycle of sixty years does not matter where the year is named.
  const solar = new Calendar(1, 1, month, false, day).toGregorian(year);
  return [pad(solar.year, 4), pad(solar.month, 2), pad(solar.day, 2)].join('-');
}

const pad = (value: number, length: number): string => String(value).padStart(length, '0');

const STEMS = ['Giáp', 'Ất', 'Bính', 'Đinh', 'Mậu', 'Kỷ', 'Canh', 'Tân', 'Nhâm', 'Quý'];
const BRANCHES = ['Tý', 'Sửu', 'Dần', 'Mão', 'Thìn', 'Tỵ', 'Ngọ', 'Mùi', 'Thân', 'Dậu', 'Tuất', 'Hợi'];

/** What a lunar year is called: 2026 is Bính Ngọ. */
export const lunarYearName = (year: number): string =>
  `${STEMS[(year + 6) % 10] ?? ''} ${BRANCHES[(year + 8) % 12] ?? ''}`;
