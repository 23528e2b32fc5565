/** Members, roles, seats and who holds them. */
import { newId } from '../kernel/ids.js';
import type { LocalDate } from '../kernel/local-date.js';
import type { PersonKey, Role, SeatKind } from '../kernel/people.js';
import type { Tx } from '../store/index.js';
import { COVERED_TODAY } from './store-blocked.js';

/** A person in a seat: whom to tell, for which seat and unit. */
export interface Holder {
  readonly personKey: PersonKey;
  readonly memberId: string;
  readonly name: string;
  readonly seatId: string;
  readonly kind: SeatKind;
  readonly unitId: string;
}

export async function insertMember(tx: Tx, fullName: string, position: string | null = null): Promise<string> {
  const id = newId();
  await tx.member.create({ data: { id, fullName, position } });
  return id;
}

/** True for a person of whom nothing is known but a name that somebody typed to invite them. */
export async function isOnlyName(tx: Tx, memberId: string): Promise<boolean> {
  const known = await tx.member.count({
    where: {
      id: memberId,
      OR: [{ code: { not: null } }, { contacts: { some: {} } }, { holdings: { some: {} } }, { roles: { some: {} } }],
    },
  });
  return known === 0;
}

/** The name turned out to be a member already known: its open invitations are that member's, and it is removed. */
export async function forgetName(tx: Tx, nameId: string, memberId: string): Promise<void> {
  await tx.invitation.updateMany({ where: { memberId: nameId }, data: { memberId } });
  if (await isOnlyName(tx, nameId)) await tx.member.deleteMany({ where: { id: nameId, conversation: null } });
}

/** The contact's row, held until the transaction ends; null when it is gone. */
export async function lockContact(
  tx: Tx,
  contactId: string,
): Promise<{ memberId: string | null; displayName: string } | null> {
  const [row] = await tx.$queryRaw<{ member_id: string | null; display_name: string }[]>`
    select member_id, display_name from contact where id = ${contactId}::uuid for update`;
  return row ? { memberId: row.member_id, displayName: row.display_name } : null;
}

/** Binds a contact: it is preferred from now on, and hears broadcasts exactly when the member did before. */
export async function bindContact(tx: Tx, contactId: string, memberId: string): Promise<void> {
  await tx.$executeRaw`
    update contact c set member_id = ${memberId}::uuid,
      subscribed = coalesce((select bool_or(o.subscribed) from contact o where o.member_id = ${memberId}::uuid), c.subscribed)
    where c.id = ${contactId}::uuid`;
  await tx.$executeRaw`update contact set preferred = (id = ${contactId}::uuid) where member_id = ${memberId}::uuid`;
}

export async function addRole(tx: Tx, memberId: string, role: Role): Promise<void> {
  await tx.memberRole.upsert({ where: { memberId_role: { memberId, role } }, create: { memberId, role }, update: {} });
}

/** Members with a role, by name. */
export async function findByRole(tx: Tx, role: Role): Promise<{ memberId: string; name: string }[]> {
  const rows = await tx.member.findMany({
    where: { roles: { some: { role } } },
    orderBy: [{ fullName: 'asc' }, { id: 'asc' }],
    select: { id: true, fullName: true },
  });
  return rows.map((row) => ({ memberId: row.id, name: row.fullName }));
}

/** The seat of this kind in a unit, made when the unit has none. */
export async function ensureSeat(tx: Tx, unitId: string, kind: SeatKind): Promise<string> {
  const seat = await tx.seat.upsert({
    where: { unitId_kind: { unitId, kind } },
    create: { id: newId(), unitId, kind },
    update: {},
    select: { id: true },
  });
  return seat.id;
}

/** Ends the open holding of a seat. Returns who held it. */
export async function closeHolding(tx: Tx, seatId: string, at: Date): Promise<string | null> {
  const [row] = await tx.$queryRaw<{ member_id: string }[]>`
    update seat_holding set held_to = greatest(${at}::timestamptz, held_from) where seat_id = ${seatId}::uuid and held_to is null returning member_id`;
  return row?.member_id ?? null;
}

