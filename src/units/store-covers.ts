/** Who stands in for a seat's holder during leave, and who therefore acts for a seat today. */
import { BUSINESS_TODAY, Prisma, type Tx } from '../store/index.js';
import { toDbDate, type LocalDate } from '../kernel/local-date.js';
import type { SeatKind } from '../kernel/people.js';
import type { Holder } from './store-people.js';

const TODAY = Prisma.raw(BUSINESS_TODAY);

/** The people who act for such seats of these units today: the holder, or whoever covers for them. */
export async function findActing(tx: Tx, unitIds: readonly string[], kinds: readonly SeatKind[]): Promise<Holder[]> {
  const rows = await tx.$queryRaw<
    { member_id: string; full_name: string; seat_id: string; kind: SeatKind; unit_id: string }[]
  >`
    select m.id as member_id, m.full_name, s.id as seat_id, s.kind, s.unit_id
    from seat s
    join seat_holding h on h.seat_id = s.id and h.held_to is null
    left join seat_cover c on c.seat_id = s.id and c.ended_at is null and c.member_id is not null
      and c.from_on <= ${TODAY} and c.to_on >= ${TODAY}
    join member m on m.id = coalesce(c.member_id, h.member_id)
    where s.unit_id = any(${[...unitIds]}::uuid[]) and s.kind = any(${[...kinds]}::text[])
    order by s.unit_id, array_position(array['primary', 'deputy', 'head'], s.kind)`;
  return rows.map((row) => ({
    personKey: `m:${row.member_id}`,
    memberId: row.member_id,
    name: row.full_name,
    seatId: row.seat_id,
    kind: row.kind,
    unitId: row.unit_id,
  }));
}

/** A cover that is not over, with the names that texts need. */
export interface Cover {
  readonly id: string;
  readonly seatId: string;
  readonly kind: SeatKind;
  readonly unitId: string;
  readonly unitName: string;
  readonly holderId: string | null;
  readonly holderName: string;
  /** Null until whoever was invited has taken the code. */
  readonly memberId: string | null;
  readonly name: string | null;
  readonly fromOn: LocalDate;
  readonly toOn: LocalDate;
  readonly begun: boolean;
}

const COVER = Prisma.sql`
  select c.id, c.seat_id as "seatId", s.kind, s.unit_id as "unitId", u.name as "unitName", h.member_id as "holderId",
    coalesce(hm.full_name, '') as "holderName", c.member_id as "memberId", m.full_name as name,
    to_char(c.from_on, 'YYYY-MM-DD') as "fromOn", to_char(c.to_on, 'YYYY-MM-DD') as "toOn", c.begun_at is not null as begun
  from seat_cover c
  join seat s on s.id = c.seat_id
  join unit u on u.id = s.unit_id
  left join seat_holding h on h.seat_id = s.id and h.held_to is null
  left join member hm on hm.id = h.member_id
  left join member m on m.id = c.member_id`;

/** One cover that is not over; null when it is, or was never there. */
export async function findCover(tx: Tx, id: string): Promise<Cover | null> {
  const [row] = await tx.$queryRaw<Cover[]>`${COVER} where c.id = ${id}::uuid and c.ended_at is null`;
  return row ?? null;
}

/** Covers of these seats that are not over, the nearest first. */
export const findCoversOf = (tx: Tx, seatIds: readonly string[]): Promise<Cover[]> =>
  tx.$queryRaw<Cover[]>`
    ${COVER} where c.seat_id = any(${[...seatIds]}::uuid[]) and c.ended_at is null order by c.from_on, c.id`;

/** Covers that this person took over and that are not over. */
export const findCoversBy = (tx: Tx, memberId: string): Promise<Cover[]> =>
  tx.$queryRaw<Cover[]>`${COVER} where c.member_id = ${memberId}::uuid and c.ended_at is null order by c.from_on, c.id`;

