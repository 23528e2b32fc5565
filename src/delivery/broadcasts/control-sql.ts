/** The statements of control: each changes the row of a broadcast and, with it, what of it has not left. */
import { isCorrectingSql } from '../corrections/correcting.js';
import { returnQuotaSql } from '../planning/quota.js';
import { changeSql } from '../transitions.js';

const OF_BROADCAST = `m.source_kind = 'broadcast' and m.source_id = b.id::text and not ${isCorrectingSql('m')}`;
const HELD = `state = 'planned', waiting = false, lease_id = null`;
const DROPPED = (at: string) =>
  `state = 'skipped', reason = 'cancelled', waiting = false, lease_id = null, ended_at = ${at}::timestamptz, sealed = false`;

/** What a worker holds and has not begun loses its lease at once, so that its next commit does not let it begin. */
const leasedOf = (name: string, set: string, reason: string) =>
  changeSql({
    name,
    from: 'b, lease l, message m',
    where: `not l.closed and a.lease_id = l.id and a.state = 'leased' and m.id = a.message_id and ${OF_BROADCAST}`,
    set,
    at: '$2',
    reason: `'${reason}'`,
  });

/** Quotas that were reserved for what will not leave. $4: the account. */
const returned = (from: string) =>
  `${from}_forms as (select d.message_id, f.form from ${from} d join attempt f on f.id = d.id),
  ${from}_returned as (${returnQuotaSql(`${from}_forms`, '$4')})`;

/** $1 broadcast, $2 machine time. Whatever waits is held by the engine's own look at the row, and then by `HOLD_PIECE`. */
export const PAUSE = `with b as (
    update broadcast set state = 'paused' where id = $1::uuid and state in ('planned', 'expanding', 'sending') returning id
  ), ${leasedOf('held', HELD, 'paused')}
  select 'paused' as state from b`;

/** Also $3 business time: one that had not begun is planned again; else it is put in line again by `expand`. */
export const RESUME = `update broadcast
  set state = case when expanded_at is null and start_at > $3::timestamptz then 'planned' else 'expanding' end
  where id = $1::uuid and state = 'paused' and $2::timestamptz is not null returning state`;

/** As PAUSE, for ever. It is over once nothing of it is open any more: `finished_at`. */
export const CANCEL = `with b as (
    update broadcast set state = 'cancelled', finished_at = null
    where id = $1::uuid and state in ('planned', 'expanding', 'sending', 'paused') and $3::timestamptz is not null returning id
  ), ${leasedOf('dropped', DROPPED('$2'), 'cancelled')}, ${returned('dropped')}
  select 'cancelled' as state from b`;

const resting = (state: string) =>
  `b as materialized (select id from broadcast where id = $1::uuid and state = '${state}')`;

const pieceOf = (name: string, set: string, where: string, limit: string, reason: string) =>
  changeSql({
    name,
    where: `a.id = any(array(
      select w.id from b join message m on ${OF_BROADCAST} join attempt w on w.message_id = m.id and ${where} limit ${limit}
    ))`,
    set,
    at: '$2',
    reason: `'${reason}'`,
  });

/** Takes up to $3 of what still waits out of the line of a paused broadcast; returns how many. */
export const HOLD_PIECE = `with ${resting('paused')},
  ${pieceOf('held', HELD, `(w.waiting or w.state = 'leased')`, '$3', 'paused')}
  select count(*)::int as changed from held`;

/** Drops up to $3 of what has not left of a cancelled broadcast. $4: the account whose quotas come back. */
export const DROP_PIECE = `with ${resting('cancelled')},
  ${pieceOf('dropped', DROPPED('$2'), `(w.waiting or w.state in ('planned', 'leased'))`, '$3', 'cancelled')}, ${returned('dropped')}
  select count(*)::int as changed from dropped`;

/** Paused ones of which something waits all the same, and cancelled ones that are not over. */
export const UNRESTED = `select b.id, b.state from broadcast b
  where (b.state = 'cancelled' and b.finished_at is null) or (b.state = 'paused' and exists (
    select 1 from attempt a join message m on m.id = a.message_id where a.lane = 'bulk' and a.waiting and ${OF_BROADCAST}
  ))`;

const OPEN = `exists (
    select 1 from message m join attempt a on a.message_id = m.id where ${OF_BROADCAST} and a.ended_at is null
  )`;

/** $2 business time. */
export const CANCELLED_OVER = `update broadcast b set finished_at = $2::timestamptz
  where b.id = $1::uuid and b.state = 'cancelled' and b.finished_at is null and not ${OPEN}`;

