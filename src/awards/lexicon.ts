/** Finds the concepts of words.yaml in a text. */
import { pushTo } from './collect.js';
import { createSpeller, type Speller } from './spelling.js';
import type { Concept, ConceptType, Vocabulary } from './model.js';
import { hasMarks, tokenize, wordForms, type Token } from './vietnamese.js';

/** One place where a concept is said. `used` are the positions of its words. */
interface Match {
  readonly concept: Concept;
  readonly used: readonly number[];
  readonly marked: number;
  /** Some word was typed without the marks that the phrase has: it may be another word. */
  readonly loose: boolean;
}

/** A text, understood word by word. */
export interface Reading {
  readonly tokens: readonly Token[];
  readonly concepts: ReadonlyMap<string, Concept>;
  /** Folded words that belong to no concept and are no filler, with whether each looks like a name. */
  readonly words: ReadonlyMap<string, boolean>;
}

export interface Lexicon {
  read(text: string): Reading;
  /** Teaches the speller the words of the cards; called once, before the first question. */
  learn(texts: readonly string[]): void;
  knows(folded: string): boolean;
}

type Part = Token | 'gap';
interface Phrase {
  readonly concept: Concept;
  readonly parts: readonly Part[];
}

const GAP_LIMIT = 7;
/** From this share of marked words on, a text counts as typed with its marks. */
const CAREFUL = 0.4;
/** Concepts of one group may not share a word: the longest phrase wins. */
const GROUP: Readonly<Record<ConceptType, string>> = {
  subject: 'subject',
  level: 'subject',
  who: 'subject',
  document: 'document',
  topic: 'topic',
  kind: 'kind',
  domain: 'domain',
  act: 'act',
  outside: 'outside',
  plain: 'plain',
};
/** What a phrase may hide when it lies wholly inside it. */
const HIDES: Readonly<Record<ConceptType, readonly ConceptType[]>> = {
  subject: ['topic', 'kind', 'domain', 'outside'],
  document: ['topic', 'kind', 'domain', 'subject', 'level', 'who'],
  topic: ['kind', 'level', 'who'],
  kind: [],
  level: [],
  who: [],
  domain: [],
  act: [],
  outside: [],
  plain: [],
};

