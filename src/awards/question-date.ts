/** The day that a question asks about, when it names one. */
import { addDays, isLocalDate, type LocalDate } from '../kernel/local-date.js';
import { fold } from '../kernel/text.js';

/** A day named by the question. */
export interface AskedDate {
  readonly day: LocalDate;
  /** Only a year was named: what changed within it holds for a part of it. */
  readonly wholeYear?: true;
  /** "31/6/2026": no such day; `day` is today. */
  readonly noSuchDay?: string;
}

export interface DateContext {
  readonly today: LocalDate;
  /** The talk is about money or powers: a day that is told is the day of the decision. */
  readonly dayCounts?: boolean;
}

// Official numbers and names of laws hold years that are no dates: "98/2023/NĐ-CP", "luật 2022".
const NAMED =
  /\b\d{1,4}\s*\/\s*(?:\d{4}\s*\/\s*)?[a-z]{2}[a-z-]*\d*\b|\b(?:luat|nghi dinh|nd|thong tu|tt|quyet dinh|qd|ke hoach|kh|chi thi|ct|cong van|cv)(?: thi dua,? ?(?:va )?khen thuong)?(?: tdkt)?(?: so| nam| sua doi)*\s*\d{1,4}(?:\s*\/\s*\d{4})?\b/g;
// Told as history ("đã đạt năm 2024"), a year says when a title was won, not which law is asked about.
const HISTORY =
  /\b(?:da (?:dat|duoc|co|nop|tung|tang|hoan thanh)|tung|duoc tang|duoc khen|duoc cong nhan|(?:em|toi|minh|chi|anh|chau) (?:co|dat|duoc|hoan thanh)|nop|trinh|tiep nhan|sinh|ky ngay|hoan thanh (?:tot|xuat sac))\b/;
const MONEY = /\b(?:thuong|tien|muc chi|may trieu|lcs|luong co so|bao nhieu tien|tinh theo)\b/;
const CHANGE_OF_LAW = /\b(?:luat nao|luat cu|luat moi|con gia tri|chuyen tiep|co gi moi|sua doi|thay doi)\b/;
const WHICH_LAW = /\b(?:luat|nghi dinh|van ban|thong tu) nao\b/;
const OLD_LAW = /\btheo (?:luat|quy dinh|nghi dinh) cu\b(?!.*\b(?:khong|chua|hay|a|moi)\b)/;
/** The last day of the law of 2003. */
const OLD_LAW_DAY = '2023-12-31';

