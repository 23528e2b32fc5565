/** A duty while an officer describes it: what is still missing, and the way from and to a complete one. */
import { z } from 'zod';
import { addDays, isLocalDate, type LocalDate } from '../kernel/local-date.js';
import { DEFAULT_LADDER } from './ladder.js';
import { contentSchema, type DutyContent } from './model.js';
import type { PeriodRule } from './periods.js';

const typedDueSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('day'), monthsAfterEnd: z.number().int(), day: z.number().int() }),
  z.object({ kind: z.literal('working-days-after-end'), days: z.number().int() }),
  z.object({ kind: z.literal('dates') }),
]);

const { basis: basisSchema, ...shape } = contentSchema.shape;

export const draftSchema = z
  .object({
    ...shape,
    document: basisSchema.shape.document,
    number: basisSchema.shape.number,
    on: basisSchema.shape.on,
    due: typedDueSchema,
    shift: z.enum(['none', 'next', 'previous']),
  })
  .partial();
export type Draft = z.infer<typeof draftSchema>;

/** Parts in the order in which they are asked. */
export const PARTS = [
  'name',
  'document',
  'number',
  'on',
  'owners',
  'periods',
  'due',
  'shift',
  'needs',
  'fields',
  'files',
] as const;
/** Parts that have a usual value; they are changed only by who wants to. */
export const MORE_PARTS = ['ladder', 'grace', 'lock', 'span'] as const;
/** Days of the periods, where the rule of the periods asks for them. */
export const DATE_PARTS = ['once', 'custom'] as const;
export type Part = (typeof PARTS)[number] | (typeof MORE_PARTS)[number] | (typeof DATE_PARTS)[number];

/** A new draft: what has a usual value has it. */
export const emptyDraft = (today: LocalDate): Draft => ({
  ladder: [...DEFAULT_LADDER],
  graceDays: 0,
  lockDays: null,
  startsOn: today,
  endsOn: null,
});

/** The first part that is still to be asked; null when all is said. */
export const nextPart = (draft: Draft): Part | null => PARTS.find((part) => isMissing(draft, part)) ?? null;

function isMissing(draft: Draft, part: (typeof PARTS)[number]): boolean {
  // A term in working days ends on a working day.
  if (part === 'shift') return draft.shift === undefined && draft.due?.kind !== 'working-days-after-end';
  return draft[part] === undefined;
}

/** The duty that a draft describes; null while a part is missing. */
export function completeDraft(draft: Draft): DutyContent | null {
  const { document, number, on, due, shift, ...rest } = draft;
  const rule = due && (due.kind === 'working-days-after-end' ? due : { ...due, shift });
  const read = contentSchema.safeParse({ ...rest, basis: { document, number, on }, due: rule });
  return read.success ? read.data : null;
}

/** A complete duty as a draft, to be changed. */
export function draftOf({ basis, due, ...content }: DutyContent): Draft {
  if (due.kind === 'working-days-after-end') return { ...content, ...basis, due };
  const { shift, ...typed } = due;
  return { ...content, ...basis, due: typed, shift };
}

/** The same duty a year later; days that would be over by then move on until the last is not. */
export function nextYear(content: DutyContent, today: LocalDate): DutyContent {
  const years = yearsUntilAhead(content.periods, today);
  const startsOn = content.endsOn === null ? `${String(yearOf(today) + 1)}-01-01` : addYears(content.startsOn, years);
  return {
    ...content,
    name: renamed(content.name, years),
    periods: movedOn(content.periods, years),
    startsOn: earlier(startsOn, addYears(firstDate(content.periods) ?? startsOn, years)),
    endsOn: content.endsOn && addYears(content.endsOn, years),
  };
}

const datesOf = (rule: PeriodRule): LocalDate[] =>
  rule.kind === 'once' ? [rule.dueOn] : rule.kind === 'custom' ? rule.periods.map((one) => one.dueOn).sort() : [];

const firstDate = (rule: PeriodRule): LocalDate | undefined => datesOf(rule)[0];

function yearsUntilAhead(rule: PeriodRule, today: LocalDate): number {
  const last = datesOf(rule).at(-1);
  let years = 1;
  while (last !== undefined && addYears(last, years) < today) years += 1;
  return years;
}

function movedOn(rule: PeriodRule, years: number): PeriodRule {
  if (rule.kind === 'once') return { ...rule, dueOn: addYears(rule.dueOn, years) };
  if (rule.kind !== 'custom') return rule;
  const periods = rule.periods.map((one) => ({
    ...one,
    name: renamed(one.name, years),
    dueOn: addYears(one.dueOn, years),
  }));
  return { ...rule, periods };
}

/** "Báo cáo năm 2026" of the next year: "Báo cáo năm 2027". */
const renamed = (name: string, years: number): string =>
  name.replace(/(?<!\d)20\d\d(?![\d/])/g, (year) => String(Number(year) + years));

/** The same day of another year; the day before where there is no 29/02. */
function addYears(day: LocalDate, years: number): LocalDate {
  const moved = `${String(yearOf(day) + years)}${day.slice(4)}`;
  return isLocalDate(moved) ? moved : addDays(`${moved.slice(0, 4)}-03-01`, -1);
}

const yearOf = (day: LocalDate): number => Number(day.slice(0, 4));
const earlier = (a: LocalDate, b: LocalDate): LocalDate => (a < b ? a : b);
