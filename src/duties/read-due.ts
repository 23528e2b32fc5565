/** A due rule as officers type it: "ngày 6 tháng sau", "15/12", "5 ngày làm việc". */
import { fold } from '../kernel/text.js';
import type { DueRule } from './due.js';
import { monthsOf, type PeriodRule } from './periods.js';

/** A due rule without what becomes of a day off, which is asked apart. */
export type TypedDue =
  | { readonly kind: 'day'; readonly monthsAfterEnd: number; readonly day: number }
  | Extract<DueRule, { kind: 'working-days-after-end' }>;

/** The rule meant, or null when it cannot be read or does not fit the periods. */
export function readDue(text: string, periods: PeriodRule): TypedDue | null {
  const words = fold(text)
    .replace(/^(han|truoc|cham nhat|nop)\s+/, '')
    .replace(/\s+(hang|moi)\s+(thang|quy|nam)$/, '');
  const typed = readWorkingDays(words) ?? readMonthDay(words, periods) ?? readDayOfMonth(words);
  if (typed === null || typed.kind !== 'day') return typed;
  const isDay = typed.day >= 1 && typed.day <= 31;
  return isDay && typed.monthsAfterEnd > -monthsOf(periods) && typed.monthsAfterEnd <= 12 ? typed : null;
}

function readWorkingDays(words: string): TypedDue | null {
  const found =
    /^(?:sau )?(\d{1,2}) ngay lam viec(?: sau(?: (?:khi )?(?:het |ket thuc )?(?:ky|thang|quy|nam))?)?$/.exec(words);
  const days = Number(found?.[1] ?? 0);
  return days >= 1 && days <= 60 ? { kind: 'working-days-after-end', days } : null;
}

const DAY = String.raw`(?:ngay )?(\d{1,2}|cuoi)(?: cung)?`;
const IN_PERIOD = /^(?:trong ky|cuoi ky|cua ky|thang cuoi(?: ky)?|trong thang|cung thang|cua thang|ky|thang)?$/;
const NEXT_MONTH = /^(?:cua )?(?:thang sau|thang ke tiep|thang tiep theo|thang dau ky sau|sau ky)$/;

/** "ngày 6 tháng sau", "ngày 25", "ngày cuối kỳ". */
function readDayOfMonth(words: string): TypedDue | null {
  const found = new RegExp(`^${DAY}(?: (.+))?$`).exec(words);
  if (!found) return null;
  const day = found[1] === 'cuoi' ? 31 : Number(found[1]);
  const rest = found[2] ?? '';
  if (IN_PERIOD.test(rest)) return { kind: 'day', monthsAfterEnd: 0, day };
  const later = /^(?:cua )?(?:thang thu (\d{1,2}) sau ky)$/.exec(rest);
  if (later) return { kind: 'day', monthsAfterEnd: Number(later[1]), day };
  return NEXT_MONTH.test(rest) ? { kind: 'day', monthsAfterEnd: 1, day } : null;
}

/** "15/12", "15/01 năm sau": a day of the year, for periods of a year. */
function readMonthDay(words: string, periods: PeriodRule): TypedDue | null {
  const found = /^(?:ngay )?(\d{1,2})\s*(?:\/|-| thang )\s*(\d{1,2})( nam sau)?$/.exec(words);
  const month = Number(found?.[2] ?? 0);
  if (!found || month < 1 || month > 12) return null;
  if (periods.kind !== 'year' && periods.kind !== 'school-year') return null;
  const end = periods.kind === 'year' ? 12 : periods.endMonth;
  const within = month - end - (month > end ? 12 : 0);
  // A month outside a school year is the one after it.
  const isAfter = found[3] !== undefined || within <= -monthsOf(periods);
  const day = Number(found[1]);
  return hasDay(month, day) ? { kind: 'day', monthsAfterEnd: isAfter ? within + 12 : within, day } : null;
}

// 29/02 exists in leap years; in others the last day of February stands for it.
const hasDay = (month: number, day: number): boolean =>
  day >= 1 && day <= new Date(Date.UTC(2000, month, 0)).getUTCDate();
