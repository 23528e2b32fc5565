/** A change in the life of a document, as an officer records it. */
import { z } from 'zod';
import { isLocalDate } from '../../kernel/local-date.js';
import type { Amendment, Knowledge, LegalDocument } from '../model.js';

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
  /** All of them, those of before included. */
  amendments: z
    .array(z.strictObject({ by: z.string().min(1), from: day, strongArticles: z.array(z.string()) }))
    .optional(),
  changedOn: day.optional(),
});
export type DocumentChange = z.infer<typeof changeSchema>;

export const CHANGES = ['amend', 'end', 'replace', 'begin'] as const;
export type ChangeKind = (typeof CHANGES)[number];

/** Why a change cannot be recorded; the name of a text of `awards.law.bad.*`. */
export type ChangeProblem =
  | 'same'
  | 'beforeBeginning'
  | 'afterEnd'
  | 'unknownReplacement'
  | 'replacesItself'
  | 'amendsItself'
  | 'circle'
  | 'exists';

/** What is wrong with a change of a known document; null when nothing is. */
export function findChangeProblem(
  knowledge: Knowledge,
  document: LegalDocument,
  change: DocumentChange,
): ChangeProblem | null {
  if (change.amendments !== undefined) return findAmendmentProblem(document, change.amendments);
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

/** Looks at the newest amendment only: those before it were looked at when they were recorded. */
function findAmendmentProblem(document: LegalDocument, amendments: readonly Amendment[]): ChangeProblem | null {
  const newest = amendments.at(-1);
  if (newest === undefined || document.amendments.some((one) => isSameAmendment(one, newest))) return 'same';
  if (newest.by === document.number) return 'amendsItself';
  const begun = document.inForceFrom ?? document.issuedOn;
  if (begun !== undefined && newest.from < begun) return 'beforeBeginning';
  return document.inForceTo !== undefined && newest.from >= document.inForceTo ? 'afterEnd' : null;
}

const isSameAmendment = (a: Amendment, b: Amendment): boolean =>
  a.by === b.by && a.from === b.from && [...a.strongArticles].sort().join() === [...b.strongArticles].sort().join();

/** The amendments of a document with one more; one by the same document from the same day takes the place of the older. */
export const withAmendment = (document: LegalDocument, amendment: Amendment): DocumentChange['amendments'] =>
  [...document.amendments.filter((one) => one.by !== amendment.by || one.from !== amendment.from), amendment].map(
    (one) => ({ ...one, strongArticles: [...one.strongArticles] }),
  );

const MOST_ARTICLES = 40;

/** "Điều 5, 8a và 12": the articles, each once; null when there is none, or more than a person would list. */
export function readArticles(typed: string): string[] | null {
  const found = [...typed.toLowerCase().matchAll(/(?<![\p{L}\d/.])\d{1,3}[a-zđ]?(?![\p{L}\d/.-])/gu)].map(
    ([one]) => one,
  );
  const articles = [...new Set(found)];
  return articles.length > 0 && articles.length <= MOST_ARTICLES ? articles : null;
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
