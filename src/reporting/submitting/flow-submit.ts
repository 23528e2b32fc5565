/** "Nộp báo cáo": which one, what, a look at it, and a receipt. */
import { defineCommand, defineFlow, defineStep, t, type At, type Flow, type Move } from '../../conversation/index.js';
import { fileProblemText } from '../../conversation/builtins.js';
import type { StoredFile } from '../../conversation/message.js';
import type { Actor } from '../../kernel/people.js';
import { seatFor, seatsOf } from '../../units/index.js';
import { chooseAsk, chosen } from '../choose.js';
import { missingLines } from './missing.js';
import type { ObligationView } from '../model.js';
import type { ReportingReadPort } from '../reads.js';
import { filledSheetCommand, sheetStep } from '../sheets/sheet-steps.js';
import { submitData, type SubmitData, type SubmitLoaded } from './submit-data.js';
import { isOfKind } from './submit-files.js';
import { withOpen } from './submit-open.js';
import { firstQuestion, nextQuestion, takeFile } from './submit-path.js';
import { confirmStep, dropStep, fieldStep, filesStep, whatStep } from './submit-steps.js';
import type { SubmissionView } from './store-submissions.js';

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

async function loadStart(
  read: ReportingReadPort,
  { actor, arg }: { readonly actor: Actor; readonly arg: string },
): Promise<StartLoaded> {
  const unitIds = seatsOf(actor).map((seat) => seat.unitId);
  const obligation = arg === '' ? null : await read.reporting.obligation(arg);
  return { ...(await loadMine(read, unitIds)), obligation };
}

export const submitFlow: Flow<SubmitData, ReportingReadPort> = defineFlow<SubmitData, ReportingReadPort>({
  name: 'submit',
  version: 2,
  data: submitData,
  commands: [
    defineCommand<SubmitData, ReportingReadPort, StartLoaded>({
      name: 'submit',
      words: ['nộp báo cáo', 'nộp', 'gửi báo cáo', 'submit report'],
      load: loadStart,
      start: (at) => begin(at),
    }),
    defineCommand<SubmitData, ReportingReadPort, StartLoaded>({
      name: 'nil',
      // The bare words are an answer in many a form: only the button and the whole sentence begin here.
      words: ['báo cáo không phát sinh', 'nộp báo cáo không phát sinh', 'nil report'],
      load: loadStart,
      start: (at) => begin(at, true),
    }),
    defineCommand<SubmitData, ReportingReadPort, CompleteLoaded>({
      name: 'complete',
      words: ['bổ sung báo cáo', 'complete report'],
      load: loadReturned,
      start: complete,
    }),
    filledSheetCommand,
  ],
  steps: {
    choose: defineStep<SubmitData, ReportingReadPort, Omit<StartLoaded, 'obligation'>>({
      load: (read, { actor }) =>
        loadMine(
          read,
          seatsOf(actor).map((seat) => seat.unitId),
        ),
      ask: ({ loaded, today, data: { page } }) => {
        const owes = loaded.owed.length > 0;
        const list = owes ? loaded.owed : loaded.correctable;
        if (list.length === 0)
          return {
            end: true,
            say: [{ text: t('reporting.submit.none'), buttons: [{ label: t('button.owed'), command: 'owed' }] }],
          };
        const title = t(owes ? 'reporting.submit.which' : 'reporting.submit.whichCorrect');
        return { ...chooseAsk(title, list, { today, calendar: loaded.calendar, page }), files: true };
      },
      answer(at, answer) {
        if (answer.kind === 'bad-file') return { again: fileProblemText(answer.problem) };
        // The next picture of an album, before it was said what it is for.
        if (answer.kind === 'file') return takeFile(at.data, answer.file, (data) => ({ to: 'choose', data }));
        return chosen<SubmitData>(answer, { step: 'choose', data: at.data }, (id) => {
          const one = [...at.loaded.owed, ...at.loaded.correctable].find((mine) => mine.id === id);
          return one ? open(one, at.data.files ?? [], at.data.nil) : { again: t('conversation.chooseOne') };
        });
      },
    }),
    what: whatStep(),
    field: fieldStep(),
    'field-odd': fieldStep(),
    files: filesStep(),
    drop: dropStep(),
    confirm: confirmStep(),
    sheet: sheetStep(),
  },
});

