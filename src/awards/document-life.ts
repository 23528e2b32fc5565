/** Cards about documents themselves: what it is, since when, until when, replaced by what. */
import type { Basis, Card, LegalDocument } from './model.js';

/** Stands for "the question names some document". */
export const ANY_DOCUMENT = 'doc';

export const documentConcept = (number: string): string => `doc:${number}`;
export const lifeCardId = (number: string): string =>
  `van-ban-${number
    .toLowerCase()
    .replace(/đ/g, 'd')
    .replace(/[^a-z0-9]+/g, '-')}`;

// Asked of a document: these are about what it says, not about its life.
const OTHER_QUESTIONS = [
  'criteria',
  'papers',
  'money',
  'authority',
  'danh-hieu-ds',
  'hinh-thuc-khen',
  'ty-le',
  'luat-sua-gi',
];

/** One card for each document; its words are composed for the day asked about. */
export function buildLifeCards(documents: readonly LegalDocument[]): Card[] {
  return documents.map((one) => ({
    id: lifeCardId(one.number),
    title: `${one.kind} ${one.number}`,
    asks: [one.number],
    answer: '',
    basis: lifeBasis(one),
    certainty: one.endCertainty ?? one.certainty,
    state: 'chua-doi-chieu',
    outcome: 'answer',
    subjects: [],
    applies: [],
    needs: [[documentConcept(one.number)]],
    unless: OTHER_QUESTIONS,
    also: ['validity', 'definition', 'luat-nao', 'time', 'luat-tdkt', 'thi-dua'],
    anyDate: true,
    options: [],
    lifeOf: one.number,
  }));
}

function lifeBasis(one: LegalDocument): Basis[] {
  const basis: Basis[] = [];
  if (one.lifeBasis) basis.push(one.lifeBasis);
  if (one.replacedBy !== undefined && one.lifeBasis?.document !== one.replacedBy)
    basis.push({ document: one.replacedBy });
  if (!basis.some((b) => b.document === one.number)) basis.push({ document: one.number });
  return basis;
}
