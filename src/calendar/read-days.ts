/** Reads a day or a range of days as an administrator types it, and says what is wrong with it. */
import { t, type Text } from '../conversation/index.js';
import { formatDate } from '../kernel/format.js';
import { daysBetween, type LocalDate } from '../kernel/local-date.js';
import { parseDate } from '../kernel/parse-date.js';
import { fold } from '../kernel/text.js';
import { lastYear, LONGEST_RANGE, yearOf } from './model.js';

export interface DaysRead {
  readonly from: LocalDate;
  readonly to: LocalDate;
}
export type Problem = { readonly problem: Text };

const bad = (problem: Text): Problem => ({ problem });

/** One day from today on, or what is wrong. */
export function readDay(typed: string, today: LocalDate): LocalDate | Problem {
  const day = parseDate(typed, today);
  if (day === null) return bad(t(isDayLike(typed) ? 'calendar.bad.noSuchDay' : 'calendar.bad.unreadable', { typed }));
  if (day < today) return bad(t('calendar.bad.past', { day: formatDate(day), today: formatDate(today) }));
  if (yearOf(day) > lastYear(today)) return bad(t('calendar.bad.tooFar', { year: lastYear(today) }));
  return day;
}

/** "24/11/2026", "28/04/2027 - 02/05/2027", "từ 28/4 đến 2/5". */
export function readDays(typed: string, today: LocalDate): DaysRead | Problem {
  const parts = rangeOf(typed);
  if (!parts) {
    const day = readDay(typed, today);
    return typeof day === 'string' ? { from: day, to: day } : day;
  }
  const [first, second] = parts;
  const from = readDay(first, today);
  if (typeof from !== 'string') return from;
  // Without a year the second day is the next such day after the first: "30/12 - 2/1".
  const to = readDay(second, hasYear(second) ? today : from);
  if (typeof to !== 'string') return to;
  const isTurned = to < from || (!hasYear(second) && daysBetween(from, to) >= TURNED);
  if (isTurned) return bad(t('calendar.bad.turned', { from: first, to: second }));
  const n = daysBetween(from, to) + 1;
  return n > LONGEST_RANGE ? bad(t('calendar.bad.tooLong', { n, most: LONGEST_RANGE })) : { from, to };
}

export const isProblem = (read: object | string): read is Problem => typeof read === 'object' && 'problem' in read;

/** Half a year: "5/5 - 1/5" means no eleven months. */
const TURNED = 183;

/** The two ends of a range; null for a single day. "28-4-2027" is a day, "28/4-2/5" a range. */
function rangeOf(typed: string): [string, string] | null {
  const text = typed.trim().replace(/^(?:từ|tu)(?: ngày| ngay)?\s+/iu, '');
  const parts = /^(.+?)\s*(?:–|—|→|\s-\s|\s(?:đến|den|tới|toi)(?:\s(?:ngày|ngay|hết|het))?\s)\s*(.+)$/iu.exec(text);
  const slashed = /^(\d{1,2}\/\d{1,2}(?:\/\d{2,4})?)\s*-\s*(\d{1,2}\/\d{1,2}(?:\/\d{2,4})?)$/.exec(text);
  const found = slashed ?? parts;
  return found?.[1] !== undefined && found[2] !== undefined ? [found[1], found[2]] : null;
}

const isDayLike = (typed: string): boolean =>
  /^(?:ngay )?\d{1,2}\s*[/.-]\s*\d{1,2}(?:\s*[/.-]\s*\d{2,4})?$/.test(fold(typed));
const hasYear = (typed: string): boolean => /\d{1,2}\D+\d{1,2}\D+\d{2,4}/.test(typed) || /^\d{4}-/.test(typed);
