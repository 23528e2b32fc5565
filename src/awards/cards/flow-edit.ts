/** Corrects one part of a card: what is there, what it becomes, why; then a preview. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  t,
  type Flow,
  type Move,
  type Option,
} from '../../conversation/index.js';
import type { Answerer } from '../answerer.js';
import type { Card } from '../model.js';
import { toFile } from './card-file.js';
import { alsoAsked, findProblem, problemText } from './check.js';
import { loadCurrent, type Current, type Reads } from './current.js';
import { saveCard } from './effects.js';
import { cardButton } from './flow-act.js';
import { CLEAR, lengthText, readField } from './read-field.js';
import { endedTexts, FIELDS, fieldText, LEVELS, type Field } from './texts.js';
import { isOfficer } from '../officers.js';

const dataSchema = z.object({
  id: z.string(),
  /** The newest version that the officer has seen. */
  seen: z.number(),
  field: z.enum(FIELDS).optional(),
  value: z.string().optional(),
  reason: z.string().optional(),
});
type Data = z.infer<typeof dataSchema>;

const SHORTEST = 3;
const LONGEST = 500;
const CLEARED: readonly Field[] = ['details', 'local', 'validFrom', 'validTo', 'level'];

/** The flow over the knowledge of an answerer. */
export function createEditFlow(answerer: Answerer): Flow<Data, Reads> {
  return defineFlow<Data, Reads>({
    name: 'card-edit',
    version: 1,
    data: dataSchema,
    commands: [
      defineCommand<Data, Reads, Current>({
        name: 'card-edit',
        words: [],
        allow: isOfficer,
        load: (read, { arg }) => loadCurrent(read, answerer, arg),
        start: ({ arg, loaded: { card, version } }) =>
          card && card.lifeOf === undefined
            ? { to: 'field', data: { id: arg, seen: version } }
            : { end: true, say: [{ text: t('awards.cards.unknown', { id: arg }) }] },
      }),
    ],
    steps: {
      field: fieldStep(answerer),
      value: valueStep(answerer),
      reason: reasonStep(),
      confirm: confirmStep(answerer),
    },
  });
}

const gone = (): Move<Data> => ({ end: true, say: [{ text: t('awards.cards.bad.gone') }] });

/** A bonus is computed; only a card that hands over can be made to answer, and only one that leaves it to the province be told its rule. */
const fieldsOf = (card: Card): readonly Field[] =>
  FIELDS.filter((field) => {
    if (field === 'answer') return card.bonus === undefined;
    if (field === 'outcome') return card.outcome === 'hand_over';
    return field !== 'local' || card.outcome === 'local_setting';
  });

function fieldStep(answerer: Answerer) {
  return defineStep<Data, Reads, Current>({
    load: (read, { data }) => loadCurrent(read, answerer, data.id),
    ask: ({ loaded: { card } }) =>
      card
        ? {
            text: t('awards.cards.edit.field', { title: card.title }),
            options: fieldsOf(card).map((value) => ({ value, label: t(`awards.cards.field.${value}`) })),
          }
        : gone(),
    answer: ({ data }, answer): Move<Data> => {
      const field = answer.kind === 'option' ? FIELDS.find((one) => one === answer.value) : undefined;
      return field ? { to: 'value', data: { ...data, field } } : { again: t('conversation.chooseOne') };
    },
  });
}

function valueStep(answerer: Answerer) {
  return defineStep<Data, Reads, Current>({
    load: (read, { data }) => loadCurrent(read, answerer, data.id),
    ask: ({ data: { field = 'answer' }, loaded: { card } }) =>
      card
        ? {
            text: [
              t('awards.cards.edit.now', { text: fieldText(card, field, answerer.knowledge) }),
              t(`awards.cards.edit.${field}`),
            ],
            options: choicesOf(field),
            free: field !== 'level' && field !== 'outcome',
            numbersAreAnswers: field !== 'level' && field !== 'outcome',
          }
        : gone(),
    answer: ({ data, today, loaded: { card } }, answer): Move<Data> => {
      if (!card) return gone();
      const { field = 'answer' } = data;
      const value = answer.kind === 'option' ? answer.value : answer.kind === 'text' ? answer.text : '';
      const read = readField(card, field, value, answerer.knowledge, today);
      if (!read.ok) return { again: read.why };
      if (JSON.stringify(toFile(read.card)) === JSON.stringify(toFile(card))) return { again: t('awards.cards.same') };
      const problem = findProblem(read.card, answerer.knowledge);
      return problem ? { again: problemText(problem) } : { to: 'reason', data: { ...data, value } };
    },
  });
}

