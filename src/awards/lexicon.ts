/** Finds the concepts of words.yaml in a text. */
import { pushTo } from './collect.js';
import { withoutDenied } from './negation.js';
import { compilePhrases, isCareful, readConcepts, type Match } from './phrases.js';
import { createSpeller, type Speller } from './spelling.js';
import type { Concept, Vocabulary } from './model.js';
import { hasMarks, tokenize, tokenizeClean, wordForms, type Token } from './vietnamese.js';

/** name: written like one. common: typed without marks, and either filler or another word. */
export type LooseWord = 'word' | 'name' | 'common';

/** A text, understood word by word. */
export interface Reading {
  readonly tokens: readonly Token[];
  readonly concepts: ReadonlyMap<string, Concept>;
  /** Folded words that belong to no concept and are no filler, with what each looks like. */
  readonly words: ReadonlyMap<string, LooseWord>;
}

export interface Lexicon {
  read(text: string): Reading;
  /** The same of a text of the knowledge: it is clean, and has no slips to put right. */
  readOwn(text: string): Reading;
  /** Teaches the speller the words of the cards; called once, before the first question. */
  learn(texts: readonly string[]): void;
  knows(folded: string): boolean;
}

/** A lexicon over the vocabulary. */
export function createLexicon(vocabulary: Vocabulary): Lexicon {
  const shorthand = compileShorthand(vocabulary.shorthand);
  const split = (text: string): Token[] => expandShorthand(tokenize(text), shorthand);
  const phrases = compilePhrases(vocabulary.concepts, split);
  const filler = buildFiller(vocabulary);
  const frequency = new Map<string, number>();
  const markedWords = new Set<string>();
  let speller: Speller | null = null;

  const note = (tokens: readonly Token[]) => {
    for (const token of tokens) {
      frequency.set(token.folded, (frequency.get(token.folded) ?? 0) + 1);
      if (hasMarks(token)) markedWords.add(token.key);
    }
  };
  for (const { alone, by } of phrases.values())
    for (const phrase of [...alone, ...[...by.values()].flat()]) note(phrase.parts.filter((part) => part !== 'gap'));
  note([...vocabulary.filler, ...vocabulary.common].flatMap(tokenize));
  note(Object.keys(vocabulary.shorthand).flatMap(tokenize));
  const children = [...vocabulary.concepts.values()].filter(
    (one) => one.parent !== undefined && one.level !== undefined,
  );

  const understand = (tokens: readonly Token[]): Reading => {
    const typed = expandShorthand(tokens, shorthand);
    const chosen = readConcepts(typed, phrases, markedWords);
    const meant = withoutDenied(typed, chosen);
    const concepts = new Map(meant.map((match) => [match.concept.id, match.concept]));
    return {
      tokens: typed,
      concepts: complete(concepts, vocabulary.concepts, children),
      words: restOf(typed, chosen, filler),
    };
  };
  const read = (text: string): Reading => {
    speller ??= createSpeller(frequency);
    return understand(speller.correct(tokenize(text)));
  };
  const readOwn = (text: string): Reading => understand(tokenizeClean(text));
  const learn = (texts: readonly string[]) => {
    speller = null;
    for (const text of texts) note(split(text));
  };
  return { read, readOwn, learn, knows: (folded) => frequency.has(folded) };
}

interface ShortForm {
  readonly from: readonly Token[];
  readonly to: readonly Token[];
}

function compileShorthand(entries: Readonly<Record<string, string>>): ReadonlyMap<string, readonly ShortForm[]> {
  const map = new Map<string, ShortForm[]>();
  for (const [short, long] of Object.entries(entries)) {
    const from = tokenize(short);
    const first = from[0]?.folded;
    if (first !== undefined) pushTo(map, first, { from, to: tokenize(long) });
  }
  for (const forms of map.values()) forms.sort((a, b) => b.from.length - a.from.length);
  return map;
}

/** A short form written with marks must be typed with them ("đk" and "dk" differ). */
function expandShorthand(tokens: readonly Token[], short: ReadonlyMap<string, readonly ShortForm[]>): Token[] {
  const out: Token[] = [];
  for (let at = 0; at < tokens.length;) {
    const form = short
      .get(tokens[at]?.folded ?? '')
      ?.find(({ from }) => from.every((word, n) => tokens[at + n]?.key === word.key));
    if (form) {
      out.push(...form.to);
      at += form.from.length;
    } else {
      const token = tokens[at];
      if (token) out.push(token);
      at += 1;
    }
  }
  return out;
}

/** Adds what concepts imply, joins a parent with its level, and drops what lacks its companion. */
function complete(
  found: Map<string, Concept>,
  all: ReadonlyMap<string, Concept>,
  children: readonly Concept[],
): Map<string, Concept> {
  const concepts = new Map(found);
  for (const concept of found.values()) for (const id of concept.implies) addTo(concepts, all.get(id));
  for (const child of children) {
    if (
      child.parent === undefined ||
      child.level === undefined ||
      !concepts.has(child.parent) ||
      !concepts.has(child.level)
    )
      continue;
    addTo(concepts, child);
  }
  for (const concept of [...concepts.values()]) {
    if (concept.needs.length > 0 && !concept.needs.some((id) => concepts.has(id))) concepts.delete(concept.id);
    if (concept.parent !== undefined && concepts.has(concept.parent)) concepts.delete(concept.parent);
  }
  return concepts;
}

function addTo(concepts: Map<string, Concept>, concept: Concept | undefined): void {
  if (concept) concepts.set(concept.id, concept);
}

/** Words that mean nothing by themselves, as they are written and without their marks. */
interface Filler {
  readonly keys: ReadonlySet<string>;
  readonly folded: ReadonlySet<string>;
  readonly common: ReadonlySet<string>;
}

function buildFiller({ filler, common }: Vocabulary): Filler {
  const forms = filler.map(wordForms);
  const commonForms = common.map(wordForms);
  return {
    keys: new Set([...forms, ...commonForms].map((one) => one.key)),
    folded: new Set(forms.map((one) => one.folded)),
    common: new Set(commonForms.map((one) => one.folded)),
  };
}

/** "đầu" is filler, "dấu" is not: a word with marks must be the very word; "dau" may be either. */
function looseWord(token: Token, filler: Filler, careful: boolean): LooseWord | null {
  if (filler.keys.has(token.key) && (hasMarks(token) || careful)) return null;
  if (!hasMarks(token) && filler.folded.has(token.folded)) return null;
  if (!hasMarks(token) && filler.common.has(token.folded)) return careful ? null : 'common';
  return token.name ? 'name' : 'word';
}

function restOf(tokens: readonly Token[], matches: readonly Match[], filler: Filler): Map<string, LooseWord> {
  const used = new Set(matches.flatMap((match) => match.used));
  const careful = isCareful(tokens);
  const words = new Map<string, LooseWord>();
  tokens.forEach((token, at) => {
    if (used.has(at) || /^\p{N}|%/u.test(token.folded) || token.folded.length < 2) return;
    const loose = looseWord(token, filler, careful);
    if (loose !== null) words.set(token.folded, loose);
  });
  return words;
}
