/** Documents that a question names by their number, and that are not there: another year or kind is another document. */
import { fold } from '../kernel/text.js';
import type { LegalDocument } from './model.js';

// How people shorten the kinds.
const KINDS: Readonly<Record<string, string>> = {
  nd: 'nghi dinh',
  tt: 'thong tu',
  qd: 'quyet dinh',
  nq: 'nghi quyet',
  kh: 'ke hoach',
  ct: 'chi thi',
  cv: 'cong van',
};
const KIND =
  '(luat|nghi dinh|nd|thong tu|tt|quyet dinh|qd|nghi quyet|nq|ke hoach|kh|chi thi|ct|cong van|cv|phap lenh|huong dan)';
const NUMBERED = new RegExp(
  String.raw`(?:\b${KIND}\s*(?:so\s*)?)?(?<![\d/])0*(\d{1,5})\s*/\s*((?:19|20)\d{2})(?!\d)(?:\s*/\s*([a-z]{2}[a-z\d-]*))?`,
  'g',
);
// Without a year: "chỉ thị 39-CT/TW", "15/VBHN-VPQH". A bare number counts after the whole name of a kind only.
const YEARLESS =
  /\b(?:(nghi dinh|nd|thong tu|chi thi)\s*(?:so\s*)?0*(\d{1,5})(?!\s*(?:\/\s*(?:19|20)\d{2}|\d|nam\b|thang\b|ngay\b|nguoi\b|lan\b))|(?<![\d/])0*(\d{1,5})\s*\/\s*(vbhn-[a-z-]+))/g;

const ISSUER =
  /(\d{1,5}\/\d{4}(?:\/[\p{L}-]+\d*)?(?:[\s,]+ngày\s+[\d/.]+(?:\s+tháng\s+\d+\s+năm\s+\d{4})?)?)[\s,]+của\s+(?:thủ tướng\s+)?(?:chính phủ|quốc hội|bộ nội vụ)/giu;

/** "Nghị định số 152/2025/NĐ-CP của Chính phủ …" asks nothing of the Government. */
export const withoutIssuers = (question: string): string => question.normalize('NFC').replace(ISSUER, '$1');

export interface UnknownDocument {
  /** Its number as it was asked for: "152/2024". */
  readonly asked: string;
  /** Documents of that first number, which may have been meant. */
  readonly near: readonly LegalDocument[];
}

/** The first document in a question that is none of these; null where all are known, or none is named. */
export function unknownDocument(
  question: string,
  documents: ReadonlyMap<string, LegalDocument>,
): UnknownDocument | null {
  for (const [, short, first = '', year = '', issuer] of fold(question).matchAll(NUMBERED)) {
    // "6/2026" alone is a month.
    if (short === undefined && issuer === undefined) continue;
    const kind = short === undefined ? undefined : (KINDS[short] ?? short);
    const near = [...documents.values()].filter(({ number }) => firstOf(number) === first);
    const isIt = (one: LegalDocument) => {
      const [, ofYear = '', ofIssuer = ''] = one.number.split('/');
      const isIssuer = issuer === undefined || fold(ofIssuer).startsWith(issuer.replace(/-+$/, ''));
      return ofYear.startsWith(year) && isIssuer && (kind === undefined || fold(one.kind) === kind);
    };
    if (!near.some(isIt))
      return { asked: [first, year, ...(issuer === undefined ? [] : [written(issuer)])].join('/'), near };
  }
  return yearless(fold(question), [...documents.values()]);
}

function yearless(text: string, documents: readonly LegalDocument[]): UnknownDocument | null {
  for (const [, short = '', named, numbered, issuer = ''] of text.matchAll(YEARLESS)) {
    const first = numbered ?? named ?? '';
    const near = documents.filter(({ number }) => firstOf(number) === first);
    const ofKind = documents.filter(({ kind }) => fold(kind) === (KINDS[short] ?? short));
    const isThere =
      numbered === undefined
        ? near.some((one) => ofKind.includes(one))
        : near.some(({ number }) => fold(number.split('/').at(-1) ?? '').startsWith(issuer.replace(/-+$/, '')));
    if (!isThere)
      return {
        asked: numbered === undefined ? `${ofKind[0]?.kind ?? ''} ${first}`.trim() : `${first}/${written(issuer)}`,
        near,
      };
  }
  return null;
}

const D_STROKE = String.fromCodePoint(0x110);

/** "nd-cp" as it is written: "NĐ-CP". */
const written = (issuer: string): string =>
  issuer
    .toUpperCase()
    .replace(/^([NQ])D(?=-|$)/, `$1${D_STROKE}`)
    .replace(/BGDDT$/, `BGD${D_STROKE}T`)
    .replace(/TDKT$/, `T${D_STROKE}KT`);

const firstOf = (number: string): string => (/\d+/.exec(number)?.[0] ?? '').replace(/^0+/, '');
