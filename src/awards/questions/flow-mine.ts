/** "câu hỏi của tôi": where one's questions stand; a question can be withdrawn or asked further. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  t,
  type Flow,
  type GoButton,
  type Move,
  type Text,
} from '../../conversation/index.js';
import { formatMoment } from '../../kernel/format.js';
import { shorten } from '../../kernel/text.js';
import { loadWaiting, passOn, type Waiting } from '../pass-on.js';
import type { AwardsReads } from '../store.js';
import { withdrawQuestion } from './effects.js';
import type { OwnQuestion, QuestionReads } from './store.js';

type Reads = { readonly awards: AwardsReads; readonly questions: QuestionReads };
const dataSchema = z.object({ code: z.string() });
type Data = z.infer<typeof dataSchema>;

const SHOWN = 5;
const WITHDRAWN_AT_MOST = 50;
const TEXT_LIMIT = 120;
const ANSWER_LIMIT = 300;
const BUTTONS: readonly GoButton[] = [
  { label: t('button.ask'), command: 'ask' },
  { label: t('button.person'), command: 'person' },
];

export const mineFlow: Flow<Data, Reads> = defineFlow<Data, Reads>({
  name: 'my-questions',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, Reads, readonly OwnQuestion[]>({
      name: 'my-questions',
      words: ['câu hỏi của tôi', 'các câu hỏi của tôi', 'my questions'],
      aside: true,
      load: (read, at) => read.questions.own(at.actor.conversationId, SHOWN),
      start: ({ loaded }): Move<Data> => {
        if (loaded.length === 0) return { end: true, say: [{ text: t('awards.mine.none'), buttons: BUTTONS }] };
        const open = loaded.filter((one) => one.state === 'open');
        const buttons = open.map((one) => ({
          label: t('awards.mine.withdraw', { code: one.code }),
          command: 'withdraw-question',
          arg: one.code,
        }));
        return {
          end: true,
          say: [{ text: [t('awards.mine.title'), ...loaded.map(ownLine)], buttons: [...buttons, ...BUTTONS] }],
        };
      },
    }),
    defineCommand<Data, Reads, readonly OwnQuestion[]>({
      name: 'withdraw-question',
      words: ['rút câu hỏi', 'withdraw question'],
      takesText: true,
      load: (read, at) => read.questions.own(at.actor.conversationId, WITHDRAWN_AT_MOST),
      start: ({ loaded, arg }): Move<Data> => {
        const open = loaded.filter((one) => one.state === 'open');
        const wanted = arg.trim().toUpperCase();
        const [one] = wanted === '' && open.length === 1 ? open : open.filter(({ code }) => code === wanted);
        if (one)
          return {
            end: true,
            say: [{ text: t('awards.mine.withdrawn', { code: one.code }), buttons: BUTTONS }],
            effects: [withdrawQuestion({ questionId: one.id })],
          };
        return wanted === '' && open.length > 1
          ? { begin: 'my-questions' }
          : { end: true, say: [{ text: t('awards.mine.nothingToWithdraw'), buttons: BUTTONS }] };
      },
      refused: (_at, refusal) => ({ end: true, say: [{ text: refusal.text, buttons: BUTTONS }] }),
    }),
    defineCommand<Data, Reads>({
      name: 'question-more',
      words: [],
      start: ({ arg }) => ({ to: 'more', data: { code: arg } }),
    }),
  ],
  steps: {
    more: defineStep<Data, Reads, Waiting>({
      load: loadWaiting,
      ask: ({ data }) => ({ text: t('awards.mine.more', { code: data.code }), free: true, buttons: BUTTONS }),
      answer: (at, answer): Move<Data> =>
        answer.kind === 'text' && answer.text.trim() !== ''
          ? { end: true, ...passOn(at, `${at.data.code}: ${answer.text}`, 'asked_for_person', '') }
          : { again: t('awards.mine.more', { code: at.data.code }) },
    }),
  },
});

function ownLine(one: OwnQuestion): Text {
  const params = {
    code: one.code,
    at: formatMoment(one.askedAt),
    text: shorten(one.text, TEXT_LIMIT),
    place: one.place ?? 0,
    answer: shorten(one.answer ?? '', ANSWER_LIMIT),
  };
  if (one.state === 'closed' && one.answer === null) return t('awards.mine.line.withdrawn', params);
  return t(`awards.mine.line.${one.state}`, params);
}
