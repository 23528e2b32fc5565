/** The day that a question asks about, when it names one. */
import { isLocalDate, type LocalDate } from '../kernel/local-date.js';
import { fold } from '../kernel/text.js';

/** A day named by the question, and whether a law of that time is meant or only an event told. */
export interface AskedDate {
  readonly day: LocalDate;
}

const DAY = /(?:ngay\s*)?\b(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\b/;
const MONTH = /(?:thang\s*)?\b(\d{1,2})\s*[/.-]\s*(20\d{2})\b(?!\s*[/-])/;
const YEAR = /\bnam\s*(20\d{2})\b/g;
// "CSTĐCS 2023 thưởng bao nhiêu": a bare year counts where the answer depends on it.
const BARE_YEAR = /\b(20\d{2})\b/g;
const DEPENDS_ON_YEAR = /\b(?:thuong|muc chi|lcs|luong co so|tieu chuan|dieu kien|ty le)\b/;
// Official numbers and names of laws hold years that are no dates: "98/2023/NĐ-CP", "luật 2022".
const NAMED =
  /\b\d{1,4}\s*\/\s*(?:\d{4}\s*\/\s*)?[a-z]{2}[a-z-]*\d*\b|\b(?:luat|nghi dinh|nd|thong tu|tt|quyet dinh|qd|ke hoach|kh|chi thi|ct|cong van|cv)(?: thi dua,? ?(?:va )?khen thuong)?(?: tdkt)?(?: so| nam| sua doi)*\s*\d{1,4}(?:\s*\/\s*\d{4})?\b/g;
// Told as history ("đã đạt năm 2024"), a year says when a title was won, not which law is asked about.
const HISTORY =
  /\b(?:da (?:dat|duoc|co|nop|tung|tang|hoan thanh)|tung|duoc tang|duoc khen|duoc cong nhan|(?:em|toi|minh|chi|anh|chau) (?:co|dat|duoc|hoan thanh)|nop|trinh|tiep nhan|sinh|ky ngay|hoan thanh (?:tot|xuat sac))\b/;
// The day on which a decision is signed sets the base salary: asked about money, it is the day asked about.
const SIGNED = /\bky (?:ngay|thang|nam|vao|hom|\d)|\b(?:quyet dinh|qd)\b.*\bky\b/;
const MONEY = /\b(?:thuong|tien|bao nhieu|muc chi|may trieu|lcs|luong co so)\b/;
const CHANGE_OF_LAW = /\b(?:luat nao|luat cu|luat moi|con gia tri|chuyen tiep|co gi moi|sua doi|thay doi)\b/;

/** The day asked about, or null when the question is about today. */
export function askedDate(question: string, today: LocalDate): AskedDate | null {
  const text = fold(question).replace(NAMED, ' ');
  const signed = SIGNED.test(text) && MONEY.test(text);
  if ((HISTORY.test(text) && !signed) || CHANGE_OF_LAW.test(text)) return null;
  const day = DAY.exec(text);
  if (day) return checked(`${day[3] ?? ''}-${pad(day[2])}-${pad(day[1])}`, /\btruoc\b/.test(text.slice(0, day.index)));
  const month = MONTH.exec(text);
  if (month) return checked(`${month[2] ?? ''}-${pad(month[1])}-15`, false);
  // "các năm 2023, 2024, 2025": a row of years tells when titles were won.
  if (new Set(text.match(/\b20\d{2}\b/g) ?? []).size > 1) return null;
  const yearForm = DEPENDS_ON_YEAR.test(text) ? BARE_YEAR : YEAR;
  const years = [...new Set([...text.matchAll(yearForm)].map((match) => match[1] ?? ''))];
  const year = /\bnam ngoai\b/.test(text) ? String(Number(today.slice(0, 4)) - 1) : years[0];
  if (year === undefined || years.length > 1 || year === today.slice(0, 4)) return null;
  return { day: `${year}-12-31` };
}

const pad = (part: string | undefined): string => (part ?? '').padStart(2, '0');

function checked(day: string, before: boolean): AskedDate | null {
  if (!isLocalDate(day)) return null;
  return { day: before ? new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10) : day };
}
