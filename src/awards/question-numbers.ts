/** The counts in a question that can be worked out: how many people, how many of them Lao động tiên tiến. */
import { fold } from '../kernel/text.js';

/** A share told by the question: counts, or percent directly. */
export type ToldShare = { readonly part: number; readonly whole: number } | { readonly percent: number };

const LDTT = String.raw`(?:ldtt|lao dong tien tien|ld tien tien|tien tien)`;
const PEOPLE = String.raw`(?:nguoi|can bo|giao vien|gv|nhan vien|cong chuc|vien chuc|thanh vien|ca nhan|dong chi|nv|cb)`;
const WHOLE = new RegExp(String.raw`(?:tong(?: so)?|co|gom|bien che)?\s*(\d{1,4})\s*${PEOPLE}`, 'g');
const PART = [
  new RegExp(String.raw`(\d{1,4})\s*(?:${PEOPLE}\s*)?(?:(?:la|dat|duoc|co|danh hieu)\s*){0,3}${LDTT}`),
  new RegExp(String.raw`${LDTT}\s*(?:la|co|duoc|chi co|:)?\s*(\d{1,4})\s*(?:${PEOPLE}|$)`),
  new RegExp(String.raw`(\d{1,4})\s*${PEOPLE}\s*(?:trong do|thoi)?\s*(?:dat|duoc)\s*${LDTT}`),
];
const FRACTION = new RegExp(
  String.raw`(\d{1,4})\s*(?:/|tren|trong(?: so)?)\s*(\d{1,4})\s*(?:${PEOPLE}\s*)?(?:(?:la|dat|duoc|co)\s*)*(?:${LDTT})?`,
);
const PERCENT = new RegExp(
  String.raw`(\d{1,3})(?:[.,](\d))?\s*(?:%|phan tram)\s*(?:${PEOPLE}\s*)?(?:(?:la|dat|duoc|co)\s*)*${LDTT}`,
);

/** The share of Lao động tiên tiến that the question tells, or null. */
export function toldShare(question: string): ToldShare | null {
  const text = fold(question);
  const percent = PERCENT.exec(text);
  if (percent) return { percent: Number(`${percent[1] ?? '0'}.${percent[2] ?? '0'}`) };
  const fraction = FRACTION.exec(text);
  if (fraction && !/\d{1,2}\/\d{1,2}\/\d{4}/.test(text)) return share(Number(fraction[1]), Number(fraction[2]));
  const part = PART.map((pattern) => pattern.exec(text)).find((match) => match !== null)?.[1];
  if (part === undefined) return null;
  const whole = Math.max(...[...text.matchAll(WHOLE)].map((match) => Number(match[1])), 0);
  return share(Number(part), whole);
}

const TITLE = String.raw`(?:${LDTT}|cstdcs|cstd|chien si|bang khen|giay khen)`;
const GOT = String.raw`(?:(?:la|dat|duoc|co|danh hieu)\s*){0,3}`;
const HEADS = [
  new RegExp(String.raw`(?<![\d/.,])(\d{1,3})\s*(?:${PEOPLE}\s*)?${GOT}${TITLE}`),
  new RegExp(String.raw`\bthuong\s*(?:cho\s*)?(\d{1,3})\s*${PEOPLE}`),
];
const COLLECTIVES = /(?<![\d/.,])(\d{1,3})\s*(?:tap the|ttldtt|ttldxs|thon|la co)\b/;

/** How many are to be paid, where the question asks for the sum of several; 1 otherwise. People of a collective are not paid one by one. */
export function toldHeads(question: string, collective: boolean): number {
  const text = fold(question);
  const found = (collective ? [COLLECTIVES] : HEADS)
    .map((pattern) => pattern.exec(text))
    .find((match) => match !== null);
  return Math.max(1, Number(found?.[1] ?? 1));
}

function share(part: number, whole: number): ToldShare | null {
  return whole > 0 && part <= whole ? { part, whole } : null;
}
