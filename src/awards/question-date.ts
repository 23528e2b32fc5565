/** The day that a question asks about, when it names one. */
import type { LocalDate } from '../kernel/local-date.js';
import { fold } from '../kernel/text.js';
import { AFTER, BEFORE, daysIn, markOf, type AskedDate } from './told-days.js';

export interface DateContext {
  readonly today: LocalDate;
  /** The talk is about money or powers: a day that is told is the day of the decision. */
  readonly dayCounts?: boolean;
}

// Official numbers and names of laws hold years that are no dates: "98/2023/NĐ-CP", "luật 2022".
const NUMBER = String.raw`\s*\d{1,4}(?:\s*\/\s*\d{4}(?:\s*\/\s*[a-z]{2}[a-z-]*\d*)?|(?!\s*[/.-]\s*\d))\b`;
const ISSUED = String.raw`[\s,]*(?:\b(?:ky|ban hanh) )?\bngay\s*\d{1,2}\s*(?:[/.-]|thang)\s*\d{1,2}(?:\s*(?:[/.-]|nam)\s*\d{4})?`;
const NAMED = new RegExp(
  [
    String.raw`\b(?:cong van|cv|ke hoach|kh|to trinh)\b[^,;.?]{0,12}${ISSUED}`,
    // A decision is what is signed: its day is the one that counts.
    String.raw`\b\d{1,4}\s*\/\s*(?:\d{4}\s*\/\s*)?qd-[a-z-]+`,
    String.raw`\b\d{1,4}\s*\/\s*(?:\d{4}\s*\/\s*)?[a-z]{2}[a-z-]*\d*\b(?:${ISSUED})?`,
    String.raw`\b(?:luat|nghi dinh|nd|thong tu|tt|ke hoach|kh|chi thi|ct|cong van|cv)(?: thi dua,? ?(?:va )?khen thuong)?(?: tdkt)?(?: so| nam| sua doi)*${NUMBER}(?:${ISSUED})?`,
    String.raw`\b(?:quyet dinh|qd)(?: so)?${NUMBER}`,
  ].join('|'),
  'g',
);
// Told as history ("đã đạt năm 2024"), a year says when a title was won, not which law is asked about.
const HISTORY =
  /\b(?:da (?:dat|duoc|co|nop|tung|tang|hoan thanh)|tung|(?<!\bco )duoc (?:tang|khen|cong nhan)|(?:em|toi|minh|chi|anh|chau) (?:co|dat|duoc|hoan thanh)|nop|trinh|tiep nhan|sinh|ky ngay|hoan thanh (?:tot|xuat sac))\b/;
const MONEY = /\b(?:thuong|tien|muc chi|may trieu|lcs|luong co so|bao nhieu tien|tinh theo)\b/;
const CHANGE_OF_LAW = /\b(?:luat nao|luat cu|luat moi|con gia tri|chuyen tiep|co gi moi|sua doi|thay doi)\b/;
const WHICH_LAW = /\b(?:luat|nghi dinh|van ban|thong tu) nao\b/;
const OLD_LAW = /\btheo (?:luat|quy dinh|nghi dinh) cu\b(?!.*\b(?:khong|chua|hay|a|moi)\b)/;
/** The last day of the law of 2003. */
const OLD_LAW_DAY = '2023-12-31';
// The districts, and the communes as they were, ended with 30/6/2025.
const DISTRICT_TIME =
  /\b(?:hoi|khi|luc|thoi) (?:con |van con )(?:cap )?huyen\b|\btruoc (?:khi |luc |hoi )?(?:sap nhap|hop nhat|bo (?:cap )?huyen)\b/;
const DISTRICT_DAY = '2025-06-30';

const QUARTER = /\bquy\s*(?:thu\s*)?([1-4]|iv|i{1,3}|mot|hai|ba|bon)\s*(?:[/-]|nam)?\s*(20\d{2}|nay)\b/;
const QUARTERS: Readonly<Record<string, number>> = { i: 1, ii: 2, iii: 3, iv: 4, mot: 1, hai: 2, ba: 3, bon: 4 };
const HALF = /\b(?:6|sau) thang (dau|cuoi) nam\s*(20\d{2})\b/;
const YEAR = /\bnam\s*(20\d{2})\b/g;
// "CSTĐCS 2023 thưởng bao nhiêu": a bare year counts where the answer depends on it.
const BARE_YEAR = /\b(20\d{2})\b/g;
const DEPENDS_ON_YEAR = /\b(?:thuong|muc chi|lcs|luong co so|tieu chuan|dieu kien|ty le)\b/;
// "trước 2024" tells a time, whatever is asked.
const BESIDE_YEAR = /\b(?:truoc|sau|den het) (?:nam )?20\d{2}\b/;
const YEARS_AWAY: readonly (readonly [RegExp, number])[] = [
  [/\bnam ngoai\b/, -1],
  [/\bnam kia\b/, -2],
  [/\b(?:nam sau|sang nam|nam toi)\b/, 1],
];
const YEARS_AGO = /\b(\d{1,2}) nam truoc\b/;
// What was done in these years is rewarded now: "thành tích giai đoạn 2021-2025".
const PERIOD = /\b(?:thanh tich|giai doan)\b.*\b20\d{2}\s*(?:-|–|den)\s*(20\d{2})\b/;
// The decisions of a school year are signed at its end.
const SCHOOL_YEAR = /\bnam hoc\s*20\d{2}\s*(?:-|–|den)\s*(20\d{2})\b/;
// "của năm 2025 nhưng giờ mới ký".
const SIGNED_NOW =
  /\b(?:gio|bay gio|nay|hom nay|hien)\s+(?:moi |duoc |thi )*(?:ky|ra quyet dinh|co quyet dinh|quyet dinh)\b/;
