/** A strict fake of Telegram's Bot API, for tests and benchmarks. */
import { startFake } from './fake-process.js';

/** A message that the bot sent. */
export interface FakeTelegramMessage {
  readonly id: number;
  readonly method: string;
  readonly text: string;
  readonly buttons: readonly { readonly label: string; readonly data?: string }[];
  readonly file?: {
    readonly kind: 'photo' | 'document';
    readonly name: string;
    readonly size: number;
    readonly uploaded: boolean;
  };
  readonly edits: number;
  /** Machine time, milliseconds. */
  readonly at: number;
}

/** What goes wrong. `hang`/`reset` `-after`: the message was taken, and nobody is told. */
export interface FakeFault {
  readonly kind: 'answer' | 'hang-before' | 'hang-after' | 'reset-before' | 'reset-after' | 'garbage-after' | 'slow';
  readonly method?: string;
  readonly chat?: number | string;
  readonly contains?: string;
  /** How often (1); null: until cleared. */
  readonly times?: number | null;
  /** Every n-th fitting call only. */
  readonly every?: number;
  /** Probability, from a fixed seed. */
  readonly chance?: number;
  readonly delayMs?: number;
}

export interface FakeTelegramFault extends FakeFault {
  readonly answer?: {
    readonly code: number;
    readonly description: string;
    readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number };
  };
}

export interface FakeSummary {
  readonly messages: number;
  readonly chats: number;
  readonly perChat: Readonly<Record<string, number>>;
  /** How many chats got that many. */
  readonly histogram: Readonly<Record<string, number>>;
  readonly twice: readonly { readonly chat: string; readonly text: string; readonly count: number }[];
}

export interface FakeTelegramStats {
  readonly calls: number;
  readonly byMethod: Readonly<Record<string, number>>;
  readonly byCode: Readonly<Record<string, number>>;
  readonly sent: number;
  readonly perSecond: number;
  readonly overLimit: number;
  readonly overChatLimit: number;
  /** Messages that may be charged. */
  readonly paid: number;
  readonly worstEarlyMs: number;
  readonly inFlight: number;
  readonly maxInFlight: number;
  readonly pendingUpdates: number;
}

export interface FakeTelegramLimits {
  readonly perSecond?: number;
  readonly toleranceMs?: number;
  readonly perChatPerSecond?: number;
  readonly chatToleranceMs?: number;
  readonly perGroupPerMinute?: number;
  readonly paidPerSecond?: number;
  /** Answers 429 instead of only counting. */
  readonly enforce?: boolean;
}

export interface FakeTelegramOptions {
  readonly token?: string;
  readonly username?: string;
  readonly latencyMs?: number;
  readonly limits?: FakeTelegramLimits;
  /** Messages remembered for each chat (60). */
  readonly keepPerChat?: number;
}

interface Fate {
  readonly state: 'pending' | 'delivered' | 'not-allowed' | 'unknown';
  readonly tries: number;
  readonly lastStatus: number | null;
}

export type FakeTelegram = Awaited<ReturnType<typeof startFakeTelegram>>;

const TOKEN = '123456789:TEST_bot_token_of_the_fake_server00';

/** Starts the fake in a process of its own. What persons do returns the update's id; see `fate`. */
export async function startFakeTelegram(options: FakeTelegramOptions = {}) {
  const token = options.token ?? TOKEN;
  const fake = await startFake('fake-telegram.mjs', { ...options, token });
  const { control } = fake;
  const person = (chat: number) => ({
    chat,
    type: (text: string) => control<number>('type', { chat, text }),
    /** Taps the newest button with this label, or one that contains it. */
    tap: (label: string) => control<number>('tap', { chat, label }),
    tapData: (data: string, messageId?: number) => control<number>('tapData', { chat, data, messageId }),
    upload: (name: string, bytes: Buffer, extra: { type?: string; caption?: string } = {}) =>
      control<number>('upload', { chat, name, base64: bytes.toString('base64'), ...extra }),
    photo: (bytes: Buffer, caption?: string) =>
      control<number>('photo', { chat, base64: bytes.toString('base64'), caption }),
    block: () => control<number>('block', { chat }),
    unblock: () => control<number>('unblock', { chat }),
    messages: (contains = '') => control<FakeTelegramMessage[]>('messages', { chat, contains }),
    /** The first message after `afterId` with these words, as soon as it is there; throws when none comes. */
    waitFor: async (contains: string, { afterId = -1, timeoutMs = 10_000, edited = false } = {}) => {
      const found = await control<FakeTelegramMessage | null>('waitMessage', {
        chat,
        contains,
        afterId,
        timeoutMs,
        edited,
      });
      if (found) return found;
      const all = await control<FakeTelegramMessage[]>('messages', { chat });
      throw new Error(
        `chat ${String(chat)} never got "${contains}"; it has ${JSON.stringify(all.slice(-3).map(({ text }) => text))}`,
      );
    },
  });
  return {
    apiRoot: fake.origin,
    token,
    pid: fake.pid,
    person,
    /** Chats that exist without having written, `from` … `from + count - 1`. */
    addChats: (from: number, count: number) => control<null>('addChats', { from, count }),
    addChat: (chat: number, name: string) => control<null>('addChat', { chat, name }),
    /** Changes a chat without telling the bot. */
    silently: (chat: number, state: 'open' | 'blocked' | 'deactivated' | 'migrated', movedTo?: number) =>
      control<null>('silently', { chat, state, movedTo }),
    /** An update made by hand, without its id. */
    raw: (chat: number, update: object) => control<number>('raw', { chat, update }),
    fate: (updateId: number) => control<Fate>('fate', { updateId }),
    stats: () => control<FakeTelegramStats>('stats'),
    resetStats: () => control<null>('resetStats'),
    summary: (contains = '') => control<FakeSummary>('summary', { contains }),
    fault: (fault: FakeTelegramFault) => control<null>('fault', fault),
    clearFaults: () => control<null>('clearFaults'),
    latency: (ms: number) => control<null>('latency', { ms }),
    limits: (limits: FakeTelegramLimits) => control<null>('limits', limits),
    /** Shortens the waits between repeats of failed webhook calls, e.g. 0.02. */
    retryScale: (scale: number) => control<null>('retryScale', { scale }),
    /** Uploads are no longer known by their ids. */
    forgetFiles: () => control<null>('forgetFiles'),
    /** Forgets faults, messages and counts; the chats stay. */
    reset: () => control<null>('reset'),
    refuse: fake.refuse,
    listen: fake.listen,
    stop: fake.stop,
  };
}
