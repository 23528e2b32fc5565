/** Lays what officers changed over the shipped knowledge. What the validator refuses is left out, never half used. */
import { buildLifeCards, documentConcept } from '../document-life.js';
import { findKnowledgeProblems } from '../knowledge-rules.js';
import type { Card, Concept, Knowledge, LegalDocument } from '../model.js';
import { cardsSchema, documentsSchema } from '../schema.js';
import { dropUndefined, foldStates, toCard } from './card-file.js';

/** The newest version of a card, as it is stored. */
export interface StoredCard {
  readonly cardId: string;
  readonly card: unknown;
}

/** What officers recorded of a document, in the fields of documents.yaml. */
export interface StoredDocument {
  readonly number: string;
  readonly change: unknown;
}

/** A change that cannot be used, and why. */
export interface LeftOut {
  readonly what: string;
  readonly reason: string;
}

export interface Changed {
  readonly knowledge: Knowledge;
  readonly leftOut: readonly LeftOut[];
}

/** The shipped knowledge with the officers' changes; the same object where there are none. */
export function layOver(
  base: Knowledge,
  storedCards: readonly StoredCard[],
  storedDocuments: readonly StoredDocument[],
): Changed {
  const leftOut: LeftOut[] = [];
  const documents = readDocuments(base, storedDocuments, leftOut);
  const cards = readCards(storedCards, leftOut);
  for (;;) {
    if (documents.size === 0 && cards.size === 0) return { knowledge: base, leftOut };
    const knowledge = join(base, cards, documents);
    const problems = findProblems(knowledge);
    if (problems.length === 0) return { knowledge, leftOut };
    // A change that breaks another one goes too: each round leaves out at least one, or all.
    const before = documents.size + cards.size;
    for (const { owner, reason } of problems)
      if (cards.delete(owner) || documents.delete(owner)) leftOut.push({ what: owner, reason });
    if (documents.size + cards.size === before) {
      leftOut.push(...problems.map(({ owner, reason }) => ({ what: owner, reason })));
      return { knowledge: base, leftOut };
    }
  }
}

/** The knowledge with one more card laid over it. */
export const withCard = (knowledge: Knowledge, card: Card): Knowledge =>
  join(knowledge, new Map([[card.id, card]]), new Map());

function join(
  base: Knowledge,
  cards: ReadonlyMap<string, Card>,
  changed: ReadonlyMap<string, LegalDocument>,
): Knowledge {
  const documents = new Map([...base.documents, ...changed]);
  const own = base.cards.filter((card) => card.lifeOf === undefined);
  const known = new Set(own.map((card) => card.id));
  return {
    documents,
    parameters: base.parameters,
    forms: base.forms,
    vocabulary: { ...base.vocabulary, concepts: conceptsOf(base, changed) },
    cards: [
      ...own.map((card) => cards.get(card.id) ?? card),
      ...[...cards.values()].filter((card) => !known.has(card.id)),
      ...buildLifeCards([...documents.values()]),
    ],
  };
}

function conceptsOf(base: Knowledge, changed: ReadonlyMap<string, LegalDocument>): ReadonlyMap<string, Concept> {
  const concepts = new Map(base.vocabulary.concepts);
  for (const one of changed.values()) concepts.set(documentConcept(one.number), conceptOf(one));
  return concepts;
}

/** A document as a thing that questions name. */
export const conceptOf = (one: LegalDocument): Concept => ({
  id: documentConcept(one.number),
  type: 'document',
  name: one.number,
  anchor: 'strong',
  soft: false,
  implies: [],
  needs: [],
  words: [one.number, ...one.words],
});

/** Broken references, each with the card or document it belongs to. */
function findProblems(knowledge: Knowledge): { owner: string; reason: string }[] {
  const ids = knowledge.cards.map((card) => card.id);
  return findKnowledgeProblems(knowledge, new Map(), ids).map(({ field, reason }) => ({
    owner: field.split('.')[0] ?? field,
    reason: `${field}: ${reason}`,
  }));
}

function readCards(stored: readonly StoredCard[], leftOut: LeftOut[]): Map<string, Card> {
  const cards = new Map<string, Card>();
  for (const { cardId, card } of stored) {
    const read = readCard(card);
    if (typeof read === 'string') leftOut.push({ what: cardId, reason: read });
    else cards.set(read.id, read);
  }
  return cards;
}

/** A stored card, or what is wrong with its form. */
export function readCard(stored: unknown): Card | string {
  const parsed = cardsSchema.safeParse(foldStates([stored]));
  const [file] = parsed.data ?? [];
  return file ? toCard(file) : reasonOf(parsed.error);
}

function readDocuments(
  base: Knowledge,
  stored: readonly StoredDocument[],
  leftOut: LeftOut[],
): Map<string, LegalDocument> {
  const documents = new Map<string, LegalDocument>();
  for (const { number, change } of stored) {
    const fields = typeof change === 'object' ? change : {};
    const parsed = documentsSchema.safeParse([{ ...base.documents.get(number), ...fields, number }]);
    const [one] = parsed.data ?? [];
    if (one) documents.set(number, dropUndefined<LegalDocument>(one));
    else leftOut.push({ what: number, reason: reasonOf(parsed.error) });
  }
  return documents;
}

const reasonOf = (error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } | undefined) =>
  (error?.issues ?? []).map((one) => `${one.path.slice(1).map(String).join('.')}: ${one.message}`).join('; ');