/** A lexicon over the vocabulary. */
export function createLexicon(vocabulary: Vocabulary): Lexicon {
  const shorthand = compileShorthand(vocabulary.shorthand);
  const split = (text: string): Token[] => expandShorthand(tokenize(text), shorthand);
  const phrases = compilePhrases(vocabulary.concepts, split);
  const filler = new Set(vocabulary.filler.map((word) => wordForms(word).folded));
  const frequency = new Map<string, number>();
  const markedWords = new Set<string>();
  let speller: Speller | null = null;

  const note = (tokens: readonly Token[]) => {
    for (const token of tokens) {
      frequency.set(token.folded, (frequency.get(token.folded) ?? 0) + 1);
      if (hasMarks(token)) markedWords.add(token.key);
    }
  };
  for (const list of phrases.values()) for (const phrase of list) note(phrase.parts.filter((part) => part !== 'gap'));
  note(vocabulary.filler.flatMap(tokenize));
  note(Object.keys(vocabulary.shorthand).flatMap(tokenize));
  const children = [...vocabulary.concepts.values()].filter(
    (one) => one.parent !== undefined && one.level !== undefined,
  );

  const read = (text: string): Reading => {
    speller ??= createSpeller(frequency);
    const typed = expandShorthand(speller.correct(tokenize(text)), shorthand);
    const chosen = hideInner(chooseMatches(findMatches(typed, phrases, markedWords)));
    const concepts = new Map(chosen.map((match) => [match.concept.id, match.concept]));
    return {
      tokens: typed,
      concepts: complete(concepts, vocabulary.concepts, children),
      words: restOf(typed, chosen, filler),
    };
  };
  const learn = (texts: readonly string[]) => {
    speller = null;
    for (const text of texts) note(split(text));
  };
  return { read, learn, knows: (folded) => frequency.has(folded) };
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

/** Phrases are looked up by their first two words: few begin alike. */
const pairKey = (first: Token, second: Token): string => `${first.folded} ${second.folded}`;

function compilePhrases(
  concepts: ReadonlyMap<string, Concept>,
  split: (text: string) => Token[],
): Map<string, Phrase[]> {
  const phrases = new Map<string, Phrase[]>();
  for (const concept of concepts.values()) {
    for (const words of concept.words) {
      const parts = words.split('…').flatMap((piece, n): Part[] => (n === 0 ? split(piece) : ['gap', ...split(piece)]));
      const first = parts[0];
      if (first === undefined || first === 'gap') continue;
      const second = parts[1];
      pushTo(phrases, second === undefined || second === 'gap' ? first.folded : pairKey(first, second), {
        concept,
        parts,
      });
    }
  }
  return phrases;
}

function findMatches(
  tokens: readonly Token[],
  phrases: ReadonlyMap<string, readonly Phrase[]>,
  markedWords: ReadonlySet<string>,
): Match[] {
  const matches: Match[] = [];
  const carefully = tokens.filter(hasMarks).length >= tokens.length * CAREFUL;
  tokens.forEach((token, at) => {
    const next = tokens[at + 1];
    const begun = [...(phrases.get(token.folded) ?? []), ...((next && phrases.get(pairKey(token, next))) ?? [])];
    for (const phrase of begun) {
      const used = matchPhrase(tokens, at, phrase.parts, markedWords);
      if (!used) continue;
      const loose = isLoose(tokens, used, phrase.parts);
      const marked = used.filter((n) => tokens[n] && hasMarks(tokens[n])).length;
      if (loose && marked === 0 && used.length < 3 && (carefully || phrase.parts.includes('gap'))) continue;
      // "thuoc" is "thuộc" far more often than "thuốc": one bare word never leads outside, nor is it an act.
      if (loose && used.length === 1 && (phrase.concept.type === 'outside' || phrase.concept.type === 'act')) continue;
      matches.push({ concept: phrase.concept, used, loose, marked });
    }
  });
  return matches;
}

/** True when a word of the phrase has marks and was typed without: "quan" may be "quận", or the "quan" of "cơ quan". */
function isLoose(tokens: readonly Token[], used: readonly number[], parts: readonly Part[]): boolean {
  const wanted = parts.filter((part) => part !== 'gap');
  return used.some((at, n) => {
    const typed = tokens[at];
    const word = wanted[n];
    return typed !== undefined && word !== undefined && hasMarks(word) && !hasMarks(typed);
  });
}

function matchPhrase(
  tokens: readonly Token[],
  start: number,
  parts: readonly Part[],
  markedWords: ReadonlySet<string>,
): number[] | null {
  const used: number[] = [];
  let at = start;
  for (let n = 0; n < parts.length; n += 1) {
    const part = parts[n];
    if (part === undefined) return null;
    if (part === 'gap') {
      const next = parts[n + 1];
      if (next === undefined || next === 'gap') return null;
      const limit = Math.min(tokens.length, at + GAP_LIMIT);
      while (at < limit && !sameWord(tokens[at], next, markedWords)) at += 1;
      continue;
    }
    if (!sameWord(tokens[at], part, parts.length === 1 ? null : markedWords)) return null;
    used.push(at);
    at += 1;
  }
  return used;
}

/**
 * The typed word is the word of the phrase when it is the same with its marks, has none, or has marks that
 * make no word the knowledge knows (a wrong tone). "tính" is therefore never "tỉnh", but "tiến" typed "tiển" is.
 */
function sameWord(typed: Token | undefined, wanted: Token, markedWords: ReadonlySet<string> | null): boolean {
  if (typed === undefined || typed.folded !== wanted.folded) return false;
  return (
    typed.key === wanted.key ||
    !hasMarks(typed) ||
    !hasMarks(wanted) ||
    (markedWords !== null && !markedWords.has(typed.key))
  );
}

/** In each group the longest phrases win; equal ones of different concepts stay side by side. */
function chooseMatches(matches: readonly Match[]): Match[] {
  const sorted = [...matches].sort(
    (a, b) => b.used.length - a.used.length || b.marked - a.marked || (a.used[0] ?? 0) - (b.used[0] ?? 0),
  );
  const taken = new Map<string, Map<number, string>>();
  const chosen: Match[] = [];
  for (const match of sorted) {
    const group = GROUP[match.concept.type];
    const owned = taken.get(group) ?? new Map<number, string>();
    const span = match.used.join(',');
    // The same words may mean two things of one group; other overlaps are parts of a longer phrase.
    if (match.used.some((n) => owned.has(n) && owned.get(n) !== span)) continue;
    for (const n of match.used) owned.set(n, span);
    taken.set(group, owned);
    chosen.push(match);
  }
  return chosen;
}

// What a question is about stays, however it was typed.
const KEPT: readonly ConceptType[] = ['subject', 'document', 'domain'];

/** A phrase inside a longer one gives way where it is only a part of its meaning, or only seems to be said. */
function hideInner(matches: readonly Match[]): Match[] {
  const hides = (outer: Match, inner: Match) =>
    outer.used.length > inner.used.length &&
    ((inner.loose && !KEPT.includes(inner.concept.type)) || HIDES[outer.concept.type].includes(inner.concept.type)) &&
    inner.used.every((n) => outer.used.includes(n));
  return matches.filter(
    (inner) => inner.concept.type !== 'plain' && !matches.some((outer) => outer !== inner && hides(outer, inner)),
  );
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

function restOf(
  tokens: readonly Token[],
  matches: readonly Match[],
  filler: ReadonlySet<string>,
): Map<string, boolean> {
  const used = new Set(matches.flatMap((match) => match.used));
  const words = new Map<string, boolean>();
  tokens.forEach((token, at) => {
    if (used.has(at) || filler.has(token.folded) || /^\p{N}|%/u.test(token.folded) || token.folded.length < 2) return;
    words.set(token.folded, token.name);
  });
  return words;
}
