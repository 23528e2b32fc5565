/**
 * The two statements on the way of every message, and the pair that looks after budgets and leases.
 * They are prepared once a connection; `connection.ts` sees to it that they always walk an index. Neighbours of a
 * conversation are read through a LIMIT, or the planner would look for them among everything that waits; leases are
 * compared by IS NOT DISTINCT FROM, or it would read a whole lease to find one row.
 */
import { isCorrectingSql } from '../corrections/correcting.js';
import { REPEATED_CLASSES } from '../policy.js';
import type { MessageClass } from '../ports.js';
import { IS_SAFE_SQL } from '../watching/safe-mode-row.js';

/**
 * A message tried this often no longer holds those behind it: about a minute of waiting in all. Refusals for going too
 * fast do not count: they are about the person or the account, and those behind would fare no better.
 */
const HOLDING_SENDS = 6;
const HOLDING_S = 60;
/** Broadcasts of which nothing may begin, although something may still wait. */
const RESTING = `(b.state = 'paused' or (b.state = 'cancelled' and b.finished_at is null))`;
/** Predecessors that are looked at. */
const PREDECESSORS = 10;
/** Waiting messages among which one held back by a limit is looked for. */
const LOOKED_AT = 500;

const literals = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');

/**
 * Takes up to $6 attempts of one lane and channel under a new lease. Nothing while the account is banned, nobody whose
 * conversation has an earlier message that is waiting or on its way, and with $8 > 0 nobody who got $8 messages within $9 ms.
 * Nothing of a broadcast that is paused or cancelled, and nothing in bulk while the product is in safe mode, in which it is after a backup was restored.
 * The attempt keeps which content it takes along: a correction may give the message another while it is called.
 * $1 lane, $2 channel, $3 now, $4 worker, $5 lease until, $6 limit, $7 account, $10 contents known already, $11 from where to look.
 */
export const LEASE = {
  name: 'delivery-lease',
  text: `with picked as materialized (
    select a.id from attempt a
    where a.lane = $1::text and a.channel = $2::text and a.waiting and a.due <= $3::timestamptz and a.due >= $11::timestamptz
      and not exists (select 1 from rate_budget where account = $7::text and banned_until > $3::timestamptz)
      and not ($1::text = 'bulk' and ${IS_SAFE_SQL})
      and not ($1::text = 'bulk' and exists (select 1 from broadcast b where ${RESTING}) and exists (
        select 1 from message m join broadcast b on b.id = case when m.source_kind = 'broadcast' then m.source_id::uuid end
        where m.id = a.message_id and ${RESTING} and not ${isCorrectingSql('m')}
      ))
      and not exists (
        select 1 from (
          select p.state, p.waiting, p.sends, p.due from attempt p
          where p.conversation_id = a.conversation_id and p.lane = a.lane and p.id < a.id
          order by p.id desc limit ${String(PREDECESSORS)}
        ) earlier
        where earlier.state in ('leased', 'sending')
          or (earlier.waiting and earlier.sends < ${String(HOLDING_SENDS)} and earlier.due <= $3::timestamptz + interval '${String(HOLDING_S)} s')
      )
      and ($8::int = 0 or $8::int > (
        select count(*) from (
          select p.sending_at, p.channel from attempt p
          where p.conversation_id = a.conversation_id and p.lane = a.lane and p.id < a.id
          order by p.id desc limit $8::int
        ) recent
        where recent.channel = $2::text and recent.sending_at > $3::timestamptz - $9::int * interval '1 ms'
      ))
    order by a.due, a.id
    limit $6::int
    for update of a skip locked
  ),
  held as (
    insert into lease (worker, lane, until) select $4::text, $1::text, $5::timestamptz where exists (select 1 from picked) returning id
  ),
  taken as (
    update attempt a set waiting = false, state = 'leased', lease_id = (select id from held), leased_at = $3::timestamptz, content_id = m.content_id
    from message m
    where a.id = any(array(select id from picked)) and m.id = a.message_id
    returning a.id, a.contact_id, a.conversation_id, a.lease_id, a.sends, a.repeat, a.due, a.template_id, a.template_data,
      m.content_id, m.class, m.planned_at, m.opening
  )
  select t.id, t.lease_id, t.sends, t.repeat, t.due, t.template_id, t.template_data, t.contact_id, t.content_id, t.class, t.planned_at, t.opening, c.external_id, c.state as contact_state, c.language,
    exists (
      select 1 from (
        select s.waiting from attempt s where s.conversation_id = t.conversation_id and s.lane = $1::text and s.id > t.id
        order by s.id limit ${String(PREDECESSORS)}
      ) later
      where later.waiting
    ) as has_next,
    k.text, k.buttons, k.image_id, k.image_alt, k.file_id
  from taken t
  left join contact c on c.id = t.contact_id
  left join content k on k.id = t.content_id and not (t.content_id = any($10::bigint[]))
  order by t.id`,
} as const;

