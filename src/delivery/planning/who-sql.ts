/**
 * Which contact reaches each person, as a query. It passes over all people once, in the order of the people: joins
 * among large sets of unknown size would be planned as loops within loops.
 */
import { zaloFreeSql, zaloOpenSql, type PlanParams } from './plan-sql.js';
import { ZALO_WINDOW_DAYS } from './quota.js';

/** People who were never reached on any channel read Vietnamese. */
const FIRST_LANGUAGE = `'vi'`;

/** Where the parts that choose a contact stand in the parameter list. */
export interface WhoParams {
  readonly channels: string;
  readonly lane?: string;
  /** Zalo's routes as JSON, and the business time at which the message leaves; absent while Zalo is off. */
  readonly zalo?: ZaloParams;
  /** With these, whoever has the message already takes nothing from a quota. */
  readonly told?: Pick<PlanParams, 'sourceKind' | 'sourceId' | 'slot'>;
}

interface ZaloParams {
  readonly routes: string;
  readonly leavesAt: string;
}

/**
 * The contact of each person in `asked(person, member_id, contact_key, seat_id)` as `who`: active, on a channel that is
 * on, the preferred one first, then the one heard from last; answers go where the person wrote last. A Zalo contact
 * that no window, quota or template opens is not chosen; `moved` says that another one stands in for it.
 */
export function whoSql(params: WhoParams, contacts: { subscribedOnly: boolean }): string {
  const usable = `c.state = 'active' and c.channel = any(${params.channels}::text[])${contacts.subscribedOnly ? ' and c.subscribed' : ''}`;
  const answersFirst =
    params.lane === undefined
      ? ''
      : `case when ${params.lane}::text = 'reply' then last_inbound_at end desc nulls last, `;
  const order = `${answersFirst}preferred desc, last_inbound_at desc nulls last, contact_id`;
  const columns = `a.person, c.id as contact_id, c.channel, c.language, c.preferred, c.last_inbound_at`;
  // The tables grow faster than statistics follow: OFFSET 0, and scalars below, make it a look-up a person, at every size.
  const contactBy = (key: string) => `cross join lateral (select * from contact where ${key} offset 0) c`;
  const reach = (more: string) => `reach as (
    select ${columns}${more} from asked a ${contactBy('member_id = a.member_id')} where ${usable}
    union all
    select ${columns}${more} from asked a ${contactBy('id = a.contact_key')} where ${usable}
  )`;
  const chosen = params.zalo
    ? `${reach(`, ${tierSql(params.zalo)} as tier`)}, ${choiceSql(params, params.zalo, order)}`
    : `${reach('')}, ${simpleSql(order)}`;
  return `
  ${chosen},
  who as materialized (
    select f.*, coalesce(
      (select id from conversation where member_id = f.member_id),
      (select id from conversation where contact_id = f.contact_key),
      (select bound.id from contact k join conversation bound on bound.member_id = k.member_id where k.id = f.contact_key),
      f.member_id, f.contact_key
    ) as conversation_id
    from found f
  )`;
}

const simpleSql = (order: string) => `best as (
    select distinct on (person) person, contact_id, channel, language from reach order by person, ${order}
  ),
  found as (
    select a.person, a.seat_id, a.member_id, a.contact_key, b.contact_id, b.channel, coalesce(b.language, ${FIRST_LANGUAGE}) as language,
      null::text as form, false as moved, null::text as template_id, null::jsonb as template_data, 0 as price, null::timestamptz as hold,
      'no-contact' as why, null::text as why_detail
    from asked a left join best b on b.person = a.person
  )`;

/**
 * 0: costs nothing; 1: a message is charged; 2: only a template. Zalo does not know of the days that the demo's clock
 * leaves out: whoever really wrote within a week can be written to, and is not lost to a walk.
 */
const tierSql = ({ leavesAt }: ZaloParams) =>
  `case when c.channel <> 'zalo' or ${zaloFreeSql('c', leavesAt)} then 0
    when ${zaloOpenSql('c', leavesAt)} then 1
    when (select offset_ms from business_clock) > 0 and exists (
      select 1 from inbound i, business_clock k where i.contact_id = c.id
        and i.received_at >= ${leavesAt}::timestamptz - k.offset_ms * interval '1 ms' - interval '${String(ZALO_WINDOW_DAYS)} days'
    ) then 0 else 2 end`;

/**
 * `choice`: a person's contacts in order. `priced`: the first one (of two that cost something the one within its
 * window), and the first that costs nothing. Then the quotas are dealt out in the order of the people while they last: a text of several parts is as many billed messages, or one
 * template.
 */
