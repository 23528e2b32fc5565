/** The due day of a period, and how it came about: every computed day can say why it is that day. */
import { z } from 'zod';
import { explainTerm, type ExplainedTerm } from '../calendar/index.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import { addDays, type LocalDate } from '../kernel/local-date.js';
import { firstDayOf, lastDayOf, monthIndex, type Period } from './periods.js';

/** What becomes of a due day that falls on a day off. */
const shiftSchema = z.enum(['none', 'next', 'previous']);
export type Shift = z.infer<typeof shiftSchema>;

/** By when something is owed (column `duty.due_rule`). */
export const dueRuleSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('day'),
    /** Months after the last one of the period; negative for a month within the period. */
    monthsAfterEnd: z.number().int().min(-11).max(12),
    /** Day of that month; in a shorter one its last day. */
    day: z.number().int().min(1).max(31),
    shift: shiftSchema,
  }),
  z.object({ kind: z.literal('working-days-after-end'), days: z.number().int().min(1).max(60) }),
  /** The days stand in the periods themselves. */
  z.object({ kind: z.literal('dates'), shift: shiftSchema }),
]);
export type DueRule = z.infer<typeof dueRuleSchema>;

/** A day off as people speak of it; a day of the weekend has no name of its own. */
export interface DayOff {
  readonly on: LocalDate;
  readonly name: string | null;
}

/** One reason why a due day is the day it is. */
export type HowPart =
  /** set: the day that was named; moved: put there by hand, for some units or all. */
  | { readonly kind: 'set' | 'moved' | 'day' | 'not-before'; readonly on: LocalDate }
  | { readonly kind: 'short-month'; readonly wanted: number; readonly on: LocalDate }
  | { readonly kind: 'shifted'; readonly off: DayOff; readonly to: LocalDate }
  | { readonly kind: 'kept'; readonly off: DayOff }
  | { readonly kind: 'working-days'; readonly term: ExplainedTerm };

export interface Due {
  readonly dueOn: LocalDate;
  readonly how: readonly HowPart[];
}

/** When a period is due, and how that was computed. Never before the period begins. */
export function dueOf(rule: DueRule, period: Period, calendar: WorkingCalendar): Due {
  if (rule.kind === 'working-days-after-end') return afterEnd(rule.days, period, calendar);
  const { on, how } = rule.kind === 'dates' ? setDay(period) : dayOfMonth(rule, period);
  return shifted({ dueOn: on, how }, rule.shift, period, calendar);
}

interface Found {
  readonly on: LocalDate;
  readonly how: readonly HowPart[];
}

function setDay(period: Period): Found {
  const on = period.dueOn ?? period.endsOn;
  return { on, how: [{ kind: 'set', on }] };
}

function dayOfMonth(rule: Extract<DueRule, { kind: 'day' }>, period: Period): Found {
  const month = monthIndex(period.endsOn) + rule.monthsAfterEnd;
  const last = lastDayOf(month);
  const isShort = rule.day > Number(last.slice(8));
  const on = isShort ? last : addDays(firstDayOf(month), rule.day - 1);
  if (on < period.startsOn) return { on: period.startsOn, how: [{ kind: 'not-before', on: period.startsOn }] };
  return { on, how: [isShort ? { kind: 'short-month', wanted: rule.day, on } : { kind: 'day', on }] };
}

function shifted(found: Due, shift: Shift, period: Period, calendar: WorkingCalendar): Due {
  const { dueOn, how } = found;
  if (calendar.isWorkingDay(dueOn)) return found;
  const off = { on: dueOn, name: calendar.nameOf(dueOn) };
  if (shift === 'none') return { dueOn, how: [...how, { kind: 'kept', off }] };
  const before = calendar.addWorkingDays(dueOn, -1);
  // What is owed for a period cannot be due before it begins.
  const to = shift === 'previous' && before >= period.startsOn ? before : calendar.addWorkingDays(dueOn, 0);
  return { dueOn: to, how: [...how, { kind: 'shifted', off, to }] };
}

function afterEnd(days: number, { endsOn }: Period, calendar: WorkingCalendar): Due {
  const term = explainTerm(calendar, endsOn, days);
  return { dueOn: term.dueOn, how: [{ kind: 'working-days', term }] };
}
