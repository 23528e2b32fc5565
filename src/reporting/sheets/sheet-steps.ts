/** A filled-in Excel form that comes back, whatever was being asked: read, then looked at and sent like any report. */
import { askForWork, defineCommand, defineStep, t, type Move, type Say, type Text } from '../../conversation/index.js';
import { seatsOf } from '../../units/index.js';
import type { ReportingReadPort } from '../reads.js';
import { faultText, type SheetProblem } from './sheet-check.js';
import { READ_SHEET, sheetResult, type ReadSheet, type SheetResult } from './sheet-model.js';
import type { SubmitData } from '../submitting/submit-data.js';

/** Begins with the file; those without a seat send it as any other. */
export const filledSheetCommand = defineCommand<SubmitData, ReportingReadPort>({
  name: 'filled-sheet',
  words: [],
  allow: (actor) => seatsOf(actor).length > 0,
  start({ actor, file, newId }) {
    if (!file) return { begin: 'sheet' };
    const workId = newId();
    const payload: ReadSheet = { fileId: file.fileId, unitIds: seatsOf(actor).map((seat) => seat.unitId) };
    return {
      to: 'sheet',
      data: { obligationId: '', files: [file], workId },
      effects: [askForWork({ workId, kind: READ_SHEET, payload })],
    };
  },
});

/** Waits for the reader. */
export function sheetStep() {
  return defineStep<SubmitData, ReportingReadPort, SheetResult | null>({
    // Read while the person was busy elsewhere: the result is found here.
    load: (read, { data }) =>
      data.workId === undefined ? Promise.resolve(null) : read.reporting.sheetResult(data.workId),
    ask: ({ data, loaded }) => (loaded ? settle(data, loaded) : { text: t('reporting.sheet.reading') }),
    answer({ data }, answer) {
      if (answer.kind !== 'result') return { again: t('reporting.sheet.stillReading') };
      const result = answer.ok ? sheetResult.safeParse(answer.data) : null;
      return settle(data, result?.success === true ? result.data : { outcome: 'unreadable' });
    },
  });
}

function settle({ files = [] }: SubmitData, result: SheetResult): Move<SubmitData> {
  switch (result.outcome) {
    // It is kept, and may still be handed in as a file like any other.
    case 'unreadable':
    case 'foreign':
      return {
        to: 'choose',
        data: { obligationId: '', files },
        say: [{ text: t(`reporting.sheet.${result.outcome}`), buttons: [SHEET] }],
      };
    case 'gone':
      return { end: true, say: [{ text: t('reporting.gone'), buttons: [OWED] }] };
    case 'other-unit':
      return { end: true, say: [{ text: t('reporting.sheet.otherUnit', { unit: result.unit }), buttons: [OWED] }] };
    case 'errors':
      return { end: true, say: [errorSay(result)] };
    case 'good':
      return {
        to: 'files',
        data: { obligationId: result.obligationId, values: result.values, files },
        ...(result.newer === null ? {} : { say: [{ text: t('reporting.sheet.newer', { code: result.newer }) }] }),
      };
  }
}

const OWED = { label: t('button.owed'), command: 'owed' } as const;
const SHEET = { label: t('reporting.button.sheet'), command: 'sheet' } as const;
const SHOWN = 5;

function errorSay({ obligationId, duty, fileId, problems }: Extract<SheetResult, { outcome: 'errors' }>): Say {
  const rest = problems.length - SHOWN;
  return {
    text: [
      t('reporting.sheet.errors', { duty, n: problems.length }),
      ...problems.slice(0, SHOWN).map(problemLine),
      ...(rest > 0 ? [t('reporting.digest.more', { n: rest })] : []),
      t('reporting.sheet.errorsHow'),
    ],
    fileId,
    buttons: [{ label: t('reporting.button.inChat'), command: 'submit', arg: obligationId }, OWED],
  };
}

function problemLine(problem: SheetProblem): Text {
  const { row, field } = problem;
  const params = { label: field.label, fault: faultText(problem) };
  return row === null ? t('reporting.sheet.lineGone', params) : t('reporting.sheet.line', { ...params, row });
}
