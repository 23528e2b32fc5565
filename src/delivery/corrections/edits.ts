/**
 * Changes messages that were sent: corrections, recalls, the card that shows progress.
 *
 * A change is a row; whoever takes it has it for a while, and when he dies another one takes it. Saying the same words
 * twice changes nothing, so silence is answered by trying again, and nothing here is ever uncertain.
 */
import type { Pool } from 'pg';
import type { Channel, SendResult } from '../../channels/channel.js';
import { machineClock, type Clock } from '../../kernel/clock.js';
import type { ChannelName } from '../../kernel/people.js';
import { BAN, BANNED, FINISH, GIVE_UP, IS_ANY_DUE, SUPERSEDE, TAKE, WORDS, type TakenRow } from './edit-statements.js';
import { again, contentOf, endWithoutCall, type Ending } from './edit-endings.js';
import type { EngineLogger } from '../engine-ports.js';
import { outcomeOf } from '../sending/outcome.js';
import { createPacer, type Pacer } from '../sending/pacer.js';
import { RESERVE } from '../sending/statements.js';
import { BUSINESS_MOMENT } from '../../store/index.js';

export interface EditorOptions {
  readonly pool: Pool;
  /** Channels that are on. */
  readonly channels: ReadonlyMap<ChannelName, Channel>;
  /** Machine clock. */
  readonly clock?: Clock;
  readonly businessNow: () => Promise<Date>;
  /** Calls under way at one time on a channel (10). */
  readonly concurrency?: number;
  readonly callTimeoutMs?: number;
  /** How long a change is ours; longer than a call, or two would be under way at once (60 s). */
  readonly leaseMs?: number;
  readonly logger?: EngineLogger;
}

export interface Editor {
  /**
   * Makes the changes that are due until none is. A channel that is being drained is not drained twice, and none waits
   * for another to begin. Returns how many calls were made.
   */
  drain(): Promise<number>;
  /** Begins nothing more and waits for what is under way. */
  stop(deadlineMs: number): Promise<void>;
}

const LEASE_MS = 60_000;
const CALL_TIMEOUT_MS = 30_000;
const RESERVED_AT_ONCE = 5;
/** Looking for changes behind those of another channel may take this part of the time. */
const LOOKING_SHARE = 20;
/** The database is shared with those who wait for answers. */
const UNPACED_CONCURRENCY = 4;

/** Builds the editor. */
export function createEditor(options: EditorOptions): Editor {
  return new EditorOf(options);
}

class EditorOf implements Editor {
  readonly #o: EditorOptions;
  readonly #clock: Clock;
  readonly #pacers = new Map<ChannelName, Pacer>();
  readonly #stopping = new AbortController();
  readonly #running = new Map<ChannelName, Promise<number>>();
  readonly #lookAt = new Map<ChannelName, number>();
  #tidying: Promise<boolean> | null = null;

  constructor(options: EditorOptions) {
    this.#o = options;
    this.#clock = options.clock ?? machineClock;
    for (const { name, bulkPerSecond, editsPerSecond } of options.channels.values())
      if (bulkPerSecond !== null)
        this.#pacers.set(name, createPacer(Math.min(bulkPerSecond, editsPerSecond ?? bulkPerSecond)));
  }

