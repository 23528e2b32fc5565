/** What a new version of a duty does to what units owe already. Worked out once, for the preview and for the deed. */
import { isDeepStrictEqual } from 'node:util';
import { addDays, localDate, type LocalDate } from '../kernel/local-date.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import { loadCalendar } from '../calendar/index.js';
import type { Tx } from '../store/index.js';
import type { DutyContent } from './model.js';
import { findOwing } from './owners.js';
import { duePeriods, type DuePeriod } from './plan.js';
import { moveDueDay } from './service.js';
import { findOpenPeriods, lockOwing, waiveObligations, type OpenPeriod } from './store-obligations.js';

/** A due day that moves, for the units of one period. */
export interface PlannedMove {
  readonly period: string;
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly how: DuePeriod['how'];
  readonly unitIds: readonly string[];
}

export interface Amendment {
  readonly moves: readonly PlannedMove[];
  /** Obligations that the new version does not know: of periods or units that are left out. */
  readonly waived: readonly string[];
  /** Obligations whose new due day would be over already: they keep the old one. */
  readonly kept: number;
}

/** Due days that moved, for whoever told people of the old ones. */
export interface DueMoved {
  readonly dutyId: string;
  readonly period: string;
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** On what ground, in the words of whoever moved it. */
  readonly basis: string;
  readonly obligationIds: readonly string[];
}

/** Who carries an amendment out, and why. */
export interface AmendedBy {
  readonly basis: string;
  readonly byId: string | null;
}

const REACH_DAYS = 1_100;

/** Compares what is owed from today on with what the new version asks. */
export async function planAmendment(
  tx: Tx,
  id: string,
  versions: { readonly before: DutyContent; readonly after: DutyContent },
  now: Date,
): Promise<Amendment> {
  const today = localDate(now);
  const calendar = await loadCalendar(tx);
  const { before, after } = versions;
  const next = byKey(after, calendar, today);
  const isRetold = before.graceDays !== after.graceDays || !isDeepStrictEqual(before.ladder, after.ladder);
  const moves: PlannedMove[] = [];
  const waived: string[] = [];
  let kept = 0;
  for (const open of await findOpenPeriods(tx, id, today)) {
    const due = next.get(open.period);
    const { stay, gone } = await sortUnits(tx, open, due, { id, content: after, today });
    waived.push(...gone);
    // What was moved for a unit alone stays where it was put.
    if (due === undefined || stay.length === 0 || open.isMoved) continue;
    const isMoved = due.dueOn !== open.dueOn;
    if (isMoved && due.dueOn < today) kept += stay.length;
    else if (isMoved || isRetold)
      moves.push({ period: open.period, from: open.dueOn, to: due.dueOn, how: due.how, unitIds: stay });
  }
  return { moves, waived, kept };
}

function byKey(content: DutyContent, calendar: WorkingCalendar, today: LocalDate): Map<string, DuePeriod> {
  const near = duePeriods(content, calendar, addDays(today, -REACH_DAYS), addDays(today, REACH_DAYS));
  return new Map(near.map((due) => [due.period.key, due]));
}

/** Units that go on owing, and the obligations of those that do not. */
async function sortUnits(
  tx: Tx,
  open: OpenPeriod,
  due: DuePeriod | undefined,
  { id, content, today }: { readonly id: string; readonly content: DutyContent; readonly today: LocalDate },
): Promise<{ readonly stay: string[]; readonly gone: string[] }> {
  // A unit that took it over from another owes it, whether or not it was there when the period ended.
  const owed = due && { dutyId: id, period: open.period, endsOn: due.period.endsOn };
  const owners = new Set(owed === undefined ? [] : await findOwing(tx, content.owners, owed, today));
  return {
    stay: open.unitIds.filter((unitId) => owners.has(unitId)),
    gone: open.ids.filter((_id, n) => !owners.has(open.unitIds[n] ?? '')),
  };
}

/** Carries it out. Returns the due days that moved. */
export async function applyAmendment(
  tx: Tx,
  dutyId: string,
  amendment: Amendment,
  by: AmendedBy,
  now: Date,
): Promise<DueMoved[]> {
  await waiveOpen(tx, amendment.waived, 'amended');
  const moved: DueMoved[] = [];
  for (const { period, from, to, how, unitIds } of amendment.moves) {
    const obligationIds = await moveDueDay(tx, { dutyId, period, unitIds, dueOn: to, how, ...by }, now);
    if (from !== to) moved.push({ dutyId, period, from, to, basis: by.basis, obligationIds });
  }
  return moved;
}

/** Frees those that still owe; what was handed in meanwhile stays. */
export async function waiveOpen(tx: Tx, ids: readonly string[], reason: string): Promise<number> {
  if (ids.length === 0) return 0;
  const held = await lockOwing(tx, ids);
  await waiveObligations(tx, held, reason);
  return held.length;
}
