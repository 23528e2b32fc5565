/** Who speaks: the words that every room uses for people. */
import type { Language } from './format.js';

export type ChannelName = 'web' | 'telegram' | 'zalo';
export const CHANNEL_NAMES: readonly ChannelName[] = ['web', 'telegram', 'zalo'];
/** What people call them, in every language. */
export const CHANNEL_LABELS: Readonly<Record<string, string>> = { web: 'web', telegram: 'Telegram', zalo: 'Zalo' };

export type Role = 'officer' | 'leader' | 'admin';
export type SeatKind = 'primary' | 'deputy' | 'head';

/** A seat as its holder sees it. */
export interface HeldSeat {
  readonly seatId: string;
  readonly kind: SeatKind;
  readonly unitId: string;
  readonly unitCode: string;
  readonly unitName: string;
  /** Held for somebody on leave: the work is theirs, the seat is not to give away. */
  readonly cover?: true;
}

/** The person of a conversation at the time of a turn. A visitor has no memberId, no roles and no seats. */
export interface Actor {
  readonly contactId: string;
  readonly channel: ChannelName;
  readonly conversationId: string;
  readonly memberId: string | null;
  readonly name: string;
  readonly language: Language;
  readonly roles: readonly Role[];
  readonly seats: readonly HeldSeat[];
  readonly subscribed: boolean;
}

/** `m:<member id>` for a member, `c:<contact id>` for an unbound contact: never a channel. */
export type PersonKey = `m:${string}` | `c:${string}`;

/** The key under which this person's messages are counted. */
export function personKey(who: { memberId: string | null; contactId: string }): PersonKey {
  return who.memberId === null ? `c:${who.contactId}` : `m:${who.memberId}`;
}
