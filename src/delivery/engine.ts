/** The delivery engine of one process. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReceiptEvent } from '../conversation/message.js';
import { machineClock, type Clock } from '../kernel/clock.js';
import { CHANNEL_NAMES } from '../kernel/people.js';
import { Dispatcher } from './sending/dispatcher.js';
import type { DeliveryEngine, DrainStats, EngineOptions, Mended } from './engine-ports.js';
import { fallBack } from './sending/fallback.js';
import type { SettledRow } from './sending/flusher.js';
import { createLine, isIdle, type Line } from './sending/line.js';
import type { DeliveryLane } from './policy.js';
import { DELIVERY_LANES } from './policy.js';
import { quietHoursOf, type QuietHours } from './quiet-hours.js';
import { DEFAULT_ZALO_ACCOUNT } from './planning/quota.js';
import { holdResting } from './sending/rest.js';
import { HARMLESS_CHANNELS } from './states.js';
import { applyReceipts, matchReceipts, prove } from './sending/receipts.js';
import { BUSINESS_MOMENT } from '../store/index.js';
import {
  failOff,
  holdForNight,
  nextRelease,
  purgeLeases,
  releasePlanned,
  sweepLeases,
  type SweepStats,
} from './sending/sweep.js';

interface Waiter {
  readonly resolve: (stats: DrainStats) => void;
  readonly reject: (error: unknown) => void;
}

const DAY_MS = 86_400_000;
const KICK_AGAIN_MS = 1_000;
const LONGEST_TIMER_MS = 2_000_000_000;

/** Builds the engine; it begins with the first drain. */
export function createDeliveryEngine(options: EngineOptions): DeliveryEngine {
  return new Engine(options);
}

class Engine implements DeliveryEngine {
  readonly #o: EngineOptions;
  readonly #clock: Clock;
  readonly #lines: readonly Line[];
  readonly #dispatcher: Dispatcher;
  readonly #waiters: Record<DeliveryLane, Waiter[]> = { reply: [], bulk: [] };
  readonly #stats: Record<DeliveryLane, DrainStats> = { reply: noStats(), bulk: noStats() };
  readonly #alarms = new Map<Line, { readonly atMs: number; readonly timer: NodeJS.Timeout }>();
  #isStopped = false;
  /** What follows a drained bulk lane. */
  #following: Promise<void> = Promise.resolve();
  /** Writes of who cannot be reached any more. */
  #marking: Promise<void> = Promise.resolve();

