/** "góp ý về câu trả lời": what people think of the answers, for the officers. */
import { z } from 'zod';
import { defineCommand, defineFlow, raw, t, type Flow, type Move } from '../../conversation/index.js';
import { formatMoment } from '../../kernel/format.js';
import { shorten } from '../../kernel/text.js';
import type { Answerer } from '../answerer.js';
import { settleMarks } from './effects.js';
import type { MarkReads } from './store.js';
import { isOfficer } from '../officers.js';
import { TASKS } from '../go-buttons.js';

type Reads = { readonly answerMarks: MarkReads };
type OneCard = Awaited<ReturnType<MarkReads['ofCard']>>;
type List = Awaited<ReturnType<MarkReads['cards']>>;

const PAGE = 6;
const WORDS = 5;
const WORDS_LIMIT = 200;
const LABEL_LIMIT = 60;
const PAGE_ARG = /^\d{1,4}$/;

/** The flow; each screen is a command with its place as the argument. */
export function createMarksFlow(answerer: Answerer): Flow<undefined, Reads> {
  const titleOf = (id: string): string => answerer.knowledge.cards.find((card) => card.id === id)?.title ?? id;
  return defineFlow<undefined, Reads>({
    name: 'answer-marks',
    version: 1,
    data: z.undefined(),
    keepsDraft: false,
    commands: [
      defineCommand<undefined, Reads, List | OneCard>({
        name: 'answer-marks',
        words: ['góp ý về câu trả lời', 'góp ý câu trả lời', 'answer feedback'],
        allow: isOfficer,
        load: (read, { arg }) =>
          arg === '' || PAGE_ARG.test(arg)
            ? read.answerMarks.cards(PAGE, Number(arg) * PAGE)
            : read.answerMarks.ofCard(arg, WORDS),
        start: ({ arg, loaded }): Move<undefined> =>
          'words' in loaded
            ? { end: true, say: [oneCard(loaded, titleOf(loaded.card))] }
            : { end: true, say: [list(loaded, Number(arg), titleOf)] },
      }),
      defineCommand<undefined, Reads>({
        name: 'answer-marks-done',
        words: [],
        allow: isOfficer,
        start: ({ arg }): Move<undefined> => ({
          end: true,
          say: [{ text: t('awards.marks.done', { title: titleOf(arg) }), buttons: [TASKS] }],
          effects: [settleMarks({ card: arg })],
        }),
        refused: (_at, refusal) => ({ end: true, say: [{ text: refusal.text, buttons: [TASKS] }] }),
      }),
    ],
    steps: {},
  });
}

function list(loaded: List, page: number, titleOf: (id: string) => string) {
  if (loaded.total === 0) return { text: t('awards.marks.none'), buttons: [TASKS] };
  const isMore = (page + 1) * PAGE < loaded.total;
  return {
    text: [
      t('awards.marks.title', { n: loaded.total }),
      ...loaded.cards.map(({ card, good, wrong }) => t('awards.marks.line', { title: titleOf(card), good, wrong })),
    ],
    buttons: [
      ...loaded.cards.map(({ card }) => ({
        label: raw(shorten(titleOf(card), LABEL_LIMIT)),
        command: 'answer-marks',
        arg: card,
      })),
      ...(isMore ? [{ label: t('awards.browse.more'), command: 'answer-marks', arg: String(page + 1) }] : []),
      TASKS,
    ],
  };
}

function oneCard(loaded: OneCard, title: string) {
  return {
    text: [
      t('awards.marks.line', { title, good: loaded.good, wrong: loaded.wrong }),
      ...loaded.words.map(({ at, text }) => raw(`${formatMoment(at)}: ${shorten(text, WORDS_LIMIT)}`)),
    ],
    buttons: [
      { label: t('awards.marks.openCard'), command: 'card', arg: loaded.card },
      { label: t('awards.marks.markDone'), command: 'answer-marks-done', arg: loaded.card },
      { label: t('awards.marks.all'), command: 'answer-marks' },
      TASKS,
    ],
  };
}
