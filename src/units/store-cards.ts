/** What officers see of units, seats and open invitations. */
import { fold } from '../kernel/text.js';
import type { Role, SeatKind } from '../kernel/people.js';
import type { Tx } from '../store/index.js';
import { SEAT_KINDS, type Unit } from './model.js';
import { findUnitsById } from './store-units.js';

/** One seat of a unit: who holds it, and who has been invited to it. */
export interface SeatState {
  readonly kind: SeatKind;
  readonly holder: {
    readonly memberId: string;
    readonly name: string;
    /** Has a chat account that can be reached. */
    readonly reachable: boolean;
    readonly lastInboundAt: Date | null;
  } | null;
  readonly invited: { readonly name: string | null; readonly expiresAt: Date } | null;
}

export interface UnitCard {
  readonly unit: Unit;
  readonly parentName: string | null;
  readonly clusters: readonly string[];
  /** Every kind of seat, also those that nobody ever held. */
  readonly seats: readonly SeatState[];
}

interface SeatRow {
  kind: SeatKind;
  member_id: string | null;
  full_name: string | null;
  reachable: boolean;
  last_at: Date | null;
  invited_name: string | null;
  expires_at: Date | null;
}

/** A unit with its seats; null when there is none of this id. */
export async function findUnitCard(tx: Tx, unitId: string, now: Date): Promise<UnitCard | null> {
  const [unit] = await findUnitsById(tx, [unitId]);
  if (!unit) return null;
  const [parent] = unit.parentId === null ? [] : await findUnitsById(tx, [unit.parentId]);
  const clusters = await tx.cluster.findMany({
    where: { units: { some: { unitId, validTo: null } } },
    orderBy: { name: 'asc' },
    select: { name: true },
  });
  const rows = await findSeatRows(tx, unitId, now);
  return {
    unit,
    parentName: parent?.name ?? null,
    clusters: clusters.map((cluster) => cluster.name),
    seats: SEAT_KINDS.map((kind) =>
      toSeatState(
        kind,
        rows.find((row) => row.kind === kind),
      ),
    ),
  };
}

/** An invitation of the holder to a further channel is no news about the seat, so only others count as invited. */
function findSeatRows(tx: Tx, unitId: string, now: Date): Promise<SeatRow[]> {
  return tx.$queryRaw<SeatRow[]>`
    select s.kind, h.member_id, m.full_name, coalesce(c.reachable, false) as reachable, c.last_at,
           i.full_name as invited_name, i.expires_at
    from seat s
    left join seat_holding h on h.seat_id = s.id and h.held_to is null
    left join member m on m.id = h.member_id
    left join lateral (
      select bool_or(state = 'active') as reachable, max(last_inbound_at) as last_at
      from contact where member_id = h.member_id) c on true
    left join lateral (
      select im.full_name, inv.expires_at from invitation inv left join member im on im.id = inv.member_id
      where inv.seat_id = s.id and inv.used_at is null and inv.revoked_at is null and inv.expires_at > ${now}
        and inv.member_id is distinct from h.member_id and inv.cover_id is null
      order by inv.created_at desc limit 1) i on true
    where s.unit_id = ${unitId}::uuid`;
}

function toSeatState(kind: SeatKind, row: SeatRow | undefined): SeatState {
  const holder =
    row?.member_id && row.full_name !== null
      ? { memberId: row.member_id, name: row.full_name, reachable: row.reachable, lastInboundAt: row.last_at }
      : null;
  return { kind, holder, invited: row?.expires_at ? { name: row.invited_name, expiresAt: row.expires_at } : null };
}

/** An invitation that can still be used. */
export interface OpenInvitation {
  readonly id: string;
  readonly name: string | null;
  readonly role: Role | null;
  readonly seat: { readonly kind: SeatKind; readonly unitId: string; readonly unitName: string } | null;
  readonly expiresAt: Date;
}

interface OpenRow {
  id: string;
  full_name: string | null;
  role: Role | null;
  kind: SeatKind | null;
  unit_id: string | null;
  unit_name: string | null;
  expires_at: Date;
}

/** Which of the open invitations are meant. */
export interface OpenFilter {
  readonly id?: string;
  /** Leaves out those to roles. */
  readonly seatsOnly?: boolean;
  readonly limit: number;
  readonly offset?: number;
}

/** Invitations that can still be used, the newest first. */
export async function findOpenInvitations(tx: Tx, filter: OpenFilter, now: Date): Promise<OpenInvitation[]> {
  const rows = await tx.$queryRaw<OpenRow[]>`
    select i.id, m.full_name, i.role, s.kind, u.id as unit_id, u.name as unit_name, i.expires_at
    from invitation i
    left join member m on m.id = i.member_id
    left join seat s on s.id = i.seat_id
    left join unit u on u.id = s.unit_id
    where i.used_at is null and i.revoked_at is null and i.expires_at > ${now}
      and (${filter.id ?? null}::uuid is null or i.id = ${filter.id ?? null}::uuid)
      and (not ${filter.seatsOnly ?? false}::boolean or i.seat_id is not null)
    order by i.created_at desc, i.id desc
    limit ${filter.limit}::int offset ${filter.offset ?? 0}::int`;
  return rows.map((row) => ({
    id: row.id,
    name: row.full_name,
    role: row.role,
    seat:
      row.kind && row.unit_id && row.unit_name !== null
        ? { kind: row.kind, unitId: row.unit_id, unitName: row.unit_name }
        : null,
    expiresAt: row.expires_at,
  }));
}

/** A member of some name, with a post by which an officer can tell who it is. */
export interface Namesake {
  readonly memberId: string;
  readonly name: string;
  readonly unitName: string | null;
}

/** Members with exactly this name who are known by more than the name. */
export const findNamesakes = (tx: Tx, fullName: string): Promise<Namesake[]> =>
  findKnown(tx, { fullName: { equals: fullName, mode: 'insensitive' } });

/** The same, also when the name was typed without diacritics. */
export async function findAlike(tx: Tx, fullName: string): Promise<Namesake[]> {
  const alike = await tx.$queryRaw<{ id: string }[]>`
    select id::text from member
    where replace(regexp_replace(normalize(lower(full_name), NFD), '[\\u0300-\\u036f]', '', 'g'), chr(273), 'd') = ${fold(fullName)}`;
  return findKnown(tx, { id: { in: alike.map(({ id }) => id) } });
}

async function findKnown(
  tx: Tx,
  who: { id: { in: string[] } } | { fullName: { equals: string; mode: 'insensitive' } },
): Promise<Namesake[]> {
  const rows = await tx.member.findMany({
    where: {
      ...who,
      OR: [{ contacts: { some: {} } }, { holdings: { some: {} } }, { roles: { some: {} } }],
    },
    orderBy: { id: 'asc' },
    take: 5,
    select: {
      id: true,
      fullName: true,
      holdings: {
        where: { heldTo: null },
        take: 1,
        select: { seat: { select: { unit: { select: { name: true } } } } },
      },
    },
  });
  return rows.map((row) => ({
    memberId: row.id,
    name: row.fullName,
    unitName: row.holdings[0]?.seat.unit.name ?? null,
  }));
}
