/** Seats whose holder can be told nothing any more. */
import { BUSINESS_TODAY, Prisma, type Tx } from '../store/index.js';
import type { LocalDate } from '../kernel/local-date.js';
import type { ChannelName } from '../kernel/people.js';

const TODAY = Prisma.raw(BUSINESS_TODAY);

/** Somebody covers for the holder today: then the seat is heard. */
export const COVERED_TODAY = Prisma.sql`exists (
  select 1 from seat_cover k where k.seat_id = s.id and k.ended_at is null and k.member_id is not null
    and k.from_on <= ${TODAY} and k.to_on >= ${TODAY})`;

/** A contact that was closed to us. */
export interface ClosedContact {
  readonly channel: ChannelName;
  readonly state: 'blocked' | 'gone';
  /** Null where it was closed before that was noted. */
  readonly since: Date | null;
}

/** A primary seat whose holder closed every channel. */
export interface BlockedSeat {
  readonly seatId: string;
  readonly unitId: string;
  readonly unitName: string;
  readonly name: string;
  readonly contacts: readonly ClosedContact[];
  readonly lastInboundAt: Date | null;
}

/** Primary seats of the day's units whose holder had channels and has none left; who never had one is invited elsewhere. */
export async function findBlockedSeats(tx: Tx, day: LocalDate): Promise<BlockedSeat[]> {
  const rows = await tx.$queryRaw<
    (Omit<BlockedSeat, 'contacts'> & {
      contacts: { channel: ChannelName; state: ClosedContact['state']; since: string | null }[];
    })[]
  >`
    select s.id as "seatId", u.id as "unitId", u.name as "unitName", m.full_name as name, c.contacts, c.last_at as "lastInboundAt"
    from seat s
    join seat_holding h on h.seat_id = s.id and h.held_to is null
    join unit u on u.id = s.unit_id
    join member m on m.id = h.member_id
    cross join lateral (
      select json_agg(json_build_object('channel', channel, 'state', state, 'since', state_at) order by state_at desc nulls last) as contacts,
        max(last_inbound_at) as last_at, bool_or(state = 'active') as reachable
      from contact where member_id = m.id
    ) c
    where s.kind = 'primary' and (u.valid_to is null or u.valid_to >= ${day}::date) and not c.reachable and not ${COVERED_TODAY}
    order by u.name, s.id`;
  return rows.map((row) => ({
    ...row,
    contacts: row.contacts.map((one) => ({ ...one, since: one.since === null ? null : new Date(one.since) })),
  }));
}
