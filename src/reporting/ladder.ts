/** The reminder ladder: which steps a due date has, when each is due, and whom it speaks to. */
import { z } from 'zod';
import type { WorkingCalendar } from '../kernel/calendar.js';
import { atLocal, type LocalDate } from '../kernel/local-date.js';
import type { SeatKind } from '../kernel/people.js';

/** seat: who does the work; head: the unit's head; officer: those who follow up for the province. */
const audienceSchema = z.enum(['seat', 'head', 'officer']);
export type Audience = z.infer<typeof audienceSchema>;

const stepSchema = z.object({
  /** Name of the step, unique in its ladder: `T-7`. */
  step: z.string().min(1),
  /** Working days from the due day; negative before it. */
  offset: z.number().int(),
  audience: audienceSchema,
  class: z.enum(['deadline', 'critical']),
});
export type LadderStep = z.infer<typeof stepSchema>;

/** The stored form of a ladder (column `duty.ladder`). */
export const ladderSchema = z.array(stepSchema);

export const DEFAULT_LADDER: readonly LadderStep[] = [
  { step: 'T-7', offset: -7, audience: 'seat', class: 'deadline' },
  { step: 'T-3', offset: -3, audience: 'seat', class: 'deadline' },
  { step: 'T-1', offset: -1, audience: 'seat', class: 'deadline' },
  { step: 'T', offset: 0, audience: 'seat', class: 'deadline' },
  { step: 'T+1', offset: 1, audience: 'head', class: 'deadline' },
  { step: 'T+3', offset: 3, audience: 'officer', class: 'deadline' },
];

/** When reminders leave: the start of the office day. */
const REMIND_AT = '08:00';

/** A step with its instant. */
export interface PlannedStep {
  readonly step: string;
  readonly audience: Audience;
  readonly class: string;
  readonly dueAt: Date;
}

/** The steps of a due date that still lie ahead of `now`: what is past was told by whatever opened the duty. */
export function planSteps(
  ladder: readonly LadderStep[],
  dueOn: LocalDate,
  calendar: WorkingCalendar,
  now: Date,
): PlannedStep[] {
  return ladder
    .map((step) => ({
      step: step.step,
      audience: step.audience,
      class: step.class,
      dueAt: remindAt(stepDay(step, dueOn, calendar)),
    }))
    .filter((step) => step.dueAt.getTime() > now.getTime());
}

// The due day itself stays the due day, also where it is a day off: a reminder after it would be of no use.
const stepDay = (step: LadderStep, dueOn: LocalDate, calendar: WorkingCalendar): LocalDate =>
  step.offset === 0 ? dueOn : calendar.addWorkingDays(dueOn, step.offset);

/** The instant at which people are reminded on a day. */
export const remindAt = (day: LocalDate): Date => atLocal(day, REMIND_AT);

/**
 * When a promise made at `now` is called to mind: that morning, or that afternoon when the morning is over. Null when
 * the day is as good as done.
 */
export function promiseInstant(day: LocalDate, now: Date): Date | null {
  return [remindAt(day), atLocal(day, PROMISE_AT)].find((instant) => instant.getTime() > now.getTime()) ?? null;
}

const PROMISE_AT = '15:00';

/** True for a promise within the term; a later one does not silence the reminder of the due day. */
export const isPromiseInTerm = (day: LocalDate, dueOn: LocalDate): boolean => day <= dueOn;

/** Steps beside the ladder: what the unit promised, and what an officer urged. */
export const PROMISE_STEP = 'P';
export const promiseStep = (day: LocalDate): string => `${PROMISE_STEP}:${day}`;
export const urgeStep = (day: LocalDate): string => `U:${day}`;
export const isPromiseStep = (step: string): boolean => step.startsWith(`${PROMISE_STEP}:`);
/** True for a step that stands beside the ladder: a promise or an urging. */
export const isBesideLadder = (step: string): boolean => step.includes(':');

/** Who holds which seat of a unit now. */
export interface SeatHolder {
  readonly unitId: string;
  readonly seatId: string;
  readonly kind: SeatKind;
  readonly personKey: `m:${string}` | `c:${string}`;
}

/** Who hears a step for a unit; `asked` is false when nobody of the wanted kind holds a seat and others stand in. */
export interface Hearers {
  readonly holders: readonly SeatHolder[];
  readonly asked: boolean;
}

/**
 * The holders who hear a step: the primary seat, the deputy where it is empty; for the head's step the head,
 * or those two where the unit has no head. Empty when nobody answers for the unit.
 */
export function hearersOf(audience: Audience, holders: readonly SeatHolder[]): Hearers {
  const of = (kind: SeatKind) => holders.filter((holder) => holder.kind === kind);
  if (audience === 'head') {
    const heads = of('head');
    return heads.length > 0
      ? { holders: heads, asked: true }
      : { holders: [...of('primary'), ...of('deputy')], asked: false };
  }
  const primary = of('primary');
  return { holders: primary.length > 0 ? primary : of('deputy'), asked: true };
}
