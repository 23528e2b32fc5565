/** Urging by an officer: exactly those who still owe, once a day for each obligation. */
import { localDate } from '../../kernel/local-date.js';
import type { Recipient } from '../../delivery/index.js';
import type { Tx } from '../../store/index.js';
import type { DueStep } from './firing.js';
import { hearersOf, urgeStep } from './ladder.js';
import { isOwing, type ObligationView } from '../model.js';
import { ALL_SEATS, type Seats } from '../ports.js';
import { gatherDigests } from './reminders.js';
import type { OwedList } from '../counted.js';
import { findListed, findObligations, findOverdue, findOwingOf } from '../store-obligations.js';
import { addUrged, findUrged } from './store-steps.js';

/** Whom to urge: all who owe one period of a duty, all who are overdue with anything, exactly a list, or one obligation. */
export type UrgeScope =
  | { readonly kind: 'line'; readonly dutyId: string; readonly period: string }
  | { readonly kind: 'overdue' }
  | { readonly kind: 'list'; readonly list: OwedList }
  | { readonly kind: 'one'; readonly obligationId: string };

/** What urging would do now. */
export interface UrgePlan {
  readonly obligations: readonly ObligationView[];
  readonly units: number;
  readonly people: number;
  readonly recipients: readonly Recipient[];
  /** Units without anybody to tell. */
  readonly silent: readonly string[];
  /** Obligations urged earlier today: left out. */
  readonly already: number;
}

/** Works out whom urging would reach. */
export async function planUrge(tx: Tx, seats: Seats, scope: UrgeScope, now: Date): Promise<UrgePlan> {
  const owing = await findScope(tx, scope, now);
  const ids = owing.map((one) => one.id);
  const urged = new Set(await findUrged(tx, ids, urgeStep(localDate(now))));
  const obligations = owing.filter((one) => !urged.has(one.id));
  const unitIds = [...new Set(obligations.map((one) => one.unitId))];
  const holders = await seats.holdersOf(tx, unitIds, ALL_SEATS);
  const heard = new Set(hearersByUnit(unitIds, holders));
  const digests = gatherDigests(
    obligations.map((one) => asStep(one, now)),
    holders,
  );
  const silent = obligations.filter((one) => !heard.has(one.unitId)).map((one) => one.unitName);
  return {
    obligations,
    units: unitIds.length,
    people: digests.length,
    recipients: digests.map(({ person, items }) => ({ person, ...(items[0] ? { seatId: items[0].seatId } : {}) })),
    silent: [...new Set(silent)],
    already: owing.length - obligations.length,
  };
}

function hearersByUnit(unitIds: readonly string[], holders: Awaited<ReturnType<Seats['holdersOf']>>): string[] {
  const byUnit = new Map<string, (typeof holders)[number][]>();
  for (const holder of holders) byUnit.set(holder.unitId, [...(byUnit.get(holder.unitId) ?? []), holder]);
  return unitIds.filter((id) => hearersOf('seat', byUnit.get(id) ?? []).holders.length > 0);
}

async function findScope(tx: Tx, scope: UrgeScope, now: Date): Promise<ObligationView[]> {
  switch (scope.kind) {
    case 'line':
      return findOwingOf(tx, scope.dutyId, scope.period);
    case 'overdue':
      return findOverdue(tx, now);
    case 'list':
      return findListed(tx, scope.list, now);
    case 'one':
      return (await findObligations(tx, [scope.obligationId])).filter((one) => isOwing(one.state));
  }
}

const asStep = (obligation: ObligationView, now: Date): DueStep => ({
  id: obligation.id,
  version: obligation.version,
  step: urgeStep(localDate(now)),
  audience: 'seat',
  class: 'deadline',
  dueAt: now,
  obligation,
});

/**
 * Urges: one more step of the ladder, due at once. The tick tells it like any other, so that a unit that hands in
 * before hears nothing, several duties make one message, and two officers urging at once make no second one.
 */
export async function urge(tx: Tx, plan: UrgePlan, officer: string, now: Date): Promise<void> {
  const ids = plan.obligations.map((one) => one.id);
  await addUrged(tx, ids, { step: urgeStep(localDate(now)), by: officer }, now);
}
