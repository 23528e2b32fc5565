/** What is asked for when somebody wants a record. */
import { z } from 'zod';

/** What a record is about. */
export const recordSubject = z.object({
  kind: z.string(),
  id: z.string(),
  title: z.string(),
  /** ISO time of the business clock. */
  at: z.string(),
  /** The document behind it, as it should read. */
  document: z.string().optional(),
});
export type RecordSubject = z.infer<typeof recordSubject>;

/** Work of this room: prints the record. */
export const RECORD_WORK = 'notices.record';
export const recordRequest = z.object({
  subject: recordSubject,
  format: z.enum(['pdf', 'xlsx']),
  /** Who gets the file. */
  person: z.templateLiteral([z.enum(['m', 'c']), ':', z.string()]),
});
export type RecordRequest = z.infer<typeof recordRequest>;
