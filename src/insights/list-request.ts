/** A list that somebody wants as a workbook. */
import { z } from 'zod';
import { isTimeSpan } from '../kernel/time-span.js';
import { countedScope } from '../reporting/index.js';
import { MEASURES } from './model.js';

export const LIST_WORK = 'numbers-list';

export const listRequest = z.object({
  scope: countedScope,
  measure: z.enum(MEASURES),
  span: z.string().refine(isTimeSpan),
  /** Who gets the file. */
  person: z.templateLiteral([z.enum(['m', 'c']), ':', z.string()]),
});
export type ListRequest = z.infer<typeof listRequest>;
