/** Adds a card by conversation; from a question that an officer answered, what is known is filled in. */
import { z } from 'zod';
import { defineCommand, defineFlow, defineStep, raw, t, type Flow, type Move } from '../../conversation/index.js';
import { fold, shorten } from '../../kernel/text.js';
import type { Answerer } from '../answerer.js';
import { OFFICERS_CARD, type Card, type Knowledge } from '../model.js';
import { toFile } from './card-file.js';
import { alsoAsked, findProblem, problemText } from './check.js';
import type { Reads } from './current.js';
import { saveCard } from './effects.js';
import { cardButton } from './flow-act.js';
import { CLEAR, lengthText, readField } from './read-field.js';
import type { AnsweredQuestion } from './store.js';
import { cardTexts, endedTexts, fieldText, LEVELS } from './texts.js';
import { isOfficer } from '../officers.js';

const dataSchema = z.object({
  question: z.string().optional(),
  title: z.string(),
  asks: z.string(),
  answer: z.string(),
  basis: z.string(),
  level: z.string(),
  validFrom: z.string(),
  /** All was told once: a part typed anew leads back to the preview. */
  again: z.boolean().optional(),
});
type Data = z.infer<typeof dataSchema>;

const PARTS = ['asks', 'answer', 'basis', 'level', 'validFrom'] as const;
type Part = (typeof PARTS)[number];

const EMPTY: Data = { title: '', asks: '', answer: '', basis: '', level: CLEAR, validFrom: CLEAR };
const TITLE = { least: 5, most: 120 };
const SLUG = 32;

/** The flow over the knowledge of an answerer. */
export function createNewFlow(answerer: Answerer): Flow<Data, Reads> {
  const free = (part: Part, next: Part | 'confirm') => partStep(answerer, part, next);
  return defineFlow<Data, Reads>({
    name: 'card-new',
    version: 1,
    data: dataSchema,
    commands: [
      defineCommand<Data, Reads, AnsweredQuestion | null>({
        name: 'card-new',
        words: ['thêm thẻ tri thức', 'thêm thẻ'],
        allow: isOfficer,
        load: async (read, { arg }) => {
          await read.awards.fresh();
          return arg === '' ? null : read.cards.answeredQuestion(arg);
        },
        start: ({ arg, loaded }): Move<Data> => {
          if (arg === '') return { to: 'title', data: EMPTY };
          if (!loaded) return { end: true, say: [{ text: t('awards.cards.new.noQuestion') }] };
          const asks = loaded.question.replace(/[;\n]+/g, ' ').trim();
          return { to: 'title', data: { ...EMPTY, question: loaded.question, asks, answer: loaded.answer } };
        },
      }),
    ],
    steps: {
      title: titleStep(),
      asks: free('asks', 'answer'),
      answer: free('answer', 'basis'),
      basis: free('basis', 'level'),
      level: free('level', 'validFrom'),
      validFrom: free('validFrom', 'confirm'),
      confirm: confirmStep(answerer),
    },
  });
}

const titleStep = () =>
  defineStep<Data, Reads>({
    ask: ({ data: { question } }) => ({
      text: [
        ...(question === undefined ? [] : [t('awards.cards.new.fromQuestion', { question })]),
        t('awards.cards.new.title'),
      ],
      free: true,
    }),
    answer: ({ data }, answer): Move<Data> => {
      const title = answer.kind === 'text' ? answer.text.replace(/\s+/g, ' ').trim() : '';
      if (title.length < TITLE.least || title.length > TITLE.most)
        return { again: lengthText(TITLE.least, TITLE.most) };
      // What the question brought along is shown before the card is saved, and can be typed anew there.
      const next = data.answer === '' ? 'asks' : 'basis';
      return { to: data.again === true ? 'confirm' : next, data: { ...data, title } };
    },
  });

const NEW_TEXT = { level: 'awards.cards.new.level', validFrom: 'awards.cards.new.validFrom' } as const;

