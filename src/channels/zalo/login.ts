/** An administrator's login at Zalo, which brings a new pair of tokens (OAuth 4 with PKCE). */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ZaloClient } from './client.js';
import { readPair, type TokenKeeper } from './tokens.js';

export interface ZaloLoginOptions {
  readonly client: ZaloClient;
  readonly tokens: Pick<TokenKeeper, 'adopt'>;
  readonly oauthRoot: string;
  readonly appId: string;
  readonly appSecret: string;
  readonly oaId: string;
  /** Our `/oauth/zalo/callback` as Zalo's console knows it. */
  readonly redirectUri: string;
  /** Some consoles fix one pair of verifier and challenge; without it every login has its own. */
  readonly fixedVerifier?: string;
  readonly now: () => Date;
}

type LoginResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: 'state' | 'expired' | 'account' | 'refused' | 'unclear';
      readonly detail: string;
    };

export interface ZaloLogin {
  /** Where to send the administrator. */
  begin(): string;
  /** Ends the login with what Zalo put into the address of the callback. */
  complete(query: URLSearchParams): Promise<LoginResult>;
}

/** Zalo's code lives as long. */
const LIFE_MS = 10 * 60_000;

/**
 * Keeps nothing between the two steps: the state carries its own proof, and the verifier is derived from it and the
 * app's secret, so that any process can answer the callback.
 */
export function createZaloLogin(options: ZaloLoginOptions): ZaloLogin {
  const { appId, appSecret, oaId, now } = options;
  const mac = (word: string, state: string) =>
    createHmac('sha256', appSecret).update(`${word}:${state}`).digest('base64url');
  const verifierOf = (state: string) => options.fixedVerifier ?? mac('pkce', state);

  function begin(): string {
    const base = `${randomBytes(12).toString('base64url')}.${String(now().getTime() + LIFE_MS)}`;
    const state = `${base}.${mac('state', base)}`;
    const url = new URL(`${options.oauthRoot.replace(/\/$/, '')}/v4/oa/permission`);
    url.searchParams.set('app_id', appId);
    url.searchParams.set('redirect_uri', options.redirectUri);
    url.searchParams.set('code_challenge', createHash('sha256').update(verifierOf(state)).digest('base64url'));
    url.searchParams.set('state', state);
    return url.href;
  }

  function checkState(state: string): 'ok' | 'state' | 'expired' {
    const [nonce = '', until = '', proof = ''] = state.split('.');
    const given = Buffer.from(proof);
    const wanted = Buffer.from(mac('state', `${nonce}.${until}`));
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 'state';
    return Number(until) > now().getTime() ? 'ok' : 'expired';
  }

  async function complete(query: URLSearchParams): Promise<LoginResult> {
    const state = query.get('state') ?? '';
    const checked = checkState(state);
    if (checked !== 'ok')
      return { ok: false, reason: checked, detail: 'the login was not begun here, or too long ago' };
    if (oaId !== '' && query.get('oa_id') !== oaId)
      return { ok: false, reason: 'account', detail: 'another account was chosen than the configured one' };
    const outcome = await options.client.form(
      'v4/oa/access_token',
      { secret_key: appSecret },
      {
        grant_type: 'authorization_code',
        app_id: appId,
        code: query.get('code') ?? '',
        code_verifier: verifierOf(state),
      },
    );
    const got = readPair(outcome, now());
    if (got.kind !== 'pair') return { ok: false, reason: got.kind, detail: got.detail };
    await options.tokens.adopt(got.tokens);
    return { ok: true };
  }

  return { begin, complete };
}
