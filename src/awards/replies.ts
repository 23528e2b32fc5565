/** Parts of which replies are made: empty ones, joined ones, and what to remember of a question. */
import { translate } from '../i18n/index.js';
import { adviser } from './compose.js';
import type { Card, Outcome, Reply, ReplyOption, Topic } from './model.js';
import type { Query } from './query.js';
import { isEnded } from './validity.js';

export const NO_TOPIC: Topic = { subjects: [], kinds: [] };

export const isAnswer = (outcome: Outcome): boolean => outcome === 'answer' || outcome === 'answer_with_warning';

/** Several answers in one message; `partly` where some parts have no basis. */
export function joinReplies(answered: readonly Reply[], partly: boolean): Reply {
  const different = [...new Map(answered.map((reply) => [reply.cards.join(), reply])).values()];
  const texts = [
    ...different.map((reply) => reply.text),
    ...(partly ? [translate('vi', 'awards.partly', { whom: adviser(undefined) })] : []),
  ];
  return {
    outcome: different.some((reply) => reply.outcome === 'answer_with_warning') ? 'answer_with_warning' : 'answer',
    text: texts.join('\n\n'),
    citations: different.flatMap((reply) => reply.citations),
    cards: different.flatMap((reply) => reply.cards),
    options: [],
    topic: different[0]?.topic ?? NO_TOPIC,
  };
}

/** A reply that says nothing yet. */
export const empty = (outcome: Outcome, topic: Topic): Omit<Reply, 'text'> => ({
  outcome,
  citations: [],
  cards: [],
  options: [],
  topic,
});

/** What to remember: the subject of this question, else the one before. */
export function topicFrom(query: Query, before: Topic | undefined): Topic {
  const of = (type: string) => [...query.concepts.values()].filter((one) => one.type === type).map((one) => one.id);
  const subjects = of('subject');
  const kinds = of('kind');
  const also = [...query.concepts.values()]
    .filter((one) => one.type === 'who' || (one.type === 'topic' && !one.soft))
    .map((one) => one.id);
  return {
    subjects: subjects.length > 0 ? subjects : (before?.subjects ?? []),
    kinds: kinds.length > 0 ? kinds : (before?.kinds ?? []),
    ...(also.length > 0 ? { also } : {}),
  };
}

const MOST_OPTIONS = 3;

/** Cards as choices, no more than a screen of an old phone holds: what can answer, or else what says where to ask. */
export function optionsOf(cards: readonly Card[]): ReplyOption[] {
  const living = cards.filter((card) => !isEnded(card));
  const telling = living.filter((card) => card.outcome !== 'hand_over');
  return (telling.length > 0 ? telling : living)
    .slice(0, MOST_OPTIONS)
    .map((card) => ({ label: card.title, card: card.id }));
}

/** A text with its choices below it, numbered. */
export const withOptions = (head: string, options: readonly ReplyOption[]): string =>
  [
    head,
    ...options.map((option, n) => translate('vi', 'awards.clarify.option', { n: n + 1, label: option.label })),
  ].join('\n');
