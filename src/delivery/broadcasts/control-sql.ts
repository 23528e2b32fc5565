/** The statements of control: each changes the row of a broadcast and, with it, what of it has not left. */
import { isCorrectingSql } from '../corrections/correcting.js';
import { returnQuotaSql } from '../planning/quota.js';
import { changeSql } from '../transitions.js';

export const OF_BROADCAST = `m.source_kind = 'broadcast' and m.source_id = b.id::text and not ${isCorrectingSql('m')}`;
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

/** Quotas that were reserved for what will not leave. */
const returned = (from: string, account: string) =>
  `${from}_forms as (select d.message_id, f.form, f.quota_period from ${from} d join attempt f on f.id = d.id),
  ${from}_returned as (${returnQuotaSql(`${from}_forms`, account)})`;

/** $1 broadcast, $2 machine time. Whatever waits is held by the engine's own look at the row, and then by `HOLD_PIECE`. */
export const PAUSE = `with b as (
    update broadcast set state = 'paused' where id = $1::uuid and state in ('planned', 'expanding', 'sending') returning id
  ), ${leasedOf('held', HELD, 'paused')}
  select 'paused' as state from b`;

/** $2 business time: one that had not begun is planned again; else it is put in line again by `expand`. */
export const RESUME = `update broadcast
  set state = case when expanded_at is null and start_at > $2::timestamptz then 'planned' else 'expanding' end
  where id = $1::uuid and state = 'paused' returning state`;

/** As PAUSE, for ever; $3 the account whose quotas come back. It is over once nothing of it is open any more: `finished_at`. */
export const CANCEL = `with b as (
    update broadcast set state = 'cancelled', finished_at = null
    where id = $1::uuid and state in ('planned', 'expanding', 'sending', 'paused') returning id
  ), ${leasedOf('dropped', DROPPED('$2'), 'cancelled')}, ${returned('dropped', '$3')}
  select 'cancelled' as state from b`;

// Locked: who resumes it waits for the piece, and finds all of it planned.
const resting = (state: string) =>
  `b as materialized (select id from broadcast where id = $1::uuid and state = '${state}' for update)`;

/**
 * Up to $3 of what waits. Whoever holds a row meanwhile may begin its call: only the locked row `a` tells, so the
 * condition stands on it too.
 */
const pieceOf = (name: string, set: string, stillThere: (attempt: string) => string, reason: string) => `
  picked as materialized (
    select w.id from b join message m on ${OF_BROADCAST} join attempt w on w.message_id = m.id and ${stillThere('w')} limit $3
  ),
  ${changeSql({
    name,
    where: `a.id = any(array(select id from picked)) and ${stillThere('a')}`,
    set,
    at: '$2',
    reason: `'${reason}'`,
  })}`;

const WAITS = (attempt: string) => `(${attempt}.waiting or ${attempt}.state = 'leased')`;
const NOT_LEFT = (attempt: string) => `(${attempt}.waiting or ${attempt}.state in ('planned', 'leased'))`;
const counted = (name: string) =>
  `select (select count(*) from picked)::int as picked, count(*)::int as changed from ${name}`;

/** Takes up to $3 of what still waits out of the line of a paused broadcast; returns how many. */
export const HOLD_PIECE = `with ${resting('paused')}, ${pieceOf('held', HELD, WAITS, 'paused')} ${counted('held')}`;

/** Drops up to $3 of what has not left of a cancelled broadcast. $4: the account whose quotas come back. */
export const DROP_PIECE = `with ${resting('cancelled')}, ${pieceOf('dropped', DROPPED('$2'), NOT_LEFT, 'cancelled')}, ${returned('dropped', '$4')}
  ${counted('dropped')}`;

/** Paused ones of which something waits all the same, and cancelled ones that are not over. */
export const UNRESTED = `select b.id, b.state from broadcast b
  where (b.state = 'cancelled' and b.finished_at is null) or (b.state = 'paused' and exists (
    select 1 from attempt a join message m on m.id = a.message_id where a.lane = 'bulk' and a.waiting and ${OF_BROADCAST}
  ))`;

/**
 * True while something of it has no end, else null. One that is under way is told by one row: the front of the line, or
 * its last messages, which leave last. Only one that is nearly over is walked through, and never the whole tables.
 */
const OPEN = `coalesce(
    (select true from (select message_id from attempt where lane = 'bulk' and waiting limit 1000) w
      cross join lateral (select * from message where id = w.message_id offset 0) m where ${OF_BROADCAST} limit 1),
    (select true from message m
      cross join lateral (select 1 from attempt where message_id = m.id and ended_at is null limit 1) a
      where ${OF_BROADCAST} order by m.person desc, m.slot desc limit 1)
  )`;

/** $2 business time. */
export const CANCELLED_OVER = `update broadcast b set finished_at = $2::timestamptz
  where b.id = $1::uuid and b.state = 'cancelled' and b.finished_at is null and ${OPEN} is null`;

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
  where b.state = 'sending' and ${OPEN} is null and not ${UNDECIDED} returning b.id`;

/**
 * Puts the next $6 messages of a resumed broadcast in line again. $2 machine time, $3 business time, $4 and $5 after
 * whom and which slot: a person's parts may lie on both sides of an edge.
 */
export const FREE_PIECE = `with b as materialized (
    select id from broadcast where id = $1::uuid and state = 'expanding' for update
  ),
  piece as materialized (
    select m.id, m.person, m.slot from b join message m on ${OF_BROADCAST} and (m.person, m.slot) > ($4::text, $5::text)
    order by m.person, m.slot limit $6::int
  ),
  ${changeSql({
    name: 'freed',
    from: 'piece, message m',
    where: `m.id = piece.id and a.message_id = m.id and a.state = 'planned' and (m.not_before is null or m.not_before <= $3::timestamptz)`,
    set: `state = 'queued', waiting = true, due = $2::timestamptz`,
    at: '$2',
    reason: `'resumed'`,
  })}
  select person, slot, (select count(*)::int from freed) as changed from piece order by person desc, slot desc limit 1`;
