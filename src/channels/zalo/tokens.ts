/** Keeps the account's pair of tokens good. A refresh token works once, so one process refreshes, and stores before it uses. */
import type { FormOutcome, ZaloClient } from './client.js';
import type { AccessTokens, ZaloAlarm } from './send.js';

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** The stored pair. `lost`: Zalo refused the refresh token, an administrator must log in again. */
export interface StoredTokens extends TokenPair {
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly state: 'ok' | 'lost';
}

/** Where the pair lives; see `token-store.ts`. */
export interface TokenStore {
  load(): Promise<StoredTokens | null>;
  /** Puts the configured first pair in place, unless this same pair was put there before. */
  seed(pair: TokenPair, now: Date): Promise<void>;
  /** Replaces whatever is stored, e.g. after an administrator logged in. */
  replace(tokens: StoredTokens): Promise<void>;
  /** Runs `work` on the stored pair while no other process can; what it returns is committed before this resolves. 'busy': another process is at it. */
  exclusively(work: (stored: StoredTokens) => Promise<StoredTokens | null>): Promise<'done' | 'busy' | 'empty'>;
  /** Writes a pair that replaces `from`; without effect when `from` is no longer the stored one. */
  save(tokens: StoredTokens, from: string): Promise<void>;
}

export interface TokenKeeperOptions {
  readonly store: TokenStore;
  readonly client: ZaloClient;
  readonly appId: string;
  readonly appSecret: string;
  /** Machine time. */
  readonly now: () => Date;
  readonly alarm: (what: ZaloAlarm, detail: string) => void;
  /** First pair, from the environment. */
  readonly firstPair?: TokenPair;
}

export interface TokenKeeper extends AccessTokens {
  /** Once at the start: puts the configured pair in place where the store has none or an older configured one. */
  prepare(): Promise<void>;
  /** Refreshes when 80 % of the pair's life is over; call it every few minutes. */
  refreshIfDue(): Promise<'fresh' | 'refreshed' | 'busy' | 'failed' | 'missing'>;
  /** Stores a pair that an administrator's login brought. */
  adopt(tokens: StoredTokens): Promise<void>;
  status(): Promise<'ok' | 'expired' | 'lost' | 'missing'>;
}

const REFRESH_AT = 0.8;
/** How long a token is taken from memory: another process may have replaced it. */
const MEMORY_MS = 30_000;
const OTHERS_TURN_MS = 20_000;
const LOOK_AGAIN_MS = 250;
const PAUSE_MS = 15_000;

