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
  String.raw`(?:\b${KIND}\s*(?:so\s*)?)?(?<![\d/])0*(\d{1,5})\s*/\s*((?:19|20)\d{2})(?!\d)(?:\s*/\s*([a-z]{2}[a-z-]*))?`,
  'g',
);

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
    const isIt = (one: LegalDocument) =>
      one.number.split('/')[1]?.startsWith(year) === true && (kind === undefined || fold(one.kind) === kind);
    if (!near.some(isIt))
      return { asked: [first, year, ...(issuer === undefined ? [] : [issuer.toUpperCase()])].join('/'), near };
  }
  return null;
}

const firstOf = (number: string): string => (number.split('/')[0] ?? '').replace(/^0+/, '');
