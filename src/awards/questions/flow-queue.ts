/** "câu hỏi chờ": what waits for an officer, the same questions as one line. */
import { z } from 'zod';
import { defineCommand, defineFlow, t, type Flow, type GoButton, type Move } from '../../conversation/index.js';
import { daysBetween, localDate } from '../../kernel/local-date.js';
import { fold, shorten } from '../../kernel/text.js';
import { groupQuestions } from './group.js';
import { MOST_WAITING, type LikenessNow } from './questions.js';
import type { QuestionReads, WaitingQuestion } from './store.js';
import { isOfficer } from '../officers.js';
import { TASKS } from '../go-buttons.js';

type Reads = { readonly questions: QuestionReads };
/** "CH-7K2M9", "trả lời câu hỏi CH-7K2M9". */
const CODE = /^(?:tra loi (?:cau hoi )?)?ch-?([a-z0-9]{5})$/;
const PAGE = 6;
const LINE_LIMIT = 160;

export const createQueueFlow = (likeness: LikenessNow): Flow<undefined, Reads> =>
  defineFlow<undefined, Reads>({
    name: 'question-queue',
    version: 1,
    data: z.undefined(),
    keepsDraft: false,
    commands: [
      defineCommand<undefined, Reads, readonly WaitingQuestion[]>({
        name: 'question-code',
        words: [],
        match: (text, inForm) => (inForm ? null : (CODE.exec(fold(text))?.[1] ?? null)),
        load: (read) => read.questions.waiting(MOST_WAITING),
        // An officer answers the question of this code; whoever asked sees where it stands.
        start: ({ arg, actor, loaded }): Move<undefined> => {
          const code = `CH-${arg.toUpperCase()}`;
          const question = loaded.find((one) => one.code === code);
          if (!isOfficer(actor)) return { begin: 'my-questions' };
          return question
            ? { begin: 'answer-question', arg: question.id }
            : { end: true, say: [{ text: t('awards.answer.gone'), buttons: [TASKS] }] };
        },
      }),
      defineCommand<undefined, Reads, readonly WaitingQuestion[]>({
        name: 'question-queue',
        words: ['câu hỏi chờ', 'câu hỏi đang chờ', 'open questions'],
        allow: isOfficer,
        load: (read) => read.questions.waiting(MOST_WAITING),
        start: ({ arg, loaded, today }): Move<undefined> => {
          if (loaded.length === 0) return { end: true, say: [{ text: t('awards.queue.none'), buttons: [TASKS] }] };
          const groups = groupQuestions(loaded, likeness());
          const from = Math.min(Math.max(0, Math.trunc(Number(arg)) || 0), Math.max(0, groups.length - 1));
          const shown = groups.slice(from, from + PAGE);
          const lines = shown.map(({ lead, people }, n) =>
            t(people > 1 ? 'awards.queue.line' : 'awards.queue.lineOne', {
              n: from + n + 1,
              code: lead.code,
              people,
              days: Math.max(0, daysBetween(localDate(lead.askedAt), today)),
              text: shorten(lead.text, LINE_LIMIT),
            }),
          );
          const buttons: GoButton[] = shown.map(({ lead }, n) => ({
            label: t('awards.queue.answer', { n: from + n + 1 }),
            command: 'answer-question',
            arg: lead.id,
          }));
          const isMore = from + PAGE < groups.length;
          return {
            end: true,
            say: [
              {
                text: [t('awards.queue.title', { n: loaded.length, groups: groups.length }), ...lines],
                buttons: [
                  ...buttons,
                  ...(isMore
                    ? [{ label: t('awards.browse.more'), command: 'question-queue', arg: String(from + PAGE) }]
                    : []),
                  TASKS,
                ],
              },
            ],
          };
        },
      }),
    ],
    steps: {},
  });
