/** One-time invitations: made, checked, used, revoked. */
import { refuse, t, type Refusal } from '../conversation/index.js';
import { formatMoment } from '../kernel/format.js';
import { newId } from '../kernel/ids.js';
import type { Role } from '../kernel/people.js';
import type { Tx } from '../store/index.js';
import { hashInvitationCode, newInvitationCode, readInvitationCode } from './invitation-code.js';
import { handOverSeat } from './service-seats.js';
import { conversationOf, ensureMemberConversation } from './store-contacts.js';
import {
  clearWrongTries,
  countWrongTry,
  findInvitation,
  findLock,
  insertInvitation,
  lockInvitation,
  markInvitationRevoked,
  markInvitationUsed,
  revokeForSeat,
  type Invitation,
} from './store-invitations.js';
import { acceptCover, type Cover } from './store-covers.js';
import { lockConversation, mergeConversation } from './store-merge.js';
import { addRole, bindContact, forgetName, insertMember, isOnlyName, lockContact } from './store-people.js';

const VALID_MS = 7 * 24 * 3_600_000;
const WRONG_TRIES = 5;
const LOCK_MS = 3_600_000;

/** Whom to invite to what: exactly one of seat and role; the member when the person is already known. */
export interface InvitationWish {
  readonly seatId?: string;
  readonly role?: Role;
  readonly memberId?: string;
  /** Only to stand in for the seat's holder during this leave. */
  readonly coverId?: string;
}

export interface MadeInvitation {
  readonly id: string;
  /** Shown once: only its hash is stored. */
  readonly code: string;
  readonly expiresAt: Date;
  /** What opening the Telegram link sends. */
  readonly telegramStart: string;
  /** What to type on Zalo. */
  readonly zaloText: string;
}

/** The id and code of an invitation before it is stored. */
export interface InvitationSeed {
  readonly id: string;
  readonly code: string;
}

/** What is told about an invitation made at this moment. */
export const describeInvitation = ({ id, code }: InvitationSeed, now: Date): MadeInvitation => ({
  id,
  code,
  expiresAt: new Date(now.getTime() + VALID_MS),
  telegramStart: `/start ${code}`,
  zaloText: `#${code}`,
});

/** Makes an invitation that is good once, for seven days. */
export async function createInvitation(
  tx: Tx,
  wish: InvitationWish,
  now: Date,
  seed: InvitationSeed = { id: newId(), code: newInvitationCode() },
): Promise<MadeInvitation> {
  if ((wish.seatId === undefined) === (wish.role === undefined))
    throw new Error('an invitation is for a seat or for a role');
  const made = describeInvitation(seed, now);
  await insertInvitation(tx, {
    id: made.id,
    codeHash: hashInvitationCode(made.code),
    seatId: wish.seatId ?? null,
    role: wish.role ?? null,
    memberId: wish.memberId ?? null,
    coverId: wish.coverId ?? null,
    createdAt: now,
    expiresAt: made.expiresAt,
  });
  return made;
}

/** Makes an unused invitation worthless. False when it was used or revoked before. */
export const revokeInvitation = (tx: Tx, id: string, now: Date): Promise<boolean> => markInvitationRevoked(tx, id, now);

/** What a code is worth to a contact at this moment. */
export type InvitationCheck =
  | { readonly kind: 'good'; readonly invitation: Invitation }
  /** It was this person who used it. */
  | { readonly kind: 'already-linked'; readonly invitation: Invitation }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly countsAsWrong: boolean };

/** Who tries a code. */
export interface Trier {
  readonly contactId: string;
  readonly memberId: string | null;
}

/** Looks a code up without using it. */
export async function checkInvitation(tx: Tx, typed: string, who: Trier, now: Date): Promise<InvitationCheck> {
  const lockedUntil = await findLock(tx, who.contactId, now);
  if (lockedUntil)
    return refused('invitation-locked', t('units.invitation.locked', { until: formatMoment(lockedUntil) }));
  const code = readInvitationCode(typed);
  const invitation = code === null ? null : await findInvitation(tx, hashInvitationCode(code));
  if (!invitation) return { ...refused('invitation-wrong', t('units.invitation.wrong')), countsAsWrong: true };
  if (invitation.usedAt) {
    const own =
      invitation.usedByContactId === who.contactId || (who.memberId !== null && invitation.memberId === who.memberId);
    return own ? { kind: 'already-linked', invitation } : refused('invitation-used', t('units.invitation.used'));
  }
  if (invitation.revokedAt) return refused('invitation-revoked', t('units.invitation.revoked'));
  if (invitation.expiresAt <= now)
    return refused('invitation-expired', t('units.invitation.expired', { at: formatMoment(invitation.expiresAt) }));
  if (await isForSomebodyElse(tx, invitation, who.memberId)) {
    return refused('invitation-other-member', t('units.invitation.otherMember', { name: invitation.memberName ?? '' }));
  }
  return { kind: 'good', invitation };
}

