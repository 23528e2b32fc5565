/** Messages that reached nobody go to the person's other contact, and then to the unit's other contact person. */
import type { Pool } from 'pg';
import { localDate } from '../../kernel/local-date.js';
import type { ChannelName } from '../../kernel/people.js';
import { translate } from '../../i18n/index.js';
import { zaloFreeSql, zaloOpenSql } from '../planning/plan-sql.js';
import { FALLBACK_CLASSES, QUIET_CLASSES, SEAT_CLASSES } from '../policy.js';
import { quietUntil, type QuietHours } from '../quiet-hours.js';
import { quotaLeftSql } from '../planning/quota.js';
import { IS_SAFE_SQL } from '../watching/safe-mode-row.js';
import { noteEventsSql } from '../transitions.js';

export interface FallbackOptions {
  /** Machine time. */
  readonly now: Date;
  readonly businessNow: Date;
  /** Channels that are on. */
  readonly channels: readonly ChannelName[];
  readonly quietHours: QuietHours | null;
  /** The Official Account whose quota a paid message uses. */
  readonly zaloAccount: string;
}

export interface FallbackStats {
  /** Went to another contact of the same person. */
  readonly rerouted: number;
  /** Went to the unit's other contact person. */
  readonly stoodFor: number;
  /** Nobody else can be reached. */
  readonly stranded: number;
  /** The attempts that were planned. */
  readonly attemptIds: readonly string[];
}

/** Messages a statement. */
const AT_ONCE = 100;
/** Charged only while so many are left of the quota: what two processes may take side by side without seeing each other. */
const BILLED_RESERVE = 2 * AT_ONCE;

/**
 * Looks at every message whose time to look at it has come. Each is looked at once, by whichever process comes first;
 * what waits in quiet hours, in a pause or in safe mode is left for later.
 */
export async function fallBack(pool: Pool, options: FallbackOptions): Promise<FallbackStats> {
  const total = { rerouted: 0, stoodFor: 0, stranded: 0, attemptIds: [] as string[] };
  for (;;) {
    const { rows } = await pool.query<FallbackRow>(FALL_BACK, fallbackValues(options));
    const [row] = rows;
    if (!row) return total;
    total.rerouted += row.rerouted;
    total.stoodFor += row.stood_for;
    total.stranded += row.stranded;
    total.attemptIds.push(...row.attempts);
    if (row.looked_at < AT_ONCE) return total;
  }
}

interface FallbackRow {
  readonly looked_at: number;
  readonly rerouted: number;
  readonly stood_for: number;
  readonly stranded: number;
  readonly attempts: readonly string[];
}

function fallbackValues({ now, businessNow, channels, quietHours, zaloAccount }: FallbackOptions): unknown[] {
  return [
    now,
    businessNow,
    channels,
    quietUntil(businessNow, quietHours) !== null,
    translate('vi', 'delivery.forSeat'),
    translate('en', 'delivery.forSeat'),
    zaloAccount,
    localDate(businessNow).slice(0, 7),
  ];
}

const list = (words: readonly string[]) => `array[${words.map((word) => `'${word}'`).join(', ')}]`;

// A contact that can be written to now; a message that Zalo charges only while the month's quota lasts.
const IS_FREE = zaloFreeSql('c', '$2');
const USABLE = `c.state = 'active' and c.channel = any($3::text[]) and ${zaloOpenSql('c', '$2')}
  and (c.channel <> 'zalo' or ${IS_FREE} or (select n from billed_left) >= ${String(BILLED_RESERVE)})`;
const BEST = 'c.preferred desc, c.last_inbound_at desc nulls last, c.id';
const FORM = `case when c.channel = 'zalo' then case when ${IS_FREE} then 'free' else 'billed' end end as form`;

const DUE = `due as materialized (
    select w.attempt_id, w.reason from attempt_watch w
    join attempt a on a.id = w.attempt_id
    join message m on m.id = a.message_id
    left join broadcast b on b.id = case when m.source_kind = 'broadcast' then m.source_id::uuid end
    where w.due <= $1::timestamptz
      and not ${IS_SAFE_SQL}
      and not ($4::boolean and m.class = any(${list(QUIET_CLASSES)}))
      and b.state is distinct from 'paused'
    order by w.due, w.attempt_id
    limit ${String(AT_ONCE)}
    for update of w skip locked
  ),
  looked as (delete from attempt_watch w using due where w.attempt_id = due.attempt_id)`;

// What is still so: proof may have come, an officer may have sent it again or recalled it, a try may follow already.
const LOST = `lost as materialized (
    select a.id, a.message_id, a.try, a.state, a.conversation_id, a.lane, d.reason = 'unproven' as may_have_arrived,
      m.source_kind, m.source_id, m.slot, m.class, m.content_id, m.seat_id, m.stands_for_id, m.person,
      case when m.person like 'm:%' then substr(m.person, 3)::uuid end as member_id,
      coalesce(b.audience ->> 'kind' = 'subscribers', false) as subscribers
    from due d
    join attempt a on a.id = d.attempt_id
    join message m on m.id = a.message_id
    left join broadcast b on b.id = case when m.source_kind = 'broadcast' then m.source_id::uuid end
    where a.state = any(case d.reason when 'unproven' then array['sent', 'uncertain'] when 'failed' then array['failed'] else array['skipped'] end)
      and m.class = any(${list(FALLBACK_CLASSES)}) and b.state is distinct from 'cancelled'
      and not exists (select 1 from correction r where r.broadcast_id = b.id and r.kind = 'recall')
      and not exists (select 1 from attempt later where later.message_id = a.message_id and later.try > a.try)
  )`;

