/** The statements over the events of a contact. */

// Rows of one contact become visible in the order of their numbers: whoever adds one holds this lock until it is
// committed. Otherwise a reader who has seen 7 would never ask for a 6 that was committed later.
export const LOCK = `select pg_advisory_xact_lock(774411, hashtext($1::text))`;

export const ADD_EVENT = `
  with turn as materialized (${LOCK})
  insert into web_event (contact_id, attempt_id, message_id, kind, text, buttons, image_id, image_alt, file_id, at)
  select $1::uuid, $2::bigint, $3, $4, $5, $6::jsonb, $7::uuid, $8, $9::uuid, $10 from turn
  on conflict (attempt_id) do nothing`;

// A message has one edit, the latest: a page that missed those before has missed nothing. The same words again are none.
export const ADD_EDIT = `
  with turn as materialized (${LOCK}),
  known as materialized (
    select e.seq, (e.text, e.buttons, e.image_id, e.file_id) is not distinct from ($3, $4::jsonb, $5::uuid, $7::uuid) as same
    from web_event e cross join turn
    where e.contact_id = $1::uuid and e.message_id = $2 and e.attempt_id is null and e.kind = 'edit'
  ),
  replaced as (delete from web_event where seq in (select seq from known) and not exists (select from known where same))
  insert into web_event (contact_id, message_id, kind, text, buttons, image_id, image_alt, file_id, at)
  select $1::uuid, $2, 'edit', $3, $4::jsonb, $5::uuid, $6, $7::uuid, $8 from turn where not exists (select from known where same)`;

// What no attempt made and is no edit is a person's own message: it holds the place, the words are in `inbound`.
const EVENTS = `
  select e.seq, e.message_id, case when e.attempt_id is null and e.kind = 'message' then 'own' else e.kind end as kind, e.text, e.buttons, e.image_alt, e.at, e.fetched_at is not null as fetched,
         image.id as image_id, image.name as image_name, image.type as image_type, image.size as image_size,
         file.id as file_id, file.name as file_name, file.type as file_type, file.size as file_size,
         own.body as own
  from web_event e
  left join file image on image.id = e.image_id
  left join file on file.id = e.file_id
  left join inbound own on e.attempt_id is null and e.kind = 'message' and own.channel = 'web' and own.external_id = e.contact_id || ':' || e.message_id
  where e.contact_id = $1 and (e.attempt_id is not null or e.kind = 'edit' or ($3 and own.id is not null))`;
export const EVENTS_AFTER = `${EVENTS} and e.seq > $2 order by e.seq limit $4`;
export const EVENTS_BEFORE = `${EVENTS} and e.seq < $2 order by e.seq desc limit $4`;
