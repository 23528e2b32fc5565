import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createTokenKeeper,
  createTokenStore,
  createZaloChannel,
  createZaloClient,
  createZaloLogin,
  checkZalo,
  type TokenKeeper,
  type TokenPair,
  type ZaloAlarm,
  type ZaloClient,
} from '../../src/channels/zalo/index.js';
import type { TokenStore } from '../../src/channels/zalo/tokens.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startFakeZalo, type FakeZalo } from '../support/fake-zalo.js';
import { createFileMemory } from './file-memory.js';

const HOUR = 3_600_000;
let database: TestDatabase;
let fake: FakeZalo;
let account = 'zalo:0';
let nowMs = Date.now();
const alarms: [ZaloAlarm, string][] = [];
const clients: ZaloClient[] = [];

beforeAll(async () => {
  [database, fake] = await Promise.all([createTestDatabase(), startFakeZalo()]);
  await fake.addUser('77');
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await Promise.all([database.drop(), fake.stop()]);
});
beforeEach(() => {
  account = `zalo:${String(Number(account.slice(5)) + 1)}`;
  nowMs = Date.now();
  alarms.length = 0;
});
afterEach(() => fake.reset());

const client = () => {
  const made = createZaloClient({ apiRoot: fake.apiRoot, oauthRoot: fake.oauthRoot });
  clients.push(made);
  return made;
};
/** A process of its own: memory of its own over the same database. */
const keeper = (options: { firstPair?: TokenPair; store?: TokenStore } = {}): TokenKeeper =>
  createTokenKeeper({
    store: options.store ?? createTokenStore(database.store.db, account),
    client: client(),
    appId: fake.appId,
    appSecret: fake.appSecret,
    now: () => new Date(nowMs),
    alarm: (what, detail) => alarms.push([what, detail]),
    ...(options.firstPair ? { firstPair: options.firstPair } : {}),
  });
const started = async (): Promise<TokenKeeper> => {
  const tokens = keeper({ firstPair: await fake.issueTokens() });
  await tokens.prepare();
  return tokens;
};
const stored = async () => await database.store.db.channelToken.findUniqueOrThrow({ where: { account } });
const later = (ms: number) => (nowMs += ms);

