/** The way through handing in: which question comes next, and what a file that is sent does to it. */
import { t, type Move } from '../../conversation/index.js';
import type { StoredFile } from '../../conversation/message.js';
import type { Field } from '../../duties/index.js';
import type { ObligationView } from '../model.js';
import { checkReport, type CheckedReport } from './submit-check.js';
import type { SubmitData } from './submit-data.js';
import { MAX_FILES, missingKinds } from './submit-files.js';

/** Where handing in begins: with the form, with the files, or with whatever the unit has to say. */
export function firstQuestion(data: SubmitData, obligation: ObligationView): Move<SubmitData> {
  const wantsAnything = obligation.fields.length === 0 && obligation.files.length === 0;
  return wantsAnything && data.files === undefined && data.text === undefined
    ? { to: 'what', data }
    : nextQuestion(data, obligation);
}

/** What is still missing is asked; a look at everything comes last. */
export function nextQuestion(data: SubmitData, obligation: ObligationView): Exclude<Move<SubmitData>, { end: true }> {
  if (data.nil === true) return { to: 'confirm', data };
  if (unansweredField(data, obligation)) return toField(data);
  if (missingKinds(obligation.files, data.files ?? []).length > 0) return { to: 'files', data };
  return { to: 'confirm', data };
}

/** The first field that has no value yet. */
export const unansweredField = (data: SubmitData, { fields }: Pick<ObligationView, 'fields'>): Field | undefined =>
  fields.find((field) => data.values?.[field.name] === undefined);

/** Fields take turns in two steps: `lùi` goes back from one step to another, and so to the field before. */
const toField = (data: SubmitData) => ({
  to: Object.keys(data.values ?? {}).length % 2 === 0 ? 'field' : 'field-odd',
  data,
});

/** The data with one more file; null when there are as many as may be. The same file twice counts once. */
export function withFile(data: SubmitData, file: StoredFile): SubmitData | null {
  const files = data.files ?? [];
  if (files.some((one) => one.fileId === file.fileId)) return data;
  return files.length >= MAX_FILES ? null : { ...data, nil: false, files: [...files, file] };
}

/** Goes on with one more file, or says that there are enough. */
export function takeFile(
  data: SubmitData,
  file: StoredFile,
  then: (data: SubmitData) => Move<SubmitData>,
): Move<SubmitData> {
  const more = withFile(data, file);
  return more ? then(more) : { again: t('reporting.submit.tooManyFiles', { max: MAX_FILES }) };
}

/** What would be handed in, checked. */
export const checkData = (data: SubmitData, obligation: ObligationView): CheckedReport =>
  checkReport(obligation, {
    nil: data.nil === true,
    text: data.text ?? null,
    values: data.values ?? {},
    files: data.files ?? [],
  });
