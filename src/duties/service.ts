/** Use cases that other rooms ask of duties, inside their own transactions. */
import type { LocalDate } from '../kernel/local-date.js';
import type { Tx } from '../store/index.js';
import type { HowPart } from './due.js';
import { planSteps } from './ladder.js';
import { loadCalendar, shareCalendar } from '../calendar/index.js';
import type { How } from './model.js';
import { ONCE } from './periods.js';
import { findReminding, insertDuty, type NewDuty } from './store-duties.js';
import { insertObligations, lockOwing, moveObligations } from './store-obligations.js';

export interface OpenDuty extends NewDuty {
  readonly dueOn: LocalDate;
  readonly unitIds: readonly string[];
  /** Name of the period; without it the duty is owed once. */
  readonly period?: string;
}

/**
 * Opens a duty for units: the duty, one obligation a unit, and the reminders that still lie ahead. Twice does no
 * harm.
 */
export async function openDuty(tx: Tx, duty: OpenDuty, now: Date): Promise<void> {
  await insertDuty(tx, duty);
  await createObligations(
    tx,
    { dutyId: duty.id, unitIds: duty.unitIds, period: duty.period ?? ONCE, dueOn: duty.dueOn },
    now,
  );
}

export interface ObligationsWish {
  readonly dutyId: string;
  readonly unitIds: readonly string[];
  readonly period: string;
  readonly dueOn: LocalDate;
  /** How the due day was computed; without it somebody set it. */
  readonly how?: How;
}

/** Makes the obligations of one period of a duty; units that have theirs keep it. Returns how many are new. */
export async function createObligations(tx: Tx, wish: ObligationsWish, now: Date): Promise<number> {
  const reminding = await findReminding(tx, wish.dutyId);
  if (!reminding) throw new Error(`no duty ${wish.dutyId}`);
  const { ladder, graceDays } = reminding;
  await shareCalendar(tx);
  const steps = planSteps(ladder, wish.dueOn, await loadCalendar(tx), now, graceDays);
  return insertObligations(tx, { ...wish, how: wish.how ?? { parts: [{ kind: 'set', on: wish.dueOn }] }, steps }, now);
}

export interface DueWish {
  readonly dutyId: string;
  readonly ids: readonly string[];
  readonly dueOn: LocalDate;
  /** Null: each stays what it was. */
  readonly state: 'open' | 'returned' | null;
  /** How the day was computed; without it somebody put it there. */
  readonly how?: readonly HowPart[];
  readonly reason: string;
  /** On what ground, in the words of whoever moved it, and who that was. */
  readonly basis?: string;
  readonly byId?: string | null;
}

/** Gives obligations a due day and the ladder that belongs to it. */
export async function setDue(tx: Tx, wish: DueWish, now: Date): Promise<void> {
  await shareCalendar(tx);
  const { ladder = [], graceDays = 0 } = (await findReminding(tx, wish.dutyId)) ?? {};
  const steps = planSteps(ladder, wish.dueOn, await loadCalendar(tx), now, graceDays);
  const { dutyId: _dutyId, ids, how = [{ kind: 'moved', on: wish.dueOn }], ...rest } = wish;
  await moveObligations(tx, ids, { ...rest, how, steps }, now);
}

export interface DueMove {
  readonly dutyId: string;
  readonly period?: string;
  readonly unitIds?: readonly string[];
  readonly dueOn: LocalDate;
  readonly how?: readonly HowPart[];
  readonly basis?: string;
  readonly byId?: string | null;
}

/**
 * Moves the due day of one period of a duty for those who still owe it (for these units only, where given): the
 * reminders of the old day are void, those of the new one planned. Returns the obligations that moved.
 */
export async function moveDueDay(tx: Tx, move: DueMove, now: Date): Promise<string[]> {
  await shareCalendar(tx);
  const rows = await tx.obligation.findMany({
    where: {
      dutyId: move.dutyId,
      period: move.period ?? ONCE,
      ...(move.unitIds ? { unitId: { in: [...move.unitIds] } } : {}),
    },
    select: { id: true },
  });
  const ids = await lockOwing(
    tx,
    rows.map((row) => row.id),
  );
  const { period: _period, unitIds: _unitIds, ...wish } = move;
  if (ids.length > 0) await setDue(tx, { ...wish, ids, state: null, reason: 'due-day-moved' }, now);
  return ids;
}
