import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.js';
import { ConfigError } from '../src/kernel/errors.js';

type Env = Readonly<Record<string, string>>;

function problemsOf(env: Env): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('configuration', () => {
  it('needs nothing: embedded database, loopback, demo, no platform', () => {
    expect(readConfig({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: undefined,
      database: { kind: 'embedded', dataDir: '.data' },
      dataDir: '.data',
      redisUrl: undefined,
      role: 'all',
      demo: true,
      logLevel: 'info',
      telegram: undefined,
      zalo: undefined,
      zaloVerifier: undefined,
      languageModel: undefined,
      startedByNpm: false,
    });
  });

  it('takes an empty value for no value', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: ' ', TELEGRAM_BOT_TOKEN: '' })).toEqual(readConfig({}));
  });

  it('lists every problem at once, in words, without repeating a value', () => {
    const problems = problemsOf({
      PORT: '70000',
      PUBLIC_URL: 'example.vn',
      DATABASE_URL: 'mysql://secret@host/db',
      REDIS_URL: 'localhost',
      ROLE: 'boss',
      DEMO: 'yes',
      LOG_LEVEL: 'loud',
      TELEGRAM_BOT_TOKEN: 'very-secret',
      ZALO_ACCESS_TOKEN: 'token',
      ZALO_BUTTONS: 'many',
      ZALO_PER_MINUTE: '0',
      TELEGRAM_PAID_PER_SECOND: '30',
    });
    const names = [
      'PORT',
      'PUBLIC_URL',
      'DATABASE_URL',
      'REDIS_URL',
      'ROLE',
      'DEMO',
      'LOG_LEVEL',
      'TELEGRAM_BOT_TOKEN',
    ];
    for (const name of [
      ...names,
      'ZALO_BUTTONS',
      'ZALO_PER_MINUTE',
      'TELEGRAM_PAID_PER_SECOND',
      'ZALO_APP_ID',
      'ZALO_OA_SECRET_KEY',
    ]) {
      expect(problems.filter((problem) => problem.includes(name))).toHaveLength(1);
    }
    expect(problems).toHaveLength(13);
    expect(problems.join()).not.toContain('secret@');
    expect(problems.join()).not.toContain('very-secret');
  });

  it('removes the slash at the end of an address', () => {
    expect(readConfig({ PUBLIC_URL: 'https://bot.example.vn/' }).publicUrl).toBe('https://bot.example.vn');
  });

  it('polls Telegram without PUBLIC_URL, and uses the webhook with it', () => {
    const token = { TELEGRAM_BOT_TOKEN: '1:abc' };
    expect(readConfig(token).telegram).toEqual({
      token: '1:abc',
      apiRoot: 'https://api.telegram.org',
      mode: 'polling',
      webhookSecret: undefined,
    });
    const open = { ...token, PUBLIC_URL: 'https://bot.example.vn', TELEGRAM_WEBHOOK_SECRET: 's' };
    expect(readConfig(open).telegram?.mode).toBe('webhook');
  });

  it('does not open a webhook without its secret', () => {
    const problems = problemsOf({ TELEGRAM_BOT_TOKEN: '1:abc', TELEGRAM_MODE: 'webhook' });
    expect(problems).toEqual([expect.stringContaining('TELEGRAM_WEBHOOK_SECRET')]);
  });

  it('lets Zalo wait for its first authorisation, and asks for the secret that renews tokens', () => {
    const account = { ZALO_APP_ID: '1', ZALO_OA_SECRET_KEY: 'k' };
    expect(readConfig(account).zalo?.accessToken).toBeUndefined();
    expect(problemsOf({ ...account, ZALO_REFRESH_TOKEN: 'r' })).toEqual([expect.stringContaining('ZALO_APP_SECRET')]);
  });

  it('does not split roles over the embedded database', () => {
    expect(problemsOf({ ROLE: 'worker' })).toEqual([expect.stringContaining('DATABASE_URL')]);
    expect(readConfig({ ROLE: 'worker', DATABASE_URL: 'postgresql://127.0.0.1/x' }).role).toBe('worker');
  });
});

