/** Finds the cards that may answer a question, best first. */
import MiniSearch from 'minisearch';
import { fold } from '../kernel/text.js';
import { ANY_DOCUMENT, documentConcept } from './document-life.js';
import { pushTo } from './collect.js';
import { scoreEntry, type Entry, type Form, type Ranked } from './card-score.js';
import { createFormSearch, type FormSearch, type NearCard } from './form-search.js';
import { createLexicon, type Lexicon, type Reading } from './lexicon.js';
import type { Card, Knowledge, Topic } from './model.js';
import { askedDate } from './question-date.js';
import { toldShare } from './question-numbers.js';
import { buildQuery, type Query } from './query.js';
import { tokenize, wordForms } from './vietnamese.js';

export interface CardIndex {
  readonly lexicon: Lexicon;
  /** The question's concepts, with what the conversation is about where the question leaves it out. */
  understand(question: string, topic?: Topic): Query;
  /** Cards that fit and are allowed, best first. */
  rank(query: Query, allowed: (card: Card) => boolean): Ranked[];
  /** Cards whose ways to ask are near to the question in its words, best first: to be offered, never to answer. */
  near(query: Query, allowed: (card: Card) => boolean): NearCard[];
  /** Builds what `near` needs, which the first question would otherwise wait for. */
  warm(): void;
  /** The cards of which these are the very words of a way to ask. */
  askedAs(query: Query): readonly Card[];
  /** True when the card's own question forms say this concept. */
  asks(card: Card, concept: string): boolean;
  /** All cards that speak about a subject. */
  cardsAbout(subject: string): readonly Card[];
}

const CANDIDATES = 80;
// "còn 10 người?"
const COUNTED = /\d\s*(?:nguoi|tap the|ho|can bo)\b/;
const ANY_DAY = '1900-01-01';

/** An index over all cards. */
export function createCardIndex(knowledge: Knowledge): CardIndex {
  const lexicon = createLexicon(knowledge.vocabulary);
  lexicon.learn(knowledge.cards.flatMap((card) => [card.title, card.answer, ...card.asks]));
  const all = knowledge.vocabulary.concepts;
  const entries = knowledge.cards.map((card) => buildEntry(card, lexicon, knowledge));
  const search = buildSearch(entries);

  const rank = (query: Query, allowed: (card: Card) => boolean): Ranked[] => {
    const terms = [...query.concepts.keys(), ...query.reading.words.keys()];
    const found = search.search(terms.join(' '), { boost: { concepts: 4, words: 2 } }).slice(0, CANDIDATES);
    const top = found[0]?.score ?? 1;
    return found
      .flatMap((hit): Ranked[] => {
        const entry = entries[Number(hit.id)];
        if (!entry || !allowed(entry.card) || !needsMet(entry.card, query) || !articleMatches(entry.card, query))
          return [];
        const scored = scoreEntry(entry, query, lexicon, all);
        return scored ? [{ ...scored, score: scored.score + 0.02 * (hit.score / top) }] : [];
      })
      .sort((a, b) => b.score - a.score);
  };
  const exact = new Map<string, Card[]>();
  for (const card of knowledge.cards)
    for (const ask of new Set(card.asks.map((text) => wordsOf(lexicon.readOwn(text))))) pushTo(exact, ask, card);
  let formSearch: FormSearch | null = null;
  const nearest = (): FormSearch => (formSearch ??= searchForms(knowledge, lexicon));
  return {
    lexicon,
    rank,
    near: (query, allowed) => nearest()(query.reading, allowed),
    warm: () => void nearest(),
    askedAs: (query) => exact.get(wordsOf(query.reading)) ?? [],
    understand: (question, topic) => {
      const reading = lexicon.read(question);
      return buildQuery(reading, all, addsSomething(question, reading, lexicon) ? topic : undefined);
    },
    asks: (card, concept) =>
      entries.some((entry) => entry.card === card && entry.forms.some((form) => form.concepts.has(concept))),
    cardsAbout: (subject) => entries.filter((entry) => entry.subjects.has(subject)).map((entry) => entry.card),
  };
}

const wordsOf = ({ tokens }: Reading): string => tokens.map((token) => token.folded).join(' ');

/** Readings of ways to ask: an officer's correction changes few of them. */
const readings = new WeakMap<Knowledge['forms'], Map<string, Reading>>();

