/** The statement that tells once more whoever was not reached. */
import { zaloFreeSql, zaloOpenSql } from '../planning/plan-sql.js';
import { quotaLeftSql } from '../planning/quota.js';
import { OF_BROADCAST } from './control-sql.js';

const ARRIVED = `('sent', 'delivered', 'seen')`;
/** Failures that lie with the contact, or with what its channel takes: another contact of the person comes first. */
const ELSEWHERE_FIRST = `('rejected', 'recipient-gone', 'window-closed')`;
const IS_FREE = zaloFreeSql('c', '$2');
const IS_OPEN = zaloOpenSql('c', '$2');
/** Periods of the quotas: a month for what is charged, a day for templates. */
const MONTH = 'left($6::text, 7)';
const PERIOD = `case new_form when 'template' then $6::text else ${MONTH} end`;
const RECALLED = `exists (select 1 from correction r where r.broadcast_id = broadcast.id and r.kind = 'recall')`;

/**
 * A further attempt for everybody whose latest one ended as $3 says (failed | uncertain), unless a colleague was reached
 * instead; at the same contact while it is active, and for what failed else at another one of that person. Nothing of
 * what was recalled. What Zalo charges anew, and templates, which it counts by the day, are reserved while the quotas
 * last, first for whoever has no other way; a call that failed for certain was not counted. $7 machine time, $2
 * business time, $4 channels that are on, $5 account of Zalo, $6 day. The row lock lets two officers resend once: the
 * second finds the attempt of the first.
 */
const CHOSEN = `with b as materialized (
    select id, audience ->> 'kind' as kind from broadcast
    where id = $1::uuid and state in ('sending', 'finished') and not ${RECALLED} for update
  ),
  missed as materialized (
    select m.id as message_id, m.person, b.kind, a.id as attempt_id, a.try, a.contact_id, a.conversation_id, a.lane, a.form, a.quota_period, a.reason,
      a.template_id, a.template_data
    from b join message m on ${OF_BROADCAST}
    cross join lateral (select * from attempt where message_id = m.id order by try desc limit 1) a
    where a.state = $3::text and not exists (
      select 1 from message s join attempt t on t.message_id = s.id where s.stands_for_id = m.id and t.state in ${ARRIVED}
    )
  ),
  quota as materialized (
    select q.kind, q.used from b join quota_use q on q.account = $5::text
      and (q.kind, q.period) in (('billed', ${MONTH}), ('template', $6::text)) order by q.kind for update of q
  ),
  quota_left as materialized (
    select ${quotaLeftSql('billedPerMonth', `select used from quota where kind = 'billed'`)} as billed,
      ${quotaLeftSql('templatesPerDay', `select used from quota where kind = 'template'`)} as template
  ),
  open as materialized (
    select w.*, c.id as to_id, c.channel, c.new_form, c.is_reserved, c.is_charged,
      bool_or(not c.is_charged) over (partition by w.message_id) as is_reached_free, row_number() over (
        partition by w.message_id
        order by (c.id = w.contact_id) = (w.reason is null or w.reason not in ${ELSEWHERE_FIRST}) desc, c.is_charged,
          c.preferred desc, c.last_inbound_at desc nulls last, c.id
      ) as place
    from missed w
    cross join lateral (
      select c.id, c.channel, c.preferred, c.last_inbound_at, f.new_form, coalesce(f.is_reserved and f.new_form = w.form, false) as is_reserved,
        coalesce(f.new_form in ('billed', 'template') and not (f.is_reserved and f.new_form = w.form), false) as is_charged
      from contact c
      cross join lateral (
        select case when c.channel <> 'zalo' then '' when c.id = w.contact_id and w.form = 'template' then 'template'
            when ${IS_FREE} then 'free' when ${IS_OPEN} then 'billed' end as new_form,
          coalesce(c.id = w.contact_id and w.form in ('billed', 'template') and $3::text = 'failed', false) as is_reserved
      ) f
      where c.state = 'active' and c.channel = any($4::text[]) and (w.kind <> 'subscribers' or c.subscribed) and f.new_form is not null
        and (c.id = w.contact_id or ($3::text = 'failed' and c.member_id = case when w.person like 'm:%' then substr(w.person, 3)::uuid end))
    ) c
  ),
  dealt as materialized (
    select open.*, sum(is_charged::int) over (partition by new_form order by is_reached_free, message_id)
      <= case new_form when 'template' then quota_left.template else quota_left.billed end as is_granted
    from open cross join quota_left where place = 1
  ),
  chosen as materialized (
    select * from dealt where is_granted or not is_charged
    union all
    select o.*, true from dealt d cross join lateral (
      select * from open where open.message_id = d.message_id and not open.is_charged order by place limit 1
    ) o
    where d.is_charged and not d.is_granted
  )`;

export const RESEND = `${CHOSEN},
  added as (
    insert into attempt (message_id, try, channel, contact_id, conversation_id, lane, state, waiting, due, repeat, via, form, quota_period, template_id, template_data)
    select message_id, try + 1, channel, to_id, conversation_id, lane, 'queued', true, $7::timestamptz, $3::text = 'uncertain', 'resend',
      nullif(new_form, ''), case when is_charged then ${PERIOD} when is_reserved then quota_period end,
      case when new_form = 'template' then template_id end, case when new_form = 'template' then template_data end
    from chosen order by message_id
    on conflict (message_id, try) do nothing returning message_id
  ),
  spent as (
    insert into quota_use as q (account, kind, period, used)
    select $5::text, new_form, ${PERIOD}, count(*)::int from added join chosen using (message_id)
    where is_charged group by new_form order by new_form
    on conflict (account, kind, period) do update set used = q.used + excluded.used
  ),
  unwatched as (delete from attempt_watch w using chosen c where w.attempt_id = c.attempt_id),
  again as (
    update broadcast set state = 'sending', finished_at = null from b where broadcast.id = b.id and exists (select 1 from added)
  )
  select (select count(distinct w.person) from added join missed w on w.message_id = added.message_id)::int as people,
    (select count(distinct person) from missed where message_id not in (select message_id from open))::int as unreachable,
    (select count(distinct person) from dealt where message_id not in (select message_id from chosen))::int as "overQuota"
  from b`;

/** How many people it would tell now; the same values and locks, for the order follows in the same transaction. */
export const COUNT_RESEND = `${CHOSEN}
  select count(distinct person)::int as people from chosen`;

/** Whether a broadcast was taken back, besides its state. */
export const STATE = `select state, ${RECALLED} as is_recalled from broadcast where id = $1::uuid`;
