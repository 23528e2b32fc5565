/** Seats pass from person to person, and units from one to another, with dates. */
import { addDays, toDbDate, type LocalDate } from '../kernel/local-date.js';
import { newId } from '../kernel/ids.js';
import type { SeatKind } from '../kernel/people.js';
import type { Tx } from '../store/index.js';
import {
  endCovers,
  findCoversBy,
  findCoversOf,
  isOutsideUnit,
  passCovers,
  type Cover,
  type CoverEnd,
} from './store-covers.js';
import { revokeForSeat } from './store-invitations.js';
import { closeHolding, ensureSeat, lockSeat, openHolding } from './store-people.js';

export interface HandOver {
  readonly seatId: string;
  /** Null leaves the seat empty. */
  readonly toMemberId: string | null;
  readonly now: Date;
  /** Who decided it, for the record. */
  readonly byMemberId?: string | null;
}

/** What a hand-over changed: who held the seat before, and the covers that ended with it. */
export interface HandedOver {
  readonly previous: string | null;
  readonly ended: readonly Cover[];
}

/** Passes a seat on: the open holding ends, the new one begins at the same moment. */
export async function handOverSeat(tx: Tx, handOver: HandOver): Promise<HandedOver> {
  const { seatId, toMemberId, now } = handOver;
  const seat = await lockSeat(tx, seatId);
  if (!seat) throw new Error(`no seat ${seatId}`);
  if (seat.memberId === toMemberId) return { previous: toMemberId, ended: [] };
  const previous = await closeHolding(tx, seatId, now);
  if (toMemberId !== null) await openHolding(tx, seatId, toMemberId, now);
  const ended = await endCoversAround(tx, seatId, previous, now);
  await tx.auditEntry.create({
    data: {
      at: now,
      memberId: handOver.byMemberId ?? null,
      action: 'seat.hand-over',
      subject: `seat:${seatId}`,
      data: { from: previous, to: toMemberId },
    },
  });
  return { previous, ended };
}

/** A leave ends with its seat; and whoever left the unit stands in for nobody there any more. */
async function endCoversAround(tx: Tx, seatId: string, previous: string | null, now: Date): Promise<Cover[]> {
  const ofSeat = await findCoversOf(tx, [seatId]);
  await endCovers(tx, idsOf(ofSeat), 'handed-over', now);
  if (previous === null || !(await isOutsideUnit(tx, previous, seatId))) return ofSeat;
  const [seat] = await tx.$queryRaw<{ unit_id: string }[]>`select unit_id from seat where id = ${seatId}::uuid`;
  const byThem = (await findCoversBy(tx, previous)).filter((cover) => cover.unitId === seat?.unit_id);
  await endCovers(tx, idsOf(byThem), 'left', now);
  return [...ofSeat, ...byThem];
}

const idsOf = (covers: readonly Cover[]): string[] => covers.map(({ id }) => id);

/** A change of units that takes effect on a day. */
export interface UnitChange {
  readonly kind: 'merge' | 'split' | 'rename' | 'dissolve';
  /** The units that end. */
  readonly from: readonly string[];
  /** The units that go on; the first is the heir of open duties. Empty only when dissolved without a successor. */
  readonly to: readonly string[];
  /** First day of the new order. */
  readonly effectiveOn: LocalDate;
  /** The document that decides it. */
  readonly basis: string;
}

/** One unit ended and this one goes on for it. Other rooms move what is theirs: open obligations, campaigns, tasks. */
export interface Succession {
  readonly fromUnitId: string;
  /** Null when nobody follows: what is open is to be waived or handed to an officer. */
  readonly heirUnitId: string | null;
  readonly effectiveOn: LocalDate;
  readonly now: Date;
}

/** What a room moved, by name: `moved`, `waived`. */
export type SuccessionFacts = Readonly<Record<string, number>>;

/** How one room lets the heir go on. Returns what it counts for the office, if anything. */
export type SuccessionHook = (tx: Tx, succession: Succession) => Promise<SuccessionFacts | undefined>;

/** What a change of units did. */
export interface Changed {
  /** People who hold no seat any more, for an officer to decide about. */
  readonly displaced: readonly DisplacedHolder[];
  /** What the rooms moved, added up. */
  readonly facts: SuccessionFacts;
  /** Covers that ended with the seats of the units that are no more. */
  readonly ended: readonly Cover[];
}

/** A person who lost a seat because the successor's is taken. */
export interface DisplacedHolder {
  readonly memberId: string;
  readonly kind: SeatKind;
  readonly fromUnitId: string;
}

/**
 * Ends units and lets others go on for them: records the change, moves seats with their holders, calls the hooks of
 * the other rooms.
 */
export async function changeUnits(
  tx: Tx,
  change: UnitChange,
  hooks: readonly SuccessionHook[],
  now: Date,
): Promise<Changed> {
  if (change.to.length === 0 && change.kind !== 'dissolve')
    throw new Error(`a ${change.kind} needs a unit that goes on`);
  const displaced: DisplacedHolder[] = [];
  const ended: Cover[] = [];
  const facts: Record<string, number> = {};
  for (const fromUnitId of change.from) {
    // A unit that is one of those that go on keeps what it has, wherever it was named among them.
    const heirUnitId = change.to.includes(fromUnitId) ? fromUnitId : (change.to[0] ?? null);
    await inheritPlaces(tx, change, fromUnitId, heirUnitId);
    await recordChange(tx, change, fromUnitId);
    const moved = await moveSeats(tx, fromUnitId, heirUnitId, now);
    displaced.push(...moved.displaced);
    ended.push(...moved.ended);
    for (const hook of hooks) {
      const done = await hook(tx, { fromUnitId, heirUnitId, effectiveOn: change.effectiveOn, now });
      for (const [what, n] of Object.entries(done ?? {})) facts[what] = (facts[what] ?? 0) + n;
    }
  }
  return { displaced, facts, ended };
}