/** A person known here by more than a typed name cannot be taken for somebody else. */
const isForSomebodyElse = async (tx: Tx, invitation: Invitation, memberId: string | null): Promise<boolean> =>
  memberId !== null &&
  invitation.memberId !== null &&
  invitation.memberId !== memberId &&
  !(await isOnlyName(tx, invitation.memberId));

const refused = (code: string, text: Refusal['text']): Extract<InvitationCheck, { kind: 'refused' }> => ({
  kind: 'refused',
  refusal: refuse(code, text),
  countsAsWrong: false,
});

/** Counts a wrong code; five in a row lock the contact for an hour. */
export const noteWrongCode = (tx: Tx, contactId: string, now: Date): Promise<void> =>
  countWrongTry(tx, contactId, WRONG_TRIES, new Date(now.getTime() + LOCK_MS));

/** What using an invitation changed. */
export interface UsedInvitation {
  readonly memberId: string;
  readonly conversationId: string;
  /** Who held the seat until now, when it was somebody else. */
  readonly previousHolder: string | null;
  readonly seatId: string | null;
  /** The leave during which this person stands in; null when the seat is theirs. */
  readonly coverId: string | null;
  /** Covers that ended because the seat passed on. */
  readonly ended: readonly Cover[];
}

/**
 * Uses an invitation: binds the contact to the member, merging their conversations, and gives the seat or role.
 *
 * Locks are taken in one order everywhere (conversation, invitation, contact), the invitation is read again under
 * its lock, and everything happens in the caller's transaction: it is used wholly or not at all.
 */
export async function useInvitation(tx: Tx, typed: string, who: Trier, now: Date): Promise<UsedInvitation | Refusal> {
  const first = await checkInvitation(tx, typed, who, now);
  if (first.kind === 'refused') return first.refusal;
  const knownMember = who.memberId ?? first.invitation.memberId;
  if (knownMember !== null) {
    await ensureMemberConversation(tx, knownMember);
    await lockConversation(tx, await conversationOf(tx, { id: who.contactId, member_id: knownMember }));
  }
  await lockInvitation(tx, first.invitation.id);
  const contact = await lockContact(tx, who.contactId);
  if (!contact) throw new Error(`no contact ${who.contactId}`);
  // The world may have changed while we waited for the locks.
  const check = await checkInvitation(tx, typed, { contactId: who.contactId, memberId: contact.memberId }, now);
  if (check.kind === 'refused') return check.refusal;
  if (check.kind === 'already-linked') return refuse('invitation-already-linked', t('units.invitation.alreadyLinked'));

  const memberId =
    contact.memberId ??
    check.invitation.memberId ??
    (await insertMember(tx, newMemberName(contact.displayName, check.invitation)));
  const conversationId = await bind(tx, who.contactId, contact.memberId, memberId);
  const granted = await grant(tx, check.invitation, memberId, now);
  if ('refused' in granted) return granted;
  await markInvitationUsed(tx, check.invitation.id, { contactId: who.contactId, memberId }, now);
  if (check.invitation.memberId !== null && check.invitation.memberId !== memberId)
    await forgetName(tx, check.invitation.memberId, memberId);
  await clearWrongTries(tx, who.contactId);
  const { seatId, coverId } = check.invitation;
  return { memberId, conversationId, seatId, coverId, ...granted };
}

/** Somebody whose platform tells no name is called after the unit until they say who they are. */
function newMemberName(displayName: string, invitation: Invitation): string {
  return displayName.trim() || invitation.seat?.unitName || '?';
}

async function bind(tx: Tx, contactId: string, boundTo: string | null, memberId: string): Promise<string> {
  if (boundTo === memberId) return conversationOf(tx, { id: contactId, member_id: memberId });
  const from = await conversationOf(tx, { id: contactId, member_id: null });
  await ensureMemberConversation(tx, memberId);
  const into = await conversationOf(tx, { id: contactId, member_id: memberId });
  await bindContact(tx, contactId, memberId);
  await mergeConversation(tx, { from, into, contactId, memberId });
  return into;
}

async function grant(
  tx: Tx,
  invitation: Invitation,
  memberId: string,
  now: Date,
): Promise<Pick<UsedInvitation, 'previousHolder' | 'ended'> | Refusal> {
  if (invitation.role !== null) await addRole(tx, memberId, invitation.role);
  if (invitation.coverId !== null) {
    const isOpen = await acceptCover(tx, invitation.coverId, memberId);
    return isOpen ? { previousHolder: null, ended: [] } : refuse('invitation-revoked', t('units.invitation.revoked'));
  }
  if (invitation.seatId === null) return { previousHolder: null, ended: [] };
  const { previous, ended } = await handOverSeat(tx, { seatId: invitation.seatId, toMemberId: memberId, now });
  // Codes still open for the seat were made under its former holder, and must not take it back.
  if (previous !== memberId) await revokeForSeat(tx, invitation.seatId, now);
  return { previousHolder: previous === memberId ? null : previous, ended };
}
