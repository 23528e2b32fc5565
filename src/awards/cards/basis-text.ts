/** Reads a basis as people write it: "Luật 06/2022 Điều 27 khoản 1 điểm c; NĐ 152/2025 điều 4". */
import type { Basis, Knowledge, LegalDocument } from '../model.js';

export type BasisProblem =
  | { readonly problem: 'document' | 'place' | 'part'; readonly text: string }
  | { readonly problem: 'ambiguous'; readonly text: string; readonly numbers: readonly string[] };

export type ReadBasis =
  { readonly ok: true; readonly basis: readonly Basis[] } | ({ readonly ok: false } & BasisProblem);

const NUMBER = /\d{1,5}[a-zđ]?\/[\p{L}\d/.-]*[\p{L}\d]/iu;
const PLACES = {
  article: /(?:^|[\s,])(?:điều|dieu|đ\.)\s*(\d+[a-zđ]?)(?![\p{L}\d])/iu,
  clause: /(?:^|[\s,])(?:khoản|khoan|k\.)\s*(\d+[a-zđ]?)(?![\p{L}\d])/iu,
  point: /(?:^|[\s,])(?:điểm|diem)\s*([a-zđ]{1,2}\d?)(?![\p{L}\d])/iu,
  section: /(?:^|[\s,])((?:mục|phần|muc|phan)\s+[\p{L}\d.]+)/iu,
} as const;
/** What stands between the parts and says nothing. */
const FILLER =
  /(?:^|[\s,])(?:của|cua|tại|tai|theo|số|so|luật|luat|nghị định|nghi dinh|nđ|nd|thông tư|thong tu|tt|kế hoạch|ke hoach|kh|quyết định|quyet dinh|qđ|qd|và|va)(?=$|[\s,])/giu;

/** Every basis of a text, apart by semicolons or lines; the first that cannot be read is named. */
export function readBasis(typed: string, knowledge: Knowledge): ReadBasis {
  const parts = typed
    .normalize('NFC')
    .split(/[;\n]/)
    .map((part) => part.replace(/\s+/g, ' ').trim().replace(/\.$/, ''))
    .filter((part) => part !== '');
  const basis: Basis[] = [];
  for (const part of parts) {
    const one = readOne(part, knowledge);
    if ('problem' in one) return { ok: false, ...one };
    basis.push(one);
  }
  return basis.length === 0 ? { ok: false, problem: 'document', text: '' } : { ok: true, basis };
}

function readOne(part: string, knowledge: Knowledge): Basis | BasisProblem {
  const places = placesOf(part);
  const { name, rest } = nameOf(part);
  const found = documentsMeant(name, knowledge);
  const [document] = found;
  if (!document) return { problem: 'document', text: part };
  if (found.length > 1) return { problem: 'ambiguous', text: part, numbers: found.map((one) => one.number) };
  if (rest !== '') return { problem: 'part', text: rest };
  if (places.point !== undefined && places.clause === undefined) return { problem: 'place', text: part };
  if (places.clause !== undefined && places.article === undefined) return { problem: 'place', text: part };
  return { document: document.number, ...places };
}

function placesOf(part: string): Omit<Basis, 'document'> {
  const found = Object.entries(PLACES).flatMap(([field, pattern]) => {
    const value = pattern.exec(part)?.[1];
    return value === undefined ? [] : [[field, field === 'section' ? value : value.toLowerCase()]];
  });
  return Object.fromEntries(found) as Omit<Basis, 'document'>;
}

/** What is left beside the places: the document's number with what cannot be read, or its name. */
function nameOf(part: string): { name: string; rest: string } {
  const left = Object.values(PLACES).reduce((text, pattern) => text.replace(pattern, ' '), part);
  const number = NUMBER.exec(left)?.[0];
  const tidy = (text: string) => text.replace(/[\s,]+/g, ' ').trim();
  if (number === undefined) return { name: tidy(left), rest: '' };
  // Twice: words that touch share the space between them.
  const rest = tidy(left.replace(number, ' ').replace(FILLER, ' ').replace(FILLER, ' '));
  return { name: number, rest: /\d|điều|khoản|điểm|dieu|khoan|diem/iu.test(rest) ? rest : '' };
}

const plain = (text: string): string => text.normalize('NFC').toLowerCase().replace(/đ/g, 'd').replace(/\s+/g, '');

/** The documents of this number, of the beginning of a number, or of this name. */
function documentsMeant(name: string, knowledge: Knowledge): LegalDocument[] {
  const wanted = plain(name);
  if (wanted === '') return [];
  const all = [...knowledge.documents.values()];
  const exact = all.filter((one) => plain(one.number) === wanted);
  if (exact.length > 0) return exact;
  const begins = all.filter((one) => plain(one.number).startsWith(`${wanted}/`));
  if (begins.length > 0) return begins;
  return all.filter((one) => one.words.some((word) => plain(word) === wanted)).slice(0, 3);
}
