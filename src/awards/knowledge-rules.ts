/** What must hold across the knowledge files, beyond the form of each. */
import { fold } from '../kernel/text.js';
import { ANY_DOCUMENT } from './document-life.js';
import type { KnowledgeProblem } from './load.js';
import type { Basis, Card, Knowledge, LegalDocument } from './model.js';

type Report = (field: string, reason: string) => void;

/** Broken references and missing parts, each with its file. */
export function findKnowledgeProblems(
  knowledge: Knowledge,
  fileOf: ReadonlyMap<string, string>,
  ids: readonly string[],
): KnowledgeProblem[] {
  const problems: KnowledgeProblem[] = [];
  const report =
    (file: string): Report =>
    (field, reason) =>
      problems.push({ file, field, reason });
  checkDuplicates(ids, fileOf, report);
  for (const one of knowledge.documents.values()) checkDocument(one, knowledge, report('documents.yaml'));
  checkParameters(knowledge, report('parameters.yaml'));
  checkWords(knowledge, report('words.yaml'));
  checkForms(knowledge, report('forms.yaml'));
  for (const card of knowledge.cards) checkCard(card, knowledge, report(fileOf.get(card.id) ?? 'documents.yaml'));
  return problems;
}

function checkDuplicates(
  ids: readonly string[],
  fileOf: ReadonlyMap<string, string>,
  report: (file: string) => Report,
): void {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) report(fileOf.get(id) ?? 'cards')(`${id}.id`, 'used twice');
    seen.add(id);
  }
}

function checkDocument(one: LegalDocument, knowledge: Knowledge, report: Report): void {
  const known = (field: string, number: string | undefined) => {
    if (number !== undefined && !knowledge.documents.has(number))
      report(`${one.number}.${field}`, `unknown document ${number}`);
  };
  known('replacedBy', one.replacedBy);
  known('lifeBasis', one.lifeBasis?.document);
  for (const amendment of one.amendments) known('amendments.by', amendment.by);
  const from = one.inForceFrom ?? one.issuedOn;
  if (from !== undefined && one.inForceTo !== undefined && one.inForceTo <= from)
    report(`${one.number}.inForceTo`, 'not after the beginning');
}

function checkParameters(knowledge: Knowledge, report: Report): void {
  const { parameters } = knowledge;
  const sorted = [...parameters.baseSalary].sort((a, b) => a.from.localeCompare(b.from));
  sorted.forEach((one, at) => {
    const next = sorted[at + 1];
    if (next && (one.to === undefined || one.to > next.from)) report(`baseSalary.${one.from}`, `overlaps ${next.from}`);
    checkBasis({ document: one.document }, knowledge, `baseSalary.${one.from}`, report);
  });
  for (const [id, bonus] of Object.entries(parameters.bonuses)) {
    if (knowledge.vocabulary.concepts.get(id)?.type !== 'subject')
      report(`bonuses.${id}`, 'no title or form of this name in words.yaml');
    checkBasis(bonus.basis, knowledge, `bonuses.${id}.basis`, report);
  }
}

function checkWords(knowledge: Knowledge, report: Report): void {
  const { concepts } = knowledge.vocabulary;
  for (const concept of concepts.values()) {
    const others = [
      ...(concept.parent === undefined ? [] : [concept.parent]),
      ...(concept.level === undefined ? [] : [concept.level]),
      ...concept.implies,
      ...concept.needs,
    ];
    for (const other of others) if (!concepts.has(other)) report(`concepts.${concept.id}`, `unknown concept ${other}`);
  }
}

/** A way to ask that two cards share would offer either. */
function checkForms({ cards, forms }: Knowledge, report: Report): void {
  const owner = new Map<string, string>();
  const own = new Set(cards.filter((card) => card.lifeOf === undefined).map((card) => card.id));
  for (const [id, texts] of forms) {
    if (!own.has(id)) report(id, 'no card of this id');
    for (const text of texts) {
      const other = owner.get(fold(text));
      if (other !== undefined) report(id, `"${text}" stands under ${other} already`);
      owner.set(fold(text), id);
    }
  }
}

function checkCard(card: Card, knowledge: Knowledge, report: Report): void {
  const field = (name: string) => `${card.id}.${name}`;
  const concepts = knowledge.vocabulary.concepts;
  const named = [
    ...card.subjects,
    ...(card.applies === 'any' ? [] : card.applies),
    ...card.needs.flat(),
    ...card.unless,
    ...card.also,
  ];
  for (const id of named)
    if (id !== ANY_DOCUMENT && !concepts.has(id))
      report(field('needs/unless/also/applies/subjects'), `unknown concept ${id}`);
  for (const basis of card.basis)
    if (!basis.document.startsWith('{')) checkBasis(basis, knowledge, field('basis'), report);
  if (card.quote) checkBasis(card.quote, knowledge, field('quote'), report);
  if (card.level !== undefined && concepts.get(card.level)?.type !== 'level')
    report(field('level'), `unknown level ${card.level}`);
  for (const option of card.options)
    if (!knowledge.cards.some((other) => other.id === option)) report(field('options'), `unknown card ${option}`);
  if (card.bonus !== undefined && !(card.bonus in knowledge.parameters.bonuses))
    report(field('bonus'), `no bonus ${card.bonus} in parameters.yaml`);
  if (card.answer === '' && card.bonus === undefined && card.lifeOf === undefined) report(field('answer'), 'missing');
  if (card.outcome === 'answer' && card.certainty === 'GAP')
    report(field('certainty'), 'a gap cannot answer: set outcome to hand_over');
  if (card.outcome === 'answer' && card.basis.length === 0 && card.bonus === undefined)
    report(field('basis'), 'an answer needs a basis');
  if ((card.outcome === 'local_setting' || card.outcome === 'hand_over') && card.ask === undefined)
    report(field('ask'), 'missing: whom to ask?');
  if (card.validFrom !== undefined && card.validTo !== undefined && card.validTo <= card.validFrom)
    report(field('validTo'), 'not after validFrom');
}

function checkBasis(basis: Basis, knowledge: Knowledge, field: string, report: Report): void {
  if (!knowledge.documents.has(basis.document)) report(field, `unknown document ${basis.document}`);
}
