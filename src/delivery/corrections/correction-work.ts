/** Carries out corrections and recalls: restartable, in pieces, any number of processes at once. */
import type { Pool, PoolClient } from 'pg';
import type { Channel } from '../../channels/channel.js';
import { machineClock, type Clock } from '../../kernel/clock.js';
import type { ChannelName, PersonKey } from '../../kernel/people.js';
import { again, inTransaction, isOutage, type Tx } from '../../store/index.js';
import {
  CHANGE,
  DROP,
  FINISH_CORRECTIONS,
  HOLD_BACK,
  IS_OVERTAKEN,
  LOCK_ATTEMPTS,
  LOCK_CORRECTION,
  NEXT_MESSAGES,
  SUMMARY,
  UNTOLD,
} from './correction-statements.js';
import { correctingSlot } from './correcting.js';
import { toldInstead } from './correction-texts.js';
import type { CorrectionContents } from './corrections.js';
import type { EngineLogger } from '../engine-ports.js';
import type { MessageClass, Outbox } from '../ports.js';
import { DEFAULT_ZALO_ACCOUNT } from '../planning/quota.js';

export interface CorrectionsOptions {
  readonly pool: Pool;
  readonly transaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  readonly outbox: Pick<Outbox, 'tell'>;
  /** Channels that are on. */
  readonly channels: ReadonlyMap<ChannelName, Channel>;
  readonly businessNow: () => Promise<Date>;
  readonly clock?: Clock;
  /** Messages a piece (500). */
  readonly chunk?: number;
  /** Hears of corrections that could not be carried on. */
  readonly logger?: EngineLogger;
}

export interface CorrectionSummary {
  readonly id: string;
  readonly version: number;
  readonly kind: 'correction' | 'recall';
  readonly at: Date;
  readonly reason: string;
  /** Name of the officer. */
  readonly by: string | null;
  readonly state: 'expanding' | 'sending' | 'finished';
  /** People whose copies were changed. */
  readonly edited: number;
  /** People who were told by a message of its own. */
  readonly told: number;
  readonly waiting: number;
  /** People who have the old text and could not be told. */
  readonly failed: number;
}

export interface Corrections {
  /** Does what is left of every correction. Returns whether messages were planned, so that they are sent. */
  work(): Promise<boolean>;
}

interface OpenRow {
  readonly id: string;
  readonly broadcast_id: string;
  readonly version: number;
  readonly kind: 'correction' | 'recall';
  readonly contents: CorrectionContents;
  readonly reason: string;
  readonly state: string;
  readonly at: Date;
  readonly class: MessageClass;
}

const OPEN = `select c.*, b.class from correction c join broadcast b on b.id = c.broadcast_id where c.state <> 'finished' order by c.at, c.version`;
/** Longer than the statement that leases, and than clocks differ. */
const GUARD_MS = 2_000;

/** Builds what carries out corrections. */
export function createCorrections(options: CorrectionsOptions): Corrections {
  const { pool, channels, clock = machineClock, chunk = 500 } = options;
  const zaloAccount = channels.get('zalo')?.account ?? DEFAULT_ZALO_ACCOUNT;
  const editable = [...channels.values()].filter((channel) => channel.edit !== undefined).map(({ name }) => name);

  /** One piece; null when there is nothing more, or another process is at it. */
  async function piece(client: PoolClient, row: OpenRow, after: Place): Promise<Place | null> {
    const locked = await client.query<{ state: string }>(LOCK_CORRECTION, [row.id]);
    if (locked.rows[0]?.state !== 'expanding') return null;
    const found = await client.query<{ id: string; person: string; slot: string }>(NEXT_MESSAGES, [
      row.broadcast_id,
      after.person,
      after.slot,
      chunk,
      correctingSlot(row.version),
    ]);
    const ids = found.rows.map(({ id }) => id);
    const last = found.rows.at(-1);
    // Its words would stand over those of the later one.
    const isOvertaken = (await client.query(IS_OVERTAKEN, [row.id])).rowCount !== 0;
    if (!last || isOvertaken) {
      await client.query(`update correction set state = 'sending' where id = $1`, [row.id]);
      return null;
    }
    await client.query(LOCK_ATTEMPTS, [ids]);
    const now = clock.now();
    if (row.kind === 'recall') await client.query(DROP, [ids, now, zaloAccount]);
    else {
      const guard = new Date(now.getTime() + GUARD_MS);
      const spoken = Object.values(row.contents.slots).flat();
      await client.query(HOLD_BACK, [ids, now, guard, 'superseded', zaloAccount, spoken]);
    }
    await client.query(CHANGE, [ids, now, row.kind, row.id, JSON.stringify(row.contents.slots), editable]);
    return { person: last.person, slot: last.slot };
  }

  async function expand(row: OpenRow): Promise<void> {
    let after: Place | null = { person: '', slot: '' };
    while (after !== null) {
      const from: Place = after;
      after = await again(() => inTransaction(pool, (client) => piece(client, row, from)));
    }
  }

  /** Tells those whose copy could not be changed; each once, however often this runs. */
  async function tellRest(row: OpenRow): Promise<number> {
    const { rows } = await pool.query<{ person: PersonKey; seat_id: string | null }>(UNTOLD, [row.id, chunk]);
    if (rows.length === 0) return 0;
    const now = await options.businessNow();
    const { contents, ...order } = row;
    const said = { ...order, ...contents, isUnseen: false };
    await options.transaction((tx) =>
      options.outbox.tell(
        tx,
        {
          source: { kind: 'broadcast', id: row.broadcast_id },
          slot: correctingSlot(row.version),
          class: row.class,
          to: rows.map(({ person, seat_id: seatId }) => (seatId === null ? { person } : { person, seatId })),
          say: [toldInstead(said)],
          ordered: true,
          whole: true,
        },
        now,
      ),
    );
    return rows.length;
  }

  return {
    async work() {
      const { rows } = await pool.query<OpenRow>(OPEN);
      let told = 0;
      for (const row of rows) {
        try {
          if (row.state === 'expanding') await expand(row);
          for (let more = chunk; more === chunk; told += more) more = await tellRest(row);
        } catch (error) {
          // One that cannot be carried on does not stop the others; without the database there are none.
          if (isOutage(error)) throw error;
          options.logger?.warn({ err: error, correction: row.id }, 'delivery: a correction could not be carried on');
        }
      }
      if (rows.length > 0) await pool.query(FINISH_CORRECTIONS);
      return told > 0;
    },
  };
}

/** The corrections and recalls of a broadcast, the first one first, with what became of them. */
export async function readCorrections(pool: Pool, broadcastId: string): Promise<readonly CorrectionSummary[]> {
  return (await pool.query<CorrectionSummary>(SUMMARY, [broadcastId])).rows;
}

interface Place {
  readonly person: string;
  readonly slot: string;
}
