/** The whole product in processes of its own, against strict fakes, through its real HTTP doors. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { addDays, atLocal, localDate } from '../../src/kernel/local-date.js';
import { moveBusinessClock, readBusinessClock } from '../../src/store/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startFakeTelegram, type FakeTelegram } from '../support/fake-telegram.js';
import { startFakeZalo, type FakeZalo } from '../support/fake-zalo.js';
import { testRedisUrl } from '../support/servers.js';
import { WebPerson } from './web-person.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface WorldOptions {
  readonly backend: 'postgres' | 'redis';
  /** Telegram and Zalo are on. */
  readonly platforms?: boolean;
  /** Instead of a fresh one on the run's server. */
  readonly database?: TestDatabase;
  /** Last word on the product's environment. */
  readonly env?: (env: Readonly<Record<string, string>>) => Promise<Readonly<Record<string, string>>>;
}

/** One running world. */
export class World {
  readonly db: TestDatabase;
  readonly telegram: FakeTelegram | null;
  readonly zalo: FakeZalo | null;
  readonly env: Readonly<Record<string, string>>;
  private child: ChildProcess | null = null;
  private log = '';
  private startedAt = 0;
  isCalm = false;
  url = '';

  private constructor(
    db: TestDatabase,
    telegram: FakeTelegram | null,
    zalo: FakeZalo | null,
    env: Record<string, string>,
  ) {
    this.db = db;
    this.telegram = telegram;
    this.zalo = zalo;
    this.env = env;
  }

  static async create({ backend, platforms = false, database, env: change }: WorldOptions): Promise<World> {
    const db = database ?? (await createOnMonday());
    const telegram = platforms ? await startFakeTelegram() : null;
    const zalo = platforms ? await startFakeZalo({ receipts: 'delivered' }) : null;
    const tokens = await zalo?.issueTokens();
    const env: Record<string, string> = {
      PATH: process.env['PATH'] ?? '',
      HOST: '127.0.0.1',
      // The same after every restart: platforms and open pages come back to it.
      PORT: String(await freePort()),
      DEMO: '1',
      DATABASE_URL: db.url,
      LOG_LEVEL: 'warn',
      DATA_DIR: await mkdtemp(path.join(tmpdir(), 'neu-guong-world-')),
      ...(backend === 'redis' ? { REDIS_URL: await ownRedisDatabase() } : {}),
      ...(telegram
        ? { TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.apiRoot, TELEGRAM_MODE: 'polling' }
        : {}),
      ...(zalo && tokens
        ? {
            ZALO_APP_ID: zalo.appId,
            ZALO_APP_SECRET: zalo.appSecret,
            ZALO_OA_ID: zalo.oaId,
            ZALO_OA_SECRET_KEY: zalo.secretKey,
            ZALO_ACCESS_TOKEN: tokens.accessToken,
            ZALO_REFRESH_TOKEN: tokens.refreshToken,
            ZALO_API_ROOT: zalo.apiRoot,
            ZALO_OAUTH_ROOT: zalo.oauthRoot,
            ZALO_BUSINESS_ROOT: zalo.apiRoot,
          }
        : {}),
    };
    const world = new World(db, telegram, zalo, { ...env, ...(await change?.(env)) });
    await world.start();
    return world;
  }

  /** Starts the product and waits for its `ready` line. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['dist/src/main.js'], {
      cwd: ROOT,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    child.stderr.on('data', (chunk: Buffer) => (this.log = (this.log + chunk.toString()).slice(-20_000)));
    this.url = await new Promise<string>((resolve, reject) => {
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString();
        const ready = /ready (http:\/\/\S+)/.exec(out);
        if (ready?.[1] !== undefined) resolve(ready[1]);
      });
      child.once('exit', (code) => reject(new Error(`the product ended with ${String(code)}:\n${out}\n${this.log}`)));
    });
    this.startedAt = Date.now();
    await this.zalo?.setWebhook(`${this.url}/webhooks/zalo`);
    await this.zalo?.retryScale(0.02);
  }

  /** Process id; 0 while it is not running. */
  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** What the product wrote to its log. */
  get lines(): string {
    return this.log;
  }

