/** The statements that carry out a correction, piece by piece; each may run twice. */
import { isCorrectingSql, isOfCorrectionSql } from './correcting.js';
import { returnQuotaSql } from '../planning/quota.js';
import { changeSql } from '../transitions.js';

/** Locks the correction while it is being carried out; nobody waits for another's piece. */
export const LOCK_CORRECTION = `select state from correction where id = $1 for update skip locked`;

/**
 * The next messages, locked: no further try of them begins meanwhile. $1 broadcast, $2 person, $3 slot, $4 how many, $5
 * slot of the correction's own messages, which another process may have planned already.
 */
export const NEXT_MESSAGES = `select id, person, slot from message
  where source_kind = 'broadcast' and source_id = $1 and (person, slot) > ($2, $3) and slot <> $5 and slot not like $5 || '/%'
  order by person, slot limit $4 for update`;

/** Whether a later one says all there is to say; asked when the messages are locked. $1 the correction. */
export const IS_OVERTAKEN = `select 1 from correction c join correction later on later.broadcast_id = c.broadcast_id
  where c.id = $1 and later.version > c.version limit 1`;

/** Nothing about these attempts changes until the piece is done. */
export const LOCK_ATTEMPTS = `select id from attempt where message_id = any($1::bigint[]) order by id for update`;

/** Quotas that were reserved for what will not leave. */
const returned = (account: string) =>
  `forms as (select d.message_id, f.form, f.quota_period from dropped d join attempt f on f.id = d.id),
  returned as (${returnQuotaSql('forms', account)})`;

const NOT_LEFT = `(a.waiting or a.state in ('planned', 'leased'))`;

/**
 * What has not left is held for a moment ($3), so that whoever began to lease it before this was committed does not
 * carry the old words away. A template's words are fixed, and an older correction is out of date: both end here, but a
 * template that was filled with the new words already goes.
 * $1 messages, $2 machine time, $4 reason, $5 the account whose quotas come back, $6 the new contents.
 */
export const HOLD_BACK = `with ${changeSql({
  name: 'dropped',
  from: 'message m',
  where: `a.message_id = any($1::bigint[]) and m.id = a.message_id and ${NOT_LEFT}
    and ((a.form = 'template' and not (m.content_id = any($6::bigint[]))) or ${isCorrectingSql('m')})`,
  set: `state = 'skipped', reason = 'superseded', waiting = false, lease_id = null, ended_at = $2, sealed = false`,
  at: '$2',
  reason: '$4::text',
})},
  ${changeSql({
    name: 'held',
    from: 'message m',
    where: `a.message_id = any($1::bigint[]) and m.id = a.message_id and (a.waiting or a.state = 'leased')
      and a.form is distinct from 'template' and not ${isCorrectingSql('m')}`,
    set: `state = 'queued', waiting = true, lease_id = null, due = greatest(a.due, $3)`,
    at: '$2',
    reason: '$4::text',
  })},
  ${returned('$5')}
  select (select count(*) from dropped)::int as dropped, (select count(*) from held)::int as held`;

/** What has not left does not leave, by no other way either. $1 messages, $2 machine time, $3 the account whose quotas come back. */
export const DROP = `with ${changeSql({
  name: 'dropped',
  where: `a.message_id = any($1::bigint[]) and ${NOT_LEFT}`,
  set: `state = 'skipped', reason = 'cancelled', waiting = false, lease_id = null, ended_at = $2, sealed = false`,
  at: '$2',
  reason: `'recalled'`,
})},
  ${returned('$3')},
  unwatched as (delete from attempt_watch where attempt_id in (select id from attempt where message_id = any($1::bigint[])))
  select count(*)::int as dropped, 0 as held from dropped`;

/**
 * Every copy that may have arrived gets its change, and the messages their new words, so that every later try says
 * them. $1 messages, $2 machine time, $3 kind, $4 correction, $5 slots, $6 channels where copies can be changed.
 */