/** Covers whose first day has come and nobody was told, held until the transaction ends; and those whose last is past. */
export async function lockTurning(
  tx: Tx,
  today: LocalDate,
): Promise<{ readonly begin: readonly Cover[]; readonly over: readonly Cover[] }> {
  const day = toDbDate(today);
  const ids = await tx.$queryRaw<{ id: string }[]>`
    select id from seat_cover
    where ended_at is null and (to_on < ${day}::date or (begun_at is null and member_id is not null and from_on <= ${day}::date))
    order by id for update skip locked`;
  if (ids.length === 0) return { begin: [], over: [] };
  const rows = await tx.$queryRaw<Cover[]>`${COVER} where c.id = any(${ids.map(({ id }) => id)}::uuid[]) order by c.id`;
  return { begin: rows.filter(({ toOn }) => toOn >= today), over: rows.filter(({ toOn }) => toOn < today) };
}

/** The days after `from` up to `to` on which a cover begins, or is over. */
export async function findTurnDays(tx: Tx, from: LocalDate, to: LocalDate): Promise<LocalDate[]> {
  const rows = await tx.$queryRaw<{ on: LocalDate }[]>`
    select distinct to_char(d.on, 'YYYY-MM-DD') as "on"
    from seat_cover c cross join lateral (values (c.from_on), (c.to_on + 1)) as d("on")
    where c.ended_at is null and d.on > ${toDbDate(from)}::date and d.on <= ${toDbDate(to)}::date order by 1`;
  return rows.map(({ on }) => on);
}

export interface NewCover {
  readonly id: string;
  readonly seatId: string;
  readonly memberId: string | null;
  readonly fromOn: LocalDate;
  readonly toOn: LocalDate;
}

export async function insertCover(tx: Tx, cover: NewCover, byMemberId: string | null, now: Date): Promise<void> {
  await tx.seatCover.create({
    data: {
      ...cover,
      fromOn: toDbDate(cover.fromOn),
      toOn: toDbDate(cover.toOn),
      madeAt: now,
      madeById: byMemberId,
    },
  });
}

export async function markBegun(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  await tx.seatCover.updateMany({ where: { id: { in: [...ids] } }, data: { begunAt: now } });
}

/** Whoever was invited has come. False when the cover is over. */
export async function acceptCover(tx: Tx, id: string, memberId: string): Promise<boolean> {
  const { count } = await tx.seatCover.updateMany({ where: { id, endedAt: null, memberId: null }, data: { memberId } });
  return count === 1;
}

export type CoverEnd = 'over' | 'cancelled' | 'left' | 'handed-over';

/** Ends covers; the codes that wait for them are worth nothing any more. Returns those that ended now. */
export async function endCovers(tx: Tx, ids: readonly string[], reason: CoverEnd, now: Date): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await tx.$queryRaw<{ id: string }[]>`
    update seat_cover set ended_at = ${now}, end_reason = ${reason}
    where id = any(${[...ids]}::uuid[]) and ended_at is null returning id`;
  await tx.invitation.updateMany({
    where: { coverId: { in: [...ids] }, usedAt: null, revokedAt: null },
    data: { revokedAt: now },
  });
  return rows.map(({ id }) => id);
}

/** Covers that are not over go along with a holder who passes from one seat to another, and so do their codes. */
export async function passCovers(tx: Tx, fromSeatId: string, toSeatId: string): Promise<void> {
  const open = { seatId: fromSeatId, coverId: { not: null }, usedAt: null, revokedAt: null };
  await tx.invitation.updateMany({ where: open, data: { seatId: toSeatId } });
  await tx.seatCover.updateMany({ where: { seatId: fromSeatId, endedAt: null }, data: { seatId: toSeatId } });
}

/** All seats of the unit of this seat, held until the transaction ends: who is away and who covers is decided one after another. */
export async function lockSeatsBeside(tx: Tx, seatId: string): Promise<void> {
  await tx.$queryRaw`
    select id from seat where unit_id = (select unit_id from seat where id = ${seatId}::uuid) order by id for update`;
}

/** True for a person who holds no seat of the unit of this seat. */
export async function isOutsideUnit(tx: Tx, memberId: string, seatId: string): Promise<boolean> {
  const held = await tx.seatHolding.count({
    where: { memberId, heldTo: null, seat: { unit: { seats: { some: { id: seatId } } } } },
  });
  return held === 0;
}
