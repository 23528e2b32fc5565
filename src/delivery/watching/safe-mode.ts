/**
 * Safe mode: after a restored backup nothing leaves but new answers, until an administrator has seen what is overdue.
 *
 * It is a row, so every process obeys it from its next statement on: the bulk lane leases nothing, nothing is fired,
 * expanded or released. Leaving it is a decision in that row, which any process carries out in pieces.
 */
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.js';
import type { Tx } from '../../store/index.js';
import type { Broadcasts } from '../broadcasts/broadcasts.js';
import { isCorrectingSql } from '../corrections/correcting.js';
import { DEFAULT_ZALO_ACCOUNT, returnQuotaSql } from '../planning/quota.js';
import { SAFE_MODE_KEY } from './safe-mode-row.js';
import { sweepLeases } from '../sending/sweep.js';
import { HARMLESS_CHANNELS } from '../states.js';
import { changeSql } from '../transitions.js';

export const SAFE_REASONS = ['elsewhere', 'timeline', 'behind', 'operator'] as const;
export type SafeReason = (typeof SAFE_REASONS)[number];

/** `send`: what was held leaves after all. `drop`: what is overdue is given up. */
export type SafeDecision = 'send' | 'drop';

const rowSchema = z.object({
  since: z.iso.datetime(),
  reason: z.enum(SAFE_REASONS),
  /** Machine clock. */
  begunAt: z.iso.datetime(),
  held: z.boolean(),
  /** Those who decide have been told. */
  told: z.boolean(),
  decision: z.enum(['send', 'drop']).nullable(),
  decidedAt: z.iso.datetime().nullable(),
});
type Row = z.infer<typeof rowSchema>;

export interface SafeModeState {
  /** Business clock. */
  readonly since: Date;
  readonly reason: SafeReason;
  readonly decision: SafeDecision | null;
}

/** How much waits, and since when (business clock). */
export interface Waiting {
  readonly count: number;
  readonly oldest: Date | null;
}

export interface SafeModeOptions {
  readonly pool: Pool;
  /** Machine clock. */
  readonly clock: Clock;
  readonly businessNow: () => Promise<Date>;
  /** Gives up what else fell due up to an instant of the business clock, or was asked for before one of the machine clock; runs twice harmlessly. */
  readonly dropDue: (upTo: Date, begunAt: Date) => Promise<unknown>;
  readonly broadcasts: Pick<Broadcasts, 'cancel'>;
  /** Tells those who decide that safe mode stands; told twice it tells once. Its messages are `SAFE_MODE_SOURCE` with the id given. */
  readonly announce?: (id: string, state: SafeModeState) => Promise<unknown>;
  /** The Official Account whose quotas come back with what is given up. */
  readonly zaloAccount?: string;
  /** Attempts that are let go in one statement (5,000). */
  readonly chunk?: number;
}

export interface SafeMode {
  state(): Promise<SafeModeState | null>;
  isOn(): Promise<boolean>;
  /** Since when it stands (machine clock); null when it does not. */
  begunAt(): Promise<Date | null>;
  /** Begins safe mode with the caller's transaction; `settle` then holds what waits. False when it stood already. */
  begin(client: PoolClient | Pool, reason: SafeReason): Promise<boolean>;
  /** Does what is left to do: holds what waits after the beginning, lets go or gives up after a decision. True when it ended safe mode. */
  settle(): Promise<boolean>;
}

/** Kind of source of the messages that say that safe mode stands. */
export const SAFE_MODE_SOURCE = 'safe-mode';

