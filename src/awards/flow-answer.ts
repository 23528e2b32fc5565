/** The officer's answer to a question that the knowledge could not answer. */
import { z } from 'zod';
import { defineCommand, defineFlow, defineStep, raw, t, type Flow, type Move } from '../conversation/index.js';
import { formatMoment } from '../kernel/format.js';
import type { Actor } from '../kernel/people.js';
import { answerQuestion } from './effects.js';
import type { AwardsReads, OpenQuestion } from './store.js';

type Reads = { readonly awards: AwardsReads };
const dataSchema = z.object({ id: z.string(), text: z.string().optional() });
type Data = z.infer<typeof dataSchema>;

const MINIMUM = 3;
const LIMIT = 1500;
const isOfficer = (actor: Actor) => actor.roles.includes('officer') || actor.roles.includes('admin');
const gone = (): Move<Data> => ({
  end: true,
  say: [{ text: t('awards.answer.gone'), buttons: [{ label: t('button.tasks'), command: 'tasks' }] }],
});

export const answerFlow: Flow<Data, Reads> = defineFlow<Data, Reads>({
  name: 'answer-question',
  version: 1,
  data: dataSchema,
  commands: [
    defineCommand<Data, Reads>({
      name: 'answer-question',
      words: ['trả lời câu hỏi'],
      allow: isOfficer,
      start: ({ arg }) => (arg === '' ? { begin: 'tasks' } : { to: 'write', data: { id: arg } }),
    }),
  ],
  steps: {
    write: defineStep<Data, Reads, OpenQuestion | null>({
      load: (read, at) => read.awards.open(at.data.id),
      ask: ({ loaded }) =>
        loaded
          ? {
              text: [
                t('awards.answer.question', { code: loaded.code, at: formatMoment(loaded.askedAt) }),
                raw(loaded.text),
                t('awards.answer.write'),
              ],
              free: true,
            }
          : gone(),
      answer: ({ data }, answer) => {
        const text = answer.kind === 'text' ? answer.text.trim() : '';
        if (text.length < MINIMUM) return { again: t('awards.answer.tooShort') };
        if (text.length > LIMIT) return { again: t('awards.answer.tooLong', { limit: LIMIT }) };
        return { to: 'confirm', data: { ...data, text } };
      },
    }),
    confirm: defineStep<Data, Reads, OpenQuestion | null>({
      load: (read, at) => read.awards.open(at.data.id),
      ask: ({ loaded, data, actor }) =>
        loaded
          ? {
              text: [t('awards.answer.preview', { code: loaded.code, name: actor.name }), raw(data.text ?? '')],
              options: [
                { value: 'send', label: t('button.send'), words: ['đồng ý', 'gửi đi'] },
                { value: 'edit', label: t('button.edit'), words: ['sửa lại'] },
              ],
            }
          : gone(),
      answer: ({ data, loaded }, answer) => {
        if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
        if (answer.value === 'edit') return { to: 'write', data: { id: data.id } };
        return {
          end: true,
          say: [
            {
              text: t('awards.answer.sent', { code: loaded?.code ?? '' }),
              buttons: [{ label: t('button.tasks'), command: 'tasks' }],
            },
          ],
          effects: [answerQuestion({ questionId: data.id, text: data.text ?? '' })],
        };
      },
      refused: (_at, refusal) => ({
        end: true,
        say: [{ text: refusal.text, buttons: [{ label: t('button.tasks'), command: 'tasks' }] }],
      }),
    }),
  },
});
