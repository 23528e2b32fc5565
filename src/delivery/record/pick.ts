/** Which rows of the ledger are sealed next, and what the record says of them. */
import {
  CONTENT_DIGEST,
  CONTENT_FILES,
  CORRECTION_FACTS,
  CORRECTION_OF_EDIT,
  ORDER_FACTS,
  OUTCOME_FACTS,
  SAID_CONTENT,
  type Outcome,
  type RecordEntry,
} from './hash.js';

/** What is to be sealed of one row. */
export interface Picked extends Outcome {
  readonly id: string;
  readonly sourceKind: string;
  readonly sourceId: string;
  readonly person: string;
  readonly fullName: string;
  readonly kind: RecordEntry['kind'];
  readonly attemptId: string | null;
  readonly editId: string | null;
  readonly standsForId: string | null;
  readonly via: string | null;
  readonly contentId: string | null;
  readonly contentDigest: string;
  readonly factsDigest: string;
  readonly channel: string;
  readonly platformMessageId: string | null;
}

const PICK_COLUMNS = `m.source_kind as "sourceKind", m.source_id as "sourceId", m.person, coalesce(p.full_name, '') as "fullName",
    a.id as "attemptId", m.stands_for_id as "standsForId", a.via, a.channel, a.platform_message_id as "platformMessageId",
    k.id as "contentId", ${CONTENT_DIGEST} as "contentDigest"`;
const PICK_JOINS = `join message m on m.id = a.message_id
    left join member p on p.id = case when m.person like 'm:%' then substr(m.person, 3)::uuid end`;
const OF_SOURCE = `($3::text is null or exists (
    select 1 from message m where m.id = a.message_id and m.source_kind = $3 and m.source_id = $4))`;

/** A kind of row that is sealed. */
export interface Kind {
  readonly table: 'attempt' | 'message_edit';
  /** The next rows, locked. $1 after which, $2 ended before, $3 and $4 of which source (null: any), $5 how many. */
  readonly pick: string;
  /** What is to be sealed of rows $1. */
  readonly read: string;
}

export const ATTEMPTS: Kind = {
  table: 'attempt',
  pick: `select a.id from attempt a
    where a.lane = 'bulk' and not a.sealed and a.id > $1 and a.ended_at <= $2 and ${OF_SOURCE}
    order by a.id limit $5 for update of a skip locked`,
  read: `select a.id, 'outcome' as kind, null as "editId", ${PICK_COLUMNS}, ${OUTCOME_FACTS} as "factsDigest",
      a.state, a.reason, a.sent_at as "sentAt", a.delivered_at as "deliveredAt", a.seen_at as "seenAt", a.ended_at as "endedAt"
    from attempt a ${PICK_JOINS} join content k on k.id = ${SAID_CONTENT} ${CONTENT_FILES}
    where a.id = any($1::bigint[]) order by a.id`,
};

export const EDITS: Kind = {
  table: 'message_edit',
  pick: `select e.id from message_edit e join attempt a on a.id = e.attempt_id
    where e.kind <> 'progress' and not e.sealed and e.id > $1 and e.ended_at <= $2 and ${OF_SOURCE}
    order by e.id limit $5 for update of e skip locked`,
  read: `select e.id, e.kind, e.id as "editId", ${PICK_COLUMNS}, ${CORRECTION_FACTS} as "factsDigest",
      e.state, e.reason, null as "sentAt", null as "deliveredAt", null as "seenAt", e.ended_at as "endedAt"
    from message_edit e join attempt a on a.id = e.attempt_id ${PICK_JOINS} ${CORRECTION_OF_EDIT} join content k on k.id = e.content_id ${CONTENT_FILES}
    where e.id = any($1::bigint[]) order by e.id`,
};

/** The orders behind sources $1, $2 whose chains have not begun: the first entry of a broadcast is its order. */
export const ORDERS = `select b.id::text as id, 'order' as kind, null as "editId", s.kind as "sourceKind", s.id as "sourceId",
    coalesce('m:' || b.created_by_id, '') as person, coalesce(p.full_name, '') as "fullName", null as "attemptId",
    null as "standsForId", null as via, '' as channel, null as "platformMessageId", null as "contentId", '' as "contentDigest",
    ${ORDER_FACTS} as "factsDigest", 'ordered' as state, null as reason,
    null as "sentAt", null as "deliveredAt", null as "seenAt", b.created_at as "endedAt"
  from unnest($1::text[], $2::text[]) as s(kind, id)
  join broadcast b on b.id = case when s.kind = 'broadcast' and s.id ~ '^[0-9a-f-]{36}$' then s.id::uuid end
  left join member p on p.id = b.created_by_id
  where not exists (select 1 from record_chain c where c.source_kind = s.kind and c.source_id = s.id and c.entries > 0)`;
