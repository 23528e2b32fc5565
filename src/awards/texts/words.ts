/** When two wordings are the same: Unicode form, spaces and quotation marks do not count, all else does. */

const QUOTES = /["“”„‟«»″]/g;
const APOSTROPHES = /['‘’‚‛′]/g;
const INVISIBLE = /[\u00AD\u200B-\u200F\u2060\uFEFF]/g;
const SPACES = /[\s\u00A0]+/g;

/** A text in the form in which wordings are compared. */
export function sameForm(text: string): string {
  return (
    text
      .normalize('NFC')
      .replace(INVISIBLE, '')
      // A quote within a quote loses its marks.
      .replace(QUOTES, '')
      .replace(APOSTROPHES, "'")
      .replace(SPACES, ' ')
      // A line may have been broken before or after a mark: a space there is no difference.
      .replace(/ ?([,.;:!?)\]]) ?/g, '$1 ')
      .replace(/([([]) /g, '$1')
      .trim()
  );
}

/** Where two wordings part: the words around the first difference. */
export interface Difference {
  /** What was quoted, from a few words before the difference on; "" where the quote ends. */
  readonly quoted: string;
  readonly official: string;
}

const BEFORE = 4;
const AFTER = 6;

/** Looks for a quote in an official wording: the number of official words up to its end, or the first difference. */
export function findWording(quote: string, official: string, from = 0): number | Difference {
  const left = words(quote);
  const right = words(official);
  const best = bestStart(left, right, from);
  let at = 0;
  while (at < left.length && same(left[at], right[best + at], at === left.length - 1)) at += 1;
  if (at === left.length) return best + at;
  const shown = (list: readonly string[], until: number) =>
    list.slice(Math.max(0, until - BEFORE), until + AFTER).join(' ');
  return { quoted: shown(left, at), official: shown(right, best + at) };
}

// At its end a quote may leave out or add the mark that closes the sentence.
const END = /[.;:,]+$/;
const same = (a: string | undefined, b: string | undefined, last: boolean): boolean =>
  a === b || (last && a !== undefined && b !== undefined && a.replace(END, '') === b.replace(END, ''));

const words = (text: string): string[] =>
  sameForm(text)
    .split(' ')
    .filter((word) => word !== '');

/** Where the quote agrees with the official words for longest: there it was taken from. */
function bestStart(quote: readonly string[], official: readonly string[], from: number): number {
  let best = from;
  let most = -1;
  for (let start = from; start < official.length; start += 1) {
    let run = 0;
    while (run < quote.length && quote[run] === official[start + run]) run += 1;
    if (run > most) [best, most] = [start, run];
    if (run === quote.length) break;
  }
  if (most >= Math.min(3, quote.length)) return best;
  return mostShared(quote, official, from);
}

/** The first words of the quote may be the wrong ones: the window that shares most words in their places. */
function mostShared(quote: readonly string[], official: readonly string[], from: number): number {
  let best = from;
  let most = -1;
  for (let start = from; start < official.length; start += 1) {
    let shared = 0;
    for (let at = 0; at < quote.length; at += 1) if (quote[at] === official[start + at]) shared += 1;
    if (shared > most) [best, most] = [start, shared];
  }
  return best;
}
