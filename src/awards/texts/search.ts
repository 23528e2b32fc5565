/**
 * Finds passages of the official texts that are near to a question. They are shown to officers, never given as an answer.
 * The words of a law come back in every clause, so their lists are long: over 50,000 passages MiniSearch takes 100 ms a
 * question and up to half a second. Here a word's passages stand in one typed array, which is all that BM25 needs.
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
/** More words than this add time and no meaning: the rarest are kept. */
const MOST_WORDS = 10;
/** Candidates looked at again, with their marks. */
const AGAIN = 20;
/** BM25: how soon a repeated word stops counting, and how much a long passage is held back. */
const SATURATION = 1.2;
const LENGTH_SHARE = 0.7;
const TITLE_WEIGHT = 2;

const words = (text: string): string[] => text.match(WORD) ?? [];
const folded = (text: string): string[] => words(text).map((word) => wordForms(word).folded);

/** Where a word stands: the numbers of its units, and what it weighs in each. */
interface Postings {
  readonly units: Uint32Array;
  readonly weights: Float32Array;
}

/** An index over units. `filler`: words that mean nothing by themselves. */
export function createPassageSearch(units: readonly SearchUnit[], filler: readonly string[]): PassageSearch {
  const index = buildIndex(units, new Set(filler.flatMap(folded)));
  const scores = new Float32Array(units.length);
  return {
    find: (query, limit) => {
      const typed = [...new Set(folded(query))]
        .flatMap((word) => index.get(word) ?? [])
        .sort((a, b) => a.units.length - b.units.length)
        .slice(0, MOST_WORDS);
      scores.fill(0);
      for (const { units: at, weights } of typed)
        for (let n = 0; n < at.length; n += 1) {
          const unit = at[n] ?? 0;
          scores[unit] = (scores[unit] ?? 0) + (weights[n] ?? 0);
        }
      return rankAgain(query, best(scores, AGAIN), units).slice(0, limit);
    },
  };
}

/** One word's units while the index is built: how often it stands in the title and in the text of each. */
interface Found {
  readonly units: number[];
  readonly titles: number[];
  readonly texts: number[];
}

function buildIndex(units: readonly SearchUnit[], idle: ReadonlySet<string>): ReadonlyMap<string, Postings> {
  const found = new Map<string, Found>();
  const lengths = { titles: new Float32Array(units.length), texts: new Float32Array(units.length) };
  const note = (word: string, unit: number, field: 'titles' | 'texts'): void => {
    if (idle.has(word)) return;
    lengths[field][unit] = (lengths[field][unit] ?? 0) + 1;
    let list = found.get(word);
    if (!list) found.set(word, (list = { units: [], titles: [], texts: [] }));
    if (list.units.at(-1) !== unit) {
      list.units.push(unit);
      list.titles.push(0);
      list.texts.push(0);
    }
    list[field].push((list[field].pop() ?? 0) + 1);
  };
  units.forEach(({ title, text }, unit) => {
    for (const word of folded(title)) note(word, unit, 'titles');
    for (const word of folded(text)) note(word, unit, 'texts');
  });
  const averages = { titles: average(lengths.titles), texts: average(lengths.texts) };
  const weight = (list: Found, n: number, field: 'titles' | 'texts'): number => {
    const count = list[field][n] ?? 0;
    const length = (lengths[field][list.units[n] ?? 0] ?? 0) / averages[field];
    return (count * (SATURATION + 1)) / (count + SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length));
  };
  return new Map(
    [...found].map(([word, list]) => {
      const rarity = Math.log(1 + (units.length - list.units.length + 0.5) / (list.units.length + 0.5));
      const weights = Float32Array.from(
        list.units,
        (_, n) => rarity * (TITLE_WEIGHT * weight(list, n, 'titles') + weight(list, n, 'texts')),
      );
      return [word, { units: Uint32Array.from(list.units), weights }];
    }),
  );
}

const average = (lengths: Float32Array): number =>
  Math.max(1, lengths.reduce((sum, one) => sum + one, 0) / Math.max(1, lengths.length));

/** The units with the highest scores, best first; none that has no score. */
function best(scores: Float32Array, limit: number): { readonly id: number; readonly score: number }[] {
  const top: { id: number; score: number }[] = [];
  let least = 0;
  scores.forEach((score, id) => {
    if (score <= least) return;
    const at = top.findIndex((one) => one.score < score);
    top.splice(at < 0 ? top.length : at, 0, { id, score });
    if (top.length > limit) top.pop();
    if (top.length === limit) least = top.at(-1)?.score ?? 0;
  });
  return top;
}

/** Words with the same marks, side by side as in the question, tell more than single folded ones. */
function rankAgain(
  query: string,
  found: readonly { readonly id: number; readonly score: number }[],
  units: readonly SearchUnit[],
): number[] {
  const pairs = pairsOf(query);
  const top = found[0]?.score ?? 1;
  return found
    .map((hit) => {
      const unit = units[hit.id];
      const own = unit ? pairsOf(`${unit.title} ${unit.text}`) : new Set<string>();
      const shared = [...pairs].filter((pair) => own.has(pair)).length;
      return { id: hit.id, score: hit.score / top + shared / Math.max(1, pairs.size) };
    })
    .sort((a, b) => b.score - a.score)
    .map((hit) => hit.id);
}

function pairsOf(text: string): Set<string> {
  const keys = words(text).map((word) => wordForms(word).key);
  return new Set(keys.slice(1).map((key, n) => `${keys[n] ?? ''} ${key}`));
}
