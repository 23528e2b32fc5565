/** Closing a question without an answer: why, and a look at what the asker will read. */
import { z } from 'zod';
import { defineCommand, defineFlow, defineStep, t, type Flow, type Move } from '../../conversation/index.js';
import { closedText, closeQuestion } from './effects.js';
import type { QuestionReads, WaitingQuestion } from './store.js';
import { isOfficer } from '../officers.js';
import { TASKS } from '../go-buttons.js';

type Reads = { readonly questions: QuestionReads };
const dataSchema = z.object({ id: z.string(), reason: z.string().optional() });
type Data = z.infer<typeof dataSchema>;
type Loaded = WaitingQuestion | null;

const MINIMUM = 3;
const LIMIT = 1500;
const gone = (): Move<Data> => ({ end: true, say: [{ text: t('awards.answer.gone'), buttons: [TASKS] }] });

const load = (read: Reads, id: string): Promise<Loaded> => read.questions.one(id);

export const createCloseFlow = (): Flow<Data, Reads> =>
  defineFlow<Data, Reads>({
    name: 'close-question',
    version: 1,
    data: dataSchema,
    commands: [
      defineCommand<Data, Reads>({
        name: 'close-question',
        words: [],
        allow: isOfficer,
        start: ({ arg }) => ({ to: 'why', data: { id: arg } }),
      }),
    ],
    steps: { why: whyStep(), confirm: confirmStep() },
  });

const whyStep = () =>
  defineStep<Data, Reads, Loaded>({
    load: (read, { data }) => load(read, data.id),
    ask: ({ loaded }) => (loaded ? { text: t('awards.answer.closeWhy', { code: loaded.code }), free: true } : gone()),
    answer: ({ data }, answer): Move<Data> => {
      const reason = answer.kind === 'text' ? answer.text.trim() : '';
      if (reason.length < MINIMUM) return { again: t('awards.answer.tooShort') };
      if (reason.length > LIMIT) return { again: t('awards.answer.tooLong', { limit: LIMIT }) };
      return { to: 'confirm', data: { ...data, reason } };
    },
  });

const confirmStep = () =>
  defineStep<Data, Reads, Loaded>({
    load: (read, { data }) => load(read, data.id),
    ask: ({ loaded, data: { reason = '' }, actor: { name }, now }) =>
      loaded
        ? {
            text: [t('awards.answer.closePreview'), closedText({ ...loaded, reason, name, now })],
            options: [
              { value: 'close', label: t('awards.answer.close'), words: ['khép', 'đồng ý'] },
              { value: 'edit', label: t('button.edit'), words: ['sửa lại'] },
              { value: 'answer', label: t('awards.answer.instead'), words: ['trả lời'] },
            ],
          }
        : gone(),
    answer: ({ data, loaded }, answer): Move<Data> => {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'edit') return { to: 'why', data };
      if (answer.value === 'answer') return { begin: 'answer-question', arg: data.id };
      const text = t('awards.answer.closedDone', { code: loaded?.code ?? '' });
      return {
        end: true,
        say: [{ text, buttons: [TASKS] }],
        effects: [closeQuestion({ questionId: data.id, reason: data.reason ?? '' })],
      };
    },
    // Somebody was faster: the words are given back, for they may serve elsewhere.
    refused: ({ data }, refusal) => ({
      end: true,
      say: [{ text: [refusal.text, t('awards.answer.yourWords', { text: data.reason ?? '' })], buttons: [TASKS] }],
    }),
  });