  /**
   * Nobody kills the product meanwhile. For what goes out at most once and is waited for: cut off in the middle of its
   * call such a message stays uncertain, as it must (`chaos.long.test.ts` counts those).
   */
  async calmly<T>(work: () => Promise<T>): Promise<T> {
    this.isCalm = true;
    try {
      return await work();
    } finally {
      this.isCalm = false;
    }
  }

  /** kill -9, and a new start that needs no help. */
  async killAndRestart(): Promise<void> {
    await this.end('SIGKILL');
    await this.start();
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.child;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }

  async close(): Promise<void> {
    await this.end('SIGTERM');
    await this.telegram?.stop();
    await this.zalo?.stop();
    await this.db.drop();
    await rm(this.env['DATA_DIR'] ?? '', { recursive: true, force: true });
  }

  /** Calls the product; while it is away (killed, starting) it is asked again, as a page would do. */
  async json<T>(path: string, init?: RequestInit): Promise<T> {
    const began = Date.now();
    for (;;) {
      // A kill may also cut an answer off in the middle.
      const answer = await fetch(`${this.url}${path}`, init)
        .then(async (response) => ({ status: response.status, text: await response.text() }))
        .catch(() => null);
      if (answer !== null && answer.status < 300) return JSON.parse(answer.text) as T;
      if (answer !== null && answer.status !== 503) throw new Error(`${path}: ${String(answer.status)} ${answer.text}`);
      // Each start begins the patience anew: a test may kill it many times while it waits.
      if (Date.now() > Math.max(began, this.startedAt) + 60_000)
        throw new Error(`${path}: the product is away\n${this.log.slice(-3000)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.json<T>(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** A demo person at the chat page; null is a visitor. */
  async web(code: string | null): Promise<WebPerson> {
    const { token } = await this.post<{ token: string }>('/api/web/sessions', code === null ? {} : { as: code });
    const person = new WebPerson(this, token);
    await person.catchUp();
    return person;
  }

  invite(code: string): Promise<{ code: string; telegramStart: string; zaloText: string }> {
    return this.post('/api/demo/invitations', { as: code });
  }

  /**
   * Walks the business clock to an absolute time. Asked again after a kill it may find the clock there already: then
   * what was left over is the product's own to find.
   */
  async advanceDays(days: number): Promise<void> {
    const { now } = await this.json<{ now: string }>('/api/demo/clock');
    const to = new Date(Date.parse(now) + days * 86_400_000);
    await this.post('/api/demo/clock', { to: to.toISOString() }).catch(async (error: unknown) => {
      const at = await this.json<{ now: string }>('/api/demo/clock');
      if (Date.parse(at.now) < to.getTime()) throw error;
    });
  }

  /** Has everything that is due done now; the product's own round would find it within fifteen seconds. */
  async round(): Promise<void> {
    await this.post('/api/demo/clock', { advance: 'PT1S' });
  }

  ledger(source: string): Promise<{
    recipients: number;
    byState: Record<string, number>;
    rows: { person: string; channel: string; state: string; attempts: number }[];
  }> {
    return this.json(`/api/demo/ledger?source=${encodeURIComponent(source)}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * A database whose business clock stands at nine in the morning of the next Monday in Việt Nam: what a story tells
 * depends neither on quiet hours nor on weekends, whenever the tests run.
 */
async function createOnMonday(): Promise<TestDatabase> {
  const db = await createTestDatabase();
  const today = localDate(await readBusinessClock(db.store.db));
  const ahead = [1, 2, 3, 4, 5, 6, 7].map((days) => addDays(today, days));
  const monday = ahead.find((day) => new Date(`${day}T00:00:00Z`).getUTCDay() === 1) ?? today;
  await moveBusinessClock(db.store.db, atLocal(monday, '09:00'));
  return db;
}

let redisDatabase = 0;
/** Worlds share the run's Redis and must not share a queue; each worker of the tests has seven databases for itself. */
async function ownRedisDatabase(): Promise<string> {
  redisDatabase = (redisDatabase % 7) + 1;
  const url = new URL(await testRedisUrl());
  url.pathname = `/${String((Number(process.env['VITEST_POOL_ID'] ?? 1) % 2) * 8 + redisDatabase)}`;
  return url.toString();
}
