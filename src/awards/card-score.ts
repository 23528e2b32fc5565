/** How well a card fits a question: how much of the question it covers, and how much more it is about. */
import type { Lexicon } from './lexicon.js';
import type { Card, Concept } from './model.js';
import type { Query } from './query.js';

/** One way to ask for a card, as features. */
export interface Form {
  readonly concepts: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
}

/** A card with everything that ranking needs to know of it. */
export interface Entry {
  readonly card: Card;
  readonly forms: readonly Form[];
  /** Concepts and words of all its forms, its title, `also` and `subjects`. */
  readonly profile: Form;
  readonly body: Form;
  readonly subjects: ReadonlySet<string>;
  /** The titles and forms that its own title names: what it is about, and not only mentions. */
  readonly titleSubjects: ReadonlySet<string>;
}

export interface Ranked {
  readonly card: Card;
  /** 0 to 1: how much of the question the card covers. */
  readonly score: number;
  /** Concepts of the question that the card does not speak about. */
  readonly uncovered: readonly string[];
}

const WEIGHT: Readonly<Record<Concept['type'], number>> = {
  subject: 4,
  document: 4,
  topic: 4,
  kind: 2.5,
  level: 1.2,
  who: 1.5,
  domain: 0.3,
  act: 0,
  outside: 4,
  plain: 0,
};
const SOFT_TOPIC = 1.5;
const SOFT_KIND = 1;
const WORD_WEIGHT = 1;
const UNKNOWN_WORD = 1.3;
const NAME_WEIGHT = 0.15;
const COMMON_WORD = 0.3;
/** Below this, a card does not speak about a concept. */
const MENTIONED = 0.35;
/** What only stands aside in the question of a card that is about something narrower. */
const ASIDE = 1;
/** However chatty a question is, its other words never weigh more than this. */
const WORDS_LIMIT = 4;
/** Less so where a card asks for words of its own, and they are there. */
const NARROW_LIMIT = 2.5;
/** The score of a card, or null when it speaks about another title. */
export function scoreEntry(
  entry: Entry,
  query: Query,
  lexicon: Lexicon,
  all: ReadonlyMap<string, Concept>,
): Ranked | null {
  const wanted = [...query.concepts.values()].filter((one) => one.type === 'subject');
  if (wanted.length > 0 && entry.subjects.size > 0 && !wanted.some((one) => speaksOf(entry, one, all))) return null;
  const best = entry.forms
    .map((form) => scoreForm(entry, form, query, lexicon, all))
    .reduce((a, b) => (b.score > a.score ? b : a));
  return { card: entry.card, ...best };
}

function scoreForm(
  entry: Entry,
  form: Form,
  query: Query,
  lexicon: Lexicon,
  all: ReadonlyMap<string, Concept>,
): { score: number; uncovered: string[] } {
  let total = 0;
  let matched = 0;
  const uncovered: string[] = [];
  for (const concept of query.concepts.values()) {
    const covered = coverage(entry, form, concept, all);
    const mentioned = concept.aside === true && covered < MENTIONED && entry.card.needs.length > 0;
    const weight = mentioned ? ASIDE : weightOf(concept);
    total += concept.type === 'domain' && covered === 0 ? 0 : weight;
    matched += weight * covered;
    if (covered < MENTIONED && !mentioned && isCritical(concept)) uncovered.push(concept.id);
  }
  const words = scoreWords(entry, form, query, lexicon);
  const missing = [...form.concepts]
    .filter((id) => !query.concepts.has(id) && !related(id, query, all))
    .reduce((sum, id) => sum + missingWeight(all.get(id)), 0);
  const whole = total + words.total + missing;
  const score = whole === 0 ? 0 : (matched + words.matched) / whole;
  return { score: uncovered.length > 0 ? score * 0.55 : score, uncovered };
}

function weightOf(concept: Concept): number {
  if (!concept.soft) return WEIGHT[concept.type];
  return concept.type === 'topic' ? SOFT_TOPIC : concept.type === 'kind' ? SOFT_KIND : WEIGHT[concept.type];
}
/** What a card must speak about when the question does; a soft concept may be left aside, and criteria are what a title means. */
function isCritical({ type, soft, id }: Concept): boolean {
  if (type === 'topic') return !soft;
  if (type === 'kind') return !soft && id !== 'criteria';
  return type === 'subject' || type === 'document' || type === 'outside';
}

/** What a form says and the question does not: the form is about something narrower. A title never named weighs most. */
function missingWeight(concept: Concept | undefined): number {
  if (!concept || concept.type === 'domain') return 0;
  const share = concept.type === 'subject' ? 0.8 : concept.type === 'kind' ? 0.4 : 0.45;
  return weightOf(concept) * share;
}

function coverage(entry: Entry, form: Form, concept: Concept, all: ReadonlyMap<string, Concept>): number {
  const onlyMentioned =
    concept.type === 'subject' && entry.titleSubjects.size > 0 && !entry.titleSubjects.has(concept.id);
  if (form.concepts.has(concept.id)) return onlyMentioned ? 0.85 : 1;
  if (entry.card.subjects.includes(concept.id)) return 0.97;
  if (entry.profile.concepts.has(concept.id)) return 0.85;
  if (concept.type === 'subject') {
    if (entry.card.applies === 'any') return 0.9;
    if (entry.card.applies.includes(concept.id)) return 0.95;
    if (speaksOf(entry, concept, all)) return 0.7;
  }
  return entry.body.concepts.has(concept.id) ? 0.4 : 0;
}

/** True when the card is about the subject, its parent or one of its children. */
function speaksOf(entry: Entry, subject: Concept, all: ReadonlyMap<string, Concept>): boolean {
  if (entry.card.applies === 'any' || entry.card.applies.includes(subject.id) || entry.profile.concepts.has(subject.id))
    return true;
  return [...entry.subjects].some(
    (id) => id === subject.id || id === subject.parent || all.get(id)?.parent === subject.id,
  );
}

/** True for a form's subject whose parent or child the question names. */
function related(id: string, query: Query, all: ReadonlyMap<string, Concept>): boolean {
  const concept = all.get(id);
  if (concept?.type !== 'subject') return false;
  return [...query.concepts.values()].some(
    (one) => one.type === 'subject' && (one.parent === id || concept.parent === one.id),
  );
}

function scoreWords(entry: Entry, form: Form, query: Query, lexicon: Lexicon): { total: number; matched: number } {
  let total = 0;
  let matched = 0;
  for (const [word, kind] of query.reading.words) {
    const weight =
      kind === 'name'
        ? NAME_WEIGHT
        : kind === 'common'
          ? COMMON_WORD
          : lexicon.knows(word)
            ? WORD_WEIGHT
            : UNKNOWN_WORD;
    total += weight;
    matched +=
      weight *
      (form.words.has(word) ? 1 : entry.profile.words.has(word) ? 0.75 : entry.body.words.has(word) ? 0.35 : 0);
  }
  const limit = entry.card.needs.length > 0 ? NARROW_LIMIT : WORDS_LIMIT;
  const scale = total > limit ? limit / total : 1;
  return { total: total * scale, matched: matched * scale };
}