/** Builds the keeper of safe mode for one process. */
export function createSafeMode(options: SafeModeOptions): SafeMode {
  const { pool, clock, businessNow, zaloAccount = DEFAULT_ZALO_ACCOUNT } = options;

  const note = (what: 'held' | 'told') =>
    pool.query(`update setting set value = jsonb_set(value, $2, 'true') where key = $1`, [SAFE_MODE_KEY, [what]]);

  const hold = async (row: Row): Promise<void> => {
    const now = clock.now();
    if (row.reason !== 'operator') {
      // Whoever held these leases lived before the backup was restored.
      await pool.query('update lease set until = least(until, $1) where not closed', [new Date(now.getTime() - 1)]);
      await sweepLeases(pool, now, HARMLESS_CHANNELS);
    }
    await pool.query(HOLD, [now, row.since]);
    await note('held');
  };

  /** True when nothing is left to do. */
  const carryOut = async (row: Row, decision: SafeDecision): Promise<boolean> => {
    const decidedAt = row.decidedAt === null ? await businessNow() : new Date(row.decidedAt);
    const chunk = options.chunk ?? 5_000;
    if (decision === 'drop') await dropRest(options, row, decidedAt);
    await pool.query(BEGIN_DUE, [decidedAt]);
    const { change, left } = decision === 'send' ? FREE : DROP;
    for (let done = chunk; done === chunk;) {
      const values = [clock.now(), chunk, decidedAt, ...(decision === 'drop' ? [zaloAccount] : [])];
      done = (await pool.query<{ n: number }>(change, values)).rows[0]?.n ?? 0;
    }
    // Another process may be at some of them, and die over it.
    return (await pool.query(left, [decidedAt])).rowCount === 0;
  };

  return {
    state: () => readSafeMode(pool),
    // Whatever the row says: while it is there the statements rest.
    isOn: async () => (await pool.query('select 1 from setting where key = $1', [SAFE_MODE_KEY])).rowCount === 1,
    begunAt: async () => {
      const row = await readRow(pool);
      return row && new Date(row.begunAt);
    },
    begin: async (client, reason) => beginSafeMode(client, reason, await businessNow(), clock.now()),
    settle: async () => {
      const row = await readRow(pool);
      if (row === null) return false;
      if (!row.held) await hold(row);
      // What no turn asked for leaves in no other way while safe mode stands.
      if (!row.told && row.decision === null && options.announce) {
        await options.announce(row.since, stateOf(row));
        await note('told');
      }
      if (row.decision === null) return false;
      if (!(await carryOut(row, row.decision))) return false;
      const ended = await pool.query(`delete from setting where key = $1 and value->>'decision' is not null`, [
        SAFE_MODE_KEY,
      ]);
      return ended.rowCount === 1;
    },
  };
}

/** Notes that safe mode stands; whatever follows is done by a process of the product. False when it stood already. */
export async function beginSafeMode(
  client: PoolClient | Pool,
  reason: SafeReason,
  businessNow: Date,
  now: Date,
): Promise<boolean> {
  const row: Row = {
    ...{ since: businessNow.toISOString(), reason, begunAt: now.toISOString() },
    ...{ held: false, told: false, decision: null, decidedAt: null },
  };
  const made = await client.query(
    `insert into setting (key, value, updated_at) values ($1, $2, $3) on conflict (key) do nothing`,
    [SAFE_MODE_KEY, JSON.stringify(row), now],
  );
  return made.rowCount === 1;
}

async function readRow(pool: Pick<Pool, 'query'>): Promise<Row | null> {
  const { rows } = await pool.query<{ value: unknown }>('select value from setting where key = $1', [SAFE_MODE_KEY]);
  return rows[0] === undefined ? null : rowSchema.parse(rows[0].value);
}

/** Whether safe mode stands, since when and why. */
export async function readSafeMode(pool: Pick<Pool, 'query'>): Promise<SafeModeState | null> {
  const row = await readRow(pool);
  return row && stateOf(row);
}

const stateOf = ({ since, reason, decision }: Row): SafeModeState => ({ since: new Date(since), reason, decision });

/** Notes what an administrator decided; carried out by `settle`. False when there is nothing to decide any more. */
export async function decideSafeMode(tx: Tx, decision: SafeDecision, now: Date): Promise<boolean> {
  const decided = JSON.stringify({ decision, decidedAt: now.toISOString() });
  const changed = await tx.$executeRaw`
    update setting set value = value || ${decided}::jsonb where key = ${SAFE_MODE_KEY} and value->>'decision' is null`;
  return changed === 1;
}

export interface SafeModeView extends SafeModeState {
  readonly messages: Waiting;
  /** Due or under way. */
  readonly broadcasts: Waiting;
}

/** Since when safe mode stands (business clock); null when it does not. */
export async function safeSince(tx: Tx): Promise<Date | null> {
  return (await findRow(tx))?.since ?? null;
}

async function findRow(tx: Tx): Promise<SafeModeState | null> {
  const [found] = await tx.$queryRaw<{ value: unknown }[]>`select value from setting where key = ${SAFE_MODE_KEY}`;
  return found ? stateOf(rowSchema.parse(found.value)) : null;
}

/** Safe mode as an administrator sees it; null when it does not stand. */
export async function viewSafeMode(tx: Tx, now: Date): Promise<SafeModeView | null> {
  const found = await findRow(tx);
  return found && { ...found, ...(await waitingNow(tx, now)) };
}