function searchForms({ cards, forms, vocabulary }: Knowledge, lexicon: Lexicon): FormSearch {
  const known = readings.get(forms) ?? new Map<string, Reading>();
  readings.set(forms, known);
  const readOnce = (text: string): Reading => {
    const before = known.get(text);
    if (before) return before;
    const reading = lexicon.readOwn(text);
    known.set(text, reading);
    return reading;
  };
  const told = cards
    .filter((card) => card.lifeOf === undefined)
    .flatMap((card) =>
      [card.title, ...card.asks, ...(forms.get(card.id) ?? [])].map((text) => ({
        card,
        reading: readOnce(text),
      })),
    );
  const filler = new Set([...vocabulary.filler, ...vocabulary.common].map((word) => wordForms(word).folded));
  return createFormSearch(told, (folded) => filler.has(folded));
}

/** A text that adds nothing to what was said ("ừ", "asdf", "123") asks nothing: the topic must not answer in its place. */
function addsSomething(question: string, reading: Reading, lexicon: Lexicon): boolean {
  if (reading.concepts.size > 0) return true;
  if (!/\p{L}/u.test(question)) return false;
  // The day on which it is asked plays no part: only whether the text tells one.
  if (askedDate(question, { today: ANY_DAY }) || toldShare(question) || COUNTED.test(fold(question))) return true;
  // As typed: a word that the speller only made into a known one ("hehe") says nothing by itself.
  const typed = new Set(tokenize(question).map((token) => token.folded));
  return [...reading.words].some(([word, kind]) => kind !== 'common' && typed.has(word) && lexicon.knows(word));
}

function buildEntry(card: Card, lexicon: Lexicon, { vocabulary, parameters }: Knowledge): Entry {
  const all = vocabulary.concepts;
  const form = (text: string): Form => {
    const reading = lexicon.readOwn(text);
    return { concepts: new Set(reading.concepts.keys()), words: new Set(reading.words.keys()) };
  };
  const isDomain = (id: string) => all.get(id)?.type === 'domain';
  const everyForm = [...card.asks, ...(card.lifeOf === undefined ? [card.title] : [])].map(form);
  // A way to ask that says nothing but the field itself would fit any question of the field.
  const telling = everyForm.filter((one) => [...one.concepts].some((id) => !isDomain(id)));
  const forms = telling.length > 0 ? telling : everyForm;
  // What a bonus rests on stands with the parameters.
  const bonus = parameters.bonuses[card.bonus ?? ''];
  const resting = [
    ...card.basis.map((basis) => basis.document),
    ...(bonus ? [bonus.basis.document, ...parameters.baseSalary.map(({ document }) => document)] : []),
  ];
  const documents = resting.map(documentConcept);
  const profile = {
    concepts: new Set([
      ...forms.flatMap((one) => [...one.concepts]),
      ...card.also,
      ...card.subjects,
      ...documents,
      // A bonus is a multiple of the base salary: naming it changes nothing.
      ...(card.bonus === undefined ? [] : ['luong-co-so']),
      ...(documents.length > 0 ? [ANY_DOCUMENT] : []),
    ]),
    words: new Set(forms.flatMap((one) => [...one.words])),
  };
  const isSubject = (id: string) => all.get(id)?.type === 'subject';
  const subjects =
    card.subjects.length > 0 ? card.subjects : forms.flatMap((one) => [...one.concepts]).filter(isSubject);
  return {
    card,
    forms,
    profile,
    body: form(`${card.answer} ${card.details ?? ''}`),
    subjects: new Set(subjects),
    titleSubjects: new Set([...form(card.title).concepts].filter(isSubject)),
  };
}

function buildSearch(entries: readonly Entry[]): MiniSearch {
  const split = (text: string) => text.split(' ').filter((term) => term !== '');
  const search = new MiniSearch({
    fields: ['concepts', 'words', 'body'],
    tokenize: split,
    processTerm: (term) => term,
  });
  search.addAll(
    entries.map((entry, id) => ({
      id,
      concepts: [...entry.profile.concepts, ...(entry.card.applies === 'any' ? [] : entry.card.applies)].join(' '),
      words: [...entry.profile.words].join(' '),
      body: [...entry.body.concepts, ...entry.body.words].join(' '),
    })),
  );
  return search;
}

function articleMatches(card: Card, query: Query): boolean {
  if (query.article === undefined) return true;
  const asked = [...query.concepts.keys()].filter((id) => id.startsWith('doc:'));
  return card.basis.some(
    (basis) =>
      basis.article === query.article && (asked.length === 0 || asked.includes(documentConcept(basis.document))),
  );
}

function needsMet(card: Card, query: Query): boolean {
  const says = (id: string) => query.concepts.has(id);
  return card.needs.every((choice) => choice.some(says)) && !card.unless.some(says);
}