function partStep(answerer: Answerer, part: Part, next: Part | 'confirm') {
  const chosen = part === 'level';
  return defineStep<Data, Reads, void>({
    load: (read) => read.awards.fresh(),
    ask: () => ({
      text: part === 'level' || part === 'validFrom' ? t(NEW_TEXT[part]) : t(`awards.cards.edit.${part}`),
      options: [
        ...(chosen ? LEVELS.map((value) => ({ value, label: t(`awards.cards.level.${value}`) })) : []),
        ...(chosen ? [{ value: CLEAR, label: t('awards.cards.button.none') }] : []),
        ...(part === 'validFrom' ? [{ value: CLEAR, label: t('awards.cards.new.byDocument') }] : []),
      ],
      free: !chosen,
      numbersAreAnswers: !chosen,
    }),
    answer: ({ data, today }, answer): Move<Data> => {
      const value = answer.kind === 'option' ? answer.value : answer.kind === 'text' ? answer.text : '';
      const read = readField(BLANK, part, value, answerer.knowledge, today);
      if (!read.ok) return { again: read.why };
      const understood = fieldText(read.card, 'basis', answerer.knowledge);
      return {
        to: data.again === true ? 'confirm' : next,
        data: { ...data, [part]: value },
        say: part === 'basis' ? [{ text: t('awards.cards.new.basisRead', { text: understood }) }] : [],
      };
    },
  });
}

const BLANK: Card = {
  id: '',
  title: '',
  asks: [],
  answer: '',
  basis: [],
  // An officer's word is second-hand until the card was compared with its document.
  certainty: 'VERIFIED-2',
  state: 'chua-doi-chieu',
  outcome: 'answer',
  subjects: [],
  applies: [],
  needs: [],
  unless: [],
  also: [],
  anyDate: false,
  options: [],
};

/** The card that was told so far. */
function cardOf(data: Data, knowledge: Knowledge, today: string): Card {
  const start: Card = { ...BLANK, id: freeId(data.title, knowledge), title: data.title };
  return PARTS.reduce((card, part) => {
    const read = readField(card, part, data[part], knowledge, today);
    return read.ok ? read.card : card;
  }, start);
}

/** An id that says what the card is about and that nobody has. */
function freeId(title: string, knowledge: Knowledge): string {
  const slug = fold(title)
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG)
    .replace(/^-+|-+$/g, '');
  const taken = new Set(knowledge.cards.map((card) => card.id));
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? `${OFFICERS_CARD}${slug}` : `${OFFICERS_CARD}${slug}-${String(n)}`;
    if (!taken.has(id)) return id;
  }
}

function confirmStep(answerer: Answerer) {
  return defineStep<Data, Reads, void>({
    load: (read) => read.awards.fresh(),
    ask: ({ data, today }) => {
      const card = cardOf(data, answerer.knowledge, today);
      const problem = findProblem(card, answerer.knowledge);
      return {
        text: [
          t('awards.cards.new.preview'),
          ...cardTexts(card, 1, answerer.knowledge),
          ...(problem ? [problemText(problem)] : []),
          ...endedTexts(card, answerer.knowledge, today),
          ...alsoAsked(card, answerer, today),
        ],
        options: [
          ...(problem ? [] : [{ value: 'save', label: t('awards.cards.button.save'), words: ['lưu', 'đồng ý'] }]),
          ...(['title', ...PARTS] as const).map((part) => ({
            value: part,
            label: part === 'title' ? t('awards.cards.field.title') : t(`awards.cards.field.${part}`),
          })),
          { value: 'no', label: t('button.later'), words: ['thôi', 'không'] },
        ],
      };
    },
    answer: ({ data, today, newId }, answer): Move<Data> => {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'no') return { end: true, say: [{ text: t('awards.cards.notSaved') }] };
      if (answer.value !== 'save') return { to: answer.value, data: { ...data, again: true } };
      const card = cardOf(data, answerer.knowledge, today);
      const save = saveCard({
        id: newId(),
        cardId: card.id,
        seen: 0,
        act: 'create',
        card: toFile(card),
        reason: shorten(data.question ?? '', 200),
      });
      return {
        end: true,
        effects: [save],
        say: [{ text: t('awards.cards.saved', { title: card.title, n: 1 }), buttons: [cardButton(card.id)] }],
      };
    },
    // Another officer took the id at this moment: the next try finds a free one.
    refused: ({ data }, refusal) => ({
      to: 'confirm',
      data,
      say: [{ text: [refusal.text, ...(data.question === undefined ? [] : [raw(data.question)])] }],
    }),
  });
}