/** Something is under way again of a finished one: a further try, another channel, a colleague. */
export const REOPEN = `update broadcast b set state = 'sending', finished_at = null
  where b.state = 'finished' and b.id::text in (
    select m.source_id from attempt a join message m on m.id = a.message_id
    where a.lane = 'bulk' and a.waiting and a.via is not null and m.source_kind = 'broadcast'
  )`;

// Whoever was not reached and may have another way: fallback.ts looks at them.
const UNDECIDED = `exists (
    select 1 from attempt_watch w join attempt a on a.id = w.attempt_id join message m on m.id = a.message_id
    where w.reason <> 'unproven' and ${OF_BROADCAST}
  )`;

/** $1 business time. */
export const SETTLE = `update broadcast b set state = 'finished', finished_at = $1::timestamptz
  where b.state = 'sending' and not ${OPEN} and not ${UNDECIDED} returning b.id`;

/** Puts the next $5 people of a resumed broadcast in line again. $2 machine time, $3 business time, $4 after whom. */
export const FREE_PIECE = `with b as materialized (
    select id from broadcast where id = $1::uuid and state = 'expanding' for update
  ),
  piece as materialized (
    select m.id, m.person from b join message m on ${OF_BROADCAST} and m.person > $4::text order by m.person limit $5::int
  ),
  ${changeSql({
    name: 'freed',
    from: 'piece, message m',
    where: `m.id = piece.id and a.message_id = m.id and a.state = 'planned' and (m.not_before is null or m.not_before <= $3::timestamptz)`,
    set: `state = 'queued', waiting = true, due = $2::timestamptz`,
    at: '$2',
    reason: `'resumed'`,
  })}
  select max(person) as last, (select count(*)::int from freed) as changed from piece`;

const ARRIVED = `('sent', 'delivered', 'seen')`;

/**
 * A further attempt for everybody whose latest one ended as $4 says (failed | uncertain), unless a colleague was reached
 * instead; at the same contact while it is active, and for what failed else at another one of that person.
 * $2 machine time, $3 business time, $5 channels that are on. The row lock lets two officers resend once: the second
 * finds the attempt of the first.
 */
export const RESEND = `with b as materialized (
    select id, audience ->> 'kind' as kind from broadcast where id = $1::uuid and state in ('sending', 'finished') for update
  ),
  missed as materialized (
    select m.id as message_id, m.person, b.kind, a.id as attempt_id, a.try, a.contact_id, a.conversation_id, a.lane, a.form, a.template_id, a.template_data
    from b join message m on ${OF_BROADCAST}
    cross join lateral (select * from attempt where message_id = m.id order by try desc limit 1) a
    where a.state = $4::text and not exists (
      select 1 from message s join attempt t on t.message_id = s.id where s.stands_for_id = m.id and t.state in ${ARRIVED}
    )
  ),
  chosen as materialized (
    select w.*, c.id as to_id, c.channel from missed w
    cross join lateral (
      select c.id, c.channel from contact c
      where c.state = 'active' and c.channel = any($5::text[]) and (w.kind <> 'subscribers' or c.subscribed)
        and (c.id = w.contact_id or ($4::text = 'failed' and c.member_id = case when w.person like 'm:%' then substr(w.person, 3)::uuid end))
        and (c.channel <> 'zalo' or (c.id = w.contact_id and w.form = 'template') or c.last_inbound_at >= $3::timestamptz - interval '7 days')
      order by c.id = w.contact_id desc, c.preferred desc, c.last_inbound_at desc nulls last, c.id limit 1
    ) c
  ),
  added as (
    insert into attempt (message_id, try, channel, contact_id, conversation_id, lane, state, waiting, due, repeat, via, form, template_id, template_data)
    select message_id, try + 1, channel, to_id, conversation_id, lane, 'queued', true, $2::timestamptz, $4::text = 'uncertain', 'resend',
      case when channel <> 'zalo' then null when to_id = contact_id then form else 'billed' end,
      case when to_id = contact_id then template_id end, case when to_id = contact_id then template_data end
    from chosen order by message_id
    on conflict (message_id, try) do nothing returning message_id
  ),
  unwatched as (delete from attempt_watch w using chosen c where w.attempt_id = c.attempt_id),
  again as (
    update broadcast set state = 'sending', finished_at = null from b where broadcast.id = b.id and exists (select 1 from added)
  )
  select (select count(distinct w.person) from added join missed w on w.message_id = added.message_id)::int as people,
    (select count(distinct person) from missed where message_id not in (select message_id from chosen))::int as unreachable
  from b`;