const BEFORE = /\b(?:truoc|den het)\s*(?:ngay|thang|nam)?\s*$/;
const DAY =
  /\b(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\b|\b(?:ngay\s*)?(\d{1,2})\s*thang\s*(\d{1,2})\s*(?:nam\s*)?(\d{4})\b/;
const MONTH = /\b(\d{1,2})\s*[/.-]\s*(20\d{2})\b(?!\s*[/-])|\bthang\s*(\d{1,2})\s*(?:nam\s*)?(20\d{2})\b/;
const DAY_OF_YEAR = /\bngay\s*(\d{1,2})\s*(?:[/.-]|thang)\s*(\d{1,2})\b(?!\s*[/.-]?\s*\d)/;
const QUARTER = /\bquy\s*([1-4])\s*(?:[/-]|nam)?\s*(20\d{2})\b/;
const HALF = /\b(?:6|sau) thang (dau|cuoi) nam\s*(20\d{2})\b/;
const YEAR = /\bnam\s*(20\d{2})\b/g;
// "CSTĐCS 2023 thưởng bao nhiêu": a bare year counts where the answer depends on it.
const BARE_YEAR = /\b(20\d{2})\b/g;
const DEPENDS_ON_YEAR = /\b(?:thuong|muc chi|lcs|luong co so|tieu chuan|dieu kien|ty le)\b/;
const YEARS_AWAY: readonly (readonly [RegExp, number])[] = [
  [/\bnam ngoai\b/, -1],
  [/\bnam kia\b/, -2],
  [/\b(?:nam sau|sang nam|nam toi)\b/, 1],
];
const YEARS_AGO = /\b(\d{1,2}) nam truoc\b/;

/** The day asked about, or null when the question is about today. */
export function askedDate(question: string, { today, dayCounts = false }: DateContext): AskedDate | null {
  const text = fold(question).replace(NAMED, ' ');
  if (OLD_LAW.test(text)) return { day: OLD_LAW_DAY };
  const isDecision = dayCounts || MONEY.test(text);
  if (HISTORY.test(text) && !isDecision) return null;
  // "ngày 30/9/2026 luật nào áp dụng" names its day; "luật cũ hay luật mới" is about today.
  if (CHANGE_OF_LAW.test(text)) return WHICH_LAW.test(text) ? exactDay(text, today, false) : null;
  return exactDay(text, today, isDecision) ?? partOfYear(text, today) ?? namedYear(text, today);
}

const pad = (part: string | undefined): string => (part ?? '').padStart(2, '0');

function exactDay(text: string, today: LocalDate, money: boolean): AskedDate | null {
  const full = DAY.exec(text);
  if (full) {
    const [day, month, year] = [full[1] ?? full[4], full[2] ?? full[5], full[3] ?? full[6] ?? ''];
    return checked(`${year}-${pad(month)}-${pad(day)}`, { before: BEFORE.test(text.slice(0, full.index)), today });
  }
  const month = MONTH.exec(text);
  if (month) return checked(`${month[2] ?? month[4] ?? ''}-${pad(month[1] ?? month[3])}-15`, { before: false, today });
  // "ký ngày 15/6" means this year's; elsewhere "dịp 2/9" is a feast.
  const short = money ? DAY_OF_YEAR.exec(text) : null;
  return short ? checked(`${today.slice(0, 4)}-${pad(short[2])}-${pad(short[1])}`, { before: false, today }) : null;
}

function partOfYear(text: string, today: LocalDate): AskedDate | null {
  const quarter = QUARTER.exec(text);
  if (quarter) return { day: `${quarter[2] ?? ''}-${pad(String(Number(quarter[1]) * 3 - 1))}-15` };
  const half = HALF.exec(text);
  if (half) return { day: `${half[2] ?? ''}-${half[1] === 'dau' ? '03-31' : '09-30'}` };
  const away = YEARS_AWAY.find(([pattern]) => pattern.test(text))?.[1];
  const ago = YEARS_AGO.exec(text);
  const years = away ?? (ago && DEPENDS_ON_YEAR.test(text) ? -Number(ago[1]) : undefined);
  return years === undefined ? null : { day: `${String(Number(today.slice(0, 4)) + years)}-12-31` };
}

function namedYear(text: string, today: LocalDate): AskedDate | null {
  const depends = DEPENDS_ON_YEAR.test(text);
  const found = [...text.matchAll(depends ? BARE_YEAR : YEAR)];
  const years = [...new Set(found.map((match) => match[1] ?? ''))];
  const [first] = found;
  if (first && years.length === 1 && BEFORE.test(text.slice(0, first.index).replace(/nam\s*$/, '')))
    return { day: `${String(Number(years[0]) - 1)}-12-31` };
  const all = new Set(text.match(/\b20\d{2}\b/g) ?? []);
  // "các năm 2023, 2024, 2025": a row of years tells when titles were won; of a bonus the last is asked about.
  const year = all.size > 1 ? (MONEY.test(text) ? [...all].sort().at(-1) : undefined) : years[0];
  if (year === undefined) return null;
  if (year === today.slice(0, 4)) return MONEY.test(text) ? { day: today, wholeYear: true } : null;
  return { day: `${year}-12-31`, wholeYear: true };
}

function checked(day: string, { before, today }: { readonly before: boolean; readonly today: LocalDate }): AskedDate {
  if (!isLocalDate(day)) return { day: today, noSuchDay: day.split('-').reverse().join('/') };
  return { day: before ? addDays(day, -1) : day };
}