export const CHANGE = `with spoken as materialized (
    select m.id, m.content_id as old,
      coalesce(words.list ->> (coalesce((regexp_match(m.slot, '/(\\d+)$'))[1]::int, 1) - 1), words.list ->> -1)::bigint as new
    from message m
    left join lateral (
      select c.language from attempt a join contact c on c.id = a.contact_id where a.message_id = m.id order by a.try desc limit 1
    ) reader on true
    cross join lateral (select coalesce($5::jsonb -> reader.language, $5::jsonb -> 'vi') as list) words
    where m.id = any($1::bigint[])
  ),
  edits as (
    insert into message_edit (attempt_id, kind, ref, content_id, old_content_id, state, due, ended_at, reason)
    select a.id, $3, $4, s.new, s.old,
      case when e.is_open then 'queued' else 'skipped' end, $2::timestamptz,
      case when not e.is_open then $2::timestamptz end, case when not e.is_open then 'not-possible' end
    from spoken s join attempt a on a.message_id = s.id
    cross join lateral (select a.state = 'sending' or (a.channel = any($6::text[]) and a.form is distinct from 'template') as is_open) e
    where s.new <> s.old and (
      a.state in ('sending', 'uncertain', 'sent', 'delivered', 'seen') or (a.form = 'template' and a.reason = 'superseded'))
    order by a.id
    on conflict (attempt_id, kind, ref) do nothing
  )
  update message m set content_id = s.new from spoken s where m.id = s.id and s.new <> s.old`;

const ofBroadcast = (alias: string) => `${alias}.source_kind = 'broadcast' and ${alias}.source_id`;
const UNDONE = `(e.state = 'failed' or (e.state = 'skipped' and e.reason = 'not-possible'))`;

/** Changes of a correction `c` that could not be made, of people whom nobody has told; none once a later one says more. */
const UNTOLD_CHANGES = `from message_edit e join attempt a on a.id = e.attempt_id join message m on m.id = a.message_id
  where e.ref = c.id::text and ${UNDONE}
    and not exists (
      select 1 from message told
      where ${ofBroadcast('told')} = c.broadcast_id::text and told.person = m.person and told.slot = 'main~c' || c.version
    )
    and not exists (select 1 from correction later where later.broadcast_id = c.broadcast_id and later.version > c.version)`;

/** People whose copy could not be changed and whom nobody has told yet. $1 correction, $2 how many. */
export const UNTOLD = `select u.person, u.seat_id from correction c
  cross join lateral (
    select m.person, min(m.seat_id::text) as seat_id ${UNTOLD_CHANGES} group by m.person order by m.person limit $2
  ) u
  where c.id = $1`;

/** Corrections whose every change and message has an end. */
export const FINISH_CORRECTIONS = `update correction c set state = 'finished'
  where c.state = 'sending'
    and not exists (select 1 from message_edit e where e.ref = c.id::text and e.state = 'queued')
    and not exists (select 1 ${UNTOLD_CHANGES})
    and not exists (
      select 1 from message m join attempt a on a.message_id = m.id
      where ${ofBroadcast('m')} = c.broadcast_id::text and a.ended_at is null
        and ${isOfCorrectionSql('m')}
    )
  returning c.id`;

/** What became of each correction of a broadcast, counted in people. */
export const SUMMARY = `with changed as (
    select e.ref, m.person, bool_or(e.state = 'queued') as waits, bool_or(e.state = 'done') as done,
      bool_or(${UNDONE}) as undone
    from correction c join message_edit e on e.ref = c.id::text join attempt a on a.id = e.attempt_id join message m on m.id = a.message_id
    where c.broadcast_id = $1 group by e.ref, m.person
  ),
  told as (
    select c.id::text as ref, m.person, bool_or(a.ended_at is null) as waits, bool_and(a.state in ('sent', 'delivered', 'seen')) as done
    from correction c join message m on m.source_kind = 'broadcast' and m.source_id = c.broadcast_id::text
      and ${isOfCorrectionSql('m')}
    cross join lateral (select state, ended_at from attempt where message_id = m.id order by try desc limit 1) a
    where c.broadcast_id = $1 group by c.id, m.person
  ),
  people as (
    select coalesce(x.ref, t.ref) as ref,
      coalesce(x.waits, false) or coalesce(t.waits, false) or (coalesce(x.undone, false) and t.ref is null) as waits,
      coalesce(x.undone, false) as undone, coalesce(x.done, false) as edited, coalesce(t.done, false) as told
    from changed x full join told t on t.ref = x.ref and t.person = x.person
  )
  select c.id, c.version, c.kind, c.at, c.reason, c.state, who.full_name as by,
    count(p.ref) filter (where not p.waits and p.edited and not p.undone)::int as edited,
    count(p.ref) filter (where not p.waits and p.told and (p.undone or not p.edited))::int as told,
    count(p.ref) filter (where p.waits)::int as waiting,
    count(p.ref) filter (where not p.waits and p.undone and not p.told)::int as failed
  from correction c left join people p on p.ref = c.id::text left join member who on who.id = c.created_by_id
  where c.broadcast_id = $1
  group by c.id, who.full_name order by c.version`;
