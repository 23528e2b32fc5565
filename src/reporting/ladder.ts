/** Whom a step of the ladder speaks to in a unit, and the steps beside the ladder. */
import type { Audience } from '../duties/index.js';
import { atLocal, type LocalDate } from '../kernel/local-date.js';
import type { SeatKind } from '../kernel/people.js';
import { remindAt } from '../kernel/remind-at.js';

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
