/** The quotes of a card: its own, and words in quotation marks that name their clause. */
import type { LocalDate } from '../../kernel/local-date.js';
import type { Basis, Card } from '../model.js';
import type { Texts } from './library.js';
import type { Quote, QuoteCheck } from './quote.js';

// Names of titles stand in quotation marks too; a quoted clause is longer.
const SHORTEST = 7;
const QUOTED = /[“"]([^“”"]{20,})[”"]/gu;
const NAMES_PLACE =
  /điều\s+(\d{1,3}[a-zđ]?)\s*,?\s*khoản\s+(\d{1,2}[a-zđ]?)(?:\s*,?\s*điểm\s+([a-zđ])(?!\p{L}))?|(?:điểm\s+([a-zđ])\s*,?\s*)?(?:khoản\s+(\d{1,2}[a-zđ]?)\s*,?\s*)?điều\s+(\d{1,3}[a-zđ]?)/giu;

/** What a card quotes. */
export function quotesOf(card: Card): Quote[] {
  const own = card.quote ? [card.quote] : [];
  return [...own, ...[card.answer, card.details ?? ''].flatMap((text) => quotesIn(text, card.basis))];
}

/** Long words in quotation marks, where the text before or after them names the clause. */
function quotesIn(text: string, basis: readonly Basis[]): Quote[] {
  const clean = text.normalize('NFC');
  return [...clean.matchAll(QUOTED)].flatMap((match): Quote[] => {
    const words = match[1] ?? '';
    if (words.split(/\s+/).length < SHORTEST) return [];
    const before =
      clean
        .slice(0, match.index)
        .split(/[.;\n](?=\s|$)/u)
        .at(-1) ?? '';
    const after = clean.slice(match.index + match[0].length).split(/[.;\n](?=\s|$)/u)[0] ?? '';
    const place = placeIn(before, true) ?? placeIn(after, false);
    const rests = place && basis.find((one) => one.article === place.article);
    return rests ? [{ ...place, document: rests.document, text: words }] : [];
  });
}

/** The place named nearest to the quote. */
export function placeIn(text: string, last: boolean): { article: string; clause?: string; point?: string } | undefined {
  const found = [...text.matchAll(NAMES_PLACE)];
  const match = last ? found.at(-1) : found[0];
  const article = match?.[1] ?? match?.[6];
  if (!match || article === undefined) return undefined;
  const clause = match[2] ?? match[5];
  const point = match[3] ?? match[4];
  return { article, ...(clause === undefined ? {} : { clause }), ...(point === undefined ? {} : { point }) };
}

/** What the check of a card's quotes came to: the worst of all. */
export interface CardQuotes {
  /** wrong: the official words are others. unchecked: there is nothing to compare with. none: the card quotes nothing. */
  readonly state: 'none' | 'same' | 'unchecked' | 'wrong';
  readonly wrong?: { readonly quote: Quote; readonly check: QuoteCheck };
}

/** Checks all quotes of a card against the versions in force on a day. */
export function checkCard(card: Card, texts: Texts | undefined, day: LocalDate): CardQuotes {
  const quotes = quotesOf(card);
  if (quotes.length === 0) return { state: 'none' };
  const checks = quotes.map((quote) => ({ quote, check: texts?.check(quote, day) ?? ({ kind: 'unknown' } as const) }));
  const wrong = checks.find(({ check }) => check.kind === 'different' || check.kind === 'missing');
  if (wrong) return { state: 'wrong', wrong };
  return { state: checks.every(({ check }) => check.kind === 'same') ? 'same' : 'unchecked' };
}
