/** Phrases of the vocabulary, and where a text says them. */
import { pushTo } from './collect.js';
import type { Concept, ConceptType } from './model.js';
import { hasMarks, type Token } from './vietnamese.js';

/** One place where a concept is said. `used` are the positions of its words. */
export interface Match {
  readonly concept: Concept;
  readonly used: readonly number[];
  readonly marked: number;
  /** Some word was typed without the marks that the phrase has: it may be another word. */
  readonly loose: boolean;
}

type Part = Token | 'gap';
export interface Phrase {
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

/** The phrases that begin with one word: few begin with the same two. */
interface Beginning {
  /** Of that word alone, or with a gap after it. */
  readonly alone: Phrase[];
  readonly by: Map<string, Phrase[]>;
}
export type Phrases = ReadonlyMap<string, Beginning>;
const NONE: readonly Phrase[] = [];

/** All phrases of the concepts, by their first word and their second. */
export function compilePhrases(concepts: ReadonlyMap<string, Concept>, split: (text: string) => Token[]): Phrases {
  const phrases = new Map<string, Beginning>();
  for (const concept of concepts.values()) {
    for (const words of concept.words) {
      const parts = words.split('…').flatMap((piece, n): Part[] => (n === 0 ? split(piece) : ['gap', ...split(piece)]));
      const first = parts[0];
      if (first === undefined || first === 'gap') continue;
      const second = parts[1];
      const beginning = phrases.get(first.folded) ?? { alone: [], by: new Map<string, Phrase[]>() };
      phrases.set(first.folded, beginning);
      if (second === undefined || second === 'gap') beginning.alone.push({ concept, parts });
      else pushTo(beginning.by, second.folded, { concept, parts });
    }
  }
  return phrases;
}

/** True for a text that is typed with its marks. */
export const isCareful = (tokens: readonly Token[]): boolean =>
  tokens.filter(hasMarks).length >= tokens.length * CAREFUL;

/** Every place where a phrase is said. */
function findMatches(tokens: readonly Token[], phrases: Phrases, markedWords: ReadonlySet<string>): Match[] {
  const matches: Match[] = [];
  const carefully = isCareful(tokens);
  tokens.forEach((token, at) => {
    const begun = phrases.get(token.folded);
    if (!begun) return;
    const take = (phrase: Phrase): void => {
      const used = matchPhrase(tokens, at, phrase.parts, markedWords);
      if (!used) return;
      const loose = isLoose(tokens, used, phrase.parts);
      const marked = used.filter((n) => tokens[n] && hasMarks(tokens[n])).length;
      if (loose && marked === 0 && used.length < 3 && (carefully || phrase.parts.includes('gap'))) return;
      // "thuoc" is "thuộc" far more often than "thuốc": one bare word never leads outside, nor is it an act.
      if (loose && used.length === 1 && (phrase.concept.type === 'outside' || phrase.concept.type === 'act')) return;
      matches.push({ concept: phrase.concept, used, loose, marked });
    };
    begun.alone.forEach(take);
    (begun.by.get(tokens[at + 1]?.folded ?? '') ?? NONE).forEach(take);
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

const isField = ({ type, anchor }: Concept): boolean => type === 'domain' && anchor === 'strong';

/** True when two phrases share a word, but neither lies inside the other. */
const crosses = (a: Match, b: Match): boolean =>
  a.used.some((n) => b.used.includes(n)) &&
  !a.used.every((n) => b.used.includes(n)) &&
  !b.used.every((n) => a.used.includes(n));

/** A phrase inside a longer one gives way where it is only a part of its meaning, or only seems to be said. */
function hideInner(matches: readonly Match[]): Match[] {
  const hides = (outer: Match, inner: Match) =>
    outer.used.length > inner.used.length &&
    ((inner.loose && !KEPT.includes(inner.concept.type)) || HIDES[outer.concept.type].includes(inner.concept.type)) &&
    inner.used.every((n) => outer.used.includes(n));
  // Half inside a title ("bằng khen | hai lần" is no "khen hai lần") or half inside the field ("khen thưởng | mấy lần" is no
  // "thưởng mấy"): the words were cut in the wrong place. In "giấy khen | thưởng bao nhiêu" it is the field that is cut.
  const titles = matches.filter((match) => match.concept.type === 'subject');
  const cuts = (outer: Match, inner: Match) =>
    crosses(outer, inner) &&
    ((outer.concept.type === 'subject' && inner.concept.type === 'topic') ||
      (inner.concept.type === 'kind' && isField(outer.concept) && !titles.some((title) => crosses(title, outer))));
  return matches.filter(
    (inner) =>
      inner.concept.type !== 'plain' &&
      !matches.some((outer) => outer !== inner && (hides(outer, inner) || cuts(outer, inner))),
  );
}

/** The concepts that a text says, each with its words: the longest phrases, without what is only a part of them. */
export function readConcepts(tokens: readonly Token[], phrases: Phrases, markedWords: ReadonlySet<string>): Match[] {
  return hideInner(chooseMatches(findMatches(tokens, phrases, markedWords)));
}
