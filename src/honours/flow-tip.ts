/** "Giới thiệu gương": anybody puts an exemplar forward; an officer looks at it. */
import { z } from 'zod';
import { defineCommand, defineFlow, defineStep, t, type Flow } from '../conversation/index.js';
import { tipHonour } from './effects.js';

type Field = 'who' | 'unitName' | 'deed';
const LIMITS = { who: 80, unitName: 120, deed: 1500 } as const;
const dataSchema = z.object({
  who: z.string().optional(),
  unitName: z.string().optional(),
  deed: z.string().optional(),
});
type Data = z.infer<typeof dataSchema>;

const step = (field: Field, next: string) =>
  defineStep<Data, unknown>({
    ask: () => ({ text: t(`honours.tip.${field}`) }),
    answer: ({ data }, answer) => {
      if (answer.kind !== 'text') return { again: t('campaigns.textWanted') };
      if (answer.text.length > LIMITS[field])
        return { again: t('campaigns.tooLong', { limit: LIMITS[field], length: answer.text.length }) };
      return { to: next, data: { ...data, [field]: answer.text } };
    },
  });

export const tipFlow: Flow<Data, unknown> = defineFlow<Data, unknown>({
  name: 'tip',
  version: 1,
  data: dataSchema,
  commands: [
    defineCommand<Data, unknown>({
      name: 'tip',
      words: ['giới thiệu gương', 'giới thiệu một gương', 'đề xuất gương'],
      start: () => ({ to: 'who', data: {} }),
    }),
  ],
  steps: {
    who: step('who', 'unitName'),
    unitName: step('unitName', 'deed'),
    deed: step('deed', 'confirm'),
    confirm: defineStep<Data, unknown>({
      ask: ({ data }) => ({
        text: t('honours.tip.confirm', { who: data.who ?? '', unit: data.unitName ?? '', deed: data.deed ?? '' }),
        options: [
          { value: 'send', label: t('button.send'), words: ['gửi', 'đồng ý'] },
          { value: 'edit', label: t('button.edit'), words: ['sửa'] },
        ],
      }),
      answer: ({ data, newId, newCode }, answer) => {
        if (answer.kind !== 'option' || answer.value === 'edit') return { to: 'who', data };
        const code = newCode('GT');
        return {
          end: true,
          effects: [
            tipHonour({ id: newId(), code, who: data.who ?? '', unitName: data.unitName ?? '', deed: data.deed ?? '' }),
          ],
          say: [{ text: t('honours.tip.received', { code }) }],
        };
      },
    }),
  },
});
