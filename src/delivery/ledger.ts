/** The ledger: what became of every person of a source. The numbers add up to the people. */
import type { Pool } from 'pg';
import { machineClock, type Clock } from '../kernel/clock.js';
import { COUNTS, LATEST_SOURCES, MISSED, MISSED_COUNTS, PEOPLE, PROGRESS, RATE_WINDOW_S } from './ledger-sql.js';
import { etaOf, type Budgets, type ChannelProgress } from './broadcasts/eta.js';
import { ATTEMPT_STATES, PROVES_BY_SENDING, type AttemptState } from './states.js';

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

/** The sums with what is known for certain. */
export interface LedgerCounts extends LedgerSums {
  /** People whose every message is proven to have arrived. */
  readonly proven: number;
}

export interface BroadcastProgress extends LedgerCounts {
  readonly state: string;
  /** Final outcomes a second: over the last minute, or since it began to move. */
  readonly ratePerSec: number;
  /** When the last one should be final; null when nothing is on its way. */
  readonly eta: string | null;
  /** Channels with something on its way. */
  readonly channels: readonly ChannelProgress[];
}

/** One person whom a broadcast has not reached. */
export interface MissedRow {
  readonly person: string;
  readonly seatId: string | null;
  /** `none` where there is no contact. */
  readonly channel: string;
  readonly state: AttemptState;
  readonly reason: string | null;
  /** A colleague of the unit was told instead. */
  readonly isStoodFor: boolean;
}

export interface Missed {
  readonly total: number;
  readonly counts: readonly { readonly state: AttemptState; readonly reason: string | null; readonly people: number }[];
  readonly rows: readonly MissedRow[];
}

export interface LedgerReader {
  ofSource(kind: string, id: string): Promise<Ledger>;
  /** The newest first; at most a quarter of them answers to single messages, which would crowd out the rest. */
  latestSources(count?: number): Promise<readonly LedgerSource[]>;
  ofBroadcast(id: string): Promise<BroadcastProgress | null>;
  /** The numbers alone. */
  countsOf(kind: string, id: string): Promise<LedgerCounts>;
  /** Who has not got a broadcast, what failed first; `limit` of them after `offset`. */
  missed(id: string, limit: number, offset: number): Promise<Missed>;
}

export interface LedgerOptions {
  /** Machine clock. */
  readonly clock?: Clock;
  /** What the channels take, for the time at which a broadcast should be over. */
  readonly bulkPerSecond?: Budgets;
}

/** Builds the reader of the ledger. */
export function createLedger(pool: Pool, options: LedgerOptions = {}): LedgerReader {
  const { clock = machineClock, bulkPerSecond = {} } = options;

  async function people(kinds: readonly string[], ids: readonly string[]): Promise<readonly PersonRow[]> {
    return (await pool.query<PersonRow>(PEOPLE, [kinds, ids, ATTEMPT_STATES])).rows;
  }

  // Counted in the database: the rows of a large audience stay there.
  async function counts(kinds: readonly string[], ids: readonly string[]): Promise<readonly CountRow[]> {
    return (await pool.query<CountRow>(COUNTS, [kinds, ids, ATTEMPT_STATES, PROVES_BY_SENDING])).rows;
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
      return { ...sumsOf(rows), rows };
    },
    async latestSources(count = 20) {
      const values = [count, Math.ceil(count / 4)];
      const sources = (await pool.query<{ kind: string; id: string; at: Date }>(LATEST_SOURCES, values)).rows;
      const rows = await counts(
        sources.map(({ kind }) => kind),
        sources.map(({ id }) => id),
      );
      return sources.map(({ kind, id, at }) => ({
        source: `${kind}:${id}`,
        at: at.toISOString(),
        ...sumsOf(rows.filter((row) => row.kind === kind && row.id === id)),
      }));
    },
    async ofBroadcast(id) {
      const now = clock.now();
      const { rows } = await pool.query<ProgressRow>(PROGRESS, [id, now]);
      const [first] = rows;
      if (!first) return null;
      const channels = rows.flatMap(channelOf);
      const isMoving = first.state === 'sending' || first.state === 'expanding';
      return {
        state: first.state,
        ...countsOf(await counts(['broadcast'], [id])),
        ratePerSec: Math.round(channels.reduce((sum, { ratePerSec }) => sum + ratePerSec, 0) * 10) / 10,
        eta: isMoving ? (etaOf(channels, now, bulkPerSecond)?.toISOString() ?? null) : null,
        channels,
      };
    },
    countsOf: async (kind, id) => countsOf(await counts([kind], [id])),
    async missed(id, limit, offset) {
      const [counts, rows] = await Promise.all([
        pool.query<Missed['counts'][number]>(MISSED_COUNTS, [id, ATTEMPT_STATES]),
        pool.query<MissedRow>(MISSED, [id, ATTEMPT_STATES, limit, offset]),
      ]);
      return {
        total: counts.rows.reduce((sum, { people: n }) => sum + n, 0),
        counts: counts.rows,
        rows: rows.rows,
      };
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

interface CountRow {
  readonly kind: string;
  readonly id: string;
  readonly state: AttemptState;
  readonly people: number;
  readonly proven: number;
}

interface ProgressRow {
  readonly state: string;
  /** Null where nothing was ever planned. */
  readonly channel: string | null;
  readonly recent: number;
  readonly left: number;
  /** When the first of the recent ones began. */
  readonly since: Date | null;
  readonly now: Date;
  readonly banned_until: Date | null;
}

function channelOf({ channel, recent, left, since, now, banned_until: bannedUntil }: ProgressRow): ChannelProgress[] {
  if (channel === null || channel === 'none') return [];
  const windowS = since === null ? RATE_WINDOW_S : Math.min(RATE_WINDOW_S, (now.getTime() - since.getTime()) / 1000);
  const ratePerSec = recent === 0 ? 0 : recent / Math.max(1, windowS);
  return left === 0 && recent === 0 ? [] : [{ channel, left, ratePerSec, bannedUntil }];
}

/** A row without `people` is one person. */
function sumsOf(rows: readonly { readonly state: AttemptState; readonly people?: number }[]): LedgerSums {
  const byState: Partial<Record<AttemptState, number>> = {};
  let recipients = 0;
  for (const { state, people = 1 } of rows) {
    byState[state] = (byState[state] ?? 0) + people;
    recipients += people;
  }
  return { recipients, byState };
}

const countsOf = (rows: readonly CountRow[]): LedgerCounts => ({
  ...sumsOf(rows),
  proven: rows.reduce((sum, { proven }) => sum + proven, 0),
});
