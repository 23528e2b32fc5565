/**
 * `bench -- inbound`: Telegram's webhook of the whole product at a steady rate, every twentieth update sent twice; then
 * as fast as it goes, in turns with a bare express route.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { startChild, type Child } from './child.js';
import { createBenchDatabase, type BenchDatabase } from './database.js';
import type { Tally } from './fake-bot-api.js';
import { median, percentile, round } from './usage.js';

const RATE_PER_SEC = 100;
const SECONDS = 10;
const WARM_UP = 200;
const BURST = 500;
const BURST_CONCURRENCY = 20;
const PAIRS = 3;
const SECRET = 'bench-secret';
const FIRST_CHAT = 5_000_000;

const agent = new http.Agent({ keepAlive: true, maxSockets: 200 });
let lastUpdate = 0;

/** Runs the benchmark. */
export async function run(): Promise<object> {
  const database = await createBenchDatabase();
  const fake = await startChild('./fake-bot-api.js', ['0']);
  const bare = await startChild('./inbound-bare.js', []);
  const product = startProduct(database, (fake.ready as { port: number }).port);
  try {
    const ours = `${await product.url}/webhooks/telegram`;
    const theirs = `http://127.0.0.1:${String((bare.ready as { port: number }).port)}/webhooks/telegram`;
    await burst(ours, WARM_UP);
    await burst(theirs, WARM_UP);
    await answered(database, WARM_UP);
    const steady = await playSteady(ours, database, fake, WARM_UP);
    const ratios: number[] = [];
    for (let n = 0; n < PAIRS; n += 1) ratios.push((await burst(ours, BURST)) / (await burst(theirs, BURST)));
    await answered(database, WARM_UP + RATE_PER_SEC * SECONDS + PAIRS * BURST);
    return {
      ...steady,
      ratioToBareExpress: round(median(ratios)),
      ratios: ratios.map((ratio) => round(ratio)),
      backend: database.backend,
    };
  } finally {
    await product.stop();
    for (const child of [fake, bare]) child.stop();
    agent.destroy();
    await database.drop();
  }
}

/** The product as a person starts it, with Telegram's root on the fake. */
function startProduct(database: BenchDatabase, fakePort: number): { url: Promise<string>; stop(): Promise<void> } {
  const child: ChildProcess = spawn(process.execPath, [fileURLToPath(new URL('../src/main.js', import.meta.url))], {
    stdio: ['ignore', 'pipe', 2],
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      DEMO: '0',
      LOG_LEVEL: 'warn',
      DATABASE_URL: database.url,
      ...(database.redisUrl === undefined ? {} : { REDIS_URL: database.redisUrl }),
      TELEGRAM_BOT_TOKEN: '1:bench',
      TELEGRAM_WEBHOOK_SECRET: SECRET,
      TELEGRAM_API_ROOT: `http://127.0.0.1:${String(fakePort)}`,
      TELEGRAM_MODE: 'webhook',
    },
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (data: Buffer) => {
      const found = /^ready (http\S+)/m.exec(data.toString('utf8'))?.[1];
      if (found !== undefined) resolve(found);
    });
    void exited.then(() => reject(new Error('the product ended before it was ready')));
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** A fixed number of requests a second, whatever the answers take. */
async function playSteady(url: string, database: BenchDatabase, fake: Child, before: number): Promise<object> {
  await fake.ask({ ask: 'tally' });
  const total = RATE_PER_SEC * SECONDS;
  const times: number[] = [];
  const failed: number[] = [];
  const running: Promise<void>[] = [];
  const began = performance.now();
  for (let n = 0; n < total; n += 1) {
    const waitMs = began + (n * 1000) / RATE_PER_SEC - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const body = nextUpdate();
    const repeats = n % 20 === 0 ? 2 : 1;
    for (let m = 0; m < repeats; m += 1) {
      running.push(
        post(url, body).then(({ status, ms }) => {
          if (status === 200) times.push(ms);
          else failed.push(status);
        }),
      );
    }
  }
  const seconds = (performance.now() - began) / 1000;
  await Promise.all(running);
  const stored = await answered(database, before + total);
  const tally = await fake.ask<Tally>({ ask: 'tally' });
  return {
    ratePerSec: round(total / seconds, 1),
    p50Ms: round(percentile(times, 0.5)),
    p99Ms: round(percentile(times, 0.99)),
    // Lost: stored by nobody, or answered to nobody. Doubled: answered twice.
    lost: before + total - stored + (total - tally.people),
    duplicated: tally.received - tally.distinct,
    refused: failed.length,
  };
}

/** Requests a second at a fixed concurrency. */
async function burst(url: string, count: number): Promise<number> {
  let left = count;
  const began = performance.now();
  const loop = async () => {
    while (left > 0) {
      left -= 1;
      await post(url, nextUpdate());
    }
  };
  await Promise.all(Array.from({ length: BURST_CONCURRENCY }, loop));
  return count / ((performance.now() - began) / 1000);
}

/** A message of a new person, so that no two requests share a conversation. */
function nextUpdate(): string {
  lastUpdate += 1;
  const id = FIRST_CHAT + lastUpdate;
  const from = { id, is_bot: false, first_name: 'Mẫu', language_code: 'vi' };
  return JSON.stringify({
    update_id: lastUpdate,
    message: {
      message_id: lastUpdate,
      date: 1_790_000_000,
      chat: { id, type: 'private', first_name: 'Mẫu' },
      from,
      text: 'trợ giúp',
    },
  });
}

function post(url: string, body: string): Promise<{ status: number; ms: number }> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-telegram-bot-api-secret-token': SECRET,
    };
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve({ status: response.statusCode ?? 0, ms: performance.now() - began }));
    });
    request.once('error', reject);
    request.end(body);
  });
}

/** Waits until so many updates are stored and every answer has left; returns how many were stored. */
async function answered(database: BenchDatabase, count: number): Promise<number> {
  const until = Date.now() + 120_000;
  for (;;) {
    const [row] = await database.select<{ stored: number; open: number }>(
      `select (select count(*) from inbound where channel = 'telegram')::int as stored,
         ((select count(*) from inbound where processed_at is null) + (select count(*) from attempt where ended_at is null))::int as open`,
    );
    if (row && ((row.stored >= count && row.open === 0) || Date.now() > until)) return row.stored;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