export interface LeasedRow {
  readonly id: string;
  readonly lease_id: string;
  readonly sends: number;
  readonly repeat: boolean;
  readonly due: Date;
  readonly template_id: string | null;
  readonly template_data: Readonly<Record<string, string>> | null;
  readonly contact_id: string | null;
  readonly content_id: string;
  readonly class: MessageClass;
  readonly planned_at: Date;
  /** The line before the words, of a message that stands for another. */
  readonly opening: string | null;
  readonly external_id: string | null;
  readonly contact_state: string | null;
  readonly language: string | null;
  readonly has_next: boolean;
  readonly text: string | null;
  readonly buttons: unknown;
  readonly image_id: string | null;
  readonly image_alt: string | null;
  readonly file_id: string | null;
}

/** A further attempt for what is uncertain and may be repeated, from rows `(message_id, try, channel, …, repeat)` of a CTE. */
export const repeatSql = (from: string, now: string) => `
  insert into attempt (message_id, try, channel, contact_id, conversation_id, lane, state, waiting, due, repeat, via, form, template_id, template_data)
  select u.message_id, u.try + 1, u.channel, u.contact_id, u.conversation_id, u.lane, 'queued', true, ${now}::timestamptz, true, 'repeat',
    before.form, before.template_id, before.template_data
  from ${from} u join message m on m.id = u.message_id join attempt before on before.message_id = u.message_id and before.try = u.try
  where u.state = 'uncertain' and not u.repeat and m.class in (${literals(REPEATED_CLASSES)})
  on conflict (message_id, try) do nothing`;

/**
 * One commit: writes outcomes ($1–$9, arrays of equal length) and lets calls begin ($10–$12). An outcome counts while
 * the attempt is open under the same lease; "sent" also counts when a sweep has meanwhile called it uncertain. A call
 * begins only if the row is still leased so and its account is not banned. Also bans ($13, $14) and leases that are
 * done with ($15); $16 is now, $17 when to look at an outcome again. What the columns cannot keep becomes an event: the
 * state left is read from before this statement. Returns the ids that may be sent, and the bans in force.
 */
