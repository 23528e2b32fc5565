/** Who may invite whom, and what an invitation made in a conversation changes. */
import { refuse, t, type Refusal } from '../conversation/index.js';
import { localDate } from '../kernel/local-date.js';
import type { Actor, Role, SeatKind } from '../kernel/people.js';
import type { Store, Tx } from '../store/index.js';
import { isAdmin, isClerk, isHeadOf, isValidOn, ownSeats } from './model.js';
import { createInvitation, revokeInvitation, type InvitationSeed, type MadeInvitation } from './service-invitations.js';
import { findOpenInvitations } from './store-cards.js';
import { revokeForSeat } from './store-invitations.js';
import { ensureSeat, findHolders, insertMember } from './store-people.js';
import { findUnitsById } from './store-units.js';

/** The post that an invitation leads to. */
export type Post = { readonly unitId: string; readonly kind: SeatKind } | { readonly role: Role };

/** Somebody known already, or a name that was typed. */
export type Invitee = { readonly memberId: string } | { readonly fullName: string };

export interface InvitationOrder {
  readonly seed: InvitationSeed;
  readonly post: Post;
  readonly invitee: Invitee;
}

/** True when this person may give the post away: officers any seat, admins also roles, a holder the own seat, a head those of the unit. */
export function mayInvite(actor: Actor, post: Post): boolean {
  if ('role' in post) return isAdmin(actor) || actor.roles.includes(post.role);
  const isOwn = ownSeats(actor).some((seat) => seat.unitId === post.unitId && seat.kind === post.kind);
  return isOwn || isClerk(actor) || isHeadOf(actor, post.unitId);
}

/**
 * Makes the invitation that a person ordered. Earlier open ones for the seat become worthless, so that of two codes
 * on two pieces of paper only the later one counts.
 */
export async function issueInvitation(
  tx: Tx,
  order: InvitationOrder,
  actor: Actor,
  now: Date,
): Promise<Refusal | undefined> {
  const { post, invitee } = order;
  const isOwn = 'memberId' in invitee && invitee.memberId === actor.memberId;
  // A role is given by admins only; its holder may merely link another channel to it.
  if (!mayInvite(actor, post) || ('role' in post && !isAdmin(actor) && !isOwn))
    return refuse('not-allowed', t('units.invite.notAllowed'));
  const seatId = 'role' in post ? null : await openSeat(tx, post, now);
  if (seatId === undefined) return refuse('unit-gone', t('units.invite.unitGone'));
  const memberId = 'memberId' in invitee ? invitee.memberId : await insertMember(tx, invitee.fullName);
  if (seatId !== null && !('role' in post)) {
    const holds = (await findHolders(tx, [post.unitId], [post.kind])).some((holder) => holder.memberId === memberId);
    await revokeForSeat(tx, seatId, now, holds ? memberId : undefined);
  }
  const wish = seatId === null && 'role' in post ? { role: post.role } : { seatId: seatId ?? '' };
  await createInvitation(tx, { ...wish, memberId }, now, order.seed);
  await tx.auditEntry.create({
    data: {
      at: now,
      memberId: actor.memberId,
      action: 'invitation.create',
      subject: `invitation:${order.seed.id}`,
      data: { ...post, memberId },
    },
  });
  return undefined;
}

/** The seat of a unit of today; undefined when the unit is no more. */
async function openSeat(
  tx: Tx,
  post: { readonly unitId: string; readonly kind: SeatKind },
  now: Date,
): Promise<string | undefined> {
  const [unit] = await findUnitsById(tx, [post.unitId]);
  return unit && isValidOn(unit, localDate(now)) ? ensureSeat(tx, post.unitId, post.kind) : undefined;
}

/** Revokes an open invitation for somebody who could have made it. */
export async function withdrawInvitation(tx: Tx, id: string, actor: Actor, now: Date): Promise<Refusal | undefined> {
  const [open] = await findOpenInvitations(tx, { id, limit: 1 }, now);
  const gone = refuse('invitation-gone', t('units.invite.gone'));
  if (!open) return gone;
  const post: Post | null = open.seat ?? (open.role === null ? null : { role: open.role });
  if (post === null || !mayInvite(actor, post)) return refuse('not-allowed', t('units.invite.notAllowed'));
  if (!(await revokeInvitation(tx, id, now))) return gone;
  await tx.auditEntry.create({
    data: {
      at: now,
      memberId: actor.memberId,
      action: 'invitation.revoke',
      subject: `invitation:${id}`,
    },
  });
  return undefined;
}

const FIRST_ADMIN_LOCK = 7_313_002;

/**
 * Makes the invitation with which a new installation begins. Null in the demo, when somebody is an admin already, and
 * while an invitation to that role is open: its code was told once and cannot be told again.
 */
export function ensureFirstAdministrator(store: Store, now: Date): Promise<MadeInvitation | null> {
  return store.transaction(async (tx) => {
    // Two processes that start together make one invitation.
    await tx.$queryRaw`select pg_advisory_xact_lock(${FIRST_ADMIN_LOCK})::text`;
    const mode = await tx.setting.findUnique({ where: { key: 'mode' } });
    if (mode?.value !== 'production') return null;
    if ((await tx.memberRole.count({ where: { role: 'admin' } })) > 0) return null;
    const open = await tx.invitation.count({
      where: { role: 'admin', usedAt: null, revokedAt: null, expiresAt: { gt: now } },
    });
    return open > 0 ? null : createInvitation(tx, { role: 'admin' }, now);
  });
}
