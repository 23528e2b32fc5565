/** The reminder ladder: which steps a due date has, when each is due, and whom it speaks to. */
import { z } from 'zod';
import type { WorkingCalendar } from '../kernel/calendar.js';
import type { LocalDate } from '../kernel/local-date.js';
import { remindAt } from '../kernel/remind-at.js';

/**
 * Whom a step speaks to. seat: the primary contact person, the deputy where that seat is empty. primary, deputy: only
 * that person. head: the unit's head. officer: those who follow up for the province. leader: the province's leaders, who
 * hear of all units of a morning in one digest.
 */
export const LADDER_AUDIENCES = ['seat', 'primary', 'deputy', 'head', 'officer', 'leader'] as const;
export type Audience = (typeof LADDER_AUDIENCES)[number];

const RANKS: Readonly<Record<Audience, number>> = { seat: 0, primary: 0, deputy: 0, head: 1, officer: 2, leader: 3 };

/** How far up an audience stands: what goes up a rank needs proof that the rank below was reached. */
export const rankOf = (audience: Audience): number => RANKS[audience];

/** What an officer may have a step say beside the facts. */
export const LONGEST_WORDS = 200;

const stepSchema = z.object({
  /** Name of the step, unique in its ladder: `T-7`. */
  step: z.string().min(1),
  /** Working days from the due day; negative before it. */
  offset: z.number().int(),
  audience: z.enum(LADDER_AUDIENCES),
  class: z.enum(['deadline', 'critical']),
  /** The officer's own words, a line of the reminder. */
  words: z.string().min(1).max(LONGEST_WORDS).optional(),
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
  { step: 'T+7', offset: 7, audience: 'leader', class: 'deadline' },
];

/** A step with its instant. */
export interface PlannedStep {
  readonly step: string;
  readonly audience: Audience;
  readonly class: string;
  readonly dueAt: Date;
}

/**
 * The steps of a due date that still lie ahead of `now`: what is past was told by whatever opened the duty.
 * `graceDays`: working days that a duty lets pass before anybody above the seats is told that it is late.
 */
export function planSteps(
  ladder: readonly LadderStep[],
  dueOn: LocalDate,
  calendar: WorkingCalendar,
  now: Date,
  graceDays = 0,
): PlannedStep[] {
  return ladder.flatMap((step) => {
    const isDelayed = step.offset > 0 && rankOf(step.audience) > 0;
    const dueAt = remindAt(stepDay(isDelayed ? step.offset + graceDays : step.offset, dueOn, calendar));
    const { audience } = step;
    return dueAt > now ? [{ step: step.step, audience, class: step.class, dueAt }] : [];
  });
}

/** The day of the first step; the due day where the ladder begins later or is empty. */
export function firstStepDay(ladder: readonly LadderStep[], dueOn: LocalDate, calendar: WorkingCalendar): LocalDate {
  return stepDay(Math.min(0, ...ladder.map((step) => step.offset)), dueOn, calendar);
}

// The due day itself stays the due day, also where it is a day off: a reminder after it would be of no use.
const stepDay = (offset: number, dueOn: LocalDate, calendar: WorkingCalendar): LocalDate =>
  offset === 0 ? dueOn : calendar.addWorkingDays(dueOn, offset);
