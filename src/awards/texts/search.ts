/**
 * Finds passages of the official texts that are near to a question. They are shown to officers, never given as an answer.
 *
 * Not the search library of the cards: with tens of thousands of passages and a question of ten common words it looks at
 * most of the passages through objects and maps and takes a tenth of a second; flat arrays take a few milliseconds.
 */
import { wordForms } from '../vietnamese.js';

/** One thing to find: a clause with its points, or an article without clauses. */
export interface SearchUnit {
  readonly title: string;
  readonly text: string;
}

export interface PassageSearch {
  /** Numbers of the units, best first. */
  find(query: string, limit: number): number[];
}

const WORD = /[\p{L}\p{M}]+|\p{N}+/gu;
/** More words than this add time and no meaning. */
const MOST_WORDS = 24;
/** Candidates looked at again, with their marks. */
const AGAIN = 20;
/** How much a word of the title counts beside one of the text. */
const TITLE = 2;
// The usual constants of BM25: how fast a word said again stops counting, and how much a long passage is held back.
const SATURATION = 1.2;
const LENGTH = 0.7;

const words = (text: string): string[] => text.match(WORD) ?? [];
const folded = (text: string): string[] => words(text).map((word) => wordForms(word).folded);

/** Where a word occurs: its unit and how often, in pairs. */
interface Postings {
  readonly pairs: Uint32Array;
  readonly rarity: number;
}

/** An index over units. `filler`: words that mean nothing by themselves. */
export function createPassageSearch(units: readonly SearchUnit[], filler: readonly string[]): PassageSearch {
  const idle = new Set(filler.flatMap(folded));
  const { postings, lengths } = indexUnits(units, idle);
  const scores = new Float32Array(units.length);
  return {
    find: (query, limit) => {
      const terms = [...new Set(folded(query))].filter((term) => !idle.has(term)).slice(0, MOST_WORDS);
      scores.fill(0);
      for (const term of terms) addScores(scores, postings.get(term), lengths);
      return rankAgain(query, bestOf(scores, AGAIN), scores, units).slice(0, limit);
    },
  };
}

function indexUnits(units: readonly SearchUnit[], idle: ReadonlySet<string>) {
  const lists = new Map<string, number[]>();
  const lengths = new Float32Array(units.length);
  units.forEach((unit, id) => {
    for (const [text, weight] of [
      [unit.title, TITLE],
      [unit.text, 1],
    ] as const)
      for (const term of folded(text)) {
        if (idle.has(term)) continue;
        lengths[id] = (lengths[id] ?? 0) + weight;
        note(lists, term, id, weight);
      }
  });
  const mean = lengths.reduce((sum, one) => sum + one, 0) / Math.max(1, units.length);
  for (let id = 0; id < lengths.length; id += 1) lengths[id] = 1 - LENGTH + LENGTH * ((lengths[id] ?? 0) / (mean || 1));
  const postings = new Map<string, Postings>();
  for (const [term, list] of lists) {
    const holders = list.length / 2;
    const rarity = Math.log(1 + (units.length - holders + 0.5) / (holders + 0.5));
    postings.set(term, { pairs: Uint32Array.from(list), rarity });
  }
  return { postings, lengths };
}

/** Units come in order, so a word of the same unit is the last pair of its list. */
function note(lists: Map<string, number[]>, term: string, id: number, weight: number): void {
  const list = lists.get(term);
  if (!list) lists.set(term, [id, weight]);
  else if (list[list.length - 2] === id) list[list.length - 1] = (list[list.length - 1] ?? 0) + weight;
  else list.push(id, weight);
}

function addScores(scores: Float32Array, postings: Postings | undefined, lengths: Float32Array): void {
  if (!postings) return;
  const { pairs, rarity } = postings;
  for (let at = 0; at < pairs.length; at += 2) {
    const id = pairs[at] ?? 0;
    const often = pairs[at + 1] ?? 0;
    const gain = (often * (SATURATION + 1)) / (often + SATURATION * (lengths[id] ?? 1));
    scores[id] = (scores[id] ?? 0) + rarity * gain;
  }
}

/** The numbers of the highest scores above nothing, highest first. */
function bestOf(scores: Float32Array, count: number): number[] {
  const best: number[] = [];
  let least = 0;
  for (let id = 0; id < scores.length; id += 1) {
    const score = scores[id] ?? 0;
    if (score <= least) continue;
    let place = best.length;
    while (place > 0 && (scores[best[place - 1] ?? 0] ?? 0) < score) place -= 1;
    best.splice(place, 0, id);
    if (best.length > count) best.pop();
    if (best.length === count) least = scores[best[count - 1] ?? 0] ?? 0;
  }
  return best;
}

/** Words with the same marks, side by side as in the question, tell more than single folded ones. */
function rankAgain(
  query: string,
  found: readonly number[],
  scores: Float32Array,
  units: readonly SearchUnit[],
): number[] {
  const pairs = pairsOf(query);
  const top = scores[found[0] ?? 0] ?? 1;
  return found
    .map((id) => {
      const unit = units[id];
      const own = unit ? pairsOf(`${unit.title} ${unit.text}`) : new Set<string>();
      const shared = [...pairs].filter((pair) => own.has(pair)).length;
      return { id, score: (scores[id] ?? 0) / top + shared / Math.max(1, pairs.size) };
    })
    .sort((a, b) => b.score - a.score)
    .map((hit) => hit.id);
}

function pairsOf(text: string): Set<string> {
  const keys = words(text).map((word) => wordForms(word).key);
  return new Set(keys.slice(1).map((key, n) => `${keys[n] ?? ''} ${key}`));
}
