/** Broadcasts: rows with a state, expanded in pieces that may run twice, finished when every message is. */
import type { Pool } from 'pg';
import { machineClock, type Clock } from '../kernel/clock.js';
import { CHANNEL_NAMES, type ChannelName } from '../kernel/people.js';
import { isSerializationFailure } from '../store/index.js';
import { audienceSql, isBySubscription } from './audience.js';
import { rowsSql, whoSql } from './plan-sql.js';
import { POLICIES } from './policy.js';
import type { Audience, MessageClass } from './ports.js';
import { DEFAULT_QUIET_HOURS, holdUntil, type QuietHours } from './quiet-hours.js';

export interface BroadcastsOptions {
  readonly pool: Pool;
  readonly businessNow: () => Promise<Date>;
  readonly channels?: readonly ChannelName[];
  readonly quietHours?: QuietHours | null;
  readonly clock?: Clock;
  /** People a statement (2,000). */
  readonly chunk?: number;
}

export interface Broadcasts {
  /** Writes the messages of a broadcast that is due; goes on where an earlier run stopped. False when there was nothing to do. */
  expand(broadcastId: string): Promise<boolean>;
  /** Expands every broadcast whose time has come and that nobody has finished expanding. Returns their ids. */
  expandDue(): Promise<readonly string[]>;
  /** Marks broadcasts finished whose every message has a final state. Returns their ids. */
  settle(businessNow: Date): Promise<readonly string[]>;
  /** Nothing of it is begun from the next commit on; what is being sent ends as it ends. */
  pause(broadcastId: string): Promise<boolean>;
  resume(broadcastId: string): Promise<boolean>;
  /** As `pause`, for ever: what has not left is skipped. */
  cancel(broadcastId: string): Promise<boolean>;
}

const DEADLOCK_TRIES = 10;

interface Row {
  readonly audience: Audience;
  readonly class: MessageClass;
}

/** Builds the keeper of broadcasts. */
export function createBroadcasts(options: BroadcastsOptions): Broadcasts {
  const {
    pool,
    businessNow,
    channels = CHANNEL_NAMES,
    quietHours = DEFAULT_QUIET_HOURS,
    clock = machineClock,
    chunk = 2_000,
  } = options;

  async function begin(id: string, now: Date): Promise<Row | undefined> {
    const found = await pool.query<Row>(
      `update broadcast set state = 'expanding'
       where id = $1 and (state = 'expanding' or (state = 'planned' and (start_at is null or start_at <= $2)))
       returning audience, class`,
      [id, now],
    );
    return found.rows[0];
  }

  async function expand(id: string): Promise<boolean> {
    const now = await businessNow();
    const broadcast = await begin(id, now);
    if (!broadcast) return false;
    const sql = chunkSql(broadcast.audience);
    for (let after = ''; ;) {
      const hold = holdUntil(now, broadcast.class, quietHours);
      const fixed = [
        id,
        channels,
        broadcast.class,
        POLICIES[broadcast.class].lane,
        now,
        hold,
        clock.now(),
        after,
        chunk,
      ];
      const { rows } = await pool.query<{ last: string | null }>(sql, [
        ...fixed,
        ...audienceSql(broadcast.audience, 10).values,
      ]);
      const last = rows[0]?.last ?? null;
      if (last === null) break;
      after = last;
    }
    // Counted from the rows, so that a run that was interrupted counts nobody twice.
    await pool.query(
      `update broadcast set state = 'sending', expanded_at = $2,
         recipients = (select count(distinct person) from message where source_kind = 'broadcast' and source_id = $1::text)
       where id = $1::uuid and state = 'expanding'`,
      [id, now],
    );
    return true;
  }

  /** A worker's commit may hold the same rows in another order; whoever loses tries again. */
  async function change(id: string, sql: string, values: readonly unknown[] = []): Promise<boolean> {
    for (let left = DEADLOCK_TRIES; ; left -= 1) {
      try {
        return ((await pool.query(sql, [id, ...values])).rowCount ?? 0) > 0;
      } catch (error) {
        if (left <= 1 || !isSerializationFailure(error)) throw error;
      }
    }
  }

  return {
    expand,
    async expandDue() {
      const { rows } = await pool.query<{ id: string }>(
        `select id from broadcast where state = 'expanding' or (state = 'planned' and (start_at is null or start_at <= $1)) order by id`,
        [await businessNow()],
      );
      for (const { id } of rows) await expand(id);
      return rows.map(({ id }) => id);
    },
    async settle(now) {
      const { rows } = await pool.query<{ id: string }>(SETTLE, [now]);
      return rows.map(({ id }) => id);
    },
    pause: (id) => change(id, PAUSE),
    resume: async (id) => change(id, RESUME, [await businessNow(), clock.now()]),
    cancel: async (id) => change(id, CANCEL, [await businessNow(), clock.now()]),
  };
}

/** One piece: the next people of the audience, while the broadcast is still being expanded. */
function chunkSql(audience: Audience): string {
  const { sql } = audienceSql(audience, 10);
  return `with running as materialized (
    select contents from broadcast where id = $1::uuid and state = 'expanding' for update
  ),
  asked as materialized (
    select people.* from (${sql}) people, running where people.person > $8::text order by people.person limit $9::int
  ),
  said as materialized (
    select spoken.key as language, one.id::bigint as id, one.n
    from running, jsonb_each(running.contents) spoken, jsonb_array_elements_text(spoken.value) with ordinality as one(id, n)
  ),
  ${whoSql({ channels: '$2' }, { subscribedOnly: isBySubscription(audience) })},
  ${rowsSql({
    sourceKind: `'broadcast'`,
    sourceId: '$1::text',
    slot: `'main'`,
    class: '$3::text',
    lane: '$4::text',
    now: '$5',
    notBefore: '$6',
    due: '$7',
    channels: '$2',
  })}
  select max(person) as last from asked`;
}

const messagesOf = (alias: string) => `${alias}.source_kind = 'broadcast' and ${alias}.source_id = b.id::text`;

const SETTLE = `update broadcast b set state = 'finished', finished_at = $1
  where b.state = 'sending' and not exists (
    select 1 from message m join attempt a on a.message_id = m.id where ${messagesOf('m')} and a.ended_at is null
  )
  returning b.id`;

// Rows that a worker holds lose their lease here, so that its next commit does not let them begin.
const PAUSE = `with b as (
    update broadcast set state = 'paused' where id = $1 and state in ('planned', 'expanding', 'sending') returning id
  ), held as (
    update attempt a set state = 'planned', waiting = false, lease_id = null
    from b, message m
    where ${messagesOf('m')} and a.message_id = m.id and (a.waiting or a.state = 'leased')
  )
  select id from b`;

const RESUME = `with b as (
    update broadcast set state = case when expanded_at is null then 'expanding' else 'sending' end
    where id = $1 and state = 'paused' returning id
  ), freed as (
    update attempt a set state = 'queued', waiting = true, due = $3
    from b, message m
    where ${messagesOf('m')} and a.message_id = m.id and a.state = 'planned' and (m.not_before is null or m.not_before <= $2)
  )
  select id from b`;

const CANCEL = `with b as (
    update broadcast set state = 'cancelled', finished_at = $2 where id = $1 and state in ('planned', 'expanding', 'sending', 'paused') returning id
  ), dropped as (
    update attempt a set state = 'skipped', reason = 'cancelled', waiting = false, lease_id = null, ended_at = $3
    from b, message m
    where ${messagesOf('m')} and a.message_id = m.id and (a.waiting or a.state in ('planned', 'leased'))
  )
  select id from b`;