export async function openHolding(tx: Tx, seatId: string, memberId: string, at: Date): Promise<void> {
  await tx.seatHolding.create({ data: { id: newId(), seatId, memberId, heldFrom: at } });
}

/** Who holds a seat now, the seat held until the transaction ends so that two hand-overs follow one another. */
export async function lockSeat(tx: Tx, seatId: string): Promise<{ memberId: string | null } | null> {
  const [seat] = await tx.$queryRaw<{ id: string }[]>`select id from seat where id = ${seatId}::uuid for update`;
  if (!seat) return null;
  const holding = await tx.seatHolding.findFirst({ where: { seatId, heldTo: null }, select: { memberId: true } });
  return { memberId: holding?.memberId ?? null };
}

/** The people who hold such seats of these units now. */
export async function findHolders(tx: Tx, unitIds: readonly string[], kinds: readonly SeatKind[]): Promise<Holder[]> {
  const rows = await tx.$queryRaw<
    { member_id: string; full_name: string; seat_id: string; kind: SeatKind; unit_id: string }[]
  >`
    select h.member_id, m.full_name, s.id as seat_id, s.kind, s.unit_id
    from seat s
    join seat_holding h on h.seat_id = s.id and h.held_to is null
    join member m on m.id = h.member_id
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

/** A held seat whose holder has not written since a moment. */
export interface SilentSeat {
  readonly seatId: string;
  readonly unitId: string;
  readonly unitName: string;
  readonly memberId: string;
  readonly name: string;
  readonly lastInboundAt: Date | null;
}

/** Primary seats of the day's units whose holder wrote nothing on any channel since `since`; those never heard of come first. */
export async function findSilentSeats(tx: Tx, since: Date, day: LocalDate): Promise<SilentSeat[]> {
  const rows = await tx.$queryRaw<
    {
      seat_id: string;
      unit_id: string;
      unit_name: string;
      member_id: string;
      full_name: string;
      last_at: Date | null;
    }[]
  >`
    select s.id as seat_id, u.id as unit_id, u.name as unit_name, m.id as member_id, m.full_name, c.last_at
    from seat s
    join seat_holding h on h.seat_id = s.id and h.held_to is null
    join unit u on u.id = s.unit_id
    join member m on m.id = h.member_id
    left join lateral (select max(last_inbound_at) as last_at from contact where member_id = m.id) c on true
    where s.kind = 'primary' and (u.valid_to is null or u.valid_to >= ${day}::date) and h.held_from <= ${since} and (c.last_at is null or c.last_at < ${since})
      and not ${COVERED_TODAY}
    order by c.last_at nulls first, u.name`;
  return rows.map((row) => ({
    seatId: row.seat_id,
    unitId: row.unit_id,
    unitName: row.unit_name,
    memberId: row.member_id,
    name: row.full_name,
    lastInboundAt: row.last_at,
  }));
}

/** Seats about which a task is open, and those whose task was finished after `since`: by somebody, not because they were heard. */
export async function findSilentTasks(
  tx: Tx,
  since: Date,
): Promise<{ open: ReadonlySet<string>; resting: ReadonlySet<string> }> {
  // The kind also stands for units without anybody; those tasks name the unit, and are not ours to close.
  const rows = await tx.$queryRaw<{ seat_id: string; done: boolean }[]>`
    select s.id as seat_id, k.done_at is not null as done
    from task k join seat s on s.id::text = k.ref_id
    where k.kind = 'silent-seat' and (k.done_at is null or (k.done_at > ${since} and k.result is distinct from 'heard'))`;
  const ids = (done: boolean) => new Set(rows.filter((row) => row.done === done).map((row) => row.seat_id));
  return { open: ids(false), resting: ids(true) };
}
