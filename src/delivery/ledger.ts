/** The ledger: what became of every person of a source. The numbers add up to the people. */
import type { Pool } from 'pg';

/** States of an attempt, from the least to the most certain; a person stands where the least of his messages stands. */
export const ATTEMPT_STATES = [
  'planned',
  'queued',
  'leased',
  'sending',
  'uncertain',
  'failed',
  'skipped',
  'sent',
  'delivered',
  'seen',
] as const;
export type AttemptState = (typeof ATTEMPT_STATES)[number];

export interface LedgerRow {
  /** The person's code where there is one (demo), else the key of the member or contact. */
  readonly person: string;
  readonly channel: string;
  readonly state: AttemptState;
  readonly attempts: number;
  readonly at: string | null;
}

export interface LedgerSums {
  readonly recipients: number;
  readonly byState: Readonly<Partial<Record<AttemptState, number>>>;
}

export interface Ledger extends LedgerSums {
  readonly rows: readonly LedgerRow[];
}

export interface LedgerSource extends LedgerSums {
  /** `<kind>:<id>` */
  readonly source: string;
  readonly at: string;
}

export interface BroadcastProgress extends LedgerSums {
  readonly state: string;
  /** Final outcomes a second over the last minute. */
  readonly ratePerSec: number;
  /** When the last one should be final at this rate; null when nothing moves or nothing is left. */
  readonly eta: string | null;
}

export interface LedgerReader {
  ofSource(kind: string, id: string): Promise<Ledger>;
  latestSources(count?: number): Promise<readonly LedgerSource[]>;
  ofBroadcast(id: string): Promise<BroadcastProgress | null>;
}

/** Builds the reader of the ledger. */
export function createLedger(pool: Pool): LedgerReader {
  async function people(kinds: readonly string[], ids: readonly string[]): Promise<readonly PersonRow[]> {
    return (await pool.query<PersonRow>(PEOPLE, [kinds, ids, ATTEMPT_STATES])).rows;
  }

  return {
    async ofSource(kind, id) {
      const rows = (await people([kind], [id])).map((row) => ({
        person: row.person,
        channel: row.channel,
        state: row.state,
        attempts: row.attempts,
        at: row.at?.toISOString() ?? null,
      }));
      return { ...sums(rows), rows };
    },
    async latestSources(count = 20) {
      const sources = (await pool.query<{ kind: string; id: string; at: Date }>(LATEST_SOURCES, [count])).rows;
      const rows = await people(
        sources.map(({ kind }) => kind),
        sources.map(({ id }) => id),
      );
      return sources.map(({ kind, id, at }) => ({
        source: `${kind}:${id}`,
        at: at.toISOString(),
        ...sums(rows.filter((row) => row.kind === kind && row.id === id)),
      }));
    },
    async ofBroadcast(id) {
      const { rows } = await pool.query<{ state: string; recent: number; left: number; now: Date }>(PROGRESS, [id]);
      const found = rows[0];
      if (!found) return null;
      const ratePerSec = Math.round((found.recent / RATE_WINDOW_S) * 10) / 10;
      const isMoving = ratePerSec > 0 && found.left > 0;
      const eta = isMoving ? new Date(found.now.getTime() + (found.left / ratePerSec) * 1000).toISOString() : null;
      return { state: found.state, ...sums(await people(['broadcast'], [id])), ratePerSec, eta };
    },
  };
}

interface PersonRow {
  readonly kind: string;
  readonly id: string;
  readonly person: string;
  readonly channel: string;
  readonly state: AttemptState;
  readonly attempts: number;
  readonly at: Date | null;
}

function sums(rows: readonly { readonly state: AttemptState }[]): LedgerSums {
  const byState: Partial<Record<AttemptState, number>> = {};
  for (const { state } of rows) byState[state] = (byState[state] ?? 0) + 1;
  return { recipients: rows.length, byState };
}

const RATE_WINDOW_S = 60;

// A message stands where its latest attempt stands; a person where the least certain of his messages stands.
const PEOPLE = `with told as (
    select m.source_kind, m.source_id, m.person, a.channel, a.state, a.tries, a.at, array_position($3::text[], a.state) as rank
    from unnest($1::text[], $2::text[]) as source(kind, id)
    join message m on m.source_kind = source.kind and m.source_id = source.id
    cross join lateral (
      select channel, state, try as tries, coalesce(seen_at, delivered_at, sent_at, ended_at, sending_at, due) as at
      from attempt where message_id = m.id order by try desc limit 1
    ) a
  ), latest as (
    select distinct on (source_kind, source_id, person) *, sum(tries) over same_person as all_tries
    from told window same_person as (partition by source_kind, source_id, person)
    order by source_kind, source_id, person, rank
  )
  select l.source_kind as kind, l.source_id as id, coalesce(member.code, l.person) as person,
    l.channel, l.state, l.all_tries::int as attempts, l.at
  from latest l left join member on member.id = case when l.person like 'm:%' then substr(l.person, 3)::uuid end
  order by 1, 2, 3`;

// Walks from the newest message down, each step past the source before it, so that one large broadcast hides no other.
const LATEST_SOURCES = `with recursive walk as (
    (select id, source_kind, source_id, planned_at, array[source_kind || ':' || source_id] as seen, 1 as n from message order by id desc limit 1)
    union all
    select next.id, next.source_kind, next.source_id, next.planned_at, walk.seen || (next.source_kind || ':' || next.source_id), walk.n + 1
    from walk cross join lateral (
      select * from message m where m.id < walk.id and not (m.source_kind || ':' || m.source_id = any(walk.seen)) order by m.id desc limit 1
    ) next
    where walk.n < $1
  )
  select source_kind as kind, source_id as id, planned_at as at from walk order by n`;

const PROGRESS = `select b.state, clock_timestamp() as now,
    count(*) filter (where a.ended_at > clock_timestamp() - interval '${String(RATE_WINDOW_S)} s')::int as recent,
    count(*) filter (where a.id is not null and a.ended_at is null)::int as left
  from broadcast b
  left join message m on m.source_kind = 'broadcast' and m.source_id = b.id::text
  left join attempt a on a.message_id = m.id
  where b.id = $1
  group by b.state`;