export const FLUSH = {
  name: 'delivery-flush',
  text: `with outcome as (
    select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::int[], $17::timestamptz[])
      as o(id, lease_id, state, platform_id, reason, detail, at, due, uncalled, watch)
  ),
  settled as (
    update attempt a set
      state = case
        when o.state in ('sent', 'uncertain') and a.seen_at is not null then 'seen'
        when o.state in ('sent', 'uncertain') and a.delivered_at is not null then 'delivered'
        else o.state end,
      waiting = o.state = 'queued',
      lease_id = case when o.state = 'queued' then null else a.lease_id end,
      leased_at = case when o.state = 'queued' or (o.state = 'uncertain' and a.delivered_at is null) then null else a.leased_at end,
      due = coalesce(o.due, a.due),
      sends = a.sends - o.uncalled,
      platform_message_id = case when o.state in ('sent', 'uncertain') then coalesce(o.platform_id, a.platform_message_id) else o.platform_id end,
      reason = o.reason,
      detail = o.detail,
      sent_at = case
        when a.state in ('delivered', 'seen') then a.sent_at
        when o.state = 'sent' or (o.state = 'uncertain' and a.delivered_at is not null) then o.at end,
      ended_at = case when o.state <> 'queued' then o.at end,
      sealed = false
    from outcome o
    where a.id = o.id and a.lease_id is not distinct from o.lease_id
      and (a.ended_at is null or (a.state in ('uncertain', 'delivered', 'seen') and a.platform_message_id is null and o.state = 'sent'))
    returning a.id, a.message_id, a.try, a.channel, a.contact_id, a.conversation_id, a.lane, a.state, a.repeat, a.reason, a.detail, o.watch
  ),
  noted as (
    insert into attempt_event (attempt_id, was, state, at, due, leased_at, begun_at, reason, detail)
    select s.id, old.state, s.state, $16::timestamptz, old.due, old.leased_at, case when old.state = 'sending' then old.sending_at end,
      coalesce(s.reason, 'not-called'), s.detail
    from settled s join attempt old on old.id = s.id
    where s.state in ('queued', 'uncertain')
  ),
  watched as (
    insert into attempt_watch (attempt_id, reason, due)
    select id, case when state = 'failed' then 'failed' else 'unproven' end, watch from settled
    where watch is not null and state in ('failed', 'sent', 'uncertain')
    on conflict (attempt_id) do nothing
  ),
  repeated as (${repeatSql('settled', '$16')}),
  banned as materialized (select account, banned_until from rate_budget where banned_until > $16::timestamptz),
  begun as (
    update attempt a set state = 'sending', sends = a.sends + 1, sending_at = $16::timestamptz
    from unnest($10::bigint[], $11::bigint[], $12::text[]) as b(id, lease_id, account)
    where a.id = b.id and a.lease_id is not distinct from b.lease_id and a.state = 'leased' and b.account not in (select account from banned)
    returning a.id
  ),
  bans as (
    insert into rate_budget as r (account, tat_at, banned_until)
    select n.account, $16::timestamptz, n.until from unnest($13::text[], $14::timestamptz[]) as n(account, until)
    on conflict (account) do update set banned_until = greatest(r.banned_until, excluded.banned_until)
  ),
  closed as (update lease set closed = true where id = any($15::bigint[]))
  select id, null::text as account, null::timestamptz as banned_until from begun
  union all
  select null, account, banned_until from banned`,
} as const;

export interface FlushRow {
  readonly id: string | null;
  readonly account: string | null;
  readonly banned_until: Date | null;
}

/** Reserves $3 microseconds of the account's bulk budget; returns when they begin, in machine milliseconds. */
export const RESERVE = {
  name: 'delivery-reserve',
  text: `insert into rate_budget as r (account, tat_at) values ($1::text, $2::timestamptz + $3::bigint * interval '1 us')
    on conflict (account) do update set tat_at = greatest(r.tat_at, $2::timestamptz) + $3::bigint * interval '1 us'
    returning (extract(epoch from tat_at - $3::bigint * interval '1 us') * 1000)::float8 as first_ms`,
} as const;

/** Whether anything of a line is due and waits only because its conversation got $4 messages within $5 ms. Looks at the first. */
export const HELD_BACK = {
  name: 'delivery-held-back',
  text: `select exists (
    select 1 from (
      select id, conversation_id, lane from attempt
      where lane = $1::text and channel = $2::text and waiting and due <= $3::timestamptz order by due, id limit ${String(LOOKED_AT)}
    ) a
    where $4::int <= (
      select count(*) from (
        select p.sending_at, p.channel from attempt p
        where p.conversation_id = a.conversation_id and p.lane = a.lane and p.id < a.id
        order by p.id desc limit $4::int
      ) recent
      where recent.channel = $2::text and recent.sending_at > $3::timestamptz - $5::int * interval '1 ms'
    )
  ) as held`,
} as const;

/** Keeps leases alive; returns those that are still ours. */
export const RENEW = {
  name: 'delivery-renew',
  text: `update lease set until = $2::timestamptz where id = any($1::bigint[]) and not closed returning id`,
} as const;

/** Remembers which attempt a platform's message id belongs to, so that its receipts find the way back. */
export const REFER = {
  name: 'delivery-refer',
  text: `insert into platform_message (channel, platform_message_id, attempt_id)
    select * from unnest($1::text[], $2::text[], $3::bigint[])
    on conflict (channel, platform_message_id) do nothing`,
} as const;
