/** "Nộp báo cáo": which one, what, a look at it, and a receipt. */
import { defineCommand, defineFlow, defineStep, t, type At, type Flow, type Move } from '../conversation/index.js';
import type { StoredFile } from '../conversation/message.js';
import { seatFor, seatsOf } from '../units/index.js';
import { chooseAsk } from './choose.js';
import type { ObligationView } from './model.js';
import type { ReportingReadPort } from './reads.js';
import { submitData, type SubmitData, type SubmitLoaded } from './submit-data.js';
import { confirmStep, fieldStep, toField, whatStep } from './submit-steps.js';

interface StartLoaded extends SubmitLoaded {
  readonly owed: readonly ObligationView[];
  readonly correctable: readonly ObligationView[];
}

const isReport = (one: ObligationView): boolean => one.kind !== 'registration';

async function loadMine(read: ReportingReadPort, unitIds: readonly string[]) {
  const owed = (await read.reporting.owed(unitIds)).filter(isReport);
  const correctable = (await read.reporting.correctable(unitIds)).filter(isReport);
  return { owed, correctable, calendar: await read.reporting.calendar() };
}

export const submitFlow: Flow<SubmitData, ReportingReadPort> = defineFlow<SubmitData, ReportingReadPort>({
  name: 'submit',
  version: 1,
  data: submitData,
  commands: [
    defineCommand<SubmitData, ReportingReadPort, StartLoaded>({
      name: 'submit',
      words: ['nộp báo cáo', 'nộp', 'gửi báo cáo', 'submit report'],
      load: async (read, { actor, arg }) => ({
        ...(await loadMine(
          read,
          seatsOf(actor).map((seat) => seat.unitId),
        )),
        obligation: arg === '' ? null : await read.reporting.obligation(arg),
      }),
      start: begin,
    }),
  ],
  steps: {
    choose: defineStep<SubmitData, ReportingReadPort, Omit<StartLoaded, 'obligation'>>({
      load: (read, { actor }) =>
        loadMine(
          read,
          seatsOf(actor).map((seat) => seat.unitId),
        ),
      ask: ({ loaded, today }) => {
        const owes = loaded.owed.length > 0;
        const list = owes ? loaded.owed : loaded.correctable;
        if (list.length === 0)
          return {
            end: true,
            say: [{ text: t('reporting.submit.none'), buttons: [{ label: t('button.owed'), command: 'owed' }] }],
          };
        return chooseAsk(
          t(owes ? 'reporting.submit.which' : 'reporting.submit.whichCorrect'),
          list,
          today,
          loaded.calendar,
        );
      },
      answer(at, answer) {
        const chosen = [...at.loaded.owed, ...at.loaded.correctable].find(
          (one) => answer.kind === 'option' && one.id === answer.value,
        );
        return chosen ? open(chosen, at.data.file) : { again: t('conversation.chooseOne') };
      },
    }),
    what: whatStep(),
    field: fieldStep(),
    'field-odd': fieldStep(),
    confirm: confirmStep(),
  },
});

function begin(
  at: At<undefined, StartLoaded> & { readonly arg: string; readonly file?: StoredFile },
): Move<SubmitData> {
  const { actor, loaded, arg, file } = at;
  if (seatsOf(actor).length === 0)
    return {
      end: true,
      say: [
        {
          text: t(file ? 'reporting.fileNoSeat' : 'reporting.noSeat'),
          buttons: [{ label: t('button.person'), command: 'person' }],
        },
      ],
    };
  if (arg !== '') {
    if (!loaded.obligation)
      return {
        end: true,
        say: [{ text: t('reporting.gone'), buttons: [{ label: t('button.owed'), command: 'owed' }] }],
      };
    if (!seatFor(actor, loaded.obligation.unitId))
      return { end: true, say: [{ text: t('reporting.notYours', { unit: loaded.obligation.unitName }) }] };
    return open(loaded.obligation, file);
  }
  const [only] = loaded.owed;
  if (only && loaded.owed.length === 1) return open(only, file);
  return { to: 'choose', data: { obligationId: '', ...(file ? { file } : {}) } };
}

/** Begins with one obligation; a file that came first is kept for it. */
function open(obligation: ObligationView, file: StoredFile | undefined): Move<SubmitData> {
  if (obligation.kind === 'registration') return { begin: 'register', arg: obligation.campaignId ?? '' };
  const data: SubmitData = { obligationId: obligation.id, ...(file ? { file } : {}) };
  if (obligation.fields.length > 0) return toField({ ...data, field: 0 });
  return { to: file ? 'confirm' : 'what', data };
}
