/** A change in the life of a document, as an officer records it. */
import { z } from 'zod';
import { isLocalDate } from '../../kernel/local-date.js';
import type { Knowledge, LegalDocument } from '../model.js';

const day = z.string().refine(isLocalDate);

/** Fields as in documents.yaml; what is absent stays as it was. Each version holds all that changed since the file. */
export const changeSchema = z.strictObject({
  kind: z.string().min(1).optional(),
  title: z.string().min(1).optional(),
  inForceFrom: day.optional(),
  inForceTo: day.optional(),
  replacedBy: z.string().min(1).optional(),
  certainty: z.enum(['VERIFIED', 'VERIFIED-2']).optional(),
  endCertainty: z.enum(['VERIFIED', 'VERIFIED-2']).optional(),
  words: z.array(z.string()).optional(),
  changedOn: day.optional(),
});
export type DocumentChange = z.infer<typeof changeSchema>;

export const CHANGES = ['end', 'replace', 'begin'] as const;
export type ChangeKind = (typeof CHANGES)[number];

/** Why a change cannot be recorded; the name of a text of `awards.law.bad.*`. */
export type ChangeProblem =
  'same' | 'beforeBeginning' | 'afterEnd' | 'unknownReplacement' | 'replacesItself' | 'circle' | 'exists';

/** What is wrong with a change of a known document; null when nothing is. */
export function findChangeProblem(
  knowledge: Knowledge,
  document: LegalDocument,
  change: DocumentChange,
): ChangeProblem | null {
  const after = { ...document, ...change };
  const begun = after.inForceFrom ?? after.issuedOn;
  if (change.replacedBy !== undefined) {
    if (change.replacedBy === document.number) return 'replacesItself';
    if (!knowledge.documents.has(change.replacedBy)) return 'unknownReplacement';
    if (leadsTo(knowledge, change.replacedBy, document.number)) return 'circle';
  }
  if (begun !== undefined && after.inForceTo !== undefined && after.inForceTo <= begun)
    return change.inForceFrom === undefined ? 'beforeBeginning' : 'afterEnd';
  if (change.inForceFrom !== undefined && document.issuedOn !== undefined && change.inForceFrom < document.issuedOn)
    return 'beforeBeginning';
  const told = (['inForceFrom', 'inForceTo', 'replacedBy'] as const).filter((field) => change[field] !== undefined);
  return told.every((field) => change[field] === document[field]) ? 'same' : null;
}

/** True when the chain of replacements from one document comes to the other. */
function leadsTo(knowledge: Knowledge, from: string, to: string): boolean {
  const seen = new Set<string>();
  for (let at: string | undefined = from; at !== undefined && !seen.has(at);) {
    if (at === to) return true;
    seen.add(at);
    at = knowledge.documents.get(at)?.replacedBy;
  }
  return false;
}

// "152/2025/NĐ-CP", "06/2022/QH15", "1813/KH-UBND", "15/2025/TT-BNV".
const NUMBER = /^\d{1,5}[a-zđ]?\/(?:\d{4}\/)?\p{Lu}[\p{Lu}\d]*(?:-[\p{Lu}\d]+)*$/u;

// Stands in buttons, which have 64 bytes.
const LONGEST = 30;

/** A document's number as it is written, out of what was typed; null when it is none. */
export function readNumber(typed: string): string | null {
  const bare = typed
    .normalize('NFC')
    .trim()
    .replace(/^số\s+/iu, '')
    .replace(/\s+/g, '');
  const [head = '', ...rest] = bare.split('/');
  const number = [head, ...rest].map((part, n) => (n === 0 ? part : part.toUpperCase())).join('/');
  return NUMBER.test(number) && number.length <= LONGEST ? number : null;
}

/** The document meant by a typed number or name; undefined when none is. */
export function findDocument(knowledge: Knowledge, typed: string): LegalDocument | undefined {
  const plain = (text: string) => text.normalize('NFC').toLowerCase().replace(/đ/g, 'd').replace(/\s+/g, '');
  const wanted = plain(typed.replace(/^\s*số\s+/iu, ''));
  const all = [...knowledge.documents.values()];
  return (
    all.find((one) => plain(one.number) === wanted) ??
    all.find((one) => one.words.some((word) => plain(word) === wanted))
  );
}
