/** The statements of the ledger. What corrects a broadcast is counted with its correction. */
import { isCorrectingSql } from './corrections/correcting.js';

export const RATE_WINDOW_S = 60;

/** Where each message of some sources stands: where its latest attempt stands. */
const LATEST_ATTEMPT = `select channel, state, reason, try as tries, coalesce(seen_at, delivered_at, sent_at, ended_at, sending_at, due) as at
      from attempt where message_id = m.id order by try desc limit 1`;

/** A person stands where the least certain of his messages stands. */
export const PEOPLE = `with told as (
    select m.source_kind, m.source_id, m.person, a.channel, a.state, a.tries, a.at, array_position($3::text[], a.state) as rank
    from unnest($1::text[], $2::text[]) as source(kind, id)
    join message m on m.source_kind = source.kind and m.source_id = source.id and not ${isCorrectingSql('m')}
    cross join lateral (${LATEST_ATTEMPT}) a
  ), latest as (
    select distinct on (source_kind, source_id, person) *, sum(tries) over same_person as all_tries
    from told window same_person as (partition by source_kind, source_id, person)
    order by source_kind, source_id, person, rank
  )
  select l.source_kind as kind, l.source_id as id, coalesce(member.code, l.person) as person,
    l.channel, l.state, l.all_tries::int as attempts, l.at
  from latest l left join member on member.id = case when l.person like 'm:%' then substr(l.person, 3)::uuid end
  order by 1, 2, 3`;

/** How many people of each source stand in each state, and of how many each message is proven. $4: channels that prove by sending. */
export const COUNTS = `with told as (
    select m.source_kind, m.source_id, m.person, array_position($3::text[], a.state) as rank,
      a.state in ('delivered', 'seen') or (a.state = 'sent' and a.channel = any($4::text[])) as proven
    from unnest($1::text[], $2::text[]) as source(kind, id)
    join message m on m.source_kind = source.kind and m.source_id = source.id and not ${isCorrectingSql('m')}
    cross join lateral (${LATEST_ATTEMPT}) a
  ), people as (
    select source_kind, source_id, min(rank) as rank, bool_and(proven) as proven from told group by source_kind, source_id, person
  )
  select source_kind as kind, source_id as id, ($3::text[])[rank] as state, count(*)::int as people,
    count(*) filter (where proven)::int as proven
  from people group by 1, 2, 3`;

/**
 * Messages that a colleague got instead: whoever stands in, or the holder of the unit's other seat who was told anyway.
 * Reads `told` (id, person, seat_id, stands_for_id, arrived) of one source.
 */
export const STOOD_FOR = `stood_for as materialized (
    select t.id from told t
    join seat s on s.id = t.seat_id
    join seat o on o.unit_id = s.unit_id and o.kind = case s.kind when 'primary' then 'deputy' when 'deputy' then 'primary' end
    join told d on d.seat_id = o.id and d.arrived and d.person <> t.person
    where not t.arrived
    union
    select stands_for_id from told where stands_for_id is not null and arrived
  )`;

/**
 * Walks from the newest message down, each step past the source before it, so that one large broadcast hides no other.
 * $1 sources, of which at most $2 answers.
 */
export const LATEST_SOURCES = `with recursive walk as (
    (select id, source_kind, source_id, planned_at, array[source_kind || ':' || source_id] as seen, 1 as n, (source_kind = 'inbound')::int as answers
      from message order by id desc limit 1)
    union all
    select next.id, next.source_kind, next.source_id, next.planned_at, walk.seen || (next.source_kind || ':' || next.source_id), walk.n + 1,
      walk.answers + (next.source_kind = 'inbound')::int
    from walk cross join lateral (
      select * from message m
      where m.id < walk.id and not (m.source_kind || ':' || m.source_id = any(walk.seen))
        and (walk.answers < $2 or m.source_kind <> 'inbound')
      order by m.id desc limit 1
    ) next
    where walk.n < $1
  )
  select source_kind as kind, source_id as id, planned_at as at from walk order by n`;

/** One row a channel, at least one. $2: machine time. What is held has no place in the line yet. */
export const PROGRESS = `select b.state, a.channel, $2::timestamptz as now,
    count(*) filter (where a.ended_at > $2::timestamptz - interval '${String(RATE_WINDOW_S)} s' and a.state <> 'skipped')::int as recent,
    count(*) filter (where a.id is not null and a.ended_at is null and a.state <> 'planned')::int as left,
    min(a.sending_at) filter (where a.ended_at > $2::timestamptz - interval '${String(RATE_WINDOW_S)} s') as since,
    (select max(r.banned_until) from rate_budget r
      where split_part(r.account, ':', 1) = a.channel and r.banned_until > $2::timestamptz) as banned_until
  from broadcast b
  left join message m on m.source_kind = 'broadcast' and m.source_id = b.id::text and not ${isCorrectingSql('m')}
  left join attempt a on a.message_id = m.id
  where b.id = $1
  group by b.state, a.channel order by a.channel`;

// Whoever stands in for a colleague is nobody of the audience.
const MISSED_PEOPLE = `with told as materialized (
    select m.id, m.person, m.seat_id, m.stands_for_id, a.channel, a.state, a.reason, a.state in ('sent', 'delivered', 'seen') as arrived
    from message m cross join lateral (${LATEST_ATTEMPT}) a
    where m.source_kind = 'broadcast' and m.source_id = $1::text and not ${isCorrectingSql('m')}
  ), latest as (
    select distinct on (person) * from told where stands_for_id is null order by person, array_position($2::text[], state)
  ), missed as (
    select * from latest where state not in ('sent', 'delivered', 'seen')
  )`;

const WORST_FIRST = `array_position(array['failed', 'skipped', 'uncertain'], state)`;

export const MISSED_COUNTS = `${MISSED_PEOPLE}
  select state, reason, count(*)::int as people from missed group by state, reason order by ${WORST_FIRST} nulls last, people desc, reason`;

export const MISSED = `${MISSED_PEOPLE}, ${STOOD_FOR}
  select l.person, l.seat_id as "seatId", l.channel, l.state, l.reason, l.id in (select id from stood_for) as "isStoodFor"
  from missed l order by ${WORST_FIRST} nulls last, l.reason, l.person limit $3 offset $4`;
