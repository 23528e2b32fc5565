/** Use cases that other rooms ask of reporting, inside their own transactions. */
import { addDays, localDate, type LocalDate } from '../kernel/local-date.js';
import { newCode, newId } from '../kernel/ids.js';
import type { Tx } from '../store/index.js';
import { planSteps } from './ladder.js';
import { isLate } from './model.js';
import { loadCalendar } from './store-calendar.js';
import { findLadder, insertDuty, insertObligations, moveObligations, type NewDuty } from './store-duties.js';
import { closeObligation, lockOwing, lockRegistrationDuty } from './store-obligations.js';
import { insertSubmission } from './store-submissions.js';

export interface OpenDuty extends NewDuty {
  readonly dueOn: LocalDate;
  readonly unitIds: readonly string[];
  /** Name of the period; without it the duty is owed once. */
  readonly period?: string;
}

/** The period of a duty that is owed once. */
export const ONCE = 'once';

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
}

/** Makes the obligations of one period of a duty; units that have theirs keep it. Returns how many are new. */
export async function createObligations(tx: Tx, wish: ObligationsWish, now: Date): Promise<number> {
  const ladder = await findLadder(tx, wish.dutyId);
  if (!ladder) throw new Error(`no duty ${wish.dutyId}`);
  const steps = planSteps(ladder, wish.dueOn, await loadCalendar(tx), now);
  return insertObligations(tx, { ...wish, steps }, now);
}

/** Makes the obligations of a yearly duty, one period for each due day. Returns how many are new. */
export async function generateYearly(
  tx: Tx,
  year: { readonly dutyId: string; readonly dueOn: readonly LocalDate[]; readonly unitIds: readonly string[] },
  now: Date,
): Promise<number> {
  let made = 0;
  for (const dueOn of year.dueOn)
    made += await createObligations(tx, { dutyId: year.dutyId, unitIds: year.unitIds, period: dueOn, dueOn }, now);
  return made;
}

/** A registration as it came in. */
export interface RegisteredUnit {
  readonly campaignId: string;
  readonly unitId: string;
  /** Code of the registration, kept with the record. */
  readonly code?: string;
  readonly seatId?: string | null;
  readonly memberId?: string | null;
}

/** Closes a unit's registration duty: from now on nobody is reminded of it. Nothing happens where there is none. */
export async function markRegistered(tx: Tx, registered: RegisteredUnit, at: Date): Promise<void> {
  const obligation = await lockRegistrationDuty(tx, registered.campaignId, registered.unitId);
  if (!obligation || obligation.state === 'waived') return;
  const version = (obligation.latest?.version ?? 0) + 1;
  const code = version === 1 ? registered.code : undefined;
  const submission = {
    id: newId(),
    obligationId: obligation.id,
    version,
    kind: 'form',
    text: null,
    values: {},
    fileId: null,
    state: 'received',
    late: isLate(at, obligation.dueAt),
    seatId: registered.seatId ?? null,
    memberId: registered.memberId ?? null,
    extra: { registration: registered.code ?? null },
  } as const;
  // A registration's code may be on record from an earlier version: then this one gets a code of its own.
  let written = await insertSubmission(tx, { ...submission, code: code ?? newCode('DK', 8) }, at);
  if (!written) written = await insertSubmission(tx, { ...submission, code: newCode('DK', 8) }, at);
  if (!written) throw new Error('no free code for a registration');
  await closeObligation(tx, obligation.id, 'submitted', { reason: 'submitted', at: at.toISOString() }, at);
}

/** Marks a unit's registration as accepted. */
export async function acceptRegistration(
  tx: Tx,
  registered: { readonly campaignId: string; readonly unitId: string },
  at: Date,
): Promise<void> {
  const obligation = await lockRegistrationDuty(tx, registered.campaignId, registered.unitId);
  if (obligation?.state === 'submitted')
    await closeObligation(tx, obligation.id, 'accepted', { reason: 'accepted' }, at);
}

/** Working days that a unit has to correct what was returned, when the due day does not leave more. */
const CORRECTION_DAYS = 3;

/**
 * Reopens a unit's registration duty when its registration is returned: until the day given, else until the due day
 * or for three working days, whichever ends later. The reminders of that term are planned.
 */
export async function reopenRegistration(
  tx: Tx,
  returned: { readonly campaignId: string; readonly unitId: string; readonly dueOn?: LocalDate },
  now: Date,
): Promise<void> {
  const obligation = await lockRegistrationDuty(tx, returned.campaignId, returned.unitId);
  if (!obligation || obligation.state === 'waived') return;
  const dueOn = returned.dueOn ?? (await correctionDay(tx, obligation.dueOn, now));
  await setDue(
    tx,
    { dutyId: obligation.dutyId, ids: [obligation.id], dueOn, state: 'returned', reason: 'returned' },
    now,
  );
}

/** The due day, or three working days from today, whichever comes later. */
export async function correctionDay(tx: Tx, dueOn: LocalDate, now: Date): Promise<LocalDate> {
  const term = (await loadCalendar(tx)).addWorkingDays(localDate(now), CORRECTION_DAYS);
  return term > dueOn ? term : dueOn;
}

interface DueWish {
  readonly dutyId: string;
  readonly ids: readonly string[];
  readonly dueOn: LocalDate;
  readonly state: 'open' | 'returned';
  readonly reason: string;
}

/** Gives obligations a due day and the ladder that belongs to it. */
export async function setDue(tx: Tx, wish: DueWish, now: Date): Promise<void> {
  const steps = planSteps((await findLadder(tx, wish.dutyId)) ?? [], wish.dueOn, await loadCalendar(tx), now);
  await moveObligations(tx, wish.ids, { dueOn: wish.dueOn, state: wish.state, steps, reason: wish.reason });
}

/**
 * Moves the due day of one period of a duty for those who still owe it (for these units only, where given): the
 * reminders of the old day are void, those of the new one planned. Returns how many obligations moved.
 */
export async function moveDueDay(
  tx: Tx,
  move: {
    readonly dutyId: string;
    readonly period?: string;
    readonly unitIds?: readonly string[];
    readonly dueOn: LocalDate;
  },
  now: Date,
): Promise<number> {
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
  if (ids.length > 0)
    await setDue(tx, { dutyId: move.dutyId, ids, dueOn: move.dueOn, state: 'open', reason: 'due-day-moved' }, now);
  return ids.length;
}

/** True for the days that a unit may promise: not past, and within reach of anybody's memory. */
export const isPromisable = (day: LocalDate, today: LocalDate): boolean => day >= today && day <= addDays(today, 180);
