/** Finds passages of the official texts that are near to a question. They are shown to officers, never given as an answer. */
import MiniSearch from 'minisearch';
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

const words = (text: string): string[] => text.match(WORD) ?? [];
const folded = (text: string): string[] => words(text).map((word) => wordForms(word).folded);

/** An index over units. `filler`: words that mean nothing by themselves. */
export function createPassageSearch(units: readonly SearchUnit[], filler: readonly string[]): PassageSearch {
  const idle = new Set(filler.flatMap(folded));
  const search = new MiniSearch({
    fields: ['title', 'text'],
    tokenize: folded,
    processTerm: (term) => (idle.has(term) ? null : term),
  });
  search.addAll(units.map((unit, id) => ({ id, ...unit })));
  return {
    find: (query, limit) => {
      const typed = [...new Set(folded(query))].filter((term) => !idle.has(term)).slice(0, MOST_WORDS);
      if (typed.length === 0) return [];
      const found = search.search(typed.join(' '), { boost: { title: 2 } }).slice(0, AGAIN);
      return rankAgain(query, found, units).slice(0, limit);
    },
  };
}

/** Words with the same marks, side by side as in the question, tell more than single folded ones. */
function rankAgain(
  query: string,
  found: readonly { readonly id: unknown; readonly score: number }[],
  units: readonly SearchUnit[],
): number[] {
  const pairs = pairsOf(query);
  const top = found[0]?.score ?? 1;
  return found
    .map((hit) => {
      const unit = units[Number(hit.id)];
      const own = unit ? pairsOf(`${unit.title} ${unit.text}`) : new Set<string>();
      const shared = [...pairs].filter((pair) => own.has(pair)).length;
      return { id: Number(hit.id), score: hit.score / top + shared / Math.max(1, pairs.size) };
    })
    .sort((a, b) => b.score - a.score)
    .map((hit) => hit.id);
}

function pairsOf(text: string): Set<string> {
  const keys = words(text).map((word) => wordForms(word).key);
  return new Set(keys.slice(1).map((key, n) => `${keys[n] ?? ''} ${key}`));
}
