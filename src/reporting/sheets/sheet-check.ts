/** From the cells of a returned Excel form to the values of a report, or what is wrong in which row. Pure. */
import { z } from 'zod';
import { t, type Text } from '../../conversation/index.js';
import type { FormCell } from '../../documents/index.js';
import { fieldSchema, type Field } from '../../duties/index.js';
import { formatNumber } from '../../kernel/format.js';
import { cleanInput } from '../../kernel/text.js';
import { DIGITS, readField } from '../model.js';
import { isFitting, TEXT_MAX, type FieldValue } from '../submitting/submit-check.js';

const FAULTS = ['missing', 'gone', 'number', 'date', 'formula', 'merged', 'twice', 'long'] as const;
type Fault = (typeof FAULTS)[number];

export const sheetProblem = z.object({
  field: fieldSchema,
  /** Row of the sheet that came; null where it is not in it. */
  row: z.number().nullable(),
  fault: z.enum(FAULTS),
});
export type SheetProblem = z.infer<typeof sheetProblem>;

export interface SheetValues {
  /** Field name → value, of the fields that are right. */
  readonly values: Readonly<Record<string, FieldValue>>;
  /** Field name → what stands in its cell, right or wrong. */
  readonly shown: Readonly<Record<string, FieldValue>>;
  readonly problems: readonly SheetProblem[];
}

/** Reads every field of the form from its cell. */
export function readCells(fields: readonly Field[], cells: ReadonlyMap<string, FormCell>): SheetValues {
  const values: Record<string, FieldValue> = {};
  const shown: Record<string, FieldValue> = {};
  const problems: SheetProblem[] = [];
  for (const field of fields) {
    const cell = cells.get(field.name);
    const read = cell ? readCell(field, cell.content) : { fault: 'gone' as const };
    if (read.shown !== undefined) shown[field.name] = read.shown;
    if ('value' in read) values[field.name] = read.value;
    else problems.push({ field, row: cell?.row ?? null, fault: read.fault });
  }
  return { values, shown, problems };
}

type CellRead = { readonly shown?: FieldValue } & ({ readonly value: FieldValue } | { readonly fault: Fault });

function readCell(field: Field, content: FormCell['content']): CellRead {
  switch (content.kind) {
    case 'empty':
      return { fault: 'missing' };
    case 'merged':
    case 'twice':
      return { fault: content.kind };
    case 'error':
      return { shown: content.text, fault: 'formula' };
    case 'date':
      return field.type === 'text'
        ? { shown: content.text, value: content.text }
        : { shown: content.text, fault: 'date' };
    case 'number':
      return readNumber(field, content.value);
    case 'text':
      return readText(field, cleanInput(content.text));
  }
}

function readNumber(field: Field, value: number): CellRead {
  // A year or a number of a document typed into a cell for words.
  if (field.type === 'text') return readText(field, String(value).replace('.', ','));
  return isFitting(field, value) ? { shown: value, value } : { shown: value, fault: 'number' };
}

function readText(field: Field, text: string): CellRead {
  if (text === '') return { fault: 'missing' };
  if (text.length > TEXT_MAX) return { shown: text.slice(0, TEXT_MAX), fault: 'long' };
  const value = readField(field, text);
  return value === null ? { shown: text, fault: 'number' } : { shown: text, value };
}

/** What may stand in the cell of a field. */
export function ruleText({ type, min, max }: Field): Text {
  if (type === 'text') return t('reporting.sheet.rule.text');
  if (min !== undefined && max !== undefined)
    return t('reporting.sheet.rule.range', { min: formatNumber(min), max: formatNumber(max) });
  return min === undefined
    ? t('reporting.sheet.rule.number', { digits: DIGITS })
    : t('reporting.sheet.rule.from', { min: formatNumber(min), digits: DIGITS });
}

/** What is wrong with a cell, and what belongs there. */
export const faultText = ({ field, fault }: Pick<SheetProblem, 'field' | 'fault'>): Text =>
  t(`reporting.sheet.fault.${fault}`, { rule: ruleText(field), max: formatNumber(TEXT_MAX, 0) });
