/**
 * A Bot API that only takes messages, as fast as Node can: for measuring, not for checking requests.
 * Runs in a process of its own (`fork`); tells its port, then answers `{ask: 'tally'}` with what came in since the last.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What came in since the last tally. */
export interface Tally {
  readonly received: number;
  readonly distinct: number;
  readonly people: number;
  /** Messages over 30 a second, by GCRA with 100 ms tolerance. */
  readonly overLimit: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

const LIMIT_PER_SEC = 30;
const TOLERANCE_MS = 100;

const latencyMs = Number(process.argv[2] ?? 0);
let lastId = 0;
let seen = new Set<string>();
let people = new Set<number | string>();
let received = 0;
let overLimit = 0;
let firstMs = 0;
let lastMs = 0;
let expectedMs = 0;

/** The moment a message for a watched chat came in, told at once. */
export interface Arrival {
  readonly chat: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly atMs: number;
}

// People who write; everybody else only listens.
const WATCHED_FROM = Number(process.argv[3] ?? Number.POSITIVE_INFINITY);

function count(chat: number | string, text: string): void {
  const now = performance.now();
  if (Number(chat) >= WATCHED_FROM) {
    process.send?.({ chat: Number(chat), atMs: performance.timeOrigin + now } satisfies Arrival);
    return;
  }
  if (received === 0) firstMs = now;
  lastMs = now;
  received += 1;
  people.add(chat);
  seen.add(`${String(chat)} ${text}`);
  // A message that comes too early is over the limit and, as at the platform, uses up nothing.
  if (now < expectedMs - TOLERANCE_MS) overLimit += 1;
  else expectedMs = Math.max(expectedMs, now) + 1000 / LIMIT_PER_SEC;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

function answer(method: string, body: string): object {
  if (method === 'getMe') return { id: 1, is_bot: true, first_name: 'Bench', username: 'bench_bot' };
  if (method !== 'sendMessage') return { url: '', pending_update_count: 0 };
  const { chat_id: chat, text } = JSON.parse(body) as { chat_id: number; text: string };
  count(chat, text);
  lastId += 1;
  return { message_id: lastId, date: 0, chat: { id: chat, type: 'private' }, text };
}

const server = createServer((request, response) => {
  void readBody(request).then((body) => {
    const method = (request.url ?? '').split('/').at(-1) ?? '';
    const text = JSON.stringify({ ok: true, result: answer(method, body) });
    const end = () => {
      response.setHeader('content-type', 'application/json');
      response.end(text);
    };
    if (latencyMs > 0) setTimeout(end, latencyMs);
    else end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));

process.on('message', () => {
  const tally: Tally = { received, distinct: seen.size, people: people.size, overLimit, firstMs, lastMs };
  seen = new Set();
  people = new Set();
  received = 0;
  overLimit = 0;
  expectedMs = 0;
  process.send?.(tally);
});
// The parent's end is ours.
process.on('disconnect', () => process.exit(0));