/** The heir stands where the unit stood: below the same parents' children, and in its clusters where it is in none. */
async function inheritPlaces(
  tx: Tx,
  { effectiveOn, to }: UnitChange,
  fromUnitId: string,
  heirUnitId: string | null,
): Promise<void> {
  if (heirUnitId === null) return;
  if (heirUnitId !== fromUnitId)
    await tx.unit.updateMany({
      where: { parentId: fromUnitId, id: { not: heirUnitId } },
      data: { parentId: heirUnitId },
    });
  const day = toDbDate(effectiveOn);
  // Of a day that is past the unit may have come into its cluster since.
  await tx.$executeRaw`
    insert into cluster_unit (cluster_id, unit_id, valid_from, valid_to)
    select c.cluster_id, h.id, greatest(c.valid_from, ${day}::date), c.valid_to
    from cluster_unit c cross join unnest(${[...to]}::uuid[]) as h(id)
    where c.unit_id = ${fromUnitId}::uuid and (c.valid_to is null or c.valid_to >= ${day}::date)
      and not exists (
        select 1 from cluster_unit o where o.unit_id = h.id and (o.valid_to is null or o.valid_to >= ${day}::date))
    on conflict do nothing`;
}

async function recordChange(tx: Tx, change: UnitChange, fromUnitId: string): Promise<void> {
  const targets = change.to.length === 0 ? [null] : change.to;
  await tx.unitChange.createMany({
    data: targets.map((toUnitId) => ({
      id: newId(),
      kind: change.kind,
      fromUnitId,
      toUnitId,
      effectiveOn: toDbDate(change.effectiveOn),
      basis: change.basis,
    })),
    skipDuplicates: true,
  });
  // A unit that is split may itself go on as one of the parts.
  if (change.to.includes(fromUnitId)) return;
  const lastDay = toDbDate(addDays(change.effectiveOn, -1));
  await tx.unit.update({ where: { id: fromUnitId }, data: { validTo: lastDay } });
  await tx.clusterUnit.deleteMany({ where: { unitId: fromUnitId, validFrom: { gt: lastDay } } });
  await tx.clusterUnit.updateMany({
    where: { unitId: fromUnitId, OR: [{ validTo: null }, { validTo: { gt: lastDay } }] },
    data: { validTo: lastDay },
  });
}

/** Seats go to the heir as they are; where the heir has the same seat already, its holder stays, or takes over an empty one. */
async function moveSeats(
  tx: Tx,
  fromUnitId: string,
  heirUnitId: string | null,
  now: Date,
): Promise<Pick<Changed, 'displaced' | 'ended'>> {
  if (heirUnitId === fromUnitId) return { displaced: [], ended: [] };
  const displaced: DisplacedHolder[] = [];
  const ended: Cover[] = [];
  const seats = await tx.seat.findMany({ where: { unitId: fromUnitId }, select: { id: true, kind: true } });
  for (const seat of seats) {
    const kind = seat.kind as SeatKind;
    const taken =
      heirUnitId === null ? null : await tx.seat.findUnique({ where: { unitId_kind: { unitId: heirUnitId, kind } } });
    if (heirUnitId !== null && !taken) {
      await tx.seat.update({ where: { id: seat.id }, data: { unitId: heirUnitId } });
      continue;
    }
    // Codes into a seat that is no more must not open it again.
    await revokeForSeat(tx, seat.id, now);
    const memberId = await closeHolding(tx, seat.id, now);
    const heirSeat = heirUnitId === null ? null : await ensureSeat(tx, heirUnitId, kind);
    if (memberId !== null && heirSeat !== null && (await lockSeat(tx, heirSeat))?.memberId === null) {
      await openHolding(tx, heirSeat, memberId, now);
      // Whoever is away is away from the new seat too.
      await passCovers(tx, seat.id, heirSeat);
      continue;
    }
    ended.push(...(await end(tx, await findCoversOf(tx, [seat.id]), 'handed-over', now)));
    if (memberId !== null) displaced.push({ memberId, kind, fromUnitId });
  }
  if (heirUnitId !== null) ended.push(...(await endCoversOfDisplaced(tx, displaced, heirUnitId, now)));
  return { displaced, ended };
}

/** Whoever holds no seat of the heir stands in for nobody there. */
async function endCoversOfDisplaced(
  tx: Tx,
  displaced: readonly DisplacedHolder[],
  heirUnitId: string,
  now: Date,
): Promise<Cover[]> {
  const ended: Cover[] = [];
  for (const memberId of new Set(displaced.map((one) => one.memberId))) {
    const covers = (await findCoversBy(tx, memberId)).filter((cover) => cover.unitId === heirUnitId);
    const [first] = covers;
    if (first && (await isOutsideUnit(tx, memberId, first.seatId))) ended.push(...(await end(tx, covers, 'left', now)));
  }
  return ended;
}

async function end(tx: Tx, covers: readonly Cover[], reason: CoverEnd, now: Date): Promise<readonly Cover[]> {
  await endCovers(tx, idsOf(covers), reason, now);
  return covers;
}
