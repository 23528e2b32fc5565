/** What the watchdog looks at in the ledger of messages. */
import type { Pool } from 'pg';
import type { Look, Measure } from './watchdog.js';

export interface LedgerLookOptions {
  readonly pool: Pool;
  /** Which account each channel that is on belongs to. */
  readonly accounts: readonly { readonly channel: string; readonly account: string }[];
  /** The longest that a row may be leased and called (lease and call: 45 s). */
  readonly callMs?: number;
}

/** Messages that may leave and do not, by lane and channel. A banned account waits on purpose. */
export const lookAtLines =
  ({ pool, accounts }: LedgerLookOptions): Look =>
  async ({ now, isSafe }) => {
    const { rows } = await pool.query<{ lane: string; channel: string; n: number; oldest: Date; head: string }>(DUE, [
      now,
      accounts.map(({ channel }) => channel),
      accounts.map(({ account }) => account),
    ]);
    return rows
      .filter(({ lane }) => !(isSafe && lane === 'bulk'))
      .map(({ lane, channel, n, oldest, head }) => ({
        kind: 'late' as const,
        subject: `${lane}:${channel}`,
        count: n,
        oldestMs: now.getTime() - oldest.getTime(),
        // A large broadcast is due for minutes; as long as it gets shorter it is not late.
        mark: `${head} ${String(n)}`,
      }));
  };

const DUE = `select line.lane, line.channel, due.n, due.oldest, due.head
  from (select lane, channel, account from (values ('reply'), ('bulk')) as l(lane), unnest($2::text[], $3::text[]) as c(channel, account)) line
  cross join lateral (
    select count(*)::int as n, min(a.due) as oldest, min(a.id)::text as head
    from attempt a where a.waiting and a.lane = line.lane and a.channel = line.channel and a.due <= $1
  ) due
  where due.n > 0
    and not exists (select 1 from rate_budget b where b.account = line.account and b.banned_until > $1)`;

/** Messages that a process holds or sends for longer than any call takes. */
export const lookAtSending =
  ({ pool, callMs = 45_000 }: LedgerLookOptions): Look =>
  async ({ now }) => {
    const { rows } = await pool.query<{ n: number; oldest: Date | null }>(SENDING, [new Date(now.getTime() - callMs)]);
    const { n = 0, oldest = null } = rows[0] ?? {};
    return [
      {
        kind: 'stuck' as const,
        subject: 'sending',
        count: n,
        oldestMs: oldest === null ? 0 : now.getTime() - oldest.getTime(),
      },
    ];
  };

// Rows of the newest leases too, in case one was closed over a row that was not done.
const SENDING = `select count(*)::int as n, min(held.since) as oldest
  from (
    select l.id from lease l where not l.closed
    union (select id from lease order by id desc limit 300)
  ) l
  join lateral (
    select case a.state when 'sending' then a.sending_at else a.leased_at end as since
    from attempt a where a.lease_id = l.id and a.state in ('leased', 'sending')
  ) held on held.since < $1`;

/**
 * Broadcasts whose time has come and whose messages are not all written. How long one has stood still is what this
 * process saw of it: its own times are of the business clock, which jumps, and one that was resumed is old.
 */
export const lookAtBroadcasts = ({ pool }: LedgerLookOptions): Look => {
  let seen: ReadonlyMap<string, { readonly mark: string; readonly since: Date }> = new Map();
  return async ({ now, businessNow, isSafe }): Promise<readonly Measure[]> => {
    const { rows } = await pool.query<{ id: string; mark: string }>(EXPANDING, [businessNow]);
    const before = seen;
    seen = new Map(
      rows.map(({ id, mark }) => {
        const known = before.get(id);
        return [id, !isSafe && known?.mark === mark ? known : { mark, since: now }];
      }),
    );
    if (isSafe) return [];
    const still = [...seen].sort(([, a], [, b]) => a.since.getTime() - b.since.getTime());
    const [[id, oldest] = []] = still;
    const oldestMs = oldest === undefined ? 0 : now.getTime() - oldest.since.getTime();
    return [
      { kind: 'late', subject: 'broadcasts', count: rows.length, oldestMs, mark: `${id ?? ''} ${oldest?.mark ?? ''}` },
    ];
  };
};

// Its mark changes with each piece that is written, or put in line again.
const EXPANDING = `select b.id::text as id, concat_ws(' ', b.state, last.person, planned.n) as mark
  from broadcast b
  left join lateral (
    select person from message where source_kind = 'broadcast' and source_id = b.id::text order by person desc limit 1
  ) last on true
  left join lateral (
    select count(*) as n from message m join attempt a on a.message_id = m.id
    where m.source_kind = 'broadcast' and m.source_id = b.id::text and a.state = 'planned' and b.expanded_at is not null
  ) planned on true
  where b.state = 'expanding' or (b.state = 'planned' and coalesce(b.start_at, b.created_at) <= $1)`;