  constructor(options: EngineOptions) {
    this.#o = options;
    this.#clock = options.clock ?? machineClock;
    this.#lines = DELIVERY_LANES.flatMap((lane) =>
      [...options.channels.values()].map((channel) => createLine(lane, channel)),
    );
    const concurrency = options.concurrency ?? 50;
    this.#dispatcher = new Dispatcher({
      pool: options.pool,
      lines: this.#lines,
      worker: options.worker,
      clock: this.#clock,
      concurrency,
      replySlots: options.replySlots ?? Math.floor(concurrency / 10),
      leaseMs: options.leaseMs ?? 15_000,
      sendTimeoutMs: options.sendTimeoutMs ?? 30_000,
      events: {
        settled: (rows) => this.#onSettled(rows),
        dueAt: (line, atMs) => this.#setAlarm(line, atMs),
        idle: (line) => this.#onIdle(line),
        problem: (error, what) => options.logger?.warn({ err: error, what }, 'delivery: a statement failed'),
      },
    });
  }

  async drain(lane: DeliveryLane): Promise<DrainStats> {
    if (this.#isStopped) return noStats();
    // An answer goes where its question came from, so its channel is on; what is not is left to the reconciler.
    if (lane === 'bulk') await this.#failOff(lane);
    const lines = this.#lines.filter((line) => line.lane === lane);
    if (lines.length === 0) return noStats();
    if (this.#waiters[lane].length === 0) this.#stats[lane] = noStats();
    return new Promise<DrainStats>((resolve, reject) => {
      this.#waiters[lane].push({ resolve, reject });
      for (const line of lines) this.#dispatcher.wake(line);
    });
  }

  kick(lane: DeliveryLane): void {
    this.drain(lane).catch((error: unknown) => {
      this.#o.logger?.warn({ err: error, lane }, 'delivery: a drain failed');
      // People wait: the reconciler would come too late for them.
      if (!this.#isStopped) setTimeout(() => this.kick(lane), KICK_AGAIN_MS).unref();
    });
  }

  sweep(): Promise<SweepStats> {
    return sweepLeases(this.#o.pool, this.#clock.now(), this.#o.harmlessChannels ?? HARMLESS_CHANNELS);
  }

  async release(businessNow: Date): Promise<number> {
    return releasePlanned(this.#o.pool, businessNow, this.#clock.now(), await this.#quietHours());
  }

  nextRelease(): Promise<Date | null> {
    return nextRelease(this.#o.pool);
  }

  applyReceipts(events: readonly ReceiptEvent[]): Promise<number> {
    return applyReceipts(this.#o.pool, events);
  }

  prove(attemptIds: readonly string[], kind: ReceiptEvent['kind'], at: Date): Promise<number> {
    return prove(this.#o.pool, attemptIds, kind, at);
  }

  async mend(): Promise<Mended> {
    const { pool } = this.#o;
    try {
      const businessNow = await this.#o.businessNow();
      const held = await holdForNight(pool, businessNow, this.#clock.now(), await this.#quietHours());
      for (const lane of DELIVERY_LANES) await this.#failOff(lane);
      await matchReceipts(pool);
      await purgeLeases(pool, new Date(this.#clock.now().getTime() - DAY_MS));
      return { held, fellBack: await this.#fallBack(businessNow) };
    } finally {
      // What waits leaves also when that fails.
      for (const lane of DELIVERY_LANES) this.kick(lane);
    }
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#isStopped = true;
    for (const { timer } of this.#alarms.values()) clearTimeout(timer);
    for (const { chase } of this.#lines) if (chase !== null) clearTimeout(chase);
    const until = Date.now() + deadlineMs;
    await this.#dispatcher.stop(deadlineMs);
    // It still needs the store, which is closed after us.
    await Promise.race([
      Promise.all([this.#marking, this.#following]),
      sleep(Math.max(0, until - Date.now()), undefined, { ref: false }),
    ]);
    for (const lane of DELIVERY_LANES)
      for (const { resolve } of this.#waiters[lane].splice(0)) resolve(this.#stats[lane]);
  }

  async #failOff(lane: DeliveryLane): Promise<void> {
    const off = CHANNEL_NAMES.filter((name) => !this.#o.channels.has(name));
    await failOff(this.#o.pool, lane, off, this.#clock.now());
  }

  /** Finds other ways for whoever was not reached; what a pause or a cancel of that moment stops stays. */
  async #fallBack(businessNow: Date): Promise<number> {
    const { pool, channels } = this.#o;
    const now = this.#clock.now();
    const { attemptIds } = await fallBack(pool, {
      now,
      businessNow,
      channels: [...channels.keys()],
      quietHours: await this.#quietHours(),
      zaloAccount: channels.get('zalo')?.account ?? DEFAULT_ZALO_ACCOUNT,
    });
    if (attemptIds.length > 0) await holdResting(pool, attemptIds, now);
    return attemptIds.length;
  }

  #quietHours(): Promise<QuietHours | null> {
    return quietHoursOf(this.#o.quietHours);
  }

  #onSettled(rows: readonly SettledRow[]): void {
    const called = rows.filter(({ outcome }) => outcome.state !== 'queued' || outcome.reason !== null);
    for (const { held, outcome } of called) {
      this.#stats[held.line.lane][outcome.state === 'queued' ? 'retried' : outcome.state] += 1;
    }
    this.#o.onSettled?.(
      called.map(({ held, outcome }) => ({
        attemptId: held.id,
        lane: held.line.lane,
        channel: held.line.channel.name,
        state: outcome.state,
        reason: outcome.reason,
      })),
    );
    const gone = called.flatMap(({ held, outcome }) =>
      outcome.isGone && held.isReachable && held.contactId !== null ? [held.contactId] : [],
    );
    if (gone.length > 0) this.#marking = Promise.all([this.#marking, this.#markBlocked(gone)]).then(() => undefined);
  }

  /** Whoever cannot be reached is not called again until he writes. If this is lost, the next call finds out again. */
  async #markBlocked(contactIds: readonly string[]): Promise<void> {
    try {
      await this.#o.pool.query(
        `update contact set state = 'blocked', state_at = ${BUSINESS_MOMENT} where id = any($1::uuid[]) and state = 'active'`,
        [contactIds],
      );
    } catch (error) {
      this.#o.logger?.warn({ err: error }, 'delivery: blocked contacts could not be marked');
    }
  }

  #setAlarm(line: Line, atMs: number): void {
    const set = this.#alarms.get(line);
    if (this.#isStopped || (set !== undefined && set.atMs <= atMs)) return;
    if (set !== undefined) clearTimeout(set.timer);
    const waitMs = Math.min(LONGEST_TIMER_MS, Math.max(1, atMs - this.#clock.now().getTime() + 1));
    const timer = setTimeout(() => {
      this.#alarms.delete(line);
      this.#dispatcher.wake(line);
    }, waitMs);
    this.#alarms.set(line, { atMs, timer });
  }

  #onIdle(line: Line): void {
    const { lane } = line;
    if (this.#waiters[lane].length === 0) return;
    const lines = this.#lines.filter((other) => other.lane === lane);
    if (!lines.every(isIdle)) return;
    const failed = lines.find((other) => other.error !== null);
    const waiters = this.#waiters[lane].splice(0);
    const stats = this.#stats[lane];
    // A drained lane knows whom it cannot reach: the other ways are looked for after that.
    const followed = this.#marking.then(() => (lane === 'bulk' ? this.#afterBulk(stats) : undefined));
    this.#following = Promise.all([this.#following, followed]).then(() => undefined);
    void followed.then(() => {
      for (const { resolve, reject } of waiters) {
        if (failed) reject(failed.error);
        else resolve(stats);
      }
    });
  }

  /** What failed may have another way; what has not is finished. */
  async #afterBulk(stats: DrainStats): Promise<void> {
    if (this.#isStopped || stats.sent + stats.failed === 0) return;
    try {
      const businessNow = await this.#o.businessNow();
      if ((await this.#fallBack(businessNow)) > 0) this.kick('bulk');
      else await this.#o.broadcasts?.settle(businessNow);
    } catch (error) {
      this.#o.logger?.warn({ err: error }, 'delivery: what followed a broadcast failed');
    }
  }
}

function noStats(): DrainStats {
  return { sent: 0, failed: 0, uncertain: 0, retried: 0 };
}
