/** Whom a step of the ladder speaks to in a unit, and the steps beside the ladder. */
import type { Audience } from '../../duties/index.js';
import { atLocal, type LocalDate } from '../../kernel/local-date.js';
import type { SeatKind } from '../../kernel/people.js';
import { remindAt } from '../../kernel/remind-at.js';

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
/** `told`: how often the promise of that day was called to mind before. */
export const promiseStep = (day: LocalDate, told = 0): string =>
  `${PROMISE_STEP}:${day}${told > 0 ? `/${String(told + 1)}` : ''}`;
export const urgeStep = (day: LocalDate): string => `U:${day}`;
export const isUrgeStep = (step: string): boolean => step.startsWith('U:');
/** What a unit took over from one that is no more. */
export const heirStep = (day: LocalDate): string => `H:${day}`;
export const isHeirStep = (step: string): boolean => step.startsWith('H:');
export const isPromiseStep = (step: string): boolean => step.startsWith(`${PROMISE_STEP}:`);
/** What a unit asked to be reminded of later, counted within one due day. */
export const SNOOZE_STEP = 'Z';
export const snoozeStep = (n: number): string => `${SNOOZE_STEP}:${String(n)}`;
export const isSnoozeStep = (step: string): boolean => step.startsWith(`${SNOOZE_STEP}:`);
/** A step that was not proven is told once more in the unit, to whoever did not hear it, while the one above waits. */
export const SIDEWAYS_STEP = 'S';
export const sidewaysStep = (step: string, n: number): string =>
  `${SIDEWAYS_STEP}:${step}${n > 1 ? `/${String(n)}` : ''}`;
export const isSidewaysStep = (step: string): boolean => step.startsWith(`${SIDEWAYS_STEP}:`);
/** What somebody hears of a step later than others, or once more because its message was taken back (duties/unsent.ts). */
const LATER_STEP = 'L';
export const laterStep = (step: string): string => `${LATER_STEP}:${step}`;
export const isLaterStep = (step: string): boolean => step.startsWith(`${LATER_STEP}:`);
/** The step that it stands for. */
export const laterOf = (step: string): string => step.slice(LATER_STEP.length + 1);
/** True for a step that stands beside the ladder: a promise, a snooze, an urging, or one that went sideways or comes later. */
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
 * or those two where the unit has no head. Empty when nobody answers for the unit. `assigneeId`: the colleague who does
 * the work hears what the seat would, while that person holds a seat of the unit.
 */
export function hearersOf(
  audience: Audience,
  holders: readonly SeatHolder[],
  assigneeId: string | null = null,
): Hearers {
  const of = (kind: SeatKind) => holders.filter((holder) => holder.kind === kind);
  if (audience === 'head') {
    const heads = of('head');
    return heads.length > 0
      ? { holders: heads, asked: true }
      : { holders: [...of('primary'), ...of('deputy')], asked: false };
  }
  if (audience === 'deputy') return { holders: of('deputy'), asked: true };
  const assigned = holders.find((holder) => holder.personKey === `m:${assigneeId ?? ''}`);
  if (assigned) return { holders: [assigned], asked: true };
  const primary = of('primary');
  return { holders: primary.length > 0 || audience === 'primary' ? primary : of('deputy'), asked: true };
}

/** True for what is told within a unit; the rest is told to the province's officers and leaders, of many units at once. */
export const isOfUnit = (audience: Audience): boolean => audience !== 'officer' && audience !== 'leader';
