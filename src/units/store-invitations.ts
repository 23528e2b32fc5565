/** Invitations and the guard against guessing them. */
import type { Role, SeatKind } from '../kernel/people.js';
import type { Tx } from '../store/index.js';

export interface Invitation {
  readonly id: string;
  readonly seatId: string | null;
  readonly role: Role | null;
  readonly memberId: string | null;
  /** The leave that it asks somebody to cover; null for the seat itself. */
  readonly coverId: string | null;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly usedByContactId: string | null;
  readonly revokedAt: Date | null;
  /** What it invites to, in words; null for a role. */
  readonly seat: { readonly kind: SeatKind; readonly unitId: string; readonly unitName: string } | null;
  readonly memberName: string | null;
}

interface InvitationRow {
  id: string;
  seat_id: string | null;
  role: Role | null;
  member_id: string | null;
  cover_id: string | null;
  expires_at: Date;
  used_at: Date | null;
  used_by_contact_id: string | null;
  revoked_at: Date | null;
  kind: SeatKind | null;
  unit_id: string | null;
  unit_name: string | null;
  full_name: string | null;
}

export async function findInvitation(tx: Tx, codeHash: string): Promise<Invitation | null> {
  const [row] = await tx.$queryRaw<InvitationRow[]>`
    select i.id, i.seat_id, i.role, i.member_id, i.cover_id, i.expires_at, i.used_at, i.used_by_contact_id, i.revoked_at,
           s.kind, s.unit_id, u.name as unit_name, m.full_name
    from invitation i
    left join seat s on s.id = i.seat_id
    left join unit u on u.id = s.unit_id
    left join member m on m.id = i.member_id
    where i.code_hash = ${codeHash}`;
  return row ? fromRow(row) : null;
}

function fromRow(row: InvitationRow): Invitation {
  return {
    id: row.id,
    seatId: row.seat_id,
    role: row.role,
    memberId: row.member_id,
    coverId: row.cover_id,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    usedByContactId: row.used_by_contact_id,
    revokedAt: row.revoked_at,
    seat:
      row.kind && row.unit_id && row.unit_name !== null
        ? { kind: row.kind, unitId: row.unit_id, unitName: row.unit_name }
        : null,
    memberName: row.full_name,
  };
}

/** Holds the invitation until the transaction ends: of two who use it at once the second sees it used. */
export async function lockInvitation(tx: Tx, id: string): Promise<void> {
  await tx.$queryRaw`select id from invitation where id = ${id}::uuid for update`;
}

export interface NewInvitation {
  readonly id: string;
  readonly codeHash: string;
  readonly seatId: string | null;
  readonly role: Role | null;
  readonly memberId: string | null;
  readonly coverId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export async function insertInvitation(tx: Tx, invitation: NewInvitation): Promise<void> {
  await tx.invitation.create({ data: invitation });
}

export async function markInvitationUsed(
  tx: Tx,
  id: string,
  by: { contactId: string; memberId: string },
  at: Date,
): Promise<void> {
  await tx.invitation.update({
    where: { id },
    data: { usedAt: at, usedByContactId: by.contactId, memberId: by.memberId },
  });
}

/** True when it could still be revoked. */
export async function markInvitationRevoked(tx: Tx, id: string, at: Date): Promise<boolean> {
  const { count } = await tx.invitation.updateMany({
    where: { id, usedAt: null, revokedAt: null },
    data: { revokedAt: at },
  });
  return count === 1;
}

/** Revokes what leads into a seat (not what only covers a leave); with `memberId` only what is for that person. */
export async function revokeForSeat(tx: Tx, seatId: string, at: Date, memberId?: string): Promise<void> {
  await tx.invitation.updateMany({
    where: { seatId, coverId: null, usedAt: null, revokedAt: null, ...(memberId === undefined ? {} : { memberId }) },
    data: { revokedAt: at },
  });
}

/** Until when this contact may not try codes; null when it may. */
export async function findLock(tx: Tx, contactId: string, now: Date): Promise<Date | null> {
  const guard = await tx.invitationGuard.findUnique({ where: { contactId } });
  return guard?.lockedUntil && guard.lockedUntil > now ? guard.lockedUntil : null;
}

/** Counts a wrong code; with the `limit`-th the contact is locked until `lockUntil`, and counting begins anew. */
export async function countWrongTry(tx: Tx, contactId: string, limit: number, lockUntil: Date): Promise<void> {
  await tx.$executeRaw`
    insert into invitation_guard as g (contact_id, wrong_tries, locked_until) values (${contactId}::uuid, 1, null)
    on conflict (contact_id) do update set
      wrong_tries = case when g.wrong_tries + 1 >= ${limit}::int then 0 else g.wrong_tries + 1 end,
      locked_until = case when g.wrong_tries + 1 >= ${limit}::int then ${lockUntil}::timestamptz else g.locked_until end`;
}

export async function clearWrongTries(tx: Tx, contactId: string): Promise<void> {
  await tx.invitationGuard.deleteMany({ where: { contactId } });
}
