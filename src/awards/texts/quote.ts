/** Whether words that claim to be quoted stand in the official text. */
import type { Place } from './model.js';
import { findWording, type Difference } from './words.js';

/** Words said to be those of a clause. */
export interface Quote extends Place {
  readonly document: string;
  readonly text: string;
}

/**
 * same: word for word in the version in force on that day. unknown: no such version is loaded, or not this part of it.
 * missing: the document is loaded whole and has no such article, clause or point.
 */
export type QuoteCheck =
  | { readonly kind: 'same' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'different'; readonly difference: Difference };

/** An official wording to compare with: as printed, and without the numbers and letters before its parts. */
export interface Wording {
  readonly printed: string;
  readonly bare: string;
  readonly cut: boolean;
}

// "(…)" in a quote says that something was left out.
const LEFT_OUT = /\s*(?:\[(?:\.{3}|…)\]|\((?:\.{3}|…)\)|\.{3,}|…)\s*/u;

/** Compares a quote with an official wording. */
export function checkWording(quote: string, official: Wording): QuoteCheck {
  const pieces = quote.split(LEFT_OUT).filter((piece) => piece.trim() !== '');
  const difference = firstDifference(pieces, official.printed);
  if (!difference || !firstDifference(pieces, official.bare)) return { kind: 'same' };
  // Words that are not all there cannot prove anybody wrong.
  return official.cut ? { kind: 'unknown' } : { kind: 'different', difference };
}

/** The pieces must follow one another as they do in the text. */
function firstDifference(pieces: readonly string[], official: string): Difference | null {
  let from = 0;
  for (const piece of pieces) {
    const found = findWording(piece, official, from);
    if (typeof found !== 'number') return found;
    from = found;
  }
  return null;
}