function begin(
  at: At<undefined, StartLoaded> & { readonly arg: string; readonly file?: StoredFile },
  nil = false,
): Move<SubmitData> {
  const { actor, loaded, arg, file } = at;
  const files = file ? [file] : [];
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
    return open(loaded.obligation, files, nil);
  }
  const [only] = loaded.owed;
  if (only && loaded.owed.length === 1) return open(only, files, nil);
  return { to: 'choose', data: { obligationId: '', ...(nil ? { nil } : {}), ...(file ? { files } : {}) } };
}

/** Begins with one obligation; files that came first are kept for it. */
function open(obligation: ObligationView, files: readonly StoredFile[], nil = false): Move<SubmitData> {
  if (obligation.kind === 'registration') return { begin: 'register', arg: obligation.campaignId ?? '' };
  if (nil) return { to: 'confirm', data: { obligationId: obligation.id, nil } };
  const data: SubmitData = { obligationId: obligation.id, ...(files.length > 0 ? { files: [...files] } : {}) };
  return firstQuestion(data, obligation);
}

interface CompleteLoaded extends SubmitLoaded {
  readonly returned: SubmissionView | null;
}

/** The obligation, and the version of it that was returned. Without an argument: the only one there is. */
async function loadReturned(
  read: ReportingReadPort,
  { actor, arg }: Pick<At<undefined, undefined>, 'actor'> & { readonly arg: string },
): Promise<CompleteLoaded> {
  const obligation = arg === '' ? await onlyReturned(read, actor) : await read.reporting.obligation(arg);
  const isReturned = obligation?.latest?.state === 'returned';
  return {
    obligation,
    calendar: await read.reporting.calendar(),
    returned: isReturned ? await read.reporting.submission(obligation.latest.id) : null,
  };
}

async function onlyReturned(read: ReportingReadPort, actor: Actor): Promise<ObligationView | null> {
  const owed = await read.reporting.owed(seatsOf(actor).map((seat) => seat.unitId));
  const [only, second] = owed.filter((one) => one.state === 'returned' && isReport(one));
  return only && !second ? only : null;
}

/** Asks only what is missing; everything else stands as it was handed in before. */
function complete(at: At<undefined, CompleteLoaded> & { readonly arg: string }): Move<SubmitData> {
  const { returned } = at.loaded;
  if (at.arg === '' && !at.loaded.obligation) return { begin: 'submit' };
  return withOpen<Move<SubmitData>>(at, (obligation) => {
    // What was never asked by name is said anew as a whole.
    const isNamed = obligation.fields.length + obligation.files.length > 0;
    if (!returned || returned.kind === 'nil' || !isNamed) return open(obligation, []);
    const text = [
      t('reporting.complete.title', { duty: obligation.dutyName, unit: obligation.unitName, code: returned.code }),
      t('reporting.review.returnedWords', { reason: returned.reason ?? '–' }),
      ...missingLines(obligation.fields, returned.missing),
    ];
    return { ...nextQuestion(carriedOver(returned, obligation), obligation), say: [{ text }] };
  });
}

/** What was handed in before, without what the officer named: the version before stays on record as it was. */
function carriedOver({ values, text, files, missing }: SubmissionView, obligation: ObligationView): SubmitData {
  const kept = Object.entries(values).filter(([name]) => missing?.fields.includes(name) !== true);
  const keptFiles = files
    .map(({ id, name, type, size }) => ({ fileId: id, name, type, size }))
    .filter((file) => missing?.files.some((kind) => isOfKind(file, kind)) !== true);
  return {
    obligationId: obligation.id,
    ...(kept.length > 0 ? { values: Object.fromEntries(kept) } : {}),
    ...(text === null ? {} : { text }),
    ...(keptFiles.length > 0 ? { files: keptFiles } : {}),
  };
}
