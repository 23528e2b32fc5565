/** Fetches updates where Telegram cannot call us. */
import type { CallOutcome, TelegramClient } from './client.js';
import { ALLOWED_UPDATES } from './setup.js';

/** Where the next update starts; kept in the store, per bot account. */
interface OffsetStore {
  load(account: string): Promise<bigint | null>;
  save(account: string, offset: bigint): Promise<void>;
}

type PollState = 'starting' | 'running' | 'conflict' | 'unauthorized' | 'failing' | 'stopped';

export interface PollStatus {
  readonly state: PollState;
  /** In plain words, without secrets; empty while all is well. */
  readonly detail: string;
}

export interface PollerOptions {
  readonly client: TelegramClient;
  readonly account: string;
  readonly offsets: OffsetStore;
  /** Stores one raw update; throws while the store is down. It must bear repeats: after a crash the last ones come again. */
  readonly onUpdate: (raw: unknown) => Promise<void>;
  /** Told once for every change of state. */
  readonly onStatus?: (status: PollStatus) => void;
  /** How long Telegram holds an empty answer. */
  readonly holdSeconds?: number;
  readonly backOffMs?: { readonly first: number; readonly longest: number };
}

export interface TelegramPoller {
  start(): void;
  /** Ends the open call and waits until the last update is stored. */
  stop(): Promise<void>;
  status(): PollStatus;
}

const BATCH = 100;
const GRACE_MS = 10_000;

/** A poller that stores every update before it moves the offset, so that a crash repeats updates and loses none. */
export function createTelegramPoller(options: PollerOptions): TelegramPoller {
  const { client, account, offsets, onUpdate, onStatus, holdSeconds = 25 } = options;
  const backOff = options.backOffMs ?? { first: 1_000, longest: 60_000 };
  const stopping = new AbortController();
  let status: PollStatus = { state: 'starting', detail: '' };
  let running: Promise<void> | null = null;

  const say = (state: PollState, detail = '') => {
    const changed = status.state !== state;
    status = { state, detail };
    if (changed) onStatus?.(status);
  };

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const wait = await round().catch((error: unknown) => failed('failing', `store: ${nameOf(error)}`));
      failures = wait === null ? 0 : failures + 1;
      if (wait === null) continue;
      await pause(Math.max(wait, Math.min(backOff.first * 2 ** (failures - 1), backOff.longest)), stopping.signal);
    }
    say('stopped');
  }

  /** One call; null when it went well, else the least time to wait. */
  async function round(): Promise<number | null> {
    const offset = await offsets.load(account);
    // Until the first good answer nothing is held, so that the status is known at once.
    const timeout = status.state === 'running' ? holdSeconds : 0;
    const outcome = await client.call(
      'getUpdates',
      {
        ...(offset === null ? {} : { offset: Number(offset) }),
        limit: BATCH,
        timeout,
        allowed_updates: ALLOWED_UPDATES,
      },
      { signal: stopping.signal, timeoutMs: holdSeconds * 1_000 + GRACE_MS },
    );
    if (outcome.kind !== 'ok') return stopping.signal.aborted ? null : await refused(outcome);
    await storeAll(outcome.result);
    say('running');
    return null;
  }

  /** Stores first, then moves the offset past what was stored, also when the store fails half-way. */
  async function storeAll(updates: readonly { readonly update_id: number }[]): Promise<void> {
    let stored: number | null = null;
    try {
      for (const update of updates) {
        await onUpdate(update);
        stored = update.update_id;
      }
    } finally {
      if (stored !== null) await offsets.save(account, BigInt(stored) + 1n);
    }
  }

  async function refused(outcome: Exclude<CallOutcome<never>, { kind: 'ok' }>): Promise<number> {
    if (outcome.kind !== 'refused') return failed('failing', outcome.detail);
    if (outcome.code === 429) return failed('failing', outcome.description, outcome.retryAfterMs);
    if (outcome.code === 401 || outcome.code === 404)
      return failed('unauthorized', 'the bot token is wrong or was revoked');
    if (outcome.code !== 409) return failed('failing', `${String(outcome.code)} ${outcome.description}`);
    if (!/webhook/i.test(outcome.description))
      return failed('conflict', 'another process polls the same bot: stop it, or give this one its own bot');
    // Left over from a time with PUBLIC_URL; polling was asked for, so it goes. What is pending stays.
    await client.call('deleteWebhook', {}, { signal: stopping.signal });
    return failed('conflict', 'a webhook was still set; it is being removed');
  }

  function failed(state: PollState, detail: string, waitMs = 0): number {
    say(state, detail);
    return waitMs;
  }

  return {
    start: () => {
      running ??= run();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
    status: () => status,
  };
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : 'error');

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
