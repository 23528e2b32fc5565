/** "hỏi …" and every text that no command takes: the answer, what may be asked next, or the way to an officer. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type At,
  type Effect,
  type Flow,
  type GoButton,
  type Move,
  type Say,
} from '../conversation/index.js';
import { formatDate } from '../kernel/format.js';
import { fold, shorten } from '../kernel/text.js';
import type { Answerer } from './answerer.js';
import { isCourtesy } from './courtesy.js';
import { handOver } from './effects.js';
import type { Card, HandOverReason, Reply } from './model.js';
import type { AwardsReads } from './store.js';
import { readTopic, writeTopic } from './topic.js';

type Reads = { readonly awards: AwardsReads };
const dataSchema = z.object({ question: z.string() });
type Data = z.infer<typeof dataSchema>;
/** A turn at which a question may be handed over. */
type Asking = At<unknown, number>;

const GREETINGS = new Set([
  'xin chao',
  'chao',
  'chao ban',
  'chao em',
  'chao anh',
  'chao chi',
  'hello',
  'hi',
  'alo',
  'chao ad',
]);
// What the officers of a province are asked most; a person who asks nothing may begin here.
const STARTERS = ['cstdcs-tieu-chuan', 'ho-so-danh-hieu', 'tien-tong-hop', 'khen-dot-xuat'];
const LABEL_LIMIT = 60;
const SIBLINGS = 2;

/** The flow over an answerer. */
export function createAskFlow(answerer: Answerer): Flow<Data, Reads> {
  return defineFlow<Data, Reads>({
    name: 'ask',
    version: 1,
    data: dataSchema,
    keepsDraft: false,
    commands: [
      defineCommand<Data, Reads, number>({
        name: 'ask',
        words: ['hỏi', 'cho hỏi', 'xin hỏi', '/hoi', 'ask'],
        takesText: true,
        aside: true,
        load: (read) => read.awards.waiting(),
        start: (at) => startAsking(answerer, at, at.arg, at.topic),
      }),
      defineCommand<Data, Reads, number>({
        name: 'ask-card',
        words: [],
        aside: true,
        load: (read) => read.awards.waiting(),
        start: (at) => {
          const card = answerer.knowledge.cards.find((one) => one.id === at.arg);
          const reply = answerer.card(at.arg, { asOf: at.today });
          if (!card || !reply) return { end: true, say: [whatToAsk(answerer)] };
          return respond(answerer, at, reply, card.title);
        },
      }),
      defineCommand<Data, Reads>({
        name: 'ask-basis',
        words: ['căn cứ'],
        aside: true,
        start: (at) => ({ end: true, say: [basisSay(answerer, at.arg, at.topic)] }),
      }),
      defineCommand<Data, Reads>({
        name: 'ask-wrong',
        words: ['chưa đúng ý', 'sai rồi', 'trả lời sai'],
        start: (at) => {
          const question = readTopic(at.topic)?.question;
          return question === undefined
            ? { end: true, say: [whatToAsk(answerer)] }
            : { to: 'wrong', data: { question } };
        },
      }),
    ],
    steps: { wrong: wrongStep() },
  });
}

function startAsking(answerer: Answerer, at: Asking, typed: string, stored: unknown): Move<Data> {
  const folded = fold(typed);
  if (GREETINGS.has(folded)) return { begin: 'menu' };
  if (isCourtesy(typed))
    return { end: true, say: [{ text: t('awards.thanks'), buttons: [{ label: t('button.menu'), command: 'menu' }] }] };
  if (folded === '') return { end: true, say: [whatToAsk(answerer)] };
  const topic = readTopic(stored);
  return respond(answerer, at, answerer.answer(typed, { asOf: at.today, ...(topic ? { topic } : {}) }), typed);
}

function whatToAsk(answerer: Answerer): Say {
  const buttons = STARTERS.flatMap((id) => cardButton(answerer.knowledge.cards.find((card) => card.id === id)));
  return { text: t('awards.whatToAsk'), buttons: [...buttons, { label: t('button.person'), command: 'person' }] };
}

