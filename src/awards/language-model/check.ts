/** Whether a model's wording says what our own answer says, no more and no less. */
import type { Card } from '../model.js';
import type { Anatomist } from './skeleton.js';

/** One sentence of a model, and the card that it claims to come from. */
export interface Sentence {
  readonly card: string;
  readonly text: string;
}

export type Rejection = 'unknown-card' | 'missing-card' | 'mixed-cards' | 'length' | 'signs' | 'meaning' | 'words';
export type Checked =
  { readonly ok: true; readonly texts: ReadonlyMap<string, string> } | { readonly ok: false; readonly why: Rejection };

const SENTENCE_LIMIT = 400;
// Addresses, markup and line breaks have no place in a sentence.
const SIGNS = /^[\p{L}\p{M}\p{N} .,;:()%/"“”'–-]+$/u;

/** The new words of each card; refused as a whole when one sentence does not hold. */
export function checkPhrasing(cards: readonly Card[], sentences: readonly Sentence[], takeApart: Anatomist): Checked {
  const texts = new Map<string, string>();
  let last = '';
  for (const { card, text } of sentences) {
    if (!cards.some((one) => one.id === card)) return { ok: false, why: 'unknown-card' };
    if (text.length > SENTENCE_LIMIT || text.trim() === '') return { ok: false, why: 'length' };
    if (!SIGNS.test(text)) return { ok: false, why: 'signs' };
    const before = texts.get(card);
    if (before !== undefined && last !== card) return { ok: false, why: 'mixed-cards' };
    texts.set(card, before === undefined ? text.trim() : `${before} ${text.trim()}`);
    last = card;
  }
  for (const card of cards) {
    const text = texts.get(card.id);
    if (text === undefined) return { ok: false, why: 'missing-card' };
    const why = differs(card, text, takeApart);
    if (why) return { ok: false, why };
  }
  return { ok: true, texts };
}

function differs(card: Card, text: string, takeApart: Anatomist): Rejection | null {
  if (text.length > card.answer.length * 1.5 + 60) return 'length';
  const own = takeApart(card.answer);
  const theirs = takeApart(text);
  if (own.bones.join('|') !== theirs.bones.join('|')) return 'meaning';
  // A word left out may be a condition left out; one that moved past a number or an "or" says something else.
  return own.flesh.every((words, at) => words.join(' ') === theirs.flesh[at]?.join(' ')) ? null : 'words';
}
