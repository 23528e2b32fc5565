/** Whether a report holds what its duty asks for. Pure: the conversation, the store and an Excel sheet ask the same. */
import type { Field, FileKind } from '../../duties/index.js';
import { missingKinds, MAX_FILES, type TypedFile } from './submit-files.js';
import { isInRange, type SubmissionBody } from '../model.js';
import type { Wanted } from './missing.js';

/** Longer texts are better as a file, and no officer reads them in a chat. */
export const TEXT_MAX = 10_000;

export type FieldValue = string | number;

/** What somebody wants to hand in, from wherever it comes. */
export interface GivenReport {
  /** "Không phát sinh": nothing else counts. */
  readonly nil: boolean;
  readonly text: string | null;
  /** Field name → value; a number as a number. */
  readonly values: Readonly<Record<string, FieldValue>>;
  readonly files: readonly TypedFile[];
}

export type ReportProblem =
  | { readonly kind: 'empty' }
  | { readonly kind: 'field-missing' | 'field-bad'; readonly field: Field }
  | { readonly kind: 'file-missing'; readonly file: FileKind }
  | { readonly kind: 'too-many-files' | 'text-too-long'; readonly max: number };

export type CheckedReport =
  | { readonly ok: true; readonly body: SubmissionBody }
  | { readonly ok: false; readonly problems: readonly ReportProblem[] };

/**
 * Turns field values and files into what can be handed in (effect `submitReport`), or says everything that is wrong
 * with it. Whoever reads a report from a source of its own — the returned Excel sheet does — gives the values it read
 * as `values` (`readField` of model.ts turns a typed cell into one) and the sheet itself as one of `files`; values of
 * fields that the duty does not have are left out. The handler of `submitReport` asks this again in its transaction.
 */
export function checkReport(wanted: Wanted, given: GivenReport): CheckedReport {
  if (given.nil) return { ok: true, body: { kind: 'nil', text: null, values: {}, fileIds: [] } };
  const { text, files } = given;
  const values = Object.fromEntries(
    wanted.fields.flatMap(({ name }) => {
      const value = given.values[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const problems: ReportProblem[] = [
    ...wanted.fields.flatMap((field) => fieldProblem(field, values[field.name])),
    ...missingKinds(wanted.files, files).map((file) => ({ kind: 'file-missing', file }) as const),
    ...(files.length > MAX_FILES ? [{ kind: 'too-many-files', max: MAX_FILES } as const] : []),
    ...((text ?? '').length > TEXT_MAX ? [{ kind: 'text-too-long', max: TEXT_MAX } as const] : []),
  ];
  const isEmpty = Object.keys(values).length === 0 && files.length === 0 && (text ?? '').trim() === '';
  if (problems.length === 0 && isEmpty) problems.push({ kind: 'empty' });
  if (problems.length > 0) return { ok: false, problems };
  const kind = Object.keys(values).length > 0 ? 'form' : files.length > 0 ? 'file' : 'text';
  return { ok: true, body: { kind, text, values, fileIds: files.map((file) => file.fileId) } };
}

function fieldProblem(field: Field, value: FieldValue | undefined): ReportProblem[] {
  if (value === undefined || (typeof value === 'string' && value.trim() === ''))
    return [{ kind: 'field-missing', field }];
  return isFitting(field, value) ? [] : [{ kind: 'field-bad', field }];
}

/** True for a value of the field's type and within its range. */
export function isFitting(field: Field, value: FieldValue): boolean {
  if (field.type === 'text') return typeof value === 'string' && value.length <= TEXT_MAX;
  return typeof value === 'number' && isInRange(field, value);
}
