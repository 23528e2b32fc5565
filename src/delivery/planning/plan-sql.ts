/**
 * The statement that plans messages: who is asked for, what is said in whose language, and the rows. One round trip whatever the number of people; a second run plans nothing twice.
 */

import { SEAT_CLASSES } from '../policy.js';
import { ZALO_FREE_HOURS, ZALO_WINDOW_DAYS } from './quota.js';

/** Where the parts that differ stand in the parameter list. */
export interface PlanParams {
  readonly sourceKind: string;
  readonly sourceId: string;
  readonly slot: string;
  readonly class: string;
  readonly lane: string;
  /** Business time. */
  readonly now: string;
  readonly notBefore: string;
  /** Machine time. */
  readonly due: string;
  readonly channels: string;
}

/**
 * Message and attempt rows for `who` × `said(id, language, n)`. Whoever has no contact gets a final "skipped" with its
 * reason; a template is one message whatever the number of parts. What was taken of Zalo's quotas is written with it.
 */
export function rowsSql(p: PlanParams, zalo: boolean): string {
  const hold = `greatest(${p.notBefore}::timestamptz, w.hold)`;
  return `
  planned as (
    insert into message (source_kind, source_id, person, slot, class, lane, conversation_id, content_id, seat_id, planned_at, not_before)
    select ${p.sourceKind}, ${p.sourceId}, w.person, case when s.n = 1 then ${p.slot} else ${p.slot} || '/' || s.n end,
      ${p.class}, ${p.lane}, w.conversation_id, s.id, w.seat_id, ${p.now}::timestamptz,
      case when w.contact_id is not null then ${hold} end
    from who w join said s on s.language = w.language${zalo ? ` and (s.n = 1 or ${isPartWanted(p)})` : ''}
    order by w.person, s.n
    on conflict (source_kind, source_id, person, slot) do nothing
    returning id, person, content_id, conversation_id, seat_id
  ),
  tried as (
    insert into attempt (message_id, try, channel, contact_id, conversation_id, lane, state, waiting, due, via, form, quota_period, template_id, template_data,
      reason, detail, ended_at)
    select p.id, 1, coalesce(w.channel, 'none'), w.contact_id, p.conversation_id, ${p.lane},
      case when w.contact_id is null then 'skipped' when ${hold} is null then 'queued' else 'planned' end,
      w.contact_id is not null and ${hold} is null, ${p.due}::timestamptz,
      case when w.moved then 'channel' end, w.form, ${zalo ? PERIOD : 'null'}, w.template_id, w.template_data,
      case when w.contact_id is null then w.why end, case when w.contact_id is null then w.why_detail end,
      case when w.contact_id is null then ${p.due}::timestamptz end
    from planned p join who w on w.person = p.person${zalo ? ' cross join zalo' : ''}
    order by p.id
    returning id, message_id, state, form
  ),
  ${watchedSql(p)}${zalo ? SPENT : ''}`;
}

// A template is one message. Whoever was told in its form gets no further parts when the same is told again.
const isPartWanted = (p: PlanParams) => `w.form is distinct from 'template' and not exists (
        select 1 from message m where m.source_kind = ${p.sourceKind} and m.source_id = ${p.sourceId} and m.person = w.person and m.slot = ${p.slot}
      )`;

// Whoever cannot be told for a seat's sake may have a colleague who can (fallback.ts).
const watchedSql = ({ class: messageClass, due }: PlanParams) => `watched as (
    insert into attempt_watch (attempt_id, reason, due)
    select t.id, 'no-contact', ${due}::timestamptz from tried t join planned p on p.id = t.message_id
    where t.state = 'skipped' and p.seat_id is not null and ${messageClass} in (${SEAT_CLASSES.map((name) => `'${name}'`).join(', ')})
  )`;

/** Which quota it is taken from, so that it can be given back to the same one. */
const PERIOD = `case w.form when 'billed' then zalo.month when 'template' then zalo.day end`;

// The rows were locked by the statement before (quota.ts), so nobody else has spent of them since.
const SPENT = `,
  spent as (
    update quota_use q set used = q.used + u.n
    from (select form, count(*)::int as n from tried where form in ('billed', 'template') group by form) u cross join zalo
    where q.account = zalo.account and q.kind = u.form and q.period = case u.form when 'billed' then zalo.month else zalo.day end
  )`;

const SAID_COLUMNS = 'language text, n int, text text, buttons jsonb, "imageId" uuid, "imageAlt" text, "fileId" uuid';

/** Rows of a JSON parameter as `said`, each with the id that its content row will have. */
export function saidSql(contents: string): string {
  return `said as materialized (
    select nextval('content_id_seq') as id, c.* from jsonb_to_recordset(${contents}::jsonb) as c(${SAID_COLUMNS})
  )`;
}

/** Content rows of `said`; with `used` only those that a message speaks. */
export function contentsSql(used: boolean): string {
  return `contents as (
    insert into content (id, text, buttons, image_id, image_alt, file_id)
    select s.id, s.text, coalesce(s.buttons, '[]'), s."imageId", s."imageAlt", s."fileId" from said s
    ${used ? 'where s.id in (select content_id from planned)' : ''}
    returning id
  )`;
}

/** People of a JSON parameter as `asked`; one named twice is asked once. */
export function askedSql(people: string): string {
  return `asked as materialized (
    select distinct on (r.person) r.person, r."seatId" as seat_id,
      case when r.person like 'm:%' then substr(r.person, 3)::uuid end as member_id,
      case when r.person like 'c:%' then substr(r.person, 3)::uuid end as contact_key
    from jsonb_to_recordset(${people}::jsonb) as r(person text, "seatId" uuid)
    order by r.person
  )`;
}

/** Whether a Zalo contact wrote so lately that a message is free. */
export const zaloFreeSql = (contact: string, now: string): string =>
  `${contact}.last_inbound_at >= ${now}::timestamptz - interval '${String(ZALO_FREE_HOURS)} hours'`;

/** Whether a contact may be written to without a template. */
export const zaloOpenSql = (contact: string, now: string): string =>
  `(${contact}.channel <> 'zalo' or ${contact}.last_inbound_at >= ${now}::timestamptz - interval '${String(ZALO_WINDOW_DAYS)} days')`;
