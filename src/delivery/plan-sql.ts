/**
 * The statement that plans messages: who is asked for, which contact reaches each, what is said in whose language,
 * and the rows. One round trip whatever the number of people; a second run plans nothing twice.
 */

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

/** People who were never reached on any channel read Vietnamese. */
const LANGUAGE = `coalesce(b.language, 'vi')`;

/**
 * The contact of each person in `asked(person, member_id, contact_key, seat_id)`: active, on a channel that is on,
 * the preferred one first, then the one heard from last; answers go where the person wrote last.
 */
export function whoSql(
  params: Pick<PlanParams, 'channels'> & { lane?: string },
  contacts: { subscribedOnly: boolean },
): string {
  const usable = `c.state = 'active' and c.channel = any(${params.channels}::text[])${contacts.subscribedOnly ? ' and c.subscribed' : ''}`;
  const columns = 'a.person, c.id as contact_id, c.channel, c.language, c.preferred, c.last_inbound_at';
  const answersFirst =
    params.lane === undefined
      ? ''
      : `case when ${params.lane}::text = 'reply' then last_inbound_at end desc nulls last, `;
  return `
  reach as (
    select ${columns} from asked a join contact c on c.member_id = a.member_id where ${usable}
    union all
    select ${columns} from asked a join contact c on c.id = a.contact_key where ${usable}
  ),
  best as (
    select distinct on (person) person, contact_id, channel, language from reach
    order by person, ${answersFirst}preferred desc, last_inbound_at desc nulls last, contact_id
  ),
  who as materialized (
    select a.person, a.seat_id, b.contact_id, b.channel, ${LANGUAGE} as language,
      coalesce(own.id, visit.id, bound.id, a.member_id, a.contact_key) as conversation_id
    from asked a
    left join best b on b.person = a.person
    left join conversation own on own.member_id = a.member_id
    left join conversation visit on visit.contact_id = a.contact_key
    left join contact k on k.id = a.contact_key
    left join conversation bound on bound.member_id = k.member_id
  )`;
}

/** Message and attempt rows for `who` × `said(id, language, n)`. Whoever has no contact gets a final "skipped". */
export function rowsSql(p: PlanParams): string {
  return `
  planned as (
    insert into message (source_kind, source_id, person, slot, class, lane, conversation_id, content_id, seat_id, planned_at, not_before)
    select ${p.sourceKind}, ${p.sourceId}, w.person, case when s.n = 1 then ${p.slot} else ${p.slot} || '/' || s.n end,
      ${p.class}, ${p.lane}, w.conversation_id, s.id, w.seat_id, ${p.now}::timestamptz,
      case when w.contact_id is not null then ${p.notBefore}::timestamptz end
    from who w join said s on s.language = w.language
    order by w.person, s.n
    on conflict (source_kind, source_id, person, slot) do nothing
    returning id, person, content_id, conversation_id
  ),
  tried as (
    insert into attempt (message_id, try, channel, contact_id, conversation_id, lane, state, waiting, due, reason, ended_at)
    select p.id, 1, coalesce(w.channel, 'none'), w.contact_id, p.conversation_id, ${p.lane},
      case when w.contact_id is null then 'skipped' when ${p.notBefore}::timestamptz is null then 'queued' else 'planned' end,
      w.contact_id is not null and ${p.notBefore}::timestamptz is null, ${p.due}::timestamptz,
      case when w.contact_id is null then 'no-contact' end, case when w.contact_id is null then ${p.due}::timestamptz end
    from planned p join who w on w.person = p.person
    order by p.id
  )`;
}

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
