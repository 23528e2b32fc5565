/** The statements of the editor: what is due for a change, and what became of it. */
import { IS_SAFE_SQL } from '../watching/safe-mode-row.js';

/** Whether anything is due. $1 is now. */
export const IS_ANY_DUE = `select exists (select 1 from message_edit where state = 'queued' and due <= $1) as due`;

/** Changes of one message that are looked at: through a LIMIT, or the planner would look for them among all that wait. */
const CHANGES_OF_ONE = 50;

/** Earlier changes of a message that nobody has begun, where a later one says it all. $1 is now. */
export const SUPERSEDE = `update message_edit e set state = 'skipped', reason = 'superseded', ended_at = $1
  where e.state = 'queued' and e.due <= $1
    and exists (select 1 from message_edit later where later.attempt_id = e.attempt_id and later.id > e.id)`;

/**
 * Takes up to $4 changes of one channel until $5, after which another process may take them. Nothing while the account
 * is banned or in safe mode, and one change of a message at a time. $1 now, $2 channel, $3 account.
 */
export const TAKE = `with picked as materialized (
    select e.id from message_edit e join attempt a on a.id = e.attempt_id
    where e.state = 'queued' and e.due <= $1::timestamptz and a.channel = $2
      and not exists (select 1 from rate_budget where account = $3 and banned_until > $1::timestamptz)
      and not ${IS_SAFE_SQL}
      and not exists (
        select 1 from (
          select o.id, o.state from message_edit o where o.attempt_id = e.attempt_id order by o.kind, o.ref limit ${String(CHANGES_OF_ONE)}
        ) earlier
        where earlier.id < e.id and earlier.state = 'queued'
      )
    order by e.due, e.id
    limit $4
    for update of e skip locked
  ),
  taken as (
    update message_edit e set due = $5::timestamptz, tries = e.tries + 1
    where e.id = any(array(select id from picked))
    returning e.*
  )
  select t.id, t.kind, t.content_id, t.due, t.tries, a.id as attempt_id, a.state, a.platform_message_id, a.lane,
    a.contact_id, c.external_id as address, c.state = 'active' as is_active,
    exists (select 1 from attempt later where later.message_id = a.message_id and later.try > a.try) as is_repeated,
    coalesce(old.image_id, old.file_id) is not null as has_media,
    k.text, k.buttons, k.image_id, k.image_alt, k.file_id
  from taken t
  join attempt a on a.id = t.attempt_id
  join message m on m.id = a.message_id
  left join content k on k.id = t.content_id
  left join content old on old.id = coalesce(t.old_content_id, m.content_id)
  left join contact c on c.id = a.contact_id
  order by t.due, t.id`;

export interface TakenRow {
  readonly id: string;
  readonly kind: 'progress' | 'correction' | 'recall';
  readonly content_id: string;
  /** Until when it is ours. */
  readonly due: Date;
  /** Calls, the coming one included. */
  readonly tries: number;
  readonly attempt_id: string;
  readonly state: string;
  readonly platform_message_id: string | null;
  readonly lane: 'reply' | 'bulk';
  readonly contact_id: string | null;
  readonly address: string | null;
  readonly is_active: boolean | null;
  readonly is_repeated: boolean;
  readonly has_media: boolean;
  /** Null where the words were replaced while they were taken: `WORDS` finds the new ones. */
  readonly text: string | null;
  readonly buttons: unknown;
  readonly image_id: string | null;
  readonly image_alt: string | null;
  readonly file_id: string | null;
}

/** What a change says now. $1 the change, $2 until when it is ours. */
export const WORDS = `select e.content_id, k.text, k.buttons, k.image_id, k.image_alt, k.file_id
  from message_edit e join content k on k.id = e.content_id where e.id = $1 and e.due = $2 and e.state = 'queued'`;

/**
 * Writes what became of one change while it is ours ($2 is how long that was to last). New words that came meanwhile
 * ($3 are the ones that were said) wait to be said at once. $4 state, $5 reason, $6 detail, $7 due again, $8 tries not
 * made, $9 now.
 */
export const FINISH = `update message_edit set
    state = case when content_id = $3 then $4 else 'queued' end,
    reason = $5, detail = $6,
    due = case when content_id <> $3 and $4 <> 'queued' then $9::timestamptz else coalesce($7::timestamptz, due) end,
    tries = case when content_id <> $3 then 0 else tries - $8::int end,
    ended_at = case when $4 <> 'queued' then $9::timestamptz end
  where id = $1 and state = 'queued' and due = $2`;

/** What waits on a channel that is off here, or can change nothing: its own end, with the reason. $2 channels that are on. */
export const GIVE_UP = `update message_edit e set state = 'failed', reason = 'channel-off', ended_at = $1
  from attempt a
  where e.state = 'queued' and e.due <= $1 and a.id = e.attempt_id and not (a.channel = any($2::text[]))`;

/** Nobody of the account is called until then. */
export const BAN = `insert into rate_budget as r (account, tat_at, banned_until) values ($1, $2, $3)
  on conflict (account) do update set banned_until = greatest(r.banned_until, excluded.banned_until)`;

/** Whether the account is banned now; asked before every paced call. */
export const BANNED = {
  name: 'delivery-edit-banned',
  text: `select banned_until from rate_budget where account = $1 and banned_until > $2`,
} as const;
