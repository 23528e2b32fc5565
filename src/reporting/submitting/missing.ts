/** What a returned report lacks: fields, files, and what an officer put into words. */
import { z } from 'zod';
import { raw, t, type Text } from '../../conversation/index.js';
import { FILE_KINDS, fileText, type Field, type FileKind } from '../../duties/index.js';

/** Column `submission.missing`. */
export const missingSchema = z.object({
  /** Names of fields of the form. */
  fields: z.array(z.string()),
  files: z.array(z.enum(FILE_KINDS)),
  notes: z.array(z.string()),
});
export type Missing = z.infer<typeof missingSchema>;

/** What a duty asks for, as far as it can be named. */
export interface Wanted {
  readonly fields: readonly Field[];
  readonly files: readonly FileKind[];
}

/** The list as it was stored; null where there is none. */
export const toMissing = (stored: unknown): Missing | null =>
  stored === null || stored === undefined ? null : missingSchema.parse(stored);

const NOTE_MAX = 200;
const NOTES_MAX = 10;

/** What an officer can choose from by number, in the order of the numbers. */
export const missingChoices = ({ fields, files }: Wanted): Text[] => [
  ...fields.map((field) => t('reporting.missing.field', { label: field.label })),
  ...files.map((kind) => t('reporting.missing.file', { kind: fileText(kind) })),
];

/**
 * The list that an officer typed: numbers of the choices and words of their own, parted by commas or lines. Null when
 * a number names nothing, when it is empty, or when the words are too long to be one line each.
 */
export function readMissing(wanted: Wanted, typed: string): Missing | null {
  const parts = typed
    .split(/[,;\n]/)
    .flatMap((part) => (/^[\d\s]+$/.test(part) ? part.split(/\s+/) : [part.trim()]))
    .filter((part) => part !== '');
  const numbers = [...new Set(parts.filter((part) => /^\d+$/.test(part)).map(Number))].sort((a, b) => a - b);
  const notes = parts.filter((part) => !/^\d+$/.test(part));
  const most = wanted.fields.length + wanted.files.length;
  const isBad = numbers.some((n) => n < 1 || n > most) || notes.some((note) => note.length > NOTE_MAX);
  if (parts.length === 0 || isBad || notes.length > NOTES_MAX) return null;
  return {
    fields: wanted.fields.filter((_field, at) => numbers.includes(at + 1)).map((field) => field.name),
    files: wanted.files.filter((_kind, at) => numbers.includes(wanted.fields.length + at + 1)),
    notes,
  };
}

/** The list as people read it, a line each. */
export function missingLines(fields: readonly Field[], missing: Missing | null): Text[] {
  if (missing === null) return [];
  const named = fields.filter((field) => missing.fields.includes(field.name));
  return [
    ...named.map((field) => t('reporting.missing.fieldLine', { label: field.label })),
    ...missing.files.map((kind) => t('reporting.missing.fileLine', { kind: fileText(kind) })),
    ...missing.notes.map((note) => t('reporting.missing.noteLine', { note: raw(note) })),
  ];
}