/** Says a reply, with the buttons that its outcome calls for; hands the question over where it must go to a person. */
function respond(answerer: Answerer, at: Asking, reply: Reply, question: string): Move<Data> {
  const topic = writeTopic(reply.topic, question);
  if (reply.outcome === 'hand_over')
    return { end: true, topic, ...passOn(at, question, reply.reason ?? 'no_basis', reply.passedOnText ?? reply.text) };
  return { end: true, topic, say: [{ text: raw(reply.text), buttons: buttonsFor(answerer, reply) }] };
}

/** The words and the effect of handing a question over, with its place in the queue. */
export function passOn(
  at: Asking,
  question: string,
  reason: HandOverReason,
  before: string,
): { say: Say[]; effects: Effect[] } {
  const code = at.newCode('CH');
  const passed = t('awards.passedOn', { code, n: at.loaded + 1 });
  return {
    say: [
      {
        text: before === '' ? [passed] : [raw(before), passed],
        buttons: [{ label: t('button.menu'), command: 'menu' }],
      },
    ],
    effects: [handOver({ id: at.newId(), code, text: question, reason })],
  };
}

function buttonsFor(answerer: Answerer, reply: Reply): GoButton[] {
  const person: GoButton = { label: t('button.person'), command: 'person' };
  const wrong: GoButton = { label: t('awards.button.wrong'), command: 'ask-wrong' };
  switch (reply.outcome) {
    case 'clarify':
      return [
        ...reply.options.map((option) => ({
          label: raw(shorten(option.label, LABEL_LIMIT)),
          command: 'ask-card',
          arg: option.card,
        })),
        person,
      ];
    case 'out_of_scope':
      return [{ label: t('button.menu'), command: 'menu' }, person];
    case 'local_setting':
      return [...basisButton(reply), person, wrong];
    case 'answer':
    case 'answer_with_warning':
    case 'hand_over':
      return [...siblings(answerer, reply), ...basisButton(reply), wrong];
  }
}

const basisButton = (reply: Reply): GoButton[] => {
  const card = reply.cards[0];
  return card === undefined ? [] : [{ label: t('awards.button.basis'), command: 'ask-basis', arg: card }];
};

const cardButton = (card: Card | undefined): GoButton[] =>
  card ? [{ label: raw(shorten(card.title, LABEL_LIMIT)), command: 'ask-card', arg: card.id }] : [];

/** Other things to know about the same title: its papers, its money, who decides. */
function siblings(answerer: Answerer, reply: Reply): GoButton[] {
  const [subject] = reply.topic.subjects;
  if (subject === undefined || reply.topic.subjects.length > 1) return [];
  const own = answerer.about(subject, reply.cards);
  return own.slice(0, SIBLINGS).flatMap((card) => cardButton(card));
}

/** The card behind an answer: what it rests on, since when, how sure it is, who checked it. */
function basisSay(answerer: Answerer, arg: string, stored: unknown): Say {
  const id = arg === '' ? (readTopic(stored)?.card ?? '') : arg;
  const shown = answerer.basis(id);
  if (!shown) return { text: t('awards.basis.none'), buttons: [{ label: t('button.ask'), command: 'ask' }] };
  const lines = shown.documents.map((one) => t('awards.basis.line', { text: one.text, title: one.title }));
  const details = shown.details === '' ? [] : [raw(shown.details)];
  const state = t(`awards.state.${shown.state}`);
  return {
    text: [
      t('awards.basis.title', { title: shown.title }),
      ...lines,
      ...details,
      state,
      ...(shown.until === undefined ? [] : [t('awards.basis.until', { day: formatDate(shown.until) })]),
    ],
    buttons: [
      { label: t('awards.button.wrong'), command: 'ask-wrong' },
      { label: t('button.person'), command: 'person' },
    ],
  };
}

function wrongStep() {
  return defineStep<Data, Reads, number>({
    load: (read) => read.awards.waiting(),
    ask: ({ data }) => ({
      text: t('awards.wrong.ask', { question: shorten(data.question, 120) }),
      options: [{ value: 'officer', label: t('awards.wrong.officer'), words: ['chuyển', 'cán bộ'] }],
      free: true,
    }),
    answer: (at, answer): Move<Data> => {
      if (answer.kind === 'option') return { end: true, ...passOn(at, at.data.question, 'no_basis', '') };
      if (answer.kind === 'text') return { begin: 'ask', arg: answer.text };
      return { again: t('conversation.chooseOne') };
    },
  });
}