  async drain(): Promise<number> {
    this.#tidying ??= this.#tidy().finally(() => {
      this.#tidying = null;
    });
    if (!(await this.#tidying) || this.#stopping.signal.aborted) return 0;
    const at = await this.#o.businessNow();
    const counts = await Promise.all([...this.#o.channels.values()].map((channel) => this.#join(channel, at)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#stopping.abort();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, deadlineMs)));
    await Promise.race([Promise.allSettled([this.#tidying, ...this.#running.values()]), late]);
    clearTimeout(timer);
  }

  /** Ends what needs no call; false when nothing is due. Only at rest: it walks over everything that waits. */
  async #tidy(): Promise<boolean> {
    const { pool, channels } = this.#o;
    const look = await pool.query<{ due: boolean }>(IS_ANY_DUE, [this.#clock.now()]);
    if (look.rows[0]?.due !== true) return false;
    if (this.#running.size > 0) return true;
    await pool.query(SUPERSEDE, [this.#clock.now()]);
    await pool.query(GIVE_UP, [this.#clock.now(), [...channels.keys()]]);
    return true;
  }

  /** Who joins hears of no failure: whoever began it does. */
  #join(channel: Channel, at: Date): Promise<number> {
    const running = this.#running.get(channel.name);
    if (running) return running.catch(() => 0);
    if (this.#running.size > 0 && performance.now() < (this.#lookAt.get(channel.name) ?? 0)) return Promise.resolve(0);
    const drained = this.#drainChannel(channel, at).finally(() => this.#running.delete(channel.name));
    this.#running.set(channel.name, drained);
    return drained;
  }

  /** Takes a few at a time, so that a ban or another process waits for little. */
  async #drainChannel(channel: Channel, at: Date): Promise<number> {
    const pacer = this.#pacers.get(channel.name) ?? null;
    const { concurrency = 10 } = this.#o;
    const most = pacer === null ? Math.min(concurrency, UNPACED_CONCURRENCY) : concurrency;
    const flying = new Set<Promise<void>>();
    let calls = 0;
    while (!this.#stopping.signal.aborted) {
      if (flying.size >= most) await Promise.race(flying);
      const isBusy = flying.size > 0;
      const rows = await this.#take(channel, Math.min(RESERVED_AT_ONCE, most - flying.size));
      if (rows.length === 0) {
        if (!isBusy) break;
        // A change that ends may let the next one of its message begin.
        await Promise.all(flying);
      }
      for (const row of rows) {
        if (!(await this.#mayCall(channel, pacer, row))) continue;
        calls += 1;
        const flight = this.#call(channel, row, at).finally(() => flying.delete(flight));
        flying.add(flight);
      }
    }
    await Promise.all(flying);
    return calls;
  }

  async #take(channel: Channel, count: number): Promise<readonly TakenRow[]> {
    const nowMs = this.#now();
    const until = new Date(nowMs + (this.#o.leaseMs ?? LEASE_MS));
    const values = [new Date(nowMs), channel.name, channel.account, count, until];
    const fromMs = performance.now();
    const { rows } = await this.#o.pool.query<TakenRow>(TAKE, values);
    // Behind thousands of another channel's changes a look takes long, and must not take all the time there is.
    if (rows.length === 0) this.#lookAt.set(channel.name, fromMs + (performance.now() - fromMs) * LOOKING_SHARE);
    return Promise.all(rows.map(async (row) => (row.text === null ? this.#reread(row) : row)));
  }

  /** Its words were replaced while it was taken, so that the new ones could not be seen. */
  async #reread(row: TakenRow): Promise<TakenRow> {
    const { rows } = await this.#o.pool.query<Partial<TakenRow>>(WORDS, [row.id, row.due]);
    return { ...row, ...rows[0] };
  }

  /** Waits until the call may be made; false when there is none to make, or not now. */
  async #mayCall(channel: Channel, pacer: Pacer | null, row: TakenRow): Promise<boolean> {
    const ending = endWithoutCall(row, channel, this.#now()) ?? (await this.#wait(channel, pacer));
    if (ending !== null) await this.#finish(row, ending);
    return ending === null;
  }

  async #wait(channel: Channel, pacer: Pacer | null): Promise<Ending | null> {
    const waitMs = pacer === null ? null : await this.#moment(channel, pacer);
    return waitMs === null ? null : again(this.#now() + waitMs);
  }

  /** Waits for a moment of the account's budget. Returns how long to wait instead where it is banned, or we stop. */
  async #moment(channel: Channel, pacer: Pacer): Promise<number | null> {
    while (!pacer.take(this.#now())) {
      if (this.#stopping.signal.aborted) return 0;
      const next = pacer.next(this.#now());
      if (next === null) await this.#reserve(channel, pacer);
      else await new Promise((resolve) => setTimeout(resolve, Math.max(1, Math.ceil(next - this.#now()))));
    }
    const values = [channel.account, new Date(this.#now())];
    const { rows } = await this.#o.pool.query<{ banned_until: Date }>({ ...BANNED, values });
    return rows[0] ? Math.max(1, rows[0].banned_until.getTime() - this.#now()) : null;
  }

  async #reserve(channel: Channel, pacer: Pacer): Promise<void> {
    const values = [channel.account, new Date(this.#now()), pacer.spacingUs * RESERVED_AT_ONCE];
    const { rows } = await this.#o.pool.query<{ first_ms: number }>({ ...RESERVE, values });
    if (rows[0]) pacer.add(rows[0].first_ms, RESERVED_AT_ONCE);
  }

  async #call(channel: Channel, row: TakenRow, at: Date): Promise<void> {
    const result = await this.#edit(channel, row, at);
    const outcome = outcomeOf(result, row.tries, this.#now());
    if (outcome.banUntilMs !== null) {
      const until = new Date(outcome.banUntilMs);
      await this.#o.pool.query(BAN, [channel.account, new Date(this.#now()), until]);
    }
    if (outcome.isGone && row.contact_id !== null)
      await this.#o.pool.query(
        `update contact set state = 'blocked', state_at = ${BUSINESS_MOMENT} where id = $1 and state = 'active'`,
        [row.contact_id],
      );
    await this.#finish(row, {
      state: outcome.state === 'sent' ? 'done' : outcome.state === 'queued' ? 'queued' : 'failed',
      reason: outcome.reason,
      detail: outcome.detail,
      dueMs: outcome.dueMs,
      untried: result.kind === 'failed' && result.failure === 'rate-limited' ? 1 : 0,
    });
  }

  /** Silence may be asked again: the same words change nothing. */
  async #edit(channel: Channel, row: TakenRow, at: Date): Promise<SendResult> {
    const patience = AbortSignal.timeout(this.#o.callTimeoutMs ?? CALL_TIMEOUT_MS);
    const result = await channel
      .edit?.(
        {
          attemptId: row.attempt_id,
          contactId: row.contact_id ?? '',
          address: row.address ?? '',
          content: contentOf(row),
          lane: row.lane,
          at,
          platformMessageId: row.platform_message_id ?? '',
          hasMedia: row.has_media,
        },
        patience,
      )
      // Only the name: messages of transports may hold addresses, and addresses hold tokens.
      .catch((error: unknown): SendResult => {
        const detail = `the channel threw ${error instanceof Error ? error.name : typeof error}`;
        return { kind: 'uncertain', detail };
      });
    if (result?.kind === 'uncertain') return { kind: 'failed', failure: 'retryable', detail: result.detail };
    return result ?? { kind: 'failed', failure: 'rejected', detail: 'this channel changes nothing' };
  }

  async #finish(row: TakenRow, { state, reason, detail, dueMs, untried }: Ending): Promise<void> {
    const due = dueMs === null ? null : new Date(dueMs);
    const values = [row.id, row.due, row.content_id, state, reason, detail, due, untried, new Date(this.#now())];
    try {
      await this.#o.pool.query(FINISH, values);
    } catch (error) {
      // The change is made, or will be made again when its time with us is over: both are right.
      this.#o.logger?.warn({ err: error }, 'delivery: the outcome of an edit could not be written');
    }
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}