describe("the account's tokens", () => {
  it('starts with the configured pair and refreshes it at once, since its age is unknown', async () => {
    const pair = await fake.issueTokens();
    const tokens = keeper({ firstPair: pair });
    await tokens.prepare();
    expect(await tokens.current()).toBe(pair.accessToken);
    expect(await tokens.refreshIfDue()).toBe('refreshed');
    expect(await tokens.current()).toBe((await fake.loginStats()).accessToken);
    expect((await stored()).expiresAt.getTime()).toBe(nowMs + 90_000_000);
  });

  it('refreshes at 80 % of the life and not before', async () => {
    const tokens = await started();
    await tokens.refreshIfDue();
    later(19.9 * HOUR);
    expect(await tokens.refreshIfDue()).toBe('fresh');
    later(0.2 * HOUR);
    expect(await tokens.refreshIfDue()).toBe('refreshed');
  });

  it('does not put the configured pair back after a restart, but takes a new one', async () => {
    const firstPair = await fake.issueTokens();
    const first = keeper({ firstPair });
    await first.prepare();
    await first.refreshIfDue();
    const { accessToken } = await stored();
    const second = keeper({ firstPair });
    await second.prepare();
    expect(await second.current()).toBe(accessToken);
    const newPair = await fake.issueTokens();
    await keeper({ firstPair: newPair }).prepare();
    expect((await stored()).accessToken).toBe(newPair.accessToken);
  });

  it('has the new pair in the database before anybody can use it', async () => {
    const tokens = await started();
    const used: string[] = [];
    const inner = createTokenStore(database.store.db, account);
    const watched = keeper({
      store: {
        ...inner,
        exclusively: async (work) => {
          const result = await inner.exclusively(work);
          used.push((await stored()).accessToken);
          return result;
        },
      },
    });
    await watched.refreshIfDue();
    expect(used).toEqual([await watched.current()]);
    later(31_000);
    expect(await tokens.current()).toBe(used[0]);
  });

  it('lets one of eight processes refresh when a token dies, and all go on with the new one', async () => {
    await started();
    const processes = Array.from({ length: 8 }, () => keeper());
    const stale = await Promise.all(processes.map((one) => one.current()));
    const before = (await fake.loginStats()).refreshes;
    const fresh = await Promise.all(processes.map((one, n) => one.renew(stale[n] ?? '')));
    expect(new Set(fresh).size).toBe(1);
    expect(fresh[0]).toBe((await fake.loginStats()).accessToken);
    expect((await fake.loginStats()).refreshes).toBe(before + 1);
    expect(alarms).toEqual([]);
  });

  it('lets one process refresh when all ticks come at once', async () => {
    await started();
    const before = (await fake.loginStats()).refreshes;
    const results = await Promise.all(Array.from({ length: 6 }, () => keeper().refreshIfDue()));
    expect(results.filter((result) => result === 'refreshed').length).toBe(1);
    expect((await fake.loginStats()).refreshes).toBe(before + 1);
  });

  it('says lost and raises an alarm once when Zalo refuses, and keeps the pair', async () => {
    const tokens = await started();
    const before = await stored();
    await fake.revokeRefresh();
    expect(await tokens.refreshIfDue()).toBe('failed');
    expect(await tokens.refreshIfDue()).toBe('failed');
    expect(alarms).toEqual([['tokens-lost', expect.stringContaining('-14014') as string]]);
    expect(await tokens.status()).toBe('lost');
    expect(await stored()).toMatchObject({
      accessToken: before.accessToken,
      refreshToken: before.refreshToken,
      state: 'lost',
    });
    expect(JSON.stringify(alarms)).not.toContain(before.refreshToken);
  });

  it('does not knock at the login server for every message while the tokens are lost', async () => {
    const tokens = await started();
    await fake.revokeRefresh();
    await tokens.refreshIfDue();
    const { refused } = await fake.loginStats();
    expect(await tokens.renew((await tokens.current()) ?? '')).toBeNull();
    expect((await fake.loginStats()).refused).toBe(refused);
  });

  it.each([
    ['an empty body', { status: 200, body: {} }],
    ['a page', { status: 200, body: '<html>' }],
    ['a pair without its refresh token', { status: 200, body: { access_token: 'AT', expires_in: '90000' } }],
    [
      'a pair that lives for no time',
      { status: 200, body: { access_token: 'AT', refresh_token: 'RT', expires_in: 'soon' } },
    ],
    ['an outage', { status: 502, body: 'x' }],
  ])('never lets %s overwrite a good pair', async (_name, answer) => {
    const tokens = await started();
    const before = await stored();
    await fake.fault({ kind: 'answer', method: 'access_token', answer });
    expect(await tokens.refreshIfDue()).toBe('failed');
    expect(await stored()).toEqual(before);
    expect(await tokens.refreshIfDue()).toBe('refreshed');
  });

  it('finds out at the next try when an answer was lost on the way', async () => {
    const tokens = keeper({ firstPair: await fake.issueTokens() });
    await tokens.prepare();
    await fake.fault({ kind: 'reset-after', method: 'access_token' });
    expect(await tokens.refreshIfDue()).toBe('failed');
    expect(await tokens.status()).toBe('ok');
    expect(await tokens.refreshIfDue()).toBe('failed');
    expect(await tokens.status()).toBe('lost');
    expect(alarms.map(([what]) => what)).toEqual(['tokens-failing', 'tokens-lost']);
  });

  it('saves a pair later when the database went away between the answer and the commit', async () => {
    await started();
    const inner = createTokenStore(database.store.db, account);
    let down = true;
    const flaky: TokenStore = {
      ...inner,
      exclusively: async (work) => {
        const before = await inner.load();
        if (before === null) return 'empty';
        await work(before);
        throw new Error('connection lost before the commit');
      },
      save: async (tokens, from) => {
        if (down) throw new Error('still down');
        await inner.save(tokens, from);
      },
    };
    const tokens = keeper({ store: flaky });
    await expect(tokens.refreshIfDue()).rejects.toThrow('connection lost');
    await expect(tokens.current()).rejects.toThrow('still down');
    expect(alarms.map(([what]) => what)).toEqual(['tokens-unsaved']);
    down = false;
    expect(await tokens.current()).toBe((await fake.loginStats()).accessToken);
    expect((await stored()).refreshToken).toBe((await fake.loginStats()).refreshToken);
  });

  it('sends on through a renewal: a dead token costs one refresh for a hundred messages', async () => {
    const tokens = await started();
    await tokens.refreshIfDue();
    await tokens.current();
    await fake.addUsers(5_000, 100);
    await fake.revokeAccess();
    const before = (await fake.loginStats()).refreshes;
    const channel = createZaloChannel({
      client: client(),
      tokens,
      files: createFileMemory({}),
      appId: fake.appId,
      oaId: fake.oaId,
      oaSecretKey: fake.secretKey,
      buttons: 'none',
    });
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        channel.send(
          {
            attemptId: String(n),
            contactId: 'c',
            address: String(5_000 + n),
            content: { text: 'x' },
            lane: 'bulk',
            at: new Date(0),
          },
          new AbortController().signal,
        ),
      ),
    );
    expect(results.filter(({ kind }) => kind === 'sent').length).toBe(100);
    expect((await fake.loginStats()).refreshes).toBe(before + 1);
  });

  it('tells whether the account can be reached', async () => {
    const tokens = await started();
    expect(await checkZalo(client(), tokens, new Date(nowMs))).toEqual({ ok: true, detail: 'Nêu Gương (dữ liệu mẫu)' });
    await fake.revokeAccess();
    await fake.revokeRefresh();
    expect(await checkZalo(client(), tokens, new Date(nowMs))).toMatchObject({ ok: false });
    account = 'zalo:none';
    expect(await keeper().status()).toBe('missing');
    expect(await keeper().refreshIfDue()).toBe('missing');
    expect(await keeper().current()).toBeNull();
  });
});

