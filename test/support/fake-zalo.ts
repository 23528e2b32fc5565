/** A strict fake of a Zalo Official Account and its login server, for tests and benchmarks. */
import { startFake } from './fake-process.js';
import type { FakeFault, FakeSummary } from './fake-telegram.js';

/** A message that the account sent. */
export interface FakeZaloMessage {
  readonly id: string;
  readonly text: string;
  readonly buttons: readonly { readonly label: string; readonly data: string }[];
  readonly file?: { readonly kind: 'image' | 'file'; readonly name: string; readonly size: number };
  /** Sent between 48 hours and 7 days after the person's last word, or as a template. */
  readonly charged: boolean;
  /** Number of the template whose parameters the text lists. */
  readonly template?: string;
  readonly at: number;
}

/** `method` is the last word of the path: cs, template, image, file, access_token … */
export interface FakeZaloFault extends Omit<FakeFault, 'chat'> {
  readonly chat?: string;
  /** Zalo's number (HTTP 200), or another status and body. */
  readonly answer?: {
    readonly error?: number;
    readonly message?: string;
    readonly status?: number;
    readonly body?: unknown;
  };
}

export interface FakeZaloOptions {
  readonly buttons?: 'none' | 'text_buttons' | 'list' | 'button';
  readonly receipts?: 'none' | 'delivered' | 'seen';
  readonly echoes?: boolean;
  readonly latencyMs?: number;
  readonly limits?: {
    readonly perMinute?: number;
    readonly toleranceMs?: number;
    readonly enforce?: boolean;
    readonly templatesPerDay?: number;
  };
  readonly keepPerChat?: number;
}

interface Fate {
  readonly state: 'pending' | 'delivered' | 'dropped' | 'unknown';
  readonly tries: number;
  readonly lastStatus: number | null;
}

interface Stats {
  readonly calls: number;
  readonly byPath: Readonly<Record<string, number>>;
  readonly byCode: Readonly<Record<string, number>>;
  readonly sent: number;
  readonly charged: number;
  readonly templates: number;
  readonly overLimit: number;
  readonly inFlight: number;
  readonly maxInFlight: number;
}

export type FakeZalo = Awaited<ReturnType<typeof startFakeZalo>>;

/** Who the fake is; the ids and the key are those of the captured fixtures. */
const FAKE_ZALO = {
  appId: '1111222233334444555',
  appSecret: 'TEST_APP_SECRET',
  oaId: '2222333344445555666',
  secretKey: 'TEST_OA_SECRET_KEY',
} as const;

/** Starts the fake in a process of its own. What persons do returns the event's id; see `fate`. */
export async function startFakeZalo(options: FakeZaloOptions = {}) {
  const fake = await startFake('fake-zalo.mjs', { ...options, ...FAKE_ZALO });
  const { control } = fake;
  const person = (user: string) => ({
    user,
    type: (text: string) => control<number>('type', { user, text }),
    /** Taps a drawn button, or types the number of the newest menu's line with these words. */
    tap: (label: string) => control<number>('tap', { user, label }),
    image: (bytes: Buffer, text?: string) =>
      control<number>('image', { user, base64: bytes.toString('base64'), text, origin: fake.origin }),
    upload: (name: string, bytes: Buffer) =>
      control<number>('upload', { user, name, base64: bytes.toString('base64'), origin: fake.origin }),
    sticker: () => control<number>('sticker', { user }),
    follow: () => control<number>('follow', { user }),
    unfollow: () => control<number>('unfollow', { user }),
    seen: (ids: readonly string[]) => control<number>('seen', { user, ids }),
    messages: (contains = '') => control<FakeZaloMessage[]>('messages', { user, contains }),
    /** The first message after `afterId` with these words, as soon as it is there; throws when none comes. */
    waitFor: async (contains: string, { afterId = '', timeoutMs = 10_000 } = {}) => {
      const found = await control<FakeZaloMessage | null>('waitMessage', { user, contains, afterId, timeoutMs });
      if (found) return found;
      const all = await control<FakeZaloMessage[]>('messages', { user });
      throw new Error(
        `${user} never got "${contains}"; it has ${JSON.stringify(all.slice(-3).map(({ text }) => text))}`,
      );
    },
  });
  return {
    ...FAKE_ZALO,
    /** ZALO_API_ROOT and ZALO_OAUTH_ROOT alike. */
    apiRoot: fake.origin,
    oauthRoot: fake.origin,
    pid: fake.pid,
    person,
    /** A new good pair; earlier ones die. */
    issueTokens: async () => {
      const pair = await control<{ access_token: string; refresh_token: string }>('tokens');
      return { accessToken: pair.access_token, refreshToken: pair.refresh_token };
    },
    loginStats: () =>
      control<{
        refreshes: number;
        refused: number;
        logins: number;
        accessToken: string | null;
        refreshToken: string | null;
      }>('loginStats'),
    revokeAccess: () => control<null>('revoke'),
    revokeRefresh: () => control<null>('revokeRefresh'),
    setWebhook: (url: string | null) => control<null>('webhook', { url }),
    webhookStats: () =>
      control<{ sent: number; failed: number; slow: number; pending: number; disabled: boolean }>('webhookStats'),
    retryScale: (scale: number) => control<null>('retryScale', { scale }),
    sign: (raw: string, timestamp: string) => control<string>('sign', { raw, timestamp }),
    /** Any event, signed and sent; the app id and the time are added. */
    event: (user: string, fields: object, headers: Record<string, string> = {}) =>
      control<number>('event', { user, fields, headers }),
    adminSays: (user: string, text: string) => control<number>('adminSays', { user, text }),
    fate: (eventId: number) => control<Fate>('fate', { eventId }),
    /** Moves the platform's clock: windows, tokens and uploads grow old. */
    advance: (ms: number) => control<null>('advance', { ms }),
    /** Followers `from` … `from + count - 1` who wrote when they were first asked for. */
    addUsers: (from: number, count: number) => control<null>('addUsers', { from, count }),
    addUser: (user: string, extra: { name?: string; follows?: boolean; interacted?: boolean } = {}) =>
      control<null>('addUser', { user, ...extra }),
    /** A template that Zalo approved: its parameters, each with its longest value. `uid` false: only by phone. */
    addTemplate: (
      id: string,
      params: Readonly<Record<string, number>>,
      extra: { readonly promotes?: boolean; readonly uid?: boolean } = {},
    ) => control<null>('addTemplate', { id, params, ...extra }),
    /** The person last wrote so long ago. */
    silence: (user: string, ms: number) => control<null>('silence', { user, ms }),
    /** Answers this code to every message for this person. */
    refuseUser: (user: string, code: number) => control<null>('refuseUser', { user, code }),
    stats: () => control<Stats>('stats'),
    summary: (contains = '') => control<FakeSummary>('summary', { contains }),
    fault: (fault: FakeZaloFault) => control<null>('fault', fault),
    clearFaults: () => control<null>('clearFaults'),
    behaviour: (wanted: Pick<FakeZaloOptions, 'buttons' | 'receipts' | 'echoes' | 'latencyMs'>) =>
      control<null>('behaviour', wanted),
    limits: (limits: NonNullable<FakeZaloOptions['limits']>) => control<null>('limits', limits),
    /** Forgets faults, messages and counts; people and tokens stay. */
    reset: () => control<null>('reset'),
    refuse: fake.refuse,
    listen: fake.listen,
    stop: fake.stop,
  };
}
