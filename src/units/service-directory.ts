/** Questions about units and people that other rooms ask. */
import type { Audience, Recipient } from '../delivery/ports.js';
import { localDate, type LocalDate } from '../kernel/local-date.js';
import type { ChannelName, PersonKey, SeatKind } from '../kernel/people.js';
import type { Tx } from '../store/index.js';
import { describeRule, isValidOn, matchUnits, type AudienceRule, type Unit } from './model.js';
import { searchUnits } from './search.js';
import { findReached } from './store-audience.js';
import { findByRole, findHolders, findSilentSeats, type SilentSeat } from './store-people.js';
import { findClusters, findPlaces, findUnits, findUnitsById } from './store-units.js';
import type { Text } from '../conversation/index.js';

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
  /** Zalo by what it costs: within 48 hours of the last word, within seven days, later (a template or another channel). */
  readonly zalo: { readonly free: number; readonly billed: number; readonly template: number };
}

/** Counts an audience exactly as delivery would address it. */
export async function countAudience(tx: Tx, audience: Audience, now: Date): Promise<AudienceCount> {
  const reached = await findReached(tx, audience);
  const byChannel: Record<ChannelName, number> = { web: 0, telegram: 0, zalo: 0 };
  const zalo = { free: 0, billed: 0, template: 0 };
  for (const { channel, lastInboundAt } of reached) {
    if (channel === null) continue;
    byChannel[channel] += 1;
    if (channel === 'zalo') zalo[zaloWindow(lastInboundAt, now)] += 1;
  }
  const withoutHolder = audience.kind === 'units' ? await unitsWithoutHolder(tx, audience.unitIds, audience.seats) : [];
  return {
    // Units in which somebody can be told.
    units: audience.kind === 'units' ? new Set(audience.unitIds).size - withoutHolder.length : 0,
    people: reached.length,
    byChannel,
    unreachable: reached.filter((entry) => entry.channel === null).length,
    withoutHolder,
    zalo,
  };
}

function zaloWindow(lastInboundAt: Date | null, now: Date): 'free' | 'billed' | 'template' {
  const hours = lastInboundAt === null ? Infinity : (now.getTime() - lastInboundAt.getTime()) / HOUR_MS;
  if (hours <= 48) return 'free';
  return hours <= 7 * 24 ? 'billed' : 'template';
}

/** Counts the seats of the units that a rule means today. */
export async function countRule(
  tx: Tx,
  rule: AudienceRule,
  seats: readonly SeatKind[],
  now: Date,
): Promise<AudienceCount> {
  const units = await unitsOf(tx, rule, localDate(now));
  return countAudience(tx, { kind: 'units', unitIds: units.map((unit) => unit.id), seats }, now);
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
