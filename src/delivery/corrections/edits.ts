/**
 * Changes messages that were sent: corrections, recalls, the card that shows progress.
 *
 * A change is a row; whoever takes it has it for a while, and when he dies another one takes it. Saying the same words
 * twice changes nothing, so silence is answered by trying again, and nothing here is ever uncertain.
 */
import type { Pool } from 'pg';
import type { Channel, SendResult } from '../../channels/channel.js';
import type { Content } from '../../conversation/message.js';
import { machineClock, type Clock } from '../../kernel/clock.js';
import type { ChannelName } from '../../kernel/people.js';
import { BAN, BANNED, FINISH, GIVE_UP, IS_ANY_DUE, SUPERSEDE, TAKE, type TakenRow } from './edit-statements.js';
import type { EngineLogger } from '../engine-ports.js';
import { outcomeOf } from '../sending/outcome.js';
import { createPacer, type Pacer } from '../sending/pacer.js';
import { RESERVE } from '../sending/statements.js';

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
  /** Makes the changes that are due until none is. Drains of one process join. Returns how many calls were made. */
  drain(): Promise<number>;
  /** Begins nothing more and waits for what is under way. */
  stop(deadlineMs: number): Promise<void>;
}

/** What is written about one change. */
interface Ending {
  readonly state: 'done' | 'failed' | 'skipped' | 'queued';
  readonly reason: string | null;
  readonly detail: string | null;
  readonly dueMs: number | null;
  /** 1 when this was no try of its own. */
  readonly untried: 0 | 1;
}

const ARRIVED: readonly string[] = ['sent', 'delivered', 'seen'];
const GONE: readonly string[] = ['failed', 'skipped'];
const LEASE_MS = 60_000;
const CALL_TIMEOUT_MS = 30_000;
const RESERVED_AT_ONCE = 5;
/** A message on its way is looked at again so soon, one that waits later. */
const LOOK_AGAIN_MS = 1_000;
const LOOK_LATER_MS = 5_000;
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
  #running: Promise<number> | null = null;

  constructor(options: EditorOptions) {
    this.#o = options;
    this.#clock = options.clock ?? machineClock;
    for (const { name, bulkPerSecond } of options.channels.values())
      if (bulkPerSecond !== null) this.#pacers.set(name, createPacer(bulkPerSecond));
  }

  drain(): Promise<number> {
    this.#running ??= this.#drainAll().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#stopping.abort();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, deadlineMs)));
    await Promise.race([this.#running?.catch(() => undefined), late]);
    clearTimeout(timer);
  }

  async #drainAll(): Promise<number> {
    const { pool, channels } = this.#o;
    const look = await pool.query<{ due: boolean }>(IS_ANY_DUE, [this.#clock.now()]);
    if (look.rows[0]?.due !== true) return 0;
    await pool.query(SUPERSEDE, [this.#clock.now()]);
    await pool.query(GIVE_UP, [this.#clock.now(), [...channels.keys()]]);
    const at = await this.#o.businessNow();
    const counts = await Promise.all([...channels.values()].map((channel) => this.#drainChannel(channel, at)));
    return counts.reduce((sum, count) => sum + count, 0);
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
    return (await this.#o.pool.query<TakenRow>(TAKE, values)).rows;
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
      await this.#o.pool.query(`update contact set state = 'blocked' where id = $1 and state = 'active'`, [
        row.contact_id,
      ]);
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

/** What needs no call, or none yet; null when the call is to be made. */
function endWithoutCall(row: TakenRow, channel: Channel, nowMs: number): Ending | null {
  const end = (state: 'failed' | 'skipped', reason: string): Ending => ({
    state,
    reason,
    detail: null,
    dueMs: null,
    untried: 1,
  });
  if (GONE.includes(row.state)) return end('skipped', 'not-sent');
  if (row.state === 'sending') return again(nowMs + LOOK_AGAIN_MS);
  if (!ARRIVED.includes(row.state) && row.state !== 'uncertain') return again(nowMs + LOOK_LATER_MS);
  if (channel.edit === undefined) return end('skipped', 'not-possible');
  // What follows it says the new words already.
  if (row.state === 'uncertain' && row.is_repeated) return end('skipped', 'repeated');
  if (row.platform_message_id === null) return end('failed', 'unknown-message');
  if (row.is_active !== true) return end('failed', 'recipient-gone');
  return null;
}

const again = (dueMs: number): Ending => ({ state: 'queued', reason: null, detail: null, dueMs, untried: 1 });

function contentOf(row: TakenRow): Content {
  const buttons = row.buttons as NonNullable<Content['buttons']>;
  return {
    text: row.text,
    ...(buttons.length === 0 ? {} : { buttons }),
    ...(row.image_id === null ? {} : { imageId: row.image_id }),
    ...(row.image_alt === null ? {} : { imageAlt: row.image_alt }),
    ...(row.file_id === null ? {} : { fileId: row.file_id }),
  };
}
