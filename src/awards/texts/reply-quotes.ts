/** What an answer says of the quotes of its card, and what is said instead where a quote is not the official wording. */
import { translate } from '../../i18n/index.js';
import { formatDate } from '../../kernel/format.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { basisText } from '../compose.js';
import type { Card, Knowledge } from '../model.js';
import { checkCard } from './card-quotes.js';
import type { OfficialPassage, Texts } from './library.js';

export type QuoteVerdict =
  /** Lines to put under the answer. */
  | { readonly ok: true; readonly lines: readonly string[] }
  /** The answer may not be given: what to say instead. */
  | { readonly ok: false; readonly text: string };

/** Checks the quotes of a card for the day asked about. */
export function judgeQuotes(card: Card, knowledge: Knowledge, texts: Texts | undefined, day: LocalDate): QuoteVerdict {
  const { state, wrong } = checkCard(card, texts, day);
  if (wrong) {
    const place = basisText(wrong.quote, knowledge);
    return { ok: false, text: translate('vi', 'awards.quote.blocked', { title: card.title, place }) };
  }
  if (state === 'none') return { ok: true, lines: [] };
  if (state === 'unchecked') return { ok: true, lines: [translate('vi', 'awards.quote.unchecked')] };
  if (!card.quote) return { ok: true, lines: [] };
  const params = { place: basisText(card.quote, knowledge), text: card.quote.text };
  return { ok: true, lines: [translate('vi', 'awards.quote.official', params)] };
}

/** Official words as a person reads them: where they are those of before, or not all of them, that is said first. */
export function shownPassage(passage: OfficialPassage | undefined): string | undefined {
  if (!passage) return undefined;
  const { state, cut, text } = passage;
  const to = passage.to === undefined ? '' : formatDate(passage.to);
  if (state !== 'in-force') return translate('vi', 'awards.quote.before', { to, text });
  return cut ? translate('vi', 'awards.quote.excerpt', { text }) : text;
}
