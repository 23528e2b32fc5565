/** "câu hỏi chờ": what waits for an officer, the same questions as one line. */
import { z } from 'zod';
import { defineCommand, defineFlow, t, type Flow, type GoButton, type Move } from '../../conversation/index.js';
import { daysBetween, localDate } from '../../kernel/local-date.js';
import { shorten } from '../../kernel/text.js';
import { groupQuestions } from './group.js';
import { isOfficer, MOST_WAITING, type LikenessNow } from './questions.js';
import type { QuestionReads, WaitingQuestion } from './store.js';

type Reads = { readonly questions: QuestionReads };
const PAGE = 6;
const LINE_LIMIT = 160;
const TASKS: GoButton = { label: t('button.tasks'), command: 'tasks' };

export const createQueueFlow = (likeness: LikenessNow): Flow<undefined, Reads> =>
  defineFlow<undefined, Reads>({
    name: 'question-queue',
    version: 1,
    data: z.undefined(),
    keepsDraft: false,
    commands: [
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
