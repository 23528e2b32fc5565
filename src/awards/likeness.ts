/** How alike two questions are, so that one answer may serve everybody who asked the same. */
import { createLexicon, type Reading } from './lexicon.js';
import type { Concept, Knowledge } from './model.js';

/** 0: other matters; 1: the same question in whatever words. */
export type Likeness = (a: string, b: string) => number;

const WEIGHT: Readonly<Partial<Record<Concept['type'], number>>> = {
  subject: 4,
  document: 4,
  topic: 3,
  kind: 3,
  outside: 2,
  who: 1.5,
  level: 1.5,
  domain: 0.3,
};
const WORD = 0.6;
/** Other figures make another question, however alike the words are. */
const OTHER_FIGURES = 0.4;
const REMEMBER = 2_000;

/** Compares questions by what they speak about, and only then by their other words. */
export function createLikeness(knowledge: Pick<Knowledge, 'vocabulary' | 'cards'>): Likeness {
  const lexicon = createLexicon(knowledge.vocabulary);
  lexicon.learn(knowledge.cards.flatMap((card) => [card.title, card.answer, ...card.asks]));
  const remembered = new Map<string, Reading>();
  // Grouping compares each open question with many others: reading it once is enough.
  const read = (text: string): Reading => {
    const before = remembered.get(text);
    if (before) return before;
    if (remembered.size >= REMEMBER) remembered.clear();
    const reading = lexicon.read(text);
    remembered.set(text, reading);
    return reading;
  };
  return (a, b) => compare(read(a), read(b));
}

function compare(a: Reading, b: Reading): number {
  for (const type of ['subject', 'level', 'kind', 'document', 'topic'] as const)
    if (contradict(idsOf(a, type), idsOf(b, type))) return 0;
  let shared = 0;
  let whole = 0;
  for (const [id, concept] of new Map([...a.concepts, ...b.concepts])) {
    const weight = WEIGHT[concept.type] ?? 0;
    whole += weight;
    if (a.concepts.has(id) && b.concepts.has(id)) shared += weight;
  }
  for (const word of new Set([...a.words.keys(), ...b.words.keys()])) {
    whole += WORD;
    if (a.words.has(word) && b.words.has(word)) shared += WORD;
  }
  if (whole === 0) return sameText(a, b) ? 1 : 0;
  return (shared / whole) * (sameFigures(a, b) ? 1 : OTHER_FIGURES);
}

const idsOf = (reading: Reading, type: Concept['type']): ReadonlySet<string> =>
  new Set([...reading.concepts.values()].filter((one) => one.type === type && !one.soft).map((one) => one.id));

/** Each names something of this type that the other does not: two titles, two levels, money and papers. */
const contradict = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  [...a].some((id) => !b.has(id)) && [...b].some((id) => !a.has(id));

const figuresOf = (reading: Reading): string =>
  reading.tokens
    .map((token) => token.folded)
    .filter((word) => /^\d/.test(word))
    .sort()
    .join(' ');

const sameFigures = (a: Reading, b: Reading): boolean => figuresOf(a) === figuresOf(b);

const sameText = (a: Reading, b: Reading): boolean =>
  a.tokens.map((token) => token.folded).join(' ') === b.tokens.map((token) => token.folded).join(' ');
