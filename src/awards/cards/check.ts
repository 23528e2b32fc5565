/** The validator of the files, for one card: what it finds is said in plain words. */
import { t, type Text } from '../../conversation/index.js';
import { fold } from '../../kernel/text.js';
import type { Answerer } from '../answerer.js';
import { findKnowledgeProblems } from '../knowledge-rules.js';
import type { Card, Knowledge } from '../model.js';
import { toFile } from './card-file.js';
import { readCard, withCard } from './overlay.js';

export interface CardProblem {
  readonly field: string;
  readonly reason: string;
}

/** The first thing wrong with a card; null when nothing is. */
export function findProblem(card: Card, knowledge: Knowledge): CardProblem | null {
  const form = readCard(toFile(card));
  if (typeof form === 'string') {
    const [field = '', reason = ''] = form.split(/: (.*)/s);
    return { field, reason };
  }
  const changed = withCard(knowledge, card);
  const ids = changed.cards.map((one) => one.id);
  const own = findKnowledgeProblems(changed, new Map(), ids).find((one) => one.field.startsWith(`${card.id}.`));
  return own ? { field: own.field.slice(card.id.length + 1), reason: own.reason } : null;
}

/** A problem as an officer understands it. */
export function problemText({ field, reason }: CardProblem): Text {
  const top = field.split('.')[0] ?? field;
  if (top === 'basis' && !reason.startsWith('unknown')) return t('awards.cards.bad.basis');
  if (top === 'answer') return t('awards.cards.bad.answer');
  if (top === 'asks') return t('awards.cards.bad.asks');
  if (top === 'validTo') return t('awards.cards.bad.validTo');
  return t('awards.cards.bad.other', { field, reason });
}

/** Ways to ask that another card answers already. */
export function alsoAsked(card: Card, answerer: Answerer, today: string): Text[] {
  return card.asks.flatMap((ask) => {
    const wanted = fold(ask);
    const same = answerer.knowledge.cards.find(
      (one) => one.id !== card.id && one.asks.some((other) => fold(other) === wanted),
    );
    const [answering] = answerer.answer(ask, { asOf: today }).cards;
    const other = same ?? answerer.knowledge.cards.find((one) => one.id === answering && one.id !== card.id);
    return other ? [t('awards.cards.alsoAsked', { ask, title: other.title })] : [];
  });
}
