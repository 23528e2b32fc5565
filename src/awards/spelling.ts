/** Puts right what was typed wrong, as far as the knowledge knows the word. */
import { pushTo } from './collect.js';
import { isSyllable, undoTelex, wordForms, type Token } from './vietnamese.js';

export interface Speller {
  /** The words as they were meant; a word that may well be right stays. */
  correct(tokens: readonly Token[]): Token[];
}

/** Longer than four syllables written as one: no slip, and costly to look at. */
const LONGEST = 24;

/** A speller over the words (folded) that the knowledge uses, with how often. */
export function createSpeller(frequency: ReadonlyMap<string, number>): Speller {
  const byDelete = indexByDelete(frequency);
  const best = (candidates: Iterable<string>): string | undefined => {
    let found: string | undefined;
    for (const word of candidates)
      if (found === undefined || (frequency.get(word) ?? 0) > (frequency.get(found) ?? 0)) found = word;
    return found;
  };
  const near = (folded: string): string | undefined =>
    best(
      [...deletesOf(folded), folded]
        .flatMap((cut) => byDelete.get(cut) ?? [])
        .filter((word) => withinOneSlip(folded, word)),
    );

  const repair = (token: Token): Token[] => {
    if (token.folded.length > LONGEST) return [token];
    if (frequency.has(token.folded) || isSyllable(token.folded) || !/^[a-z]+$/.test(token.folded)) return [token];
    const telex = undoTelex(token.folded);
    if (telex !== null && frequency.has(telex)) return [bare(telex)];
    const swapped = token.name ? undefined : best(swapsOf(token.folded).filter((word) => frequency.has(word)));
    if (swapped !== undefined) return [bare(swapped)];
    const parts = splitGlued(token.folded, frequency);
    if (parts) return parts.map(bare);
    // Without a vowel it is a short form: another letter makes another one.
    const least = /[aeiouy]/.test(token.folded) ? 4 : 6;
    const meant = token.folded.length >= least && !token.name ? near(token.folded) : undefined;
    return [meant === undefined ? token : bare(meant)];
  };
  return { correct: (tokens) => tokens.flatMap(repair) };
}

const bare = (word: string): Token => ({ ...wordForms(word), name: false });

/** "thidua" → "thi dua": at most four known syllables. */
function splitGlued(folded: string, known: ReadonlyMap<string, number>, left = 4): string[] | null {
  if (known.has(folded) && isSyllable(folded)) return [folded];
  if (left === 1 || folded.length < 4) return null;
  for (let cut = Math.min(6, folded.length - 2); cut >= 2; cut -= 1) {
    const head = folded.slice(0, cut);
    if (!known.has(head) || !isSyllable(head)) continue;
    const tail = splitGlued(folded.slice(cut), known, left - 1);
    if (tail) return [head, ...tail];
  }
  return null;
}

function indexByDelete(frequency: ReadonlyMap<string, number>): Map<string, string[]> {
  const index = new Map<string, string[]>();
  for (const word of frequency.keys()) {
    if (word.length < 4) continue;
    for (const cut of [word, ...deletesOf(word)]) pushTo(index, cut, word);
  }
  return index;
}

const deletesOf = (word: string): string[] => Array.from(word, (_, at) => word.slice(0, at) + word.slice(at + 1));

/** The word with two neighbours changed over, at every place. */
const swapsOf = (word: string): string[] =>
  Array.from(
    { length: word.length - 1 },
    (_, at) => word.slice(0, at) + (word[at + 1] ?? '') + (word[at] ?? '') + word.slice(at + 2),
  );

/** True for one letter too many, missing, other, or two swapped. */
function withinOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const restA = a.slice(at);
  const restB = b.slice(at);
  if (restA.slice(1) === restB || restA === restB.slice(1) || restA.slice(1) === restB.slice(1)) return true;
  return restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
}
