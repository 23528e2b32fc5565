/** Use cases that other rooms ask of reporting, inside their own transactions. */
import { addDays, localDate, type LocalDate } from '../kernel/local-date.js';
import { newCode, newId } from '../kernel/ids.js';
import type { Tx } from '../store/index.js';
import { setDue } from '../duties/index.js';
import { isLate } from './model.js';
import { loadCalendar, shareCalendar } from '../calendar/index.js';
import { closeObligation, lockRegistrationDuty } from './store-obligations.js';
import { insertSubmission } from './submitting/store-submissions.js';

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
    fileIds: [],
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
  await shareCalendar(tx);
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

/** True for the days that a unit may promise: not past, and within reach of anybody's memory. */
export const isPromisable = (day: LocalDate, today: LocalDate): boolean => day >= today && day <= addDays(today, 180);
