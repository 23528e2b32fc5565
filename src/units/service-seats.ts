/** Seats pass from person to person, and units from one to another, with dates. */
import { addDays, toDbDate, type LocalDate } from '../kernel/local-date.js';
import { newId } from '../kernel/ids.js';
import type { SeatKind } from '../kernel/people.js';
import type { Tx } from '../store/index.js';
import { closeHolding, ensureSeat, lockSeat, openHolding } from './store-people.js';

export interface HandOver {
  readonly seatId: string;
  /** Null leaves the seat empty. */
  readonly toMemberId: string | null;
  readonly now: Date;
  /** Who decided it, for the record. */
  readonly byMemberId?: string | null;
}

/** Passes a seat on: the open holding ends, the new one begins at the same moment. Returns who held it before. */
export async function handOverSeat(tx: Tx, handOver: HandOver): Promise<{ previous: string | null }> {
  const { seatId, toMemberId, now } = handOver;
  const seat = await lockSeat(tx, seatId);
  if (!seat) throw new Error(`no seat ${seatId}`);
  if (seat.memberId === toMemberId) return { previous: toMemberId };
  const previous = await closeHolding(tx, seatId, now);
  if (toMemberId !== null) await openHolding(tx, seatId, toMemberId, now);
  await tx.auditEntry.create({
    data: {
      at: now,
      memberId: handOver.byMemberId ?? null,
      action: 'seat.hand-over',
      subject: `seat:${seatId}`,
      data: { from: previous, to: toMemberId },
    },
  });
  return { previous };
}

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

export type SuccessionHook = (tx: Tx, succession: Succession) => Promise<void>;

/** A person who lost a seat because the successor's is taken. */
export interface DisplacedHolder {
  readonly memberId: string;
  readonly kind: SeatKind;
  readonly fromUnitId: string;
}

/**
 * Ends units and lets others go on for them: records the change, moves seats with their holders, calls the hooks of
 * the other rooms. Returns the people who hold no seat any more, so that an officer can decide about them.
 */
export async function changeUnits(
  tx: Tx,
  change: UnitChange,
  hooks: readonly SuccessionHook[],
  now: Date,
): Promise<DisplacedHolder[]> {
  const heirUnitId = change.to[0] ?? null;
  if (heirUnitId === null && change.kind !== 'dissolve') throw new Error(`a ${change.kind} needs a unit that goes on`);
  const displaced: DisplacedHolder[] = [];
  for (const fromUnitId of change.from) {
    await recordChange(tx, change, fromUnitId);
    displaced.push(...(await moveSeats(tx, fromUnitId, heirUnitId, now)));
    for (const hook of hooks) await hook(tx, { fromUnitId, heirUnitId, effectiveOn: change.effectiveOn, now });
  }
  return displaced;
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
  await tx.clusterUnit.updateMany({ where: { unitId: fromUnitId, validTo: null }, data: { validTo: lastDay } });
}

/** Seats go to the heir as they are; where the heir has the same seat already, its holder stays, or takes over an empty one. */
async function moveSeats(tx: Tx, fromUnitId: string, heirUnitId: string | null, now: Date): Promise<DisplacedHolder[]> {
  if (heirUnitId === fromUnitId) return [];
  const displaced: DisplacedHolder[] = [];
  const seats = await tx.seat.findMany({ where: { unitId: fromUnitId }, select: { id: true, kind: true } });
  for (const seat of seats) {
    const kind = seat.kind as SeatKind;
    const taken =
      heirUnitId === null ? null : await tx.seat.findUnique({ where: { unitId_kind: { unitId: heirUnitId, kind } } });
    if (heirUnitId !== null && !taken) {
      await tx.seat.update({ where: { id: seat.id }, data: { unitId: heirUnitId } });
      continue;
    }
    const memberId = await closeHolding(tx, seat.id, now);
    if (memberId === null) continue;
    const heirSeat = heirUnitId === null ? null : await ensureSeat(tx, heirUnitId, kind);
    const free = heirSeat !== null && (await lockSeat(tx, heirSeat))?.memberId === null;
    if (free) await openHolding(tx, heirSeat, memberId, now);
    else displaced.push({ memberId, kind, fromUnitId });
  }
  return displaced;
}