async function waitingNow(tx: Tx, now: Date): Promise<{ messages: Waiting; broadcasts: Waiting }> {
  const [messages] = await tx.$queryRaw<Waiting[]>`
    select count(distinct m.id)::int as count, min(m.planned_at) as oldest
    from attempt a join message m on m.id = a.message_id
    where a.state = 'planned' and not a.waiting and (m.not_before <= ${now} or exists (
      select 1 from attempt_event e where e.attempt_id = a.id and e.reason = 'safe-mode'))`;
  const [broadcasts] = await tx.$queryRaw<Waiting[]>`
    select count(*)::int as count, min(coalesce(start_at, created_at)) as oldest from broadcast
    where state in ('expanding', 'sending') or (state = 'planned' and (start_at is null or start_at <= ${now}))`;
  const none: Waiting = { count: 0, oldest: null };
  return { messages: messages ?? none, broadcasts: broadcasts ?? none };
}

// $1 machine time, $2 since when safe mode stands. That it stands may be told.
const HOLD = `with ${changeSql({
  name: 'held',
  where: `(a.waiting or (a.state = 'leased' and a.lease_id in (select id from lease where not closed)))
    and not exists (select 1 from message m where m.id = a.message_id and m.source_kind = '${SAFE_MODE_SOURCE}' and m.source_id = $2)`,
  set: `state = 'planned', waiting = false, lease_id = null`,
  at: '$1',
  reason: `'safe-mode'`,
})} select count(*)::int as n from held`;

const WAS_HELD = `exists (select 1 from attempt_event e where e.attempt_id = p.id and e.reason = 'safe-mode')`;

interface Release {
  /** $1 machine time, $2 how many, $3 when it was decided (business); `more` may use $4. */
  readonly change: string;
  /** A row when something is left; $1 when it was decided. */
  readonly left: string;
}

// Picked apart from the change, so that two processes share the work instead of waiting for one another.
function releaseSql(
  condition: (decidedAt: string) => string,
  set: string,
  reason: string,
  more: readonly string[] = [],
): Release {
  const rows = (decidedAt: string) => `select p.id from attempt p join message m on m.id = p.message_id
    where p.state = 'planned' and not p.waiting and ${condition(`${decidedAt}::timestamptz`)}`;
  const changed = changeSql({
    name: 'changed',
    from: 'picked',
    where: 'a.id = picked.id',
    set,
    at: '$1',
    reason: `'${reason}'`,
  });
  return {
    change: `with picked as materialized (${rows('$3')} limit $2::int for update of p skip locked), ${[changed, ...more].join(', ')}
      select count(*)::int as n from changed`,
    left: `${rows('$1')} limit 1`,
  };
}

// What a resting broadcast holds stays with it; what corrects it does not rest.
const NOT_RESTING = `(${isCorrectingSql('m')} or not exists (
      select 1 from broadcast b
      where b.id = case when m.source_kind = 'broadcast' then m.source_id::uuid end and b.state in ('paused', 'cancelled')))`;
const FREE = releaseSql(
  (decidedAt) => `${WAS_HELD} and (m.not_before is null or m.not_before <= ${decidedAt}) and ${NOT_RESTING}`,
  `state = 'queued', waiting = true, due = $1`,
  'safe-mode-over',
);
// Also what was held back for a night that is over by now.
const DROP = releaseSql(
  (decidedAt) => `(m.not_before <= ${decidedAt} or (m.not_before is null and ${WAS_HELD})) and ${NOT_RESTING}`,
  `state = 'skipped', reason = 'restored', ended_at = $1, sealed = false`,
  'restored',
  [
    `forms as (select f.message_id, f.form, f.quota_period from changed d join attempt f on f.id = d.id)`,
    `returned as (${returnQuotaSql('forms', '$4')})`,
  ],
);

// However long safe mode stood: whoever decided about what is overdue need not be asked again. After "drop" only those
// are left that were ordered meanwhile.
const BEGIN_DUE = `update broadcast set state = 'expanding' where state = 'planned' and start_at <= $1`;

/** Gives up what else is overdue: steps, broadcasts from before, second ways and edits of old messages. */
async function dropRest(options: SafeModeOptions, row: Row, decidedAt: Date): Promise<void> {
  const { pool, clock } = options;
  await options.dropDue(decidedAt, new Date(row.begunAt));
  const { rows } = await pool.query<{ id: string }>(
    `select id from broadcast where created_at < $1
       and (state = 'expanding' or (state = 'planned' and (start_at is null or start_at <= $2)))`,
    [row.since, decidedAt],
  );
  for (const { id } of rows) await options.broadcasts.cancel(id);
  await pool.query('delete from attempt_watch where due <= $1', [clock.now()]);
  await pool.query(
    `update message_edit set state = 'skipped', reason = 'restored', ended_at = $1 where state = 'queued' and due <= $1`,
    [clock.now()],
  );
}