function choicesOf(field: Field): Option[] {
  return [
    ...(field === 'level' ? LEVELS.map((value) => ({ value, label: t(`awards.cards.level.${value}`) })) : []),
    ...(field === 'outcome' ? [{ value: 'answer', label: t('awards.cards.edit.yes') }] : []),
    ...(CLEARED.includes(field) ? [{ value: CLEAR, label: t('awards.cards.button.clear') }] : []),
  ];
}

const reasonStep = () =>
  defineStep<Data, Reads>({
    ask: () => ({ text: t('awards.cards.reason'), free: true, numbersAreAnswers: true }),
    answer: ({ data }, answer): Move<Data> => {
      const reason = answer.kind === 'text' ? answer.text.trim() : '';
      return reason.length >= SHORTEST && reason.length <= LONGEST
        ? { to: 'confirm', data: { ...data, reason } }
        : { again: lengthText(SHORTEST, LONGEST) };
    },
  });

function confirmStep(answerer: Answerer) {
  const nextOf = (card: Card, { field = 'answer', value = '' }: Data, today: string): Card | null => {
    const read = readField(card, field, value, answerer.knowledge, today);
    return read.ok ? read.card : null;
  };
  return defineStep<Data, Reads, Current>({
    load: (read, { data }) => loadCurrent(read, answerer, data.id),
    ask: ({ data, today, loaded: { card } }) => {
      const next = card && nextOf(card, data, today);
      if (!next) return gone();
      const { field = 'answer', reason = '' } = data;
      const { knowledge } = answerer;
      return {
        text: [
          t('awards.cards.preview.field', { title: card.title, field: t(`awards.cards.field.${field}`) }),
          t('awards.cards.preview.old', { text: fieldText(card, field, knowledge) }),
          t('awards.cards.preview.new', { text: fieldText(next, field, knowledge) }),
          t('awards.cards.preview.reason', { reason }),
          ...(card.state === 'da-doi-chieu' && field !== 'asks' ? [t('awards.cards.preview.unchecked')] : []),
          ...(field === 'basis' ? endedTexts(next, knowledge, today) : []),
          ...(field === 'asks' ? alsoAsked(next, answerer, today) : []),
        ],
        options: [
          { value: 'save', label: t('awards.cards.button.save'), words: ['lưu', 'đồng ý'] },
          { value: 'again', label: t('awards.cards.button.again') },
          { value: 'no', label: t('button.later'), words: ['thôi', 'không'] },
        ],
      };
    },
    answer: ({ data, today, newId, loaded: { card } }, answer): Move<Data> => {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'again') return { to: 'value', data };
      const buttons = [cardButton(data.id)];
      if (answer.value === 'no') return { end: true, say: [{ text: t('awards.cards.notSaved'), buttons }] };
      const next = card && nextOf(card, data, today);
      if (!next) return gone();
      const { id: cardId, seen, reason = '' } = data;
      return {
        end: true,
        effects: [saveCard({ id: newId(), cardId, seen, act: 'correct', card: toFile(next), reason })],
        say: [{ text: t('awards.cards.saved', { title: card.title, n: seen + 1 }), buttons }],
      };
    },
    // What was typed stays: it is laid over the other officer's version and shown again.
    refused: ({ data, loaded }, refusal) => ({
      to: 'confirm',
      data: { ...data, seen: loaded.version },
      say: [{ text: [refusal.text, t('awards.cards.changedLook')] }],
    }),
  });
}