describe('the fence around the demo', () => {
  const local: Env = { DATABASE_URL: 'postgresql://u:p@127.0.0.1:5432/x', REDIS_URL: 'redis://localhost:6379' };
  const fakes: Env = { TELEGRAM_BOT_TOKEN: '1:abc', TELEGRAM_API_ROOT: 'http://127.0.0.1:8081' };
  const production: readonly [string, Env][] = [
    ['a database server', { DATABASE_URL: 'postgresql://127.0.0.1/x' }],
    ['an open address', { HOST: '0.0.0.0' }],
    ['a public address', { PUBLIC_URL: 'https://bot.example.vn' }],
    ['a real Telegram bot', { TELEGRAM_BOT_TOKEN: '1:abc' }],
    ['a real Zalo account', { ZALO_APP_ID: '1', ZALO_OA_SECRET_KEY: 'k', ZALO_ACCESS_TOKEN: 't' }],
    ['a Redis elsewhere', { REDIS_URL: 'redis://cache.example.vn' }],
    ['DEMO=0', { DEMO: '0' }],
  ];
  it.each(production)('is production by default with %s', (_, env) => {
    expect(readConfig(env).demo).toBe(false);
  });

  const allowed: readonly [string, Env][] = [
    ['nothing', {}],
    ['servers of this machine', local],
    ['a socket', { DATABASE_URL: 'postgresql://u@localhost/x?host=/var/run/postgresql' }],
    ['IPv6', { HOST: '::1', DATABASE_URL: 'postgresql://u@[::1]/x' }],
    ['simulated platforms', fakes],
  ];
  it.each(allowed)('lets DEMO=1 stand with %s', (_, env) => {
    expect(readConfig({ ...env, DEMO: '1' }).demo).toBe(true);
  });

  const refused: readonly [string, Env, string][] = [
    ['an open address', { HOST: '0.0.0.0' }, 'HOST'],
    ['a name that only begins like the loopback', { HOST: '127.0.0.1.example.vn' }, 'HOST'],
    ['a public address', { PUBLIC_URL: 'https://bot.example.vn' }, 'PUBLIC_URL'],
    ['a database elsewhere', { DATABASE_URL: 'postgresql://db.example.vn/x' }, 'DATABASE_URL'],
    ['a database elsewhere in a parameter', { DATABASE_URL: 'postgresql://127.0.0.1/x?host=10.0.0.5' }, 'DATABASE_URL'],
    ['a Redis elsewhere', { ...local, REDIS_URL: 'rediss://cache.example.vn' }, 'REDIS_URL'],
    ['a real Telegram bot', { TELEGRAM_BOT_TOKEN: '1:abc' }, 'TELEGRAM_API_ROOT'],
  ];
  it.each(refused)('stops DEMO=1 with %s', (_, env, name) => {
    expect(problemsOf({ ...env, DEMO: '1' })).toEqual([expect.stringContaining(name)]);
  });
});

describe('the language model', () => {
  const url = 'http://127.0.0.1:8080/v1/';

  it('is on with an address and a name, and waits four seconds', () => {
    expect(readConfig({ LLM_URL: url, LLM_MODEL: 'qwen2.5:7b' }).languageModel).toEqual({
      url: 'http://127.0.0.1:8080/v1',
      model: 'qwen2.5:7b',
      key: undefined,
      timeoutMs: 4_000,
    });
  });

  it('tells all that is wrong at once, and never the key', () => {
    const problems = problemsOf({ LLM_URL: 'ftp://x', LLM_MODEL: 'hai từ', LLM_KEY: 'bí mật', LLM_TIMEOUT_MS: '50' });
    expect(problems.map((one) => one.split(' ')[0])).toEqual(['LLM_URL', 'LLM_MODEL', 'LLM_KEY', 'LLM_TIMEOUT_MS']);
    expect(problems.join()).not.toContain('bí mật');
  });

  it.each([
    ['a name', { LLM_URL: url }, 'LLM_MODEL'],
    ['an address', { LLM_MODEL: 'mau' }, 'LLM_URL'],
    ['an address, with a key alone', { LLM_KEY: 'k' }, 'LLM_URL'],
    ['https', { LLM_URL: 'http://model.vidu.vn/v1', LLM_MODEL: 'mau', LLM_KEY: 'k' }, 'https://'],
  ])('needs %s', (_name, env, word) => {
    expect(problemsOf(env)).toEqual([expect.stringContaining(word)]);
  });
});

describe('.env.example', () => {
  const lines = readFileSync('.env.example', 'utf8').split('\n');
  const example = Object.fromEntries(
    lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split('=', 2) as [string, string]),
  );

  it('names every variable that the product reads', () => {
    const source = readFileSync('src/config.ts', 'utf8');
    const names = [...source.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name ?? '');
    const read = [...new Set(names)].filter((name) => source.includes(`values.${name}`) || source.includes(`${name}:`));
    expect(
      Object.keys(example)
        .filter((name) => name !== 'POSTGRES_PASSWORD')
        .sort(),
    ).toEqual(read.sort());
  });

  it('is a configuration that works as it stands', () => {
    expect(readConfig(example)).toEqual(readConfig({}));
  });
});