const REROUTED = `other as materialized (
    select l.*, o.contact_id, o.channel, o.form from lost l cross join lateral (
      select c.id as contact_id, c.channel, ${FORM} from contact c
      where c.member_id = l.member_id and ${USABLE} and (c.subscribed or not l.subscribers)
        and not exists (select 1 from attempt tried where tried.message_id = l.message_id and tried.contact_id = c.id)
      order by ${BEST} limit 1
    ) o
  ),
  rerouted as (
    insert into attempt (message_id, try, channel, contact_id, conversation_id, lane, state, waiting, due, repeat, via, form, quota_period)
    select message_id, try + 1, channel, contact_id, conversation_id, lane, 'queued', true, $1::timestamptz, may_have_arrived, 'channel', form,
      case form when 'billed' then $8::text end
    from other order by id
    on conflict (message_id, try) do nothing
    returning id, form
  )`;

// Up the ranks goes nothing: a head is no stand-in. A message that stands for another has no stand-in itself. It says
// the same words; the line that names the colleague stands apart, so that the name can be erased.
const STOOD_FOR = `stand as materialized (
    select l.*, h.member_id as stand_in, s.id as stand_in_seat, best.contact_id, best.channel, best.form,
      replace(replace(case best.language when 'en' then $6::text else $5::text end, '{name}', absent.full_name), '{unit}', u.name) as opening
    from lost l
    join seat own on own.id = l.seat_id
    join unit u on u.id = own.unit_id
    join member absent on absent.id = l.member_id
    join seat s on s.unit_id = own.unit_id and s.kind = case own.kind when 'primary' then 'deputy' when 'deputy' then 'primary' end
    join seat_holding h on h.seat_id = s.id and h.held_to is null and h.member_id <> l.member_id
    cross join lateral (
      select c.id as contact_id, c.channel, c.language, ${FORM} from contact c where c.member_id = h.member_id and ${USABLE} order by ${BEST} limit 1
    ) best
    where l.class = any(${list(SEAT_CLASSES)}) and l.stands_for_id is null and not exists (select 1 from other where other.id = l.id)
  ),
  planned as (
    insert into message (source_kind, source_id, person, slot, class, lane, conversation_id, content_id, opening, seat_id, planned_at, stands_for_id)
    select t.source_kind, t.source_id, 'm:' || t.stand_in, t.slot, t.class, t.lane, coalesce(v.id, t.stand_in), t.content_id, t.opening, t.stand_in_seat,
      $2::timestamptz, t.message_id
    from stand t left join conversation v on v.member_id = t.stand_in
    order by t.id
    on conflict (source_kind, source_id, person, slot) do nothing
    returning id, stands_for_id, conversation_id
  ),
  stood as (
    insert into attempt (message_id, try, channel, contact_id, conversation_id, lane, state, waiting, due, via, form, quota_period)
    select p.id, 1, t.channel, t.contact_id, p.conversation_id, t.lane, 'queued', true, $1::timestamptz, 'seat', t.form,
      case t.form when 'billed' then $8::text end
    from planned p join stand t on t.message_id = p.stands_for_id order by p.id
    returning id, form
  ),
  known as materialized (
    select t.id, t.state as was, t.state, null::timestamptz as due, null::timestamptz as leased_at, null::timestamptz as begun_at,
      'message ' || m.id as detail
    from stand t left join message m on m.source_kind = t.source_kind and m.source_id = t.source_id and m.person = 'm:' || t.stand_in and m.slot = t.slot
    where not exists (select 1 from planned p where p.stands_for_id = t.message_id)
  ),
  noted as (${noteEventsSql('known', '$1', `'stood-for'`, 'n.detail')})`;

/** One look; see fallbackValues for its parameters. */
export const FALL_BACK = `with ${DUE},
  ${LOST},
  billed_left as materialized (
    select ${quotaLeftSql('billedPerMonth', `select used from quota_use where account = $7::text and kind = 'billed' and period = $8::text`)} as n
  ),
  ${REROUTED},
  ${STOOD_FOR},
  spent as (
    insert into quota_use as q (account, kind, period, used)
    select $7::text, 'billed', $8::text, count(*)::int from (select form from rerouted union all select form from stood) f
    where form = 'billed' having count(*) > 0
    on conflict (account, kind, period) do update set used = q.used + excluded.used
  )
  select (select count(*) from due)::int as looked_at, (select count(*) from rerouted)::int as rerouted, (select count(*) from stood)::int as stood_for,
    ((select count(*) from lost) - (select count(*) from other) - (select count(*) from stand))::int as stranded,
    (select coalesce(array_agg(id::text), '{}') from (select id from rerouted union all select id from stood) made) as attempts`;
