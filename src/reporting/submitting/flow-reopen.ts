/** "Xin mở lại báo cáo": a unit asks for a report that can no longer be replaced. */
import { z } from 'zod';
import { defineCommand, defineFlow, defineStep, t, type Ask, type Flow, type Move } from '../../conversation/index.js';
import type { WorkingCalendar } from '../../kernel/calendar.js';
import { localDate } from '../../kernel/local-date.js';
import { seatFor, seatsOf } from '../../units/index.js';
import { chooseAsk, chosen } from '../choose.js';
import { askReopening } from '../effects.js';
import { isLocked } from './lock.js';
import type { ObligationView } from '../model.js';
import type { ReportingReadPort } from '../reads.js';

const dataSchema = z.object({ obligationId: z.string(), page: z.number().optional() });
type Data = z.infer<typeof dataSchema>;

interface Loaded {
  readonly obligation: ObligationView | null;
  readonly mine: readonly ObligationView[];
  readonly calendar: WorkingCalendar;
}

const REASON_MAX = 500;
const PERSON = { label: t('button.person'), command: 'person' };

const step = (one: Omit<Parameters<typeof defineStep<Data, ReportingReadPort, Loaded>>[0], 'load'>) =>
  defineStep<Data, ReportingReadPort, Loaded>({
    load: async (read, { data, actor }) => ({
      obligation: data.obligationId === '' ? null : await read.reporting.obligation(data.obligationId),
      mine: (await read.reporting.correctable(seatsOf(actor).map((seat) => seat.unitId))).filter(
        (one) => one.kind !== 'registration',
      ),
      calendar: await read.reporting.calendar(),
    }),
    ...one,
  });

export const reopenFlow: Flow<Data, ReportingReadPort> = defineFlow<Data, ReportingReadPort>({
  name: 'reopen',
  version: 1,
  data: dataSchema,
  commands: [
    defineCommand<Data, ReportingReadPort>({
      name: 'reopen',
      words: ['xin mở lại báo cáo', 'xin mở lại', 'xin sửa báo cáo', 'reopen report'],
      start: ({ arg, actor }) =>
        seatsOf(actor).length === 0
          ? { end: true, say: [{ text: t('reporting.noSeat'), buttons: [PERSON] }] }
          : { to: arg === '' ? 'which' : 'reason', data: { obligationId: arg } },
    }),
  ],
  steps: {
    which: step({
      ask: ({ loaded, today, heardAt, data: { page } }): Ask | Move<Data> => {
        const locked = loaded.mine.filter((one) => isLocked(one, localDate(heardAt), loaded.calendar));
        if (locked.length === 0)
          return { end: true, say: [{ text: t('reporting.lock.noneLocked'), buttons: [PERSON] }] };
        return chooseAsk(t('reporting.lock.which'), locked, { today, calendar: loaded.calendar, page });
      },
      answer: ({ data }, answer) =>
        chosen<Data>(answer, { step: 'which', data }, (obligationId) => ({ to: 'reason', data: { obligationId } })),
    }),
    reason: step({
      ask: ({ loaded: { obligation, calendar }, actor, heardAt }): Ask | Move<Data> => {
        if (!obligation) return { end: true, say: [{ text: t('reporting.gone') }] };
        const { unitName: unit, dutyName: duty, latest } = obligation;
        if (!seatFor(actor, obligation.unitId))
          return { end: true, say: [{ text: t('reporting.notYours', { unit }) }] };
        // Meanwhile returned, or the lock moved: then it is simply handed in again.
        if (obligation.state !== 'accepted' && !isLocked(obligation, localDate(heardAt), calendar))
          return { begin: 'submit', arg: obligation.id };
        if (obligation.state === 'accepted')
          return {
            end: true,
            say: [
              {
                text: t('reporting.submit.acceptedAlready', { duty, unit, code: latest?.code ?? '' }),
                buttons: [PERSON],
              },
            ],
          };
        return { text: t('reporting.lock.reasonAsk', { duty, unit, code: latest?.code ?? '' }) };
      },
      answer: ({ loaded: { obligation } }, answer) => {
        if (answer.kind !== 'text') return { again: t('conversation.chooseOne') };
        if (answer.text.length > REASON_MAX) return { again: t('reporting.noteTooLong', { max: REASON_MAX }) };
        const latest = obligation?.latest;
        if (!latest) return { end: true, say: [{ text: t('reporting.gone') }] };
        return {
          end: true,
          say: [{ text: t('reporting.lock.asked', { code: latest.code }), buttons: [PERSON] }],
          effects: [askReopening({ submissionId: latest.id, reason: answer.text })],
        };
      },
      refused: (_at, refusal) => ({ end: true, say: [{ text: refusal.text, buttons: [PERSON] }] }),
    }),
  },
});
