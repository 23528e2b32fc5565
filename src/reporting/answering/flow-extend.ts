/** "Xin lùi hạn": until when, and why; an officer decides. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Ask,
  type Flow,
  type Move,
} from '../../conversation/index.js';
import type { WorkingCalendar } from '../../kernel/calendar.js';
import { formatDate } from '../../kernel/format.js';
import { askExtension, withdrawExtension } from '../effects.js';
import { decidedText, offeredDays, openOf, readDay, REASON_MAX } from './extension.js';
import type { ObligationView } from '../model.js';
import type { ReportingReadPort } from '../reads.js';
import type { ExtensionView } from './store-extensions.js';
import { dayText } from '../texts.js';
import { endWith, startAbout, whichStep, withMine } from './mine.js';

const dataSchema = z.object({ obligationId: z.string(), page: z.number().optional(), day: z.string().optional() });
type Data = z.infer<typeof dataSchema>;

interface Loaded {
  readonly obligation: ObligationView | null;
  readonly open: ExtensionView | null;
  readonly calendar: WorkingCalendar;
}

const load = async (read: ReportingReadPort, { data }: { readonly data: Data }): Promise<Loaded> => ({
  obligation: await read.reporting.obligation(data.obligationId),
  open: openOf(await read.reporting.extensions(data.obligationId)),
  calendar: await read.reporting.calendar(),
});

const step = (one: Omit<Parameters<typeof defineStep<Data, ReportingReadPort, Loaded>>[0], 'load'>) =>
  defineStep<Data, ReportingReadPort, Loaded>({ load, refused: (_at, refusal) => endWith(refusal.text), ...one });

export const extendFlow: Flow<Data, ReportingReadPort> = defineFlow<Data, ReportingReadPort>({
  name: 'extend',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, ReportingReadPort>({
      name: 'extend',
      words: ['xin lùi hạn', 'lùi hạn', 'xin gia hạn', 'gia hạn', 'ask for more time'],
      start: (at) => startAbout(at, 'day'),
    }),
  ],
  steps: {
    which: whichStep<Data>('reporting.extend.which', 'day', (obligationId) => ({ obligationId })),
    asked: askedStep(),
    day: dayStep(),
    reason: step({
      ask: (at) =>
        withMine(at, (one) => ({
          text: t('reporting.extend.reason', { unit: one.unitName, day: dayText(at.data.day ?? one.dueOn) }),
          free: true,
        })),
      answer: (at, answer) =>
        withMine<Move<Data>>(at, (one) => {
          if (answer.kind !== 'text') return { again: t('conversation.chooseOne') };
          if (answer.text.length > REASON_MAX) return { again: t('reporting.noteTooLong', { max: REASON_MAX }) };
          const day = at.data.day ?? one.dueOn;
          const facts = { duty: one.dutyName, unit: one.unitName, day: dayText(day) };
          return {
            ...endWith([
              t('reporting.extend.done', facts),
              t('reporting.extend.meanwhile', { day: dayText(one.dueOn) }),
            ]),
            effects: [askExtension({ obligationId: one.id, day, reason: answer.text })],
          };
        }),
    }),
  },
});

/** Somebody of the unit asked already: what of it, and the way to take it back. */
function askedStep() {
  return step({
    ask: (at) =>
      withMine<Ask | Move<Data>>(at, (one) => {
        if (!at.loaded.open) return { to: 'day', data: { obligationId: one.id } };
        return {
          text: [t('reporting.extend.title', { duty: one.dutyName, unit: one.unitName }), decidedText(at.loaded.open)],
          options: [
            { value: 'keep', label: t('reporting.extend.keep'), words: ['để nguyên'] },
            { value: 'withdraw', label: t('reporting.extend.withdraw'), words: ['rút'] },
          ],
        };
      }),
    answer: (at, answer) =>
      withMine<Move<Data>>(at, (one) => {
        if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
        const facts = { duty: one.dutyName, unit: one.unitName, day: dayText(one.dueOn) };
        if (answer.value !== 'withdraw') return endWith(t('reporting.extend.kept', facts));
        return {
          ...endWith(t('reporting.extend.withdrawn', facts)),
          effects: [withdrawExtension({ obligationId: one.id })],
        };
      }),
  });
}

function dayStep() {
  return step({
    ask: (at) =>
      withMine<Ask | Move<Data>>(at, (one) => {
        const { open, calendar } = at.loaded;
        if (open) return { to: 'asked', data: at.data };
        return {
          text: t(one.dueOn < at.today ? 'reporting.extend.askOver' : 'reporting.extend.ask', {
            duty: one.dutyName,
            unit: one.unitName,
            day: dayText(one.dueOn),
          }),
          free: true,
          numbersAreAnswers: true,
          options: offeredDays(one.dueOn, at.today, calendar).map((day) => ({
            value: day,
            label: raw(formatDate(day)),
          })),
        };
      }),
    answer: (at, answer) =>
      withMine<Move<Data>>(at, (one) => {
        const said = answer.kind === 'option' ? answer.value : answer.kind === 'text' ? answer.text : '';
        const read = readDay(said, { dueOn: one.dueOn, today: at.today, calendar: at.loaded.calendar });
        return 'again' in read ? read : { to: 'reason', data: { ...at.data, day: read.day } };
      }),
  });
}
