/** Duties as the room thinks of them: what is owed, on what basis, how often, by whom and until when. */
import { z } from 'zod';
import { endOfDay, isLocalDate, type LocalDate } from '../kernel/local-date.js';
import { dueRuleSchema, type HowPart } from './due.js';
import { ladderSchema } from './ladder.js';
import { ownersSchema } from './owners.js';
import { periodRuleSchema } from './periods.js';

export type DutyKind = 'registration' | 'midterm' | 'final' | 'periodic';

/** One number or line that a duty's form asks for. */
export const fieldSchema = z.object({
  name: z.string().min(1),
  label: z.string().min(1),
  type: z.enum(['number', 'text']),
  min: z.number().optional(),
  max: z.number().optional(),
});
export type Field = z.infer<typeof fieldSchema>;

export const FILE_KINDS = ['pdf', 'word', 'excel', 'image'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

const daySchema = z.string().refine(isLocalDate);

/** Everything that an officer says of a periodic duty (column `duty_version.data`). */
export const contentSchema = z.object({
  name: z.string().min(1),
  /** The document that the duty stands on. */
  basis: z.object({ document: z.string().min(1), number: z.string().min(1), on: daySchema }),
  owners: ownersSchema,
  periods: periodRuleSchema,
  due: dueRuleSchema,
  needs: z.string().min(1),
  fields: z.array(fieldSchema),
  files: z.array(z.enum(FILE_KINDS)),
  ladder: ladderSchema,
  graceDays: z.number().int().min(0).max(30),
  lockDays: z.number().int().min(0).max(60).nullable(),
  startsOn: daySchema,
  endsOn: daySchema.nullable(),
});
export type DutyContent = z.infer<typeof contentSchema>;

/** A periodic duty as it stands. */
export interface Duty {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  readonly active: boolean;
  readonly content: DutyContent;
}

/** Where an obligation's due day comes from (column `obligation.how`). */
export interface How {
  /** Name of the period, in the office's language. */
  readonly period?: string;
  readonly parts: readonly HowPart[];
}

/** The last instant on which something due that day is on time. */
export const dueMoment = (dueOn: LocalDate): Date => endOfDay(dueOn);
