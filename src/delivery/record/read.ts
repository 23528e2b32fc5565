/** The record of one notice as people read it: what was said, by whose order, and every attempt to tell somebody. */
import type { Pool } from 'pg';
import { isId } from '../../kernel/ids.js';
import type { SeatKind } from '../../kernel/people.js';
import { SUMMARY } from '../corrections/correction-statements.js';
import { SAID_CONTENT } from './hash.js';
import type { RecordSource } from './record.js';
import { inSnapshot, type Snapshot } from './snapshot.js';
import { ATTEMPT_STATES, type AttemptState } from '../states.js';

export interface RecordHead {
  readonly source: RecordSource;
  /** Of a broadcast. */
  readonly title: string | null;
  readonly state: string | null;
  readonly orderedBy: string | null;
  /** Business clock. */
  readonly orderedAt: Date;
  readonly startAt: Date | null;
  readonly finishedAt: Date | null;
  readonly texts: readonly RecordText[];
  readonly corrections: readonly RecordCorrection[];
  /** People whom the notice was for; `byState` adds up to them. */
  readonly people: number;
  readonly byState: Readonly<Partial<Record<AttemptState, number>>>;
  /** People who were told in the place of somebody else. */
  readonly standIns: number;
  readonly attempts: number;
  readonly entries: number;
  /** Hash of the last entry; null while nothing is sealed. */
  readonly head: string | null;
  /** Attempts whose present state is not sealed. */
  readonly unsealed: number;
}

export interface RecordText {
  readonly text: string;
  readonly people: number;
}

export interface RecordCorrection {
  readonly kind: 'correction' | 'recall';
  readonly at: Date;
  readonly by: string | null;
  readonly reason: string;
  /** The new words; '' for a recall. */
  readonly text: string;
  /** People whose copy was changed. */
  readonly edited: number;
  /** People who were told in a further message. */
  readonly told: number;
  readonly waiting: number;
  /** People who know nothing of it. */
  readonly failed: number;
  readonly people: number;
}

/** One attempt. */
export interface RecordRow {
  /** Null: erased. */
  readonly name: string | null;
  readonly unit: string | null;
  readonly seat: SeatKind | null;
  readonly slot: string;
  readonly channel: string;
  readonly form: string | null;
  readonly state: AttemptState;
  readonly reason: string | null;
  readonly via: string | null;
  readonly isRepeat: boolean;
  /** Whom this person was told for; null for nobody else, '' for a person who was erased. */
  readonly standsFor: string | null;
  readonly platformMessageId: string | null;
  readonly try: number;
  readonly sendingAt: Date | null;
  readonly sentAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly seenAt: Date | null;
  readonly sealed: boolean;
}

export interface NoticeRecord {
  readonly head: RecordHead;
  /** Some rows at a time, by unit and name; may be read once. */
  rows(): AsyncGenerator<readonly RecordRow[]>;
}

/** Reads the record of a source in one moment of the database; null when nobody was ever told of it. */
export function recordOf<T>(
  pool: Pool,
  source: RecordSource,
  read: (record: NoticeRecord) => Promise<T>,
): Promise<T | null> {
  return inSnapshot(pool, async (at) => {
    const key = [source.kind, source.id];
    const [about] = await at.all<HeadRow>(HEAD, [...key, ATTEMPT_STATES]);
    if (!about || about.attempts === 0) return null;
    const head: RecordHead = {
      ...about,
      source,
      texts: await at.all<RecordText>(TEXTS, key),
      corrections: await correctionsOf(at, source),
    };
    return read({ head, rows: () => at.pages<RecordRow>(ROWS, key) });
  });
}

type HeadRow = Omit<RecordHead, 'source' | 'texts' | 'corrections'>;

/** Messages that correct others; whoever gets one is counted for the first. */
const IS_FIRST = `m.slot not like '%~c%'`;

