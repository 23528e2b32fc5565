/** The officer's task where nothing proves that a unit was reached: telephone, and say so. */
import { z } from 'zod';
import { defineCommand, defineFlow, defineStep, raw, t, type Flow } from '../../conversation/index.js';
import { isOfficer } from '../../units/index.js';
import { confirmReached } from '../effects.js';
import { isOwing, type ObligationView } from '../model.js';
import type { ReportingReadPort } from '../reads.js';
import { dayText } from '../texts.js';

const dataSchema = z.object({ obligationId: z.string() });
type Data = z.infer<typeof dataSchema>;
interface Loaded {
  readonly obligation: ObligationView | null;
  /** Null when nobody needs to telephone any more. */
  readonly text: string | null;
}

const toTasks = { label: t('button.tasks'), command: 'tasks' };

export const unprovenFlow: Flow<Data, ReportingReadPort> = defineFlow<Data, ReportingReadPort>({
  name: 'unproven',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, ReportingReadPort>({
      name: 'unproven',
      words: ['chưa chắc đã nhận'],
      allow: isOfficer,
      // Said without a task, it means the list.
      start: ({ arg }) => (arg === '' ? { begin: 'tasks', arg: '' } : { to: 'one', data: { obligationId: arg } }),
    }),
  ],
  steps: {
    one: defineStep<Data, ReportingReadPort, Loaded>({
      load: async (read, { data }) => ({
        obligation: await read.reporting.obligation(data.obligationId),
        text: await read.reporting.unproven(data.obligationId),
      }),
      ask({ loaded: { obligation, text } }) {
        if (!obligation) return { end: true, say: [{ text: t('reporting.gone'), buttons: [toTasks] }] };
        if (text === null || !isOwing(obligation.state))
          return { end: true, say: [{ text: t('reporting.unproven.gone'), buttons: [toTasks] }] };
        return {
          text: [
            t('reporting.unproven.title', { duty: obligation.dutyName, unit: obligation.unitName }),
            t('reporting.unproven.due', { day: dayText(obligation.dueOn) }),
            raw(text),
            t('reporting.unproven.ask'),
          ],
          options: [
            { value: 'reached', label: t('reporting.unproven.reached'), words: ['đã liên hệ', 'đã gọi', 'xong'] },
            { value: 'page', label: t('reporting.unproven.page'), words: ['xem nghĩa vụ'] },
            { value: 'later', label: t('reporting.unproven.later'), words: ['chưa được', 'để sau'] },
          ],
        };
      },
      answer({ loaded: { obligation }, data }, answer) {
        if (answer.kind !== 'option' || !obligation) return { again: t('conversation.chooseOne') };
        if (answer.value === 'page') return { begin: 'obligation', arg: data.obligationId };
        if (answer.value === 'later')
          return { end: true, say: [{ text: t('reporting.unproven.stays'), buttons: [toTasks] }] };
        return {
          end: true,
          say: [{ text: t('reporting.unproven.done', { unit: obligation.unitName }), buttons: [toTasks] }],
          effects: [confirmReached({ obligationId: data.obligationId })],
        };
      },
      refused: (_at, refusal) => ({ end: true, say: [{ text: refusal.text, buttons: [toTasks] }] }),
    }),
  },
});
