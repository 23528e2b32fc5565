/**
 * A form as a workbook that people fill in: where its parts stand. Column A, hidden, tells which field a row is for,
 * so that rows may move; a sheet of its own, hidden as well, holds the mark by which the form is known again.
 */
import type { Fact } from './table.js';

export interface FormSheet {
  readonly mark: string;
  /** Name of the sheet that people see. */
  readonly name: string;
  /** Says that the contents are samples. */
  readonly stamp?: string;
  readonly title: string;
  readonly facts: readonly Fact[];
  /** How to fill it in. */
  readonly notes: readonly string[];
  readonly head: {
    readonly number: string;
    readonly label: string;
    readonly rule: string;
    readonly value: string;
    readonly error: string;
  };
  readonly rows: readonly FormRow[];
}

export interface FormRow {
  /** The field; no other row has it. */
  readonly key: string;
  readonly label: string;
  /** What may stand in the cell, in words. */
  readonly rule: string;
  readonly value: string | number | null;
  readonly input: FormInput;
  /** What is wrong with the value. */
  readonly error?: string;
}

export type FormInput =
  | { readonly kind: 'number'; readonly min?: number | undefined; readonly max?: number | undefined }
  | { readonly kind: 'text'; readonly maxLength: number };

export const MARK_SHEET = '_neu_guong';
/** Before a field's key in column A. */
export const KEY_PREFIX = 'f:';
export const VALUE_OFFSET = 4;