/** The keeper of one account's tokens. */
export function createTokenKeeper(options: TokenKeeperOptions): TokenKeeper {
  const { store, client, now, alarm, firstPair } = options;
  let cached: { tokens: StoredTokens; until: number } | null = null;
  /** A pair that Zalo gave and the store did not take. It is never used before it is stored. */
  let unsaved: { tokens: StoredTokens; from: string } | null = null;
  let failedAt = Number.NEGATIVE_INFINITY;
  let renewing: Promise<string | null> | null = null;

  const keep = (tokens: StoredTokens | null) => {
    cached = tokens === null ? null : { tokens, until: now().getTime() + MEMORY_MS };
    return tokens;
  };

  async function load(): Promise<StoredTokens | null> {
    await saveUnsaved();
    return keep(await store.load());
  }

  async function saveUnsaved(): Promise<void> {
    if (unsaved === null) return;
    const { tokens, from } = unsaved;
    await store.save(tokens, from);
    unsaved = null;
  }

  /** One refresh in the whole installation: `wanted` decides on the pair as it is stored once it is ours. */
  async function refresh(
    wanted: (stored: StoredTokens) => boolean,
  ): Promise<'fresh' | 'refreshed' | 'busy' | 'failed' | 'missing'> {
    await saveUnsaved();
    let result: 'fresh' | 'refreshed' | 'failed' = 'fresh';
    try {
      const turn = await store.exclusively(async (stored) => {
        if (!wanted(stored)) return null;
        const got = await askForPair(stored);
        result = got?.state === 'ok' ? 'refreshed' : 'failed';
        if (got?.state === 'ok') unsaved = { tokens: got, from: stored.refreshToken };
        return got;
      });
      if (turn !== 'done') return turn === 'busy' ? 'busy' : 'missing';
      unsaved = null;
    } catch (error) {
      if (unsaved !== null) alarm('tokens-unsaved', 'a new pair could not be stored yet');
      throw error;
    } finally {
      cached = null;
    }
    return result;
  }

  /** The new pair, the old one marked lost, or null when Zalo's answer decides nothing. */
  async function askForPair(stored: StoredTokens): Promise<StoredTokens | null> {
    const outcome = await client.form(
      'v4/oa/access_token',
      { secret_key: options.appSecret },
      { grant_type: 'refresh_token', app_id: options.appId, refresh_token: stored.refreshToken },
    );
    const read = readPair(outcome, now());
    if (read.kind === 'pair') return read.tokens;
    if (read.kind === 'refused') {
      if (stored.state !== 'lost')
        alarm('tokens-lost', `Zalo refused the refresh token (${read.detail}): an administrator must log in again`);
      return { ...stored, state: 'lost' };
    }
    failedAt = now().getTime();
    alarm('tokens-failing', read.detail);
    return null;
  }

  async function renewOnce(stale: string): Promise<string | null> {
    const until = now().getTime() + OTHERS_TURN_MS;
    for (;;) {
      const before = await load();
      if (before === null) return null;
      if (before.accessToken !== stale) return before.accessToken;
      // The ticks go on trying; sends must not all knock at a door that was just found shut.
      if (before.state === 'lost' || now().getTime() < failedAt + PAUSE_MS) return null;
      const result = await refresh((stored) => stored.accessToken === stale);
      if (result !== 'busy') break;
      if (now().getTime() > until) return null;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
    const after = await load();
    return after === null || after.accessToken === stale ? null : after.accessToken;
  }

  return {
    prepare: async () => {
      if (firstPair) await store.seed(firstPair, now());
    },
    current: async () => {
      if (cached !== null && cached.until > now().getTime()) return cached.tokens.accessToken;
      return (await load())?.accessToken ?? null;
    },
    // Many sends fail at once when a token dies; they wait for the same renewal.
    renew: (stale) => (renewing ??= renewOnce(stale).finally(() => (renewing = null))),
    refreshIfDue: () => refresh((stored) => stored.state === 'lost' || isDue(stored, now())),
    adopt: async (tokens) => {
      await store.replace(tokens);
      unsaved = null;
      keep(tokens);
    },
    status: async () => {
      const tokens = await load();
      if (tokens === null) return 'missing';
      if (tokens.state === 'lost') return 'lost';
      return tokens.expiresAt > now() || tokens.issuedAt.getTime() === tokens.expiresAt.getTime() ? 'ok' : 'expired';
    },
  };
}

/** A seeded pair has no known age: issued and expiring at once, it is due at once. */
const isDue = ({ issuedAt, expiresAt }: StoredTokens, now: Date) =>
  now.getTime() >= issuedAt.getTime() + REFRESH_AT * (expiresAt.getTime() - issuedAt.getTime());

export type PairRead =
  | { readonly kind: 'pair'; readonly tokens: StoredTokens }
  /** Zalo understood and said no. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** No answer, or one that says nothing: the stored pair stays as it is. */
  | { readonly kind: 'unclear'; readonly detail: string };

/** Reads the login server's answer. A broken body is never a pair. */
export function readPair(outcome: FormOutcome, now: Date): PairRead {
  if (outcome.kind !== 'json') return { kind: 'unclear', detail: outcome.detail };
  const { status, body } = outcome;
  if (typeof body !== 'object' || body === null)
    return { kind: 'unclear', detail: `HTTP ${String(status)} with an unreadable body` };
  const { access_token: access, refresh_token: refresh, expires_in: life, error } = body as Record<string, unknown>;
  if (typeof error === 'number' && error !== 0) return { kind: 'refused', detail: String(error) };
  // Zalo writes the seconds as a text.
  const seconds = Number(life);
  if (typeof access !== 'string' || access === '' || typeof refresh !== 'string' || refresh === '' || !(seconds > 0)) {
    return { kind: 'unclear', detail: `HTTP ${String(status)} without a pair of tokens` };
  }
  return {
    kind: 'pair',
    tokens: {
      accessToken: access,
      refreshToken: refresh,
      issuedAt: now,
      expiresAt: new Date(now.getTime() + seconds * 1000),
      state: 'ok',
    },
  };
}
