/** The days and months that a text tells, and what is told to have happened on them. */
import { addDays, isLocalDate, type LocalDate } from '../kernel/local-date.js';

/** A day named by the question. */
export interface AskedDate {
  readonly day: LocalDate;
  /** Only a year was named, or a day that may not be the one that counts: what changed in its year is told, too. */
  readonly wholeYear?: true;
  /** "31/6/2026": no such day; `day` is today. */
  readonly noSuchDay?: string;
}

export interface ToldDay {
  readonly date: AskedDate;
  readonly from: number;
  readonly to: number;
}

/** "trước tháng 7/2025" ends before it begins; "sau 30/6/2026" begins after it, and holds until today. */
export const BEFORE = /\b(?:truoc|den het)\s*(?:ngay|thang|nam)?\s*$/;
export const AFTER = /\bsau\s*(?:ngay|thang|nam|khi)?\s*$/;

const DAY =
  /\b(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(20\d{2}|2\d)\b|\b(?:ngay\s*)?(\d{1,2})\s*(?:thang|thg)\s*(\d{1,2})\s*(?:nam\s*)?(20\d{2})\b|(?<=\b(?:ngay|ky|hom)\s)(\d{1,2})\s+(\d{1,2})\s+(20\d{2})\b/g;
// "quý 3/2026", "đợt 3/2026" are no months.
const MONTH =
  /(?<!\b(?:quy|dot|lan|so|khoa|ky)\s*)\b(\d{1,2})\s*[/.-]\s*(20\d{2})\b(?!\s*[/-])|\b(?:thang|thg)\s*(\d{1,2})\s*(?:nam\s*)?(20\d{2})\b/g;
const DAY_OF_YEAR = /\b(?:ngay|hom|ky)\s*(\d{1,2})\s*(?:[/.-]|thang)\s*(\d{1,2})\b(?!\s*[/.-]?\s*\d)/g;

/**
 * Every day and month told, in their order. With `ofThisYear` "ngày 15/6" is this year's where no whole day is told;
 * elsewhere "dịp 2/9" is a feast.
 */
export function daysIn(text: string, today: LocalDate, ofThisYear: boolean): ToldDay[] {
  const all = (pattern: RegExp, date: (parts: readonly string[], before: string) => AskedDate): ToldDay[] =>
    [...text.matchAll(pattern)].map((match) => {
      const parts = match.slice(1).filter((part) => part !== undefined);
      const { index } = match;
      return { date: date(parts, text.slice(0, index)), from: index, to: index + match[0].length };
    });
  const days = all(DAY, ([day = '', month = '', year = ''], before) =>
    relative(iso(year, month, day), { before, today }),
  );
  const months = all(MONTH, ([month = '', year = ''], before) => relativeMonth(year, month, { before, today })).filter(
    (month) => !days.some((day) => month.from < day.to && day.from < month.to),
  );
  const whole = ofThisYear || days.length === 0 ? [...days, ...months] : days;
  if (whole.length > 0 || !ofThisYear) return whole.sort((one, other) => one.from - other.from);
  return all(DAY_OF_YEAR, ([day = '', month = ''], before) =>
    relative(iso(today.slice(0, 4), month, day), { before, today }),
  );
}

interface Around {
  readonly before: string;
  readonly today: LocalDate;
}

const iso = (year: string, month: string, day: string): string =>
  `${year.padStart(4, '20')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;

function relative(day: string, { before, today }: Around): AskedDate {
  if (!isLocalDate(day)) return { day: today, noSuchDay: day.split('-').reverse().join('/') };
  if (BEFORE.test(before)) return { day: addDays(day, -1) };
  return { day: AFTER.test(before) ? later(addDays(day, 1), today) : day };
}

function relativeMonth(year: string, month: string, around: Around): AskedDate {
  const first = relative(iso(year, month, '1'), { ...around, before: '' });
  if (first.noSuchDay !== undefined) return first;
  if (BEFORE.test(around.before)) return { day: addDays(first.day, -1) };
  const next = addDays(first.day, 31).slice(0, 8) + '01';
  return { day: AFTER.test(around.before) ? later(next, around.today) : iso(year, month, '15') };
}

/** What is asked about the time since a day is asked about today. */
const later = (day: LocalDate, today: LocalDate): LocalDate => (day > today ? day : today);

const DECISION = /\b(?:ky|quyet dinh|qd|ban hanh)\b/g;
const OTHER_ACT =
  /\b(?:nop|trinh|de nghi|hop|binh xet|xet|bau|tham dinh|trao|phat|nhan|linh|chi tra|chi tien|thanh toan|cong bo|to chuc|tong ket)\b/g;

/** What is told to have happened on a day: by the nearest word before it, else by the first one after it. */
export function markOf(text: string, told: readonly ToldDay[], at: number): 'decision' | 'denied' | 'other' | null {
  const before = text.slice(told[at - 1]?.to ?? 0, told[at]?.from);
  const after = text.slice(told[at]?.to, told[at + 1]?.from).split(/[,;.?]|\b(?:thi|nhung|ma)\b/)[0] ?? '';
  if (/\bkhong phai\b(?!.*\bma\b)/.test(before)) return 'denied';
  // "nộp 01/6, đến 10/7 ký": what stands before the comma belongs to the day before.
  const own = before.split(/[,;]|\b(?:den|nhung|ma)\b/).at(-1) ?? '';
  const last = (pattern: RegExp) => [...own.matchAll(pattern)].at(-1)?.index ?? -1;
  const first = (pattern: RegExp) => [...after.matchAll(pattern)][0]?.index ?? Infinity;
  const [decision, other] = [last(DECISION), last(OTHER_ACT)];
  if (decision !== other) return decision > other ? 'decision' : 'other';
  const [signed, done] = [first(DECISION), first(OTHER_ACT)];
  return signed === done ? null : signed < done ? 'decision' : 'other';
}
