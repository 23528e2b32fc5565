/** "hỏi …" and every text that no command takes: the answer, what may be asked next, or the way to an officer. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Flow,
  type GoButton,
  type Move,
  type Say,
} from '../conversation/index.js';
import { fold, shorten } from '../kernel/text.js';
import type { Answerer } from './answerer.js';
import { basisSay } from './basis-say.js';
import { isCourtesy } from './courtesy.js';
import { inPreparedWords } from './language-model/index.js';
import type { Reply } from './model.js';
import { markAnswer, type Mark } from './marks/effects.js';
import { loadWaiting, passOn, type Asking, type Waiting } from './pass-on.js';
import { isAnswer } from './replies.js';
import { buttonsFor, cardButton, optionButtons, type AskDeps, type MoreAbout } from './reply-buttons.js';
import type { AwardsReads } from './store.js';
import { followedTopic, readTopic, writeTopic } from './topic.js';
import { MENU, PERSON } from './go-buttons.js';

type Reads = { readonly awards: AwardsReads };
const dataSchema = z.object({
  question: z.string(),
  /** The answer that was called wrong. */
  answer: z
    .object({
      id: z.string(),
      mark: z.enum(['good', 'wrong']),
      question: z.string(),
      cards: z.array(z.string()),
      title: z.string(),
    })
    .optional(),
});
type Data = z.infer<typeof dataSchema>;

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
const STARTERS = ['cstdcs-tieu-chuan', 'ho-so-danh-hieu', 'tien-tong-hop'];
// What can be found out without a question.
const HELPERS: readonly GoButton[] = [
  { label: t('awards.browse.button'), command: 'browse' },
  { label: t('awards.eligible.button'), command: 'eligible' },
  { label: t('awards.dossier.button'), command: 'papers' },
];

/** The flow over an answerer. */
export function createAskFlow(answerer: Answerer, moreAbout: MoreAbout = () => []): Flow<Data, Reads> {
  return defineFlow<Data, Reads>({
    name: 'ask',
    version: 1,
    data: dataSchema,
    keepsDraft: false,
    commands: [
      defineCommand<Data, Reads, Waiting>({
        name: 'ask',
        words: ['hỏi', 'cho hỏi', 'xin hỏi', '/hoi', 'ask'],
        takesText: true,
        aside: true,
        load: loadWaiting,
        start: (at) => startAsking({ answerer, moreAbout }, at, at.arg, at.topic),
      }),
      defineCommand<Data, Reads, Waiting>({
        name: 'ask-card',
        words: [],
        aside: true,
        load: loadWaiting,
        start: (at) => {
          const card = answerer.knowledge.cards.find((one) => one.id === at.arg);
          const reply = answerer.card(at.arg, { asOf: at.today });
          if (!card || !reply) return { end: true, say: [whatToAsk(answerer)] };
          // Read alone or sent on, an answer has to name what it is about.
          const named = isAnswer(reply.outcome) ? { ...reply, text: `${card.title}:\n${reply.text}` } : reply;
          // A title that was tapped is no question for an officer; whoever has one says so.
          if (reply.outcome === 'hand_over')
            return { end: true, say: [{ text: raw(reply.text), buttons: [...optionButtons(reply), PERSON, MENU] }] };
          return respond({ answerer, moreAbout }, at, named, card.title);
        },
      }),
      defineCommand<Data, Reads, void>({
        name: 'ask-basis',
        words: ['căn cứ'],
        aside: true,
        load: (read) => read.awards.fresh(),
        start: (at) => ({ end: true, say: [basisSay(answerer, at.arg, at.topic, at.today)] }),
      }),
      defineCommand<Data, Reads>({
        name: 'ask-right',
        words: ['đúng ý', 'đúng rồi', 'chính xác', '👍'],
        aside: true,
        start: (at) => {
          const marked = markedAnswer(answerer, at.topic, 'good');
          const say = [{ text: t('awards.thanks'), buttons: [MENU] }];
          return { end: true, say, effects: marked ? [markAnswer(marked)] : [] };
        },
      }),
      defineCommand<Data, Reads>({
        name: 'ask-wrong',
        words: ['chưa đúng ý', 'sai rồi', 'trả lời sai', '👎'],
        start: (at) => {
          const question = readTopic(at.topic)?.question;
          if (question === undefined) return { end: true, say: [whatToAsk(answerer)] };
          const answer = markedAnswer(answerer, at.topic, 'wrong');
          return answer
            ? { to: 'wrong', data: { question, answer }, effects: [markAnswer(answer)] }
            : { to: 'wrong', data: { question } };
        },
      }),
    ],
    steps: { wrong: wrongStep(), note: noteStep() },
  });
}

