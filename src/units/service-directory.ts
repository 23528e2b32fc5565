/** Questions about units and people that other rooms ask. */
import { createPlanner, type Plan, type Planner } from '../delivery/index.js';
import type { Audience, Recipient } from '../delivery/ports.js';
import { localDate, type LocalDate } from '../kernel/local-date.js';
import type { ChannelName, PersonKey, SeatKind } from '../kernel/people.js';
import type { Tx } from '../store/index.js';
import { describeRule, isValidOn, matchUnits, type AudienceRule, type Unit } from './model.js';
import { searchUnits } from './search.js';
import { findByRole, findHolders, findSilentSeats, type SilentSeat } from './store-people.js';
import { findClusters, findPlaces, findUnits, findUnitsById } from './store-units.js';
import type { Say, Text } from '../conversation/index.js';

const HOUR_MS = 3_600_000;

/** The units that a rule means on a day. */
export async function unitsOf(tx: Tx, rule: AudienceRule, day: LocalDate): Promise<Unit[]> {
  return matchUnits(
    rule,
    await findUnits(tx),
    rule.clusters.length > 0 ? await findPlaces(tx, rule.clusters) : [],
    day,
  );
}

/** A rule in words, with the names of its clusters and units. */
export async function ruleText(tx: Tx, rule: AudienceRule): Promise<Text> {
  const [clusters, units] = [await findClusters(tx), await findUnitsById(tx, rule.units)];
  const nameIn = (list: readonly { id: string; name: string }[]) => (id: string) =>
    list.find((entry) => entry.id === id)?.name ?? '?';
  return describeRule(rule, { clusterName: nameIn(clusters), unitName: nameIn(units) });
}

/** The units of a day that a typed text may mean, best first. */
export async function findUnitsByText(tx: Tx, text: string, day: LocalDate, limit = 5): Promise<Unit[]> {
  return searchUnits(await findUnits(tx), text, day, limit);
}

/** How many a message would reach, counted as delivery will do it. */
export interface AudienceCount {
  readonly units: number;
  readonly people: number;
  readonly byChannel: Readonly<Record<ChannelName, number>>;
  /** People without any contact that could be reached. */
  readonly unreachable: number;
  /** Units in which nobody holds such a seat. */
  readonly withoutHolder: readonly { readonly id: string; readonly name: string }[];
  /** Which way each of them goes. */
  readonly plan: Plan;
}

/** How to count: by which planner (all channels on), for which words (one short message). */
export interface CountOptions {
  readonly planner?: Planner | undefined;
  readonly say?: readonly Say[] | undefined;
}

/** Counts an audience by the planner that delivery itself uses. */
export async function countAudience(
  tx: Tx,
  audience: Audience,
  now: Date,
  { planner = createPlanner(), say }: CountOptions = {},
): Promise<AudienceCount> {
  const plan = await planner.plan(tx, audience, 'announcement', now, say);
  const withoutHolder = audience.kind === 'units' ? await unitsWithoutHolder(tx, audience.unitIds, audience.seats) : [];
  return {
    // Units in which somebody can be told.
    units: audience.kind === 'units' ? new Set(audience.unitIds).size - withoutHolder.length : 0,
    people: plan.people,
    byChannel: plan.byChannel,
    unreachable: plan.routes.unreachable + plan.routes.otherSeat,
    withoutHolder,
    plan,
  };
}

/** Counts the seats of the units that a rule means today. */
export async function countRule(
  tx: Tx,
  rule: AudienceRule,
  seats: readonly SeatKind[],
  now: Date,
  options: CountOptions = {},
): Promise<AudienceCount> {
  const units = await unitsOf(tx, rule, localDate(now));
  return countAudience(tx, { kind: 'units', unitIds: units.map((unit) => unit.id), seats }, now, options);
}

/** Which of these units have nobody in any of these seats. */
async function unitsWithoutHolder(
  tx: Tx,
  unitIds: readonly string[],
  seats: readonly SeatKind[],
): Promise<{ id: string; name: string }[]> {
  const held = new Set((await findHolders(tx, unitIds, seats)).map((holder) => holder.unitId));
  const empty = unitIds.filter((id) => !held.has(id));
  if (empty.length === 0) return [];
  return (await findUnitsById(tx, empty)).map((unit) => ({ id: unit.id, name: unit.name }));
}

/** Every unit of the day in which nobody holds a primary seat or stands in for it. */
export async function unitsWithoutSeat(tx: Tx, day: LocalDate): Promise<{ id: string; name: string }[]> {
  const units = (await findUnits(tx)).filter((unit) => isValidOn(unit, day) && unit.type !== 'khac');
  return unitsWithoutHolder(
    tx,
    units.map((unit) => unit.id),
    ['primary', 'deputy'],
  );
}

/** Primary seats that wrote nothing for so many days. */
export const silentSeats = (tx: Tx, days: number, now: Date): Promise<SilentSeat[]> =>
  findSilentSeats(tx, new Date(now.getTime() - days * 24 * HOUR_MS), localDate(now));

/** All officers, as recipients. */
export async function officers(tx: Tx): Promise<Recipient[]> {
  return (await findByRole(tx, 'officer')).map((member) => ({ person: `m:${member.memberId}` satisfies PersonKey }));
}

/** The province's leaders, as recipients. */
export async function leaders(tx: Tx): Promise<Recipient[]> {
  return (await findByRole(tx, 'leader')).map((member) => ({ person: `m:${member.memberId}` satisfies PersonKey }));
}

/** All administrators, as recipients. */
export async function administrators(tx: Tx): Promise<Recipient[]> {
  return (await findByRole(tx, 'admin')).map((member) => ({ person: `m:${member.memberId}` satisfies PersonKey }));
}

/** Everybody who looks after the product: officers and administrators, each once. */
export async function inCharge(tx: Tx): Promise<Recipient[]> {
  const members = [...(await findByRole(tx, 'officer')), ...(await findByRole(tx, 'admin'))];
  const ids = [...new Set(members.map((member) => member.memberId))];
  return ids.map((id) => ({ person: `m:${id}` satisfies PersonKey }));
}
