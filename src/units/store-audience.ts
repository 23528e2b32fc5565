/** Who would really be reached: the same people and the same contacts that delivery chooses. */
import type { Audience } from '../delivery/ports.js';
import type { ChannelName } from '../kernel/people.js';
import type { Tx } from '../store/index.js';

/** A person of an audience and the contact that a message to them would take; null when there is none to take. */
export interface Reached {
  readonly person: string;
  readonly channel: ChannelName | null;
  readonly lastInboundAt: Date | null;
}

interface ReachedRow {
  person: string;
  channel: ChannelName | null;
  last_inbound_at: Date | null;
}

/** Each person of the audience once, with the contact: active ones only, preferred first, then the most recently used. */
export async function findReached(tx: Tx, audience: Audience): Promise<Reached[]> {
  const members = await memberIds(tx, audience);
  const visitors = await visitorContacts(tx, audience);
  const rows = await tx.$queryRaw<ReachedRow[]>`
    select 'm:' || m.id as person, c.channel, c.last_inbound_at
    from unnest(${members}::uuid[]) as m(id)
    left join lateral (
      select channel, last_inbound_at from contact
      where member_id = m.id and state = 'active'
      order by preferred desc, last_inbound_at desc nulls last, id limit 1) c on true
    union all
    select 'c:' || c.id, case when c.state = 'active' then c.channel end, c.last_inbound_at
    from contact c where c.id = any(${visitors}::uuid[])`;
  return rows.map((row) => ({ person: row.person, channel: row.channel, lastInboundAt: row.last_inbound_at }));
}

async function memberIds(tx: Tx, audience: Audience): Promise<string[]> {
  if (audience.kind === 'people')
    return audience.people.filter((key) => key.startsWith('m:')).map((key) => key.slice(2));
  const rows =
    audience.kind === 'units'
      ? await tx.$queryRaw<{ id: string }[]>`
          select distinct h.member_id as id from seat s join seat_holding h on h.seat_id = s.id and h.held_to is null
          where s.unit_id = any(${[...audience.unitIds]}::uuid[]) and s.kind = any(${[...audience.seats]}::text[])`
      : await tx.$queryRaw<{ id: string }[]>`
          select distinct member_id as id from contact where member_id is not null and subscribed and state = 'active'`;
  return rows.map((row) => row.id);
}

async function visitorContacts(tx: Tx, audience: Audience): Promise<string[]> {
  if (audience.kind === 'people')
    return audience.people.filter((key) => key.startsWith('c:')).map((key) => key.slice(2));
  if (audience.kind === 'units') return [];
  const rows = await tx.contact.findMany({
    where: { memberId: null, subscribed: true, state: 'active' },
    select: { id: true },
  });
  return rows.map((row) => row.id);
}
