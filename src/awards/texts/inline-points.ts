/** Points that stand inside the line of their clause ("gồm: a) …; b) …") while later ones have lines of their own. */
import type { Passage } from './model.js';

// The order in which points are lettered: đ follows d; f, j, w and z are not used.
const ORDER = [...'abcd', '\u0111', ...'eghiklmnopqrstuvxy'];

/** The place of a letter among the points, from 1; 0 for none. */
export const letter = (point: string): number => ORDER.indexOf(point) + 1;

/** The same passages, with such points taken out of their clause. */
export function splitPoints(passages: readonly Passage[]): Passage[] {
  return passages.flatMap((passage, n) => {
    const next = passages[n + 1];
    const mayHold = passage.kind === 'clause' || passage.kind === 'article';
    const first = next?.kind === 'point' && next.clause === passage.clause ? letter(next.point ?? '') : 0;
    return mayHold && first > 1 ? split(passage, ORDER.slice(0, first - 1)) : [passage];
  });
}

function split(passage: Passage, letters: readonly string[]): Passage[] {
  const marks: number[] = [];
  for (const one of letters) {
    const from = (marks.at(-1) ?? 0) + 1;
    const at = passage.text.indexOf(` ${one}) `, from - 1);
    const start = marks.length === 0 && passage.text.startsWith(`${one}) `) ? 0 : at < 0 ? -1 : at + 1;
    if (start < 0) return [passage];
    marks.push(start);
  }
  const pieces = marks.map((start, n): Passage => {
    const words = passage.text.slice(start + 2, marks[n + 1] ?? passage.text.length).trim();
    return {
      ...withoutTitle(passage),
      kind: 'point',
      point: letters[n] ?? '',
      label: `${letters[n] ?? ''})`,
      text: words,
    };
  });
  return [{ ...passage, text: passage.text.slice(0, marks[0]).trim() }, ...pieces];
}

function withoutTitle(passage: Passage): Passage {
  const { title: _title, ...rest } = passage;
  return rest;
}
