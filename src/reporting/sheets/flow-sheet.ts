/** "Biểu mẫu Excel": which report, and its form comes as a file into this chat. */
import {
  askForWork,
  defineCommand,
  defineFlow,
  defineStep,
  t,
  type At,
  type Flow,
  type Move,
} from '../../conversation/index.js';
import type { WorkingCalendar } from '../../kernel/calendar.js';
import { personKey } from '../../kernel/people.js';
import { seatsOf } from '../../units/index.js';
import { chooseAsk, chosen } from '../choose.js';
import type { ObligationView } from '../model.js';
import type { ReportingReadPort } from '../reads.js';
import { MAKE_SHEET, type MakeSheet } from './sheet-model.js';
import { submitData, type SubmitData } from '../submitting/submit-data.js';
import { withOpen } from '../submitting/submit-open.js';

interface Loaded {
  /** What has a form, owed or still to be corrected. */
  readonly list: readonly ObligationView[];
  readonly obligation: ObligationView | null;
  readonly calendar: WorkingCalendar;
}

async function load(
  read: ReportingReadPort,
  { actor }: Pick<At<unknown, unknown>, 'actor'>,
  id: string,
): Promise<Loaded> {
  const { reporting } = read;
  const unitIds = seatsOf(actor).map((seat) => seat.unitId);
  const list = id === '' ? [...(await reporting.owed(unitIds)), ...(await reporting.correctable(unitIds))] : [];
  return {
    list: list.filter(hasForm),
    obligation: id === '' ? null : await reporting.obligation(id),
    calendar: await reporting.calendar(),
  };
}

const hasForm = ({ kind, fields }: ObligationView): boolean => kind !== 'registration' && fields.length > 0;

export const sheetFlow: Flow<SubmitData, ReportingReadPort> = defineFlow<SubmitData, ReportingReadPort>({
  name: 'sheet',
  version: 1,
  data: submitData,
  keepsDraft: false,
  commands: [
    defineCommand<SubmitData, ReportingReadPort, Loaded>({
      name: 'sheet',
      words: ['biểu mẫu excel', 'gửi biểu mẫu excel', 'lấy biểu mẫu excel', 'mẫu excel', 'excel form'],
      load: (read, at) => load(read, at, at.arg),
      start(at) {
        const { actor, arg, loaded } = at;
        if (seatsOf(actor).length === 0)
          return { end: true, say: [{ text: t('reporting.noSeat'), buttons: [PERSON] }] };
        const [only] = loaded.list;
        if (arg === '' && only && loaded.list.length === 1)
          return make({ ...at, loaded: { ...loaded, obligation: only } });
        return arg === '' ? { to: 'choose', data: { obligationId: '' } } : make(at);
      },
    }),
  ],
  steps: {
    choose: defineStep<SubmitData, ReportingReadPort, Loaded>({
      load: (read, at) => load(read, at, ''),
      ask: ({ loaded, today, data: { page } }) =>
        loaded.list.length === 0
          ? { end: true, say: [{ text: t('reporting.sheet.none'), buttons: [OWED] }] }
          : chooseAsk(t('reporting.sheet.which'), loaded.list, { today, calendar: loaded.calendar, page }),
      answer(at, answer) {
        return chosen<SubmitData>(answer, { step: 'choose', data: at.data }, (id) => {
          const obligation = at.loaded.list.find((one) => one.id === id);
          return obligation
            ? make({ ...at, loaded: { ...at.loaded, obligation } })
            : { again: t('conversation.chooseOne') };
        });
      },
    }),
  },
});

const OWED = { label: t('button.owed'), command: 'owed' } as const;
const PERSON = { label: t('button.person'), command: 'person' } as const;

/** Asks for the form; it comes as a message of its own. */
function make(at: At<unknown, Loaded>): Move<SubmitData> {
  return withOpen<Move<SubmitData>>(at, (obligation) => {
    const { id, dutyName: duty } = obligation;
    if (!hasForm(obligation))
      return {
        end: true,
        say: [
          {
            text: t('reporting.sheet.noForm', { duty }),
            buttons: [{ label: t('reporting.button.submitNow'), command: 'submit', arg: id }, OWED],
          },
        ],
      };
    const payload: MakeSheet = { obligationId: id, person: personKey(at.actor) };
    return {
      end: true,
      effects: [askForWork({ workId: at.newId(), kind: MAKE_SHEET, payload })],
      say: [{ text: t('reporting.sheet.making', { duty }) }],
    };
  });
}
