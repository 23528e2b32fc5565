/** The whole product as a process of its own, and people who write to it through Telegram's webhook. */
import { spawn, type ChildProcess } from 'node:child_process';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { PRODUCT_FLAGS } from './child.js';
import type { BenchDatabase } from './database.js';

const SECRET = 'bench-secret';
export const FIRST_CHAT = 5_000_000;

const agent = new http.Agent({ keepAlive: true, maxSockets: 200 });
let lastUpdate = 0;

/** The product as a person starts it, with Telegram's root on the fake. */
export function startProduct(
  database: Pick<BenchDatabase, 'url' | 'redisUrl'>,
  fakePort: number,
): { url: Promise<string>; stop(): Promise<void> } {
  const main = fileURLToPath(new URL('../src/main.js', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [...PRODUCT_FLAGS, main], {
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

/** A message of a new person, so that no two requests share a conversation. */
export function nextUpdate(text = 'trợ giúp'): { chat: number; body: string } {
  lastUpdate += 1;
  const id = FIRST_CHAT + lastUpdate;
  const from = { id, is_bot: false, first_name: 'Mẫu', language_code: 'vi' };
  const body = JSON.stringify({
    update_id: lastUpdate,
    message: {
      message_id: lastUpdate,
      date: 1_790_000_000,
      chat: { id, type: 'private', first_name: 'Mẫu' },
      from,
      text,
    },
  });
  return { chat: id, body };
}

/** Posts an update and says how long the answer took. */
export function postUpdate(url: string, body: string): Promise<{ status: number; ms: number }> {
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

/** Lets go of the connections that were kept. */
export function closeConnections(): void {
  agent.destroy();
}