// A time that says no day: "hồi tháng 5", "quý hai", "đầu năm nay", "nửa năm trước".
const VAGUE =
  /\b(?:thang|quy|dau nam|giua nam|cuoi nam|nua nam|vua roi|vua qua|hom|truoc day|hoi|dot|cach day|truoc)\b/;

/** The day asked about, or null when the question is about today. */
export function askedDate(question: string, { today, dayCounts = false }: DateContext): AskedDate | null {
  const text = withYears(fold(question).replace(NAMED, ' '), today);
  if (OLD_LAW.test(text)) return { day: OLD_LAW_DAY };
  const isDecision = dayCounts || MONEY.test(text);
  if (HISTORY.test(text) && !isDecision) return null;
  // "ngày 30/9/2026 luật nào áp dụng" names its day; "luật cũ hay luật mới" is about today.
  if (CHANGE_OF_LAW.test(text)) return WHICH_LAW.test(text) ? exactDay(text, today, false) : null;
  if (isDecision && (SIGNED_NOW.test(text) || endsLately(text, today))) return null;
  const told = exactDay(text, today, isDecision) ?? partOfYear(text, today, isDecision) ?? namedYear(text, today);
  return told ?? (isDecision ? roughly(text, today) : null);
}

const endsLately = (text: string, today: LocalDate): boolean =>
  Number(PERIOD.exec(text)?.[1] ?? 0) >= Number(today.slice(0, 4)) - 1;

/** "tháng 6 năm nay" names a month of a year. */
const withYears = (text: string, today: LocalDate): string =>
  text.replace(
    /(?<=\b(?:thang|thg|quy) \S{1,3} |\d\/\d{1,2} )nam (nay|ngoai)\b/g,
    (_, which) => `nam ${String(Number(today.slice(0, 4)) - (which === 'nay' ? 0 : 1))}`,
  );

const pad = (part: number): string => String(part).padStart(2, '0');

function roughly(text: string, today: LocalDate): AskedDate | null {
  if (DISTRICT_TIME.test(text)) return { day: DISTRICT_DAY };
  return MONEY.test(text) && VAGUE.test(text) ? { day: today, wholeYear: true } : null;
}

function exactDay(text: string, today: LocalDate, money: boolean): AskedDate | null {
  const told = daysIn(text, today, money);
  const [first] = told;
  if (!first || !money) return first?.date ?? null;
  const marks = told.map((_, at) => markOf(text, told, at));
  const decided = told.filter((_, at) => marks[at] === 'decision').map(({ date }) => date);
  const last = decided.at(-1);
  if (last) return decided.every(({ day }) => day === last.day) ? last : { ...last, wholeYear: true };
  // The day of the meeting, of the ceremony or of the payment is not the day of the decision, which counts.
  const isDecision = told.length === 1 && marks[0] === null;
  return isDecision || first.date.noSuchDay !== undefined ? first.date : { ...first.date, wholeYear: true };
}

function partOfYear(text: string, today: LocalDate, isDecision: boolean): AskedDate | null {
  const [, nth = '', ofYear] = QUARTER.exec(text) ?? [];
  const quarter = QUARTERS[nth] ?? Number(nth);
  if (ofYear !== undefined)
    return { day: `${ofYear === 'nay' ? today.slice(0, 4) : ofYear}-${pad(quarter * 3 - 1)}-15` };
  const school = isDecision ? SCHOOL_YEAR.exec(text) : null;
  if (school) return { day: `${school[1] ?? ''}-06-30`, wholeYear: true };
  const half = HALF.exec(text);
  if (half) return { day: `${half[2] ?? ''}-${half[1] === 'dau' ? '03-31' : '09-30'}` };
  const away = YEARS_AWAY.find(([pattern]) => pattern.test(text))?.[1];
  const ago = YEARS_AGO.exec(text);
  const years = away ?? (ago && DEPENDS_ON_YEAR.test(text) ? -Number(ago[1]) : undefined);
  return years === undefined ? null : { day: `${String(Number(today.slice(0, 4)) + years)}-12-31` };
}

function namedYear(text: string, today: LocalDate): AskedDate | null {
  const depends = DEPENDS_ON_YEAR.test(text) || BESIDE_YEAR.test(text);
  const found = [...text.matchAll(depends ? BARE_YEAR : YEAR)];
  const years = [...new Set(found.map((match) => match[1] ?? ''))];
  const [first] = found;
  const before = text.slice(0, first?.index).replace(/nam\s*$/, '');
  if (years.length === 1 && BEFORE.test(before)) return { day: `${String(Number(years[0]) - 1)}-12-31` };
  // What is asked about the time since a past year is asked about today.
  if (years.length === 1 && AFTER.test(before) && (years[0] ?? '') < today.slice(0, 4)) return null;
  const all = new Set(text.match(/\b20\d{2}\b/g) ?? []);
  // "các năm 2023, 2024, 2025": a row of years tells when titles were won; of a bonus the last is asked about.
  const year = all.size > 1 ? (MONEY.test(text) ? [...all].sort().at(-1) : undefined) : years[0];
  if (year === undefined) return null;
  if (year === today.slice(0, 4)) return MONEY.test(text) ? { day: today, wholeYear: true } : null;
  return { day: `${year}-12-31`, wholeYear: true };
}