// A message stands where its latest attempt stands; a person where the least certain of his messages stands.
const HEAD = `with told as (
    select m.person, m.stands_for_id is not null as stands_in, m.planned_at, ${IS_FIRST} as is_first, a.*
    from message m cross join lateral (
      select array_position($3::text[], (array_agg(state order by try desc))[1]) as rank, count(*)::int as attempts,
        count(*) filter (where not sealed)::int as unsealed
      from attempt where message_id = m.id
    ) a
    where m.source_kind = $1 and m.source_id = $2
  ), who as (
    select person, bool_and(stands_in) as stands_in, min(rank) filter (where not stands_in and is_first) as rank, sum(attempts)::int as attempts,
      sum(unsealed)::int as unsealed, min(planned_at) as planned_at
    from told group by person
  ), states as (
    select ($3::text[])[rank] as state, count(*)::int as n from who where not stands_in group by rank
  )
  select b.title, b.state, nullif(boss.full_name, '') as "orderedBy", coalesce(b.created_at, (select min(planned_at) from who)) as "orderedAt",
    b.start_at as "startAt", b.finished_at as "finishedAt",
    (select count(*)::int from who where not stands_in) as people, (select count(*)::int from who where stands_in) as "standIns",
    coalesce((select jsonb_object_agg(state, n) from states), '{}') as "byState",
    coalesce((select sum(attempts)::int from who), 0) as attempts, coalesce((select sum(unsealed)::int from who), 0) as unsealed,
    coalesce(c.entries, 0) as entries, c.head
  from (select 1) one
  left join broadcast b on $1 = 'broadcast' and b.id::text = $2
  left join member boss on boss.id = b.created_by_id
  left join record_chain c on c.source_kind = $1 and c.source_id = $2`;

const MOST_TEXTS = 12;

// Words count as told where a call carried them; while no call was made, what is to be said.
const TEXTS = `with told as (
    select m.person, m.slot, ${SAID_CONTENT} as content_id, a.sends > 0 as is_said
    from message m join attempt a on a.message_id = m.id
    where m.source_kind = $1 and m.source_id = $2 and m.stands_for_id is null and ${IS_FIRST}
  )
  select k.text, count(distinct t.person)::int as people from told t join content k on k.id = t.content_id
  where t.is_said or not exists (select 1 from told said where said.is_said)
  group by k.id, k.text order by min(t.slot), count(*) desc, k.id limit ${String(MOST_TEXTS)}`;

const WORDS = `select id, case when kind = 'correction' then coalesce(contents ->> 'words', '') else '' end as text
  from correction where broadcast_id = $1::uuid`;

/** The same counts as the officer's screen. */
async function correctionsOf(at: Snapshot, { kind, id }: RecordSource): Promise<RecordCorrection[]> {
  if (kind !== 'broadcast' || !isId(id)) return [];
  const words = new Map((await at.all<{ id: string; text: string }>(WORDS, [id])).map((row) => [row.id, row.text]));
  const found = await at.all<Omit<RecordCorrection, 'text' | 'people'> & { readonly id: string }>(SUMMARY, [id]);
  return found.map(({ id: correction, ...row }) => ({
    ...row,
    text: words.get(correction) ?? '',
    people: row.edited + row.told + row.waiting + row.failed,
  }));
}

const memberOf = (person: string) => `case when ${person} like 'm:%' then substr(${person}, 3)::uuid end`;

const ROWS = `select case when salt.salt = '' then null else coalesce(nullif(p.full_name, ''), c.display_name, '') end as name,
    u.name as unit, s.kind as seat, m.slot, a.channel, a.form, a.state, a.reason, a.via, a.repeat as "isRepeat",
    case when m.stands_for_id is not null then
      case when first_salt.salt = '' then '' else coalesce(nullif(q.full_name, ''), '') end end as "standsFor",
    a.platform_message_id as "platformMessageId", a.try, a.sending_at as "sendingAt", a.sent_at as "sentAt",
    a.delivered_at as "deliveredAt", a.seen_at as "seenAt", a.sealed
  from message m join attempt a on a.message_id = m.id
  left join member p on p.id = ${memberOf('m.person')}
  left join contact c on c.id = a.contact_id
  left join record_salt salt on salt.person_key = m.person
  left join seat s on s.id = m.seat_id
  left join unit u on u.id = s.unit_id
  left join message first on first.id = m.stands_for_id
  left join member q on q.id = ${memberOf('first.person')}
  left join record_salt first_salt on first_salt.person_key = first.person
  where m.source_kind = $1 and m.source_id = $2
  order by u.name nulls last, u.id, s.kind, p.full_name nulls last, m.id, a.try`;