describe("an administrator's login", () => {
  const REDIRECT = 'https://neuguong.example/oauth/zalo/callback';
  const login = (tokens: TokenKeeper, fixedVerifier?: string) =>
    createZaloLogin({
      client: client(),
      tokens,
      oauthRoot: fake.oauthRoot,
      appId: fake.appId,
      appSecret: fake.appSecret,
      oaId: fake.oaId,
      redirectUri: REDIRECT,
      now: () => new Date(nowMs),
      ...(fixedVerifier === undefined ? {} : { fixedVerifier }),
    });
  /** What Zalo puts into the callback after the administrator agreed. */
  const agree = async (url: string): Promise<URLSearchParams> => {
    const answer = await fetch(url, { redirect: 'manual' });
    expect(answer.status).toBe(302);
    return new URL(answer.headers.get('location') ?? '').searchParams;
  };

  it('brings lost tokens back, also when another process answers the callback', async () => {
    const tokens = await started();
    await fake.revokeRefresh();
    await tokens.refreshIfDue();
    const query = await agree(login(tokens).begin());
    expect(await login(tokens).complete(query)).toEqual({ ok: true });
    expect(await tokens.status()).toBe('ok');
    expect(await tokens.current()).toBe((await fake.loginStats()).accessToken);
  });

  it('works with a challenge that is fixed in the console', async () => {
    const tokens = await started();
    const fixed = 'v'.repeat(43);
    const first = new URL(login(tokens, fixed).begin()).searchParams.get('code_challenge');
    expect(new URL(login(tokens, fixed).begin()).searchParams.get('code_challenge')).toBe(first);
    expect(await login(tokens, fixed).complete(await agree(login(tokens, fixed).begin()))).toEqual({ ok: true });
    expect(new URL(login(tokens).begin()).searchParams.get('code_challenge')).not.toBe(
      new URL(login(tokens).begin()).searchParams.get('code_challenge'),
    );
  });

  it.each([
    [
      'a login that was not begun here',
      (query: URLSearchParams) => {
        query.set('state', 'a.9999999999999.b');
      },
      'state',
    ],
    [
      'no state',
      (query: URLSearchParams) => {
        query.delete('state');
      },
      'state',
    ],
    ['a login begun too long ago', () => void later(11 * 60_000), 'expired'],
    [
      'another account',
      (query: URLSearchParams) => {
        query.set('oa_id', '5');
      },
      'account',
    ],
    [
      'a wrong code',
      (query: URLSearchParams) => {
        query.set('code', 'x');
      },
      'refused',
    ],
  ])('refuses %s and keeps the pair', async (_name, change, reason) => {
    const tokens = await started();
    const before = await stored();
    const query = await agree(login(tokens).begin());
    change(query);
    expect(await login(tokens).complete(query)).toMatchObject({ ok: false, reason });
    expect(await stored()).toEqual(before);
  });

  it('takes a code once', async () => {
    const tokens = await started();
    const query = await agree(login(tokens).begin());
    expect(await login(tokens).complete(query)).toEqual({ ok: true });
    expect(await login(tokens).complete(query)).toMatchObject({ ok: false, reason: 'refused' });
  });
});
