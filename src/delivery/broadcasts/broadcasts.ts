/** Broadcasts: rows with a state, expanded in pieces that may run twice, finished when every message is. */
import type { Pool } from 'pg';
import { machineClock, type Clock } from '../../kernel/clock.js';
import { CHANNEL_NAMES, type ChannelName } from '../../kernel/people.js';
import { again, isOutage, type Tx } from '../../store/index.js';
import {
  createControl,
  type BroadcastControl,
  type Controlled,
  type ControlOptions,
  type Resent,
  type ResendOnly,
} from './control.js';
import { CANCELLED_OVER, DROP_PIECE, HOLD_PIECE, REOPEN, SETTLE, UNRESTED } from './control-sql.js';
import type { EngineLogger } from '../engine-ports.js';
import { createExpansion } from './expansion.js';
import { isMissedSql } from './missed-start.js';
import { createPlanner, runIn, type PlannerOptions } from '../planning/planner.js';
import { quietHoursOf, type QuietSource } from '../quiet-hours.js';
import { DEFAULT_ZALO_ACCOUNT, type Run } from '../planning/quota.js';

export interface BroadcastsOptions {
  readonly pool: Pool;
  readonly businessNow: () => Promise<Date>;
  readonly channels?: readonly ChannelName[];
  readonly quietHours?: QuietSource;
  readonly clock?: Clock;
  /** People a statement (2,000). */
  readonly chunk?: number;
  /** Puts the mark of sample data above what is changed. */
  readonly demo?: boolean;
  /** The Official Account whose quotas are used. */
  readonly zaloAccount?: string;
  /** Bulk messages a second, for the forecast. */
  readonly bulkPerSecond?: PlannerOptions['bulkPerSecond'];
  /** Hears of broadcasts that could not be carried on. */
  readonly logger?: EngineLogger;
}

export interface Broadcasts {
  /** Writes the messages of a broadcast that is due; goes on where an earlier run stopped. False when there was nothing to do. */
  expand(broadcastId: string): Promise<boolean>;
  /** Expands every broadcast whose time has come and that nobody has finished expanding. Returns their ids. Also `rest`. */
  expandDue(): Promise<readonly string[]>;
  /** Marks broadcasts finished whose every message has a final state. Returns their ids. */
  settle(businessNow: Date): Promise<readonly string[]>;
  /** Takes out of the line what still waits of paused and cancelled broadcasts. Returns how many messages. */
  rest(): Promise<number>;
  /** Orders of an officer inside a transaction; `rest` or `expandDue` follow its commit, here or by the reconciler. */
  in(tx: Tx): BroadcastControl;
  /** Nothing of it is begun from the next commit on; what is being sent ends as it ends. False when nothing changed. */
  pause(broadcastId: string): Promise<boolean>;
  resume(broadcastId: string): Promise<boolean>;
  /** As `pause`, for ever: what has not left is skipped. */
  cancel(broadcastId: string): Promise<boolean>;
  /** Tells once more whoever was not reached. */
  resend(broadcastId: string, only: ResendOnly): Promise<Resent>;
}

const PIECE = 20_000;

/** Builds the keeper of broadcasts. */
export function createBroadcasts(options: BroadcastsOptions): Broadcasts {
  const { pool, businessNow, clock = machineClock, zaloAccount = DEFAULT_ZALO_ACCOUNT } = options;
  const { channels = CHANNEL_NAMES, quietHours, chunk = 2_000, demo = false } = options;
  const night = () => quietHoursOf(quietHours);
  const expandAt = createExpansion({ pool, channels, quietHours: night, clock, chunk, zaloAccount });
  const { bulkPerSecond } = options;
  const planner = createPlanner({ channels, demo, zaloAccount, ...(bulkPerSecond ? { bulkPerSecond } : {}) });
  const settings = { clock, channels, demo, zaloAccount };

  const run: Run = async <T extends object>(sql: string, values: readonly unknown[]) =>
    (await again(() => pool.query<T>(sql, [...values]))).rows;
  // Changing it needs a transaction, so no forecast is made here.
  const orders = createControl(run, { ...settings, plan: () => Promise.resolve({}) });

  async function restOne(id: string, state: string): Promise<number> {
    const isCancelled = state === 'cancelled';
    let total = 0;
    for (;;) {
      const values = [id, clock.now(), PIECE, ...(isCancelled ? [zaloAccount] : [])];
      const [piece] = await run<{ picked: number; changed: number }>(isCancelled ? DROP_PIECE : HOLD_PIECE, values);
      total += piece?.changed ?? 0;
      if ((piece?.picked ?? 0) < PIECE) break;
    }
    if (isCancelled) await run(CANCELLED_OVER, [id, await businessNow()]);
    return total;
  }

  async function rest(): Promise<number> {
    let total = 0;
    for (const { id, state } of await run<{ id: string; state: string }>(UNRESTED, [])) {
      await apart(id, async () => void (total += await restOne(id, state)));
    }
    return total;
  }

  /** One that cannot be carried on does not stop the others; without the database there are none. */
  async function apart(id: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (isOutage(error)) throw error;
      options.logger?.warn({ err: error, broadcast: id }, 'delivery: a broadcast could not be carried on');
      return false;
    }
  }

  async function expand(id: string): Promise<boolean> {
    return expandAt(id, await businessNow());
  }

  /** Pausing and cancelling: the row first, which stops all workers, then what still waits. */
  async function stopped(id: string, ordered: Controlled): Promise<boolean> {
    if (ordered.outcome !== 'done') return false;
    await restOne(id, ordered.state);
    return true;
  }

  return {
    expand,
    rest,
    async expandDue() {
      await rest();
      const { rows } = await pool.query<{ id: string }>(
        `select id from broadcast b where state = 'expanding'
           or (state = 'planned' and (start_at is null or start_at <= $1) and not ${isMissedSql('b', '$1')}) order by id`,
        [await businessNow()],
      );
      const expanded: string[] = [];
      for (const { id } of rows) if (await apart(id, () => expand(id))) expanded.push(id);
      return expanded;
    },
    async settle(now) {
      await run(REOPEN, []);
      return (await run<{ id: string }>(SETTLE, [now])).map(({ id }) => id);
    },
    in: (tx) => createControl(runIn(tx), { ...settings, plan: planOn(planner, tx) }),
    pause: async (id) => stopped(id, await orders.pause(id, await businessNow())),
    cancel: async (id) => stopped(id, await orders.cancel(id, await businessNow())),
    async resume(id) {
      const ordered = await orders.resume(id, await businessNow());
      if (ordered.outcome !== 'done') return false;
      await expand(id);
      return true;
    },
    resend: async (id, only) => orders.resend(id, only, await businessNow()),
  };
}

const planOn =
  (planner: ReturnType<typeof createPlanner>, tx: Tx): ControlOptions['plan'] =>
  (audience, kind, at, say, title) =>
    planner.plan(tx, audience, kind, at, say, title);
