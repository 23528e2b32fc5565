/** The counts in a question that can be worked out: how many people, how many of them Lao động tiên tiến. */
import { fold } from '../kernel/text.js';
import type { ToldShare } from './share.js';

const LDTT = String.raw`\b(?:ldtt|lao dong tien tien|ld tien tien|tien tien)\b`;
const PEOPLE = String.raw`(?:nguoi|can bo|giao vien|gv|nhan vien|cong chuc|vien chuc|thanh vien|ca nhan|dong chi|nv|cb)`;
const WHOLE = new RegExp(String.raw`(?:tong(?: so)?|co|gom|bien che)?\s*(\d{1,4})\s*${PEOPLE}`, 'g');
const PART = [
  new RegExp(String.raw`(\d{1,4})\s*(?:${PEOPLE}\s*)?(?:(?:la|dat|duoc|co|danh hieu)\s*){0,3}${LDTT}`),
  new RegExp(String.raw`${LDTT}\s*(?:la|co|duoc|chi co|:)?\s*(\d{1,4})\s*(?:${PEOPLE}|$)`),
  new RegExp(String.raw`(\d{1,4})\s*${PEOPLE}\s*(?:trong do|thoi)?\s*(?:dat|duoc)\s*${LDTT}`),
];
const FRACTION = new RegExp(
  String.raw`(?<!(?:ngay|dip|le|quoc khanh|chao mung)\s*)(?<![\d/])(\d{1,4})\s*(?:/|tren|trong(?: so)?)\s*(\d{1,4})(?![\d/])`,
);
// A share of people who did something else, or were punished, is no share of Lao động tiên tiến.
const OTHER_SHARE =
  /\b(?:hoan thanh|ky luat|canh cao|cach chuc|khien trach|nu|phieu|dang vien|tham gia|nghi|vang|sang kien)\b/;
const PERCENT = new RegExp(
  String.raw`(?<![\d.,])(\d{1,3})(?:[.,](\d{1,3}))?\s*(?:%|phan tram)\s*(?:${PEOPLE}\s*)?(?:(?:la|dat|duoc|co)\s*)*${LDTT}`,
);

const IS_LDTT = new RegExp(LDTT);
const isDay = (text: string): boolean => /\d{1,2}\/\d{1,2}\/\d{4}/.test(text);

/** The share of Lao động tiên tiến that the question tells, or null. */
export function toldShare(question: string): ToldShare | null {
  const text = fold(question);
  const percent = PERCENT.exec(text);
  if (percent) return { percent: Number(`${percent[1] ?? '0'}.${percent[2] ?? '0'}`) };
  const fraction = FRACTION.exec(text);
  if (fraction && (IS_LDTT.test(text) || !OTHER_SHARE.test(text)) && !isDay(text))
    return share(Number(fraction[1]), Number(fraction[2]));
  const part = PART.map((pattern) => pattern.exec(text)).find((match) => match !== null)?.[1];
  if (part === undefined) return null;
  const whole = Math.max(...[...text.matchAll(WHOLE)].map((match) => Number(match[1])), 0);
  return share(Number(part), whole);
}

const TITLE = String.raw`(?:${LDTT}|cstdcs|cstd|chien si|bang khen|giay khen)`;
const GOT = String.raw`(?:(?:la|dat|duoc|co|danh hieu)\s*){0,3}`;
// "tháng 6 LĐTT", "đợt 2 bằng khen", "khối 3": these numbers count nobody.
const NO_COUNT = String.raw`(?<!(?:thang|quy|dot|lan|khoi|cum|thon|xom|thu|ban|to|nam|ngay|khoa|lop|dieu|khoan|so|phong|hang|hoc ky|ky|dinh|nd|luat|tu|tt|qd|thi|hoach|kh)\s)(?<![\d/.,^-])`;
const COUNT = String.raw`(\d{1,3}(?:\.\d{3})+|\d{1,6})(?![\d.,]*\d)`;
const HEADS = [
  new RegExp(String.raw`${TITLE}\s*(?:cho\s*)?${COUNT}\s*${PEOPLE}`),
  new RegExp(String.raw`${NO_COUNT}${COUNT}\s*(?:${PEOPLE}\s*)?${GOT}${TITLE}`),
  new RegExp(String.raw`\bthuong\s*(?:cho\s*)?${COUNT}\s*${PEOPLE}`),
];
const COLLECTIVES = new RegExp(
  String.raw`${NO_COUNT}${COUNT}\s*(?:giay khen\s*)?(?:tap the|ttldtt|ttldxs|thon|la co)\b`,
);

/** Who is to be paid, as far as a question counts them. */
export interface ToldHeads {
  /** 1 where nobody is counted, or where it is not sure which count is meant. */
  readonly heads: number;
  /** Several counts, or a share of a count: what each gets is told, and no sum. */
  readonly isUnclear: boolean;
}

const PARTS = /%|\b(?:phan tram|nua|mot nua|phan ba|phan tu)\b/;
const PERSONS = new RegExp(String.raw`${NO_COUNT}${COUNT}\s*ca nhan\b`);
const isYear = (count: number): boolean => count >= 1990 && count < 2100;

