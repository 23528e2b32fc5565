/** Contacts, their conversations, and the person of a turn. */
import type { Sender } from '../conversation/message.js';
import type { Language } from '../kernel/format.js';
import { newId } from '../kernel/ids.js';
import type { Actor, ChannelName, HeldSeat, Role } from '../kernel/people.js';
import { BUSINESS_MOMENT, BUSINESS_TODAY, Prisma, type Tx } from '../store/index.js';

const NOW = Prisma.raw(BUSINESS_MOMENT);
const TODAY = Prisma.raw(BUSINESS_TODAY);

/** A chat account and the conversation that its messages belong to. */
export interface KnownContact {
  readonly contactId: string;
  readonly conversationId: string;
  readonly memberId: string | null;
  /** True when this call made it. */
  readonly created: boolean;
}

export type ContactState = 'active' | 'blocked' | 'gone';

export interface MemberContact {
  readonly contactId: string;
  readonly channel: ChannelName;
  readonly state: ContactState;
  readonly preferred: boolean;
  readonly lastInboundAt: Date | null;
}

interface ContactRow {
  id: string;
  member_id: string | null;
  created: boolean;
}

/**
 * Inserts the contact or refreshes it. Taking the row's lock here is what makes binding safe: a message that comes
 * while the contact is being bound waits, then sees the member.
 */
export async function upsertContact(tx: Tx, sender: Sender, wroteAt: Date | null): Promise<ContactRow> {
  const [row] = await tx.$queryRaw<ContactRow[]>`
    insert into contact as c (id, channel, external_id, display_name, language, state, subscribed, preferred, last_inbound_at, created_at)
    values (${newId()}::uuid, ${sender.channel}, ${sender.externalId}, ${sender.displayName ?? ''}, ${sender.language ?? 'vi'},
            'active', true, false, ${wroteAt}::timestamptz, clock_timestamp())
    on conflict (channel, external_id) do update set
      display_name = case when excluded.display_name = '' then c.display_name else excluded.display_name end,
      state = case when excluded.last_inbound_at is null then c.state else 'active' end,
      state_at = case when excluded.last_inbound_at is null then c.state_at end,
      last_inbound_at = greatest(c.last_inbound_at, excluded.last_inbound_at)
    returning c.id, c.member_id, (xmax = 0) as created`;
  if (!row) throw new Error('a contact was neither inserted nor found');
  return row;
}

/** The conversation of a contact: the member's, else its own; made when there is none yet. */
export async function conversationOf(tx: Tx, contact: { id: string; member_id: string | null }): Promise<string> {
  const found = await findConversation(tx, contact);
  if (found !== null) return found;
  if (contact.member_id === null) {
    await tx.$executeRaw`
      insert into conversation (id, contact_id, drafts, updated_at) values (${newId()}::uuid, ${contact.id}::uuid, '{}', clock_timestamp())
      on conflict (contact_id) do nothing`;
  } else {
    await ensureMemberConversation(tx, contact.member_id);
  }
  const made = await findConversation(tx, contact);
  if (made === null) throw new Error('a conversation was neither inserted nor found');
  return made;
}

async function findConversation(tx: Tx, contact: { id: string; member_id: string | null }): Promise<string | null> {
  const where = contact.member_id === null ? { contactId: contact.id } : { memberId: contact.member_id };
  return (await tx.conversation.findUnique({ where, select: { id: true } }))?.id ?? null;
}

/** Makes the member's conversation when there is none. */
export async function ensureMemberConversation(tx: Tx, memberId: string): Promise<void> {
  await tx.$executeRaw`
    insert into conversation (id, member_id, drafts, updated_at) values (${newId()}::uuid, ${memberId}::uuid, '{}', clock_timestamp())
    on conflict (member_id) do nothing`;
}

interface ActorRow {
  id: string;
  channel: ChannelName;
  member_id: string | null;
  display_name: string;
  full_name: string | null;
  language: Language;
  subscribed: boolean;
  conversation_id: string;
  roles: Role[];
  seats: HeldSeat[];
}

/** The person of a turn, in one query; null when there is no such contact. */
export async function findActor(tx: Tx, contactId: string): Promise<Actor | null> {
  const [row] = await tx.$queryRaw<ActorRow[]>`
    select c.id, c.channel, c.member_id, c.display_name, m.full_name, c.language, c.subscribed,
      case when c.member_id is null then (select v.id from conversation v where v.contact_id = c.id)
           else (select v.id from conversation v where v.member_id = c.member_id) end as conversation_id,
      coalesce((select json_agg(r.role order by r.role) from member_role r where r.member_id = c.member_id), '[]') as roles,
      coalesce((select jsonb_agg(jsonb_build_object('seatId', s.id, 'kind', s.kind, 'unitId', u.id, 'unitCode', u.code, 'unitName', u.name)
                                  || case when a.cover then '{"cover": true}'::jsonb else '{}'::jsonb end
                                order by u.name, a.cover, s.kind)
                from (
                  select h.seat_id, false as cover from seat_holding h where h.member_id = c.member_id and h.held_to is null
                  union all
                  select k.seat_id, true from seat_cover k
                  where k.member_id = c.member_id and k.ended_at is null and k.from_on <= ${TODAY} and k.to_on >= ${TODAY}
                ) a join seat s on s.id = a.seat_id join unit u on u.id = s.unit_id), '[]') as seats
    from contact c left join member m on m.id = c.member_id
    where c.id = ${contactId}::uuid`;
  if (!row) return null;
  return {
    contactId: row.id,
    channel: row.channel,
    conversationId: row.conversation_id,
    memberId: row.member_id,
    name: row.full_name ?? row.display_name,
    language: row.language,
    roles: row.roles,
    seats: row.seats,
    subscribed: row.subscribed,
  };
}

/** The contacts of a person: all of the member's, or the one unbound contact. */
function contactsOfPerson(actor: Pick<Actor, 'memberId' | 'contactId'>): { memberId: string } | { id: string } {
  return actor.memberId === null ? { id: actor.contactId } : { memberId: actor.memberId };
}

export async function updatePerson(
  tx: Tx,
  actor: Pick<Actor, 'memberId' | 'contactId'>,
  change: { readonly language?: Language; readonly subscribed?: boolean },
): Promise<void> {
  await tx.contact.updateMany({ where: contactsOfPerson(actor), data: change });
}

export async function updateContactState(tx: Tx, contactId: string, state: ContactState): Promise<void> {
  await tx.$executeRaw`
    update contact set state = ${state}, state_at = case when ${state} = 'active' then null else ${NOW} end
    where id = ${contactId}::uuid and state <> ${state}`;
}

/** The member's contacts, preferred first, then the most recently used. */
export async function findMemberContacts(tx: Tx, memberId: string): Promise<MemberContact[]> {
  const rows = await tx.contact.findMany({
    where: { memberId },
    orderBy: [{ preferred: 'desc' }, { lastInboundAt: { sort: 'desc', nulls: 'last' } }, { id: 'asc' }],
  });
  return rows.map((row) => ({
    contactId: row.id,
    channel: row.channel as ChannelName,
    state: row.state as ContactState,
    preferred: row.preferred,
    lastInboundAt: row.lastInboundAt,
  }));
}

/** Makes one of the member's contacts the preferred one. False when it is not theirs. */
export async function updatePreferred(tx: Tx, memberId: string, contactId: string): Promise<boolean> {
  const own = await tx.contact.count({ where: { id: contactId, memberId } });
  if (own === 0) return false;
  await tx.$executeRaw`update contact set preferred = (id = ${contactId}::uuid) where member_id = ${memberId}::uuid`;
  return true;
}
