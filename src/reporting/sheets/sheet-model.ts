/** What making and reading an Excel form asks of its workers, and what they answer. */
import { z } from 'zod';
import { sheetProblem } from './sheet-check.js';

export const MAKE_SHEET = 'reporting.make-sheet';
export const READ_SHEET = 'reporting.read-sheet';

export const makeRequest = z.object({
  obligationId: z.string(),
  person: z.templateLiteral([z.enum(['m', 'c']), ':', z.string()]),
});
export type MakeSheet = z.infer<typeof makeRequest>;

/** `unitIds`: the units of whose seats the sender holds one. */
export const readRequest = z.object({ fileId: z.string(), unitIds: z.array(z.string()) });
export type ReadSheet = z.infer<typeof readRequest>;

/** What reading found, for the step that waits for it. */
export const sheetResult = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('unreadable') }),
  z.object({ outcome: z.literal('foreign') }),
  z.object({ outcome: z.literal('gone') }),
  z.object({ outcome: z.literal('other-unit'), unit: z.string() }),
  z.object({
    outcome: z.literal('errors'),
    obligationId: z.string(),
    duty: z.string(),
    fileId: z.string(),
    problems: z.array(sheetProblem),
  }),
  z.object({
    outcome: z.literal('good'),
    obligationId: z.string(),
    values: z.record(z.string(), z.union([z.string(), z.number()])),
    /** Something was handed in after the form was made: its code. */
    newer: z.string().nullable(),
  }),
]);
export type SheetResult = z.infer<typeof sheetResult>;