/** How many are to be paid, where the question asks for the sum of several. People of a collective are not paid one by one. */
export function toldHeads(question: string, collective: boolean): ToldHeads {
  const text = fold(question);
  const places = (patterns: readonly RegExp[]) =>
    new Map(
      patterns.flatMap((pattern) =>
        [...text.matchAll(new RegExp(pattern, 'g'))].map((match) => {
          const count = match[1] ?? '1';
          return [match.index + match[0].indexOf(count), Number(count.replace(/\./g, ''))] as const;
        }),
      ),
    );
  const people = places(HEADS);
  const collectives = places([COLLECTIVES]);
  const winners = new Map([...people, ...collectives, ...places([PERSONS])]);
  const [heads = 1] = (collective ? collectives : people).values();
  const isUnclear = winners.size > 1 || (winners.size > 0 && PARTS.test(text));
  return { heads: isUnclear || isYear(heads) ? 1 : Math.max(1, heads), isUnclear };
}

const SALARY =
  /\b(?:luong co so|lcs)\s*(?:(?:la|moi|cu|muc|tang|len|thanh|theo|bang)\s*)*:?\s*(\d{1,3}(?:\.\d{3}){1,2}|\d+(?:,\d+)?)\s*(trieu|tr)?\b/;
/** Base salaries are of this size; other numbers beside the word are something else. */
const LEAST_SALARY = 100_000;

/** The base salary that a question names itself, in đồng; null where it names none. */
export function toldSalary(question: string): number | null {
  const [, number = '', millions] = SALARY.exec(fold(question)) ?? [];
  const value = Number(number.replace(/\./g, '').replace(',', '.')) * (millions === undefined ? 1 : 1_000_000);
  return value >= LEAST_SALARY ? value : null;
}

function share(part: number, whole: number): ToldShare | null {
  return whole > 0 && part <= whole ? { part, whole } : null;
}

/** What a question says to be missing in a collective. */
export type Denied = 'discipline' | 'noCstdcs' | 'tasks' | 'unit';

const NO_CSTDCS =
  /\b(?:khong|chua|ko) (?:co |ai )*(?:nguoi )?(?:nao )?(?:dat )?(?:cstdcs|cstd|chien si thi dua)\b|\b0 (?:nguoi )?cstdcs\b/;
const DISCIPLINED = /\b(?:canh cao|cach chuc|giang chuc|buoc thoi viec)\b/;
const NOBODY = /\b(?:khong|chua|ko) (?:co )?(?:ai|nguoi nao|ca nhan nao)\b/;
const NOT_DONE = /\b(?:khong|chua) hoan thanh (?:tot |xuat sac )?nhiem vu\b/;
const SOMEBODY_NOT = new RegExp(String.raw`\b(?:\d{1,3}|mot|hai|ba|co) ${PEOPLE}\s*(?:khong|chua) hoan thanh`);
const DONE = new RegExp(String.raw`(\d{1,4})\s*(?:/\s*\d{1,4}\s*)?(?:${PEOPLE}\s*)?hoan thanh (?:tot )?nhiem vu`);
const OF_ALL = new RegExp(String.raw`\d{1,4}\s*/\s*(\d{1,4})\s*(?:${PEOPLE}\s*)?hoan thanh|(\d{1,4})\s*${PEOPLE}`);

/** The conditions of a collective that the question itself says are not met. */
export function toldDenials(question: string): ReadonlySet<Denied> {
  const text = fold(question);
  const denied = new Set<Denied>();
  if (DISCIPLINED.test(text) && !NOBODY.test(text)) denied.add('discipline');
  if (NO_CSTDCS.test(text)) denied.add('noCstdcs');
  const done = DONE.exec(text);
  const all = OF_ALL.exec(text);
  if (done && all && Number(done[1]) < Number(all[1] ?? all[2])) denied.add('tasks');
  if (NOT_DONE.test(text) && !NOBODY.test(text)) denied.add(SOMEBODY_NOT.test(text) ? 'tasks' : 'unit');
  return denied;
}

const WINNERS = new RegExp(
  String.raw`\d{1,3}\s*(?:${PEOPLE}\s*)?(?:(?:la|dat|duoc|co)\s*)*(?:cstdcs|cstd|chien si thi dua)\b`,
);

/** True where Chiến sĩ thi đua are counted beside Lao động tiên tiến: they meet its standard, too (Law 06/2022, article 23). */
export const countsWinnersApart = (question: string): boolean => WINNERS.test(fold(question));

const HOW_MANY = new RegExp(String.raw`\b(?:bao nhieu|may|bn)\s*(?:${PEOPLE}\s*)?(?:dat\s*|la\s*|duoc\s*)*${LDTT}`);

/** How many people there are, where the question asks how many of them must be Lao động tiên tiến; null otherwise. */
export function toldWhole(question: string): number | null {
  const text = fold(question);
  const whole = Math.max(0, ...[...text.matchAll(WHOLE)].map((match) => Number(match[1])));
  return HOW_MANY.test(text) && whole > 0 ? whole : null;
}