function choiceSql({ told }: WhoParams, zalo: ZaloParams, order: string): string {
  const isNew = told
    ? `not exists (select 1 from message m where m.source_kind = ${told.sourceKind} and m.source_id = ${told.sourceId} and m.person = a.person and m.slot = ${told.slot})`
    : 'true';
  const takesBilled = `case when first_tier = 1 and is_new then p.pieces else 0 end`;
  return `zalo as materialized (
    select * from jsonb_to_record(${zalo.routes}::jsonb) as z(account text, month text, day text, "billedLeft" int, "templatesLeft" int,
      pieces jsonb, templates jsonb, "hasTemplates" boolean)
  ),
  choice as (
    select person, array_agg(contact_id order by ${order}) as contacts, array_agg(channel order by ${order}) as channels,
      array_agg(language order by ${order}) as languages, array_agg(tier order by ${order}) as tiers
    from reach group by person
  ),
  priced as (
    select a.person, a.seat_id, a.member_id, a.contact_key, o.contacts, o.channels, o.languages, array_position(o.tiers, 0) as place,
      o.first, coalesce(o.tiers[o.first], 0) as first_tier, coalesce((z.pieces ->> o.languages[o.first])::int, 1) as pieces,
      case when o.tiers[1] > 0 then ${isNew} else true end as is_new
    from asked a cross join zalo z left join (
      select *, case when tiers[1] = 2 and array_position(tiers, 1) < coalesce(array_position(tiers, 0), 1000) then array_position(tiers, 1) else 1 end as first
      from choice
    ) o on o.person = a.person
  ),
  granted as (
    select p.*, first_tier = 1 and is_new and sum(${takesBilled}) over (order by person) <= z."billedLeft" as is_billed
    from priced p cross join zalo z
  ),
  formed as (
    select g.*, t.id as template_id, t.data as template_data, t."priceVnd" as price, t.hold, count(t.id) over (order by g.person) as turn
    from granted g cross join zalo z
    left join lateral (
      select form.id, form.data || own.data as data, form."priceVnd", form.hold
      from jsonb_to_recordset(z.templates) as form(id text, language text, data jsonb, dynamic jsonb, "priceVnd" int, hold timestamptz, place int)
      cross join lateral (${OWN_VALUES}) own
      where g.first_tier > 0 and g.is_new and not g.is_billed and form.language = g.languages[g.first] and own.fits
      order by form.place limit 1
    ) t on true
  ),
  dealt as (
    select f.*, f.template_id is not null and f.turn <= z."templatesLeft" as is_template, z."hasTemplates" as has_templates
    from formed f cross join zalo z
  ),
  found as (
    select person, seat_id, member_id, contact_key, case when is_billed or is_template then contacts[first] else contacts[place] end as contact_id,
      case when is_billed or is_template then 'zalo' else channels[place] end as channel,
      coalesce(case when is_billed or is_template or place is null then languages[first] else languages[place] end, ${FIRST_LANGUAGE}) as language,
      case when is_billed then 'billed' when is_template then 'template' when channels[place] = 'zalo' then 'free' end as form,
      first_tier > 0 and not is_billed and not is_template and place is not null as moved,
      case when is_template then template_id end as template_id, case when is_template then template_data end as template_data,
      case when is_template then price else 0 end as price, case when is_template then hold end as hold,
      case when first_tier = 0 then 'no-contact' when first_tier = 2 and has_templates and template_id is null then 'template-parameters'
        else 'zalo-window' end as why,
      case when first_tier = 1 or template_id is not null then 'quota' end as why_detail
    from dealt
  )`;
}

// A name that is too long is not cut; a unit has a short one.
const OWN_VALUES = `
        select coalesce(jsonb_object_agg(d.name, v.value), '{}') as data,
          coalesce(bool_and(char_length(v.value) between 1 and d.max), true) as fits
        from jsonb_to_recordset(form.dynamic) as d(name text, "from" text, max int)
        cross join lateral (
          select case d."from"
            when 'person' then coalesce((select full_name from member where id = g.member_id), (select display_name from contact where id = g.contact_key), '')
            else coalesce((
              select case when char_length(u.name) <= d.max then u.name else u.short_name end
              from seat s join unit u on u.id = s.unit_id where s.id = g.seat_id
            ), '') end as value
        ) v`;

/** People of `who` whom nothing reaches, but the other seat of their unit is held by somebody who is told, or could be. */
export function stoodForSql(channels: string, now: string): string {
  return `stood_for as materialized (
    select distinct w.person from who w
    join seat s on s.id = w.seat_id
    join seat o on o.unit_id = s.unit_id and o.kind = case s.kind when 'primary' then 'deputy' when 'deputy' then 'primary' end
    join seat_holding h on h.seat_id = o.id and h.held_to is null and 'm:' || h.member_id <> w.person
    left join who too on too.person = 'm:' || h.member_id
    where w.contact_id is null and case when too.person is not null then too.contact_id is not null else exists (
      select 1 from contact c where c.member_id = h.member_id and c.state = 'active' and c.channel = any(${channels}::text[]) and ${zaloOpenSql('c', now)}
    ) end
  )`;
}
