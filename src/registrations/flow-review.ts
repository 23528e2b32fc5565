/** An officer looks at a registration and accepts it, or returns it with a reason. */
import { z } from 'zod';
import { defineCommand, defineFlow, defineStep, t, type Flow } from '../conversation/index.js';
import { formatMoment } from '../kernel/format.js';
import { isOfficer } from '../units/index.js';
import { decideRegistration } from './effects.js';
import type { Registration } from './model.js';
import type { RegistrationsReads } from './store.js';
import { entryLines } from './texts.js';

type Reads = { readonly registrations: RegistrationsReads };
const dataSchema = z.object({ id: z.string(), version: z.number().optional() });
type Data = z.infer<typeof dataSchema>;
const REASON_LIMIT = 600;

const toTasks = [{ label: t('button.tasks'), command: 'tasks' }];

const showStep = defineStep<Data, Reads, Registration | null>({
  load: (read, at) => read.registrations.one(at.data.id),
  ask: ({ loaded }) => {
    if (!loaded) return { end: true, say: [{ text: t('registrations.gone'), buttons: toTasks }] };
    if (loaded.state !== 'submitted')
      return { end: true, say: [{ text: t('registrations.decidedMeanwhile'), buttons: toTasks }] };
    return {
      text: [
        t(loaded.onTime ? 'registrations.review' : 'registrations.reviewLate', {
          code: loaded.code,
          unit: loaded.unitName,
          campaign: loaded.campaignName,
          at: formatMoment(loaded.submittedAt),
          version: loaded.version,
        }),
        ...entryLines(loaded.entry),
      ],
      options: [
        { value: 'accept', label: t('registrations.accept'), words: ['chấp nhận', 'đồng ý', 'duyệt'] },
        { value: 'return', label: t('registrations.return'), words: ['trả lại', 'trả'] },
      ],
      buttons: toTasks,
    };
  },
  answer: ({ data, loaded }, answer) => {
    if (answer.kind !== 'option' || !loaded) return { again: t('conversation.chooseOne') };
    if (answer.value === 'return') return { to: 'reason', data: { ...data, version: loaded.version } };
    return {
      end: true,
      effects: [
        decideRegistration({
          registrationId: loaded.id,
          seenVersion: loaded.version,
          decision: 'accepted',
          reason: null,
        }),
      ],
      say: [{ text: t('registrations.acceptedDone', { code: loaded.code, unit: loaded.unitName }), buttons: toTasks }],
    };
  },
});

const reasonStep = defineStep<Data, Reads, Registration | null>({
  load: (read, at) => read.registrations.one(at.data.id),
  ask: ({ loaded }) => ({ text: t('registrations.askReason', { unit: loaded?.unitName ?? '' }) }),
  answer: ({ data, loaded }, answer) => {
    if (answer.kind !== 'text' || !loaded) return { again: t('campaigns.textWanted') };
    if (answer.text.length > REASON_LIMIT)
      return { again: t('campaigns.tooLong', { limit: REASON_LIMIT, length: answer.text.length }) };
    return {
      end: true,
      effects: [
        decideRegistration({
          registrationId: loaded.id,
          seenVersion: data.version ?? 0,
          decision: 'returned',
          reason: answer.text,
        }),
      ],
      say: [{ text: t('registrations.returnedDone', { code: loaded.code, unit: loaded.unitName }), buttons: toTasks }],
    };
  },
});

export const reviewFlow: Flow<Data, Reads> = defineFlow<Data, Reads>({
  name: 'review-registration',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, Reads>({
      name: 'review-registration',
      words: [],
      allow: isOfficer,
      start: ({ arg }) => ({ to: 'show', data: { id: arg } }),
    }),
  ],
  steps: { show: showStep, reason: reasonStep },
});