/** The last answer as a mark keeps it; undefined where there was none to mark. */
function markedAnswer(answerer: Answerer, stored: unknown, mark: Mark['mark']): Data['answer'] {
  const { answerId: id, question = '', cards = [] } = readTopic(stored) ?? {};
  if (id === undefined || cards.length === 0) return undefined;
  const title = answerer.knowledge.cards.find((card) => card.id === cards[0])?.title ?? '';
  return { id, mark, question, cards: [...cards], title };
}

function startAsking(deps: AskDeps, at: Asking, typed: string, stored: unknown): Move<Data> {
  const { answerer } = deps;
  const folded = fold(typed);
  if (GREETINGS.has(folded)) return { begin: 'menu' };
  if (isCourtesy(typed))
    return { end: true, say: [{ text: t('awards.thanks'), buttons: [{ label: t('button.menu'), command: 'menu' }] }] };
  // "Hỏi thủ tục" is what the button of the menu says.
  if (folded === '' || folded === 'thu tuc') return { end: true, say: [whatToAsk(answerer)] };
  const topic = followedTopic(stored, at.now);
  const reply = answerer.answer(typed, { asOf: at.today, ...(topic ? { topic } : {}) });
  return respond(deps, at, inPreparedWords(reply, at.prepared), typed);
}

function whatToAsk(answerer: Answerer): Say {
  const buttons = STARTERS.flatMap((id) => cardButton(answerer.knowledge.cards.find((card) => card.id === id)));
  return { text: t('awards.whatToAsk'), buttons: [...buttons, ...HELPERS, PERSON] };
}

/** Says a reply, with the buttons that its outcome calls for; hands the question over where it must go to a person. */
function respond(deps: AskDeps, at: Asking, reply: Reply, question: string): Move<Data> {
  const { answerer } = deps;
  const topic = writeTopic(reply, question, { answerId: at.newId(), now: at.now });
  if (reply.outcome === 'hand_over')
    return {
      end: true,
      topic,
      ...passOn(at, question, reply.reason ?? 'no_basis', reply.passedOnText ?? reply.text, {
        near: optionButtons(reply),
        ...(reply.reason === 'quote'
          ? { wrong: answerer.knowledge.cards.find((one) => one.id === reply.cards[0]) }
          : {}),
      }),
    };
  return { end: true, topic, say: [{ text: raw(reply.text), buttons: buttonsFor(deps, reply) }] };
}

/** Called wrong: asked in other words, told what is wrong, or passed on. */
function wrongStep() {
  return defineStep<Data, Reads, Waiting>({
    load: loadWaiting,
    ask: ({ data }) => ({
      text: t('awards.wrong.ask', { question: shorten(data.question, 120) }),
      options: [
        { value: 'officer', label: t('awards.wrong.officer'), words: ['chuyển', 'cán bộ'] },
        ...(data.answer === undefined
          ? []
          : [{ value: 'note', label: t('awards.wrong.note'), words: ['ghi chỗ sai'] }]),
      ],
      free: true,
    }),
    answer: (at, answer): Move<Data> => {
      if (answer.kind === 'option')
        return answer.value === 'note'
          ? { to: 'note', data: at.data }
          : { end: true, ...passOn(at, at.data.question, 'no_basis', '') };
      if (answer.kind === 'text') return { begin: 'ask', arg: answer.text };
      return { again: t('conversation.chooseOne') };
    },
  });
}

/** What is wrong, in the person's words, for the officer who looks after the card. */
function noteStep() {
  return defineStep<Data, Reads>({
    ask: () => ({ text: t('awards.wrong.what'), free: true, buttons: [PERSON] }),
    answer: ({ data }, answer): Move<Data> => {
      if (answer.kind !== 'text' || answer.text.trim() === '') return { again: t('awards.wrong.what') };
      const effects = data.answer === undefined ? [] : [markAnswer({ ...data.answer, note: answer.text })];
      return { end: true, say: [{ text: t('awards.wrong.noted'), buttons: [PERSON, MENU] }], effects };
    },
  });
}
