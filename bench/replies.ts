/**
 * `bench -- replies-under-broadcast`: how long the whole product takes to answer while a broadcast leaves at Telegram's
 * 30 a second, against an idle moment of the same process: the broadcast is paused and resumed between the rounds.
 */
import { randomUUID } from 'node:crypto';
import type { ChildProcess } from 'node:child_process';
import { createBroadcasts } from '../src/delivery/index.js';
import { createStore, type Store } from '../src/store/index.js';
import { announce } from './announce.js';
import { startChild } from './child.js';
import { createBenchDatabase } from './database.js';
import type { Arrival } from './fake-bot-api.js';
import { closeConnections, FIRST_CHAT, nextUpdate, postUpdate, startProduct } from './product.js';
import { median, percentile, round } from './usage.js';

export interface RepliesArgs {
  readonly recipients: number;
  readonly latency: number;
}

const ROUNDS = 5;
const REPLIES = 60;
const RATE_PER_SEC = 10;
const WARM_UP = 100;
const PATIENCE_MS = 60_000;
const TEXTS = ['trợ giúp', 'tập thể lao động xuất sắc cần điều kiện gì', 'menu', 'gương'];

/** Runs the benchmark. */
export async function run({ recipients, latency }: RepliesArgs): Promise<object> {
  const database = await createBenchDatabase();
  await database.query(
    `insert into contact (id, channel, external_id) select gen_random_uuid(), 'telegram', (1000000 + n)::text from generate_series(1, $1) as n`,
    [recipients],
  );
  const fake = await startChild('./fake-bot-api.js', [String(latency), String(FIRST_CHAT)]);
  const arrivals = watch(fake.process);
  const product = startProduct(database, (fake.ready as { port: number }).port);
  const store = await createStore({ url: database.url });
  const businessNow = () => Promise.resolve(new Date());
  const broadcasts = createBroadcasts({ pool: store.pool, businessNow });
  try {
    const url = `${await product.url}/webhooks/telegram`;
    await playReplies(url, arrivals, WARM_UP);
    const id = randomUUID();
    await announce(store, id, { title: 'Thử tải', text: 'Thông báo thử tải' });
    await underWay(store);
    const idle: number[] = [];
    const loaded: number[] = [];
    const ratios: number[] = [];
    for (let n = 0; n < ROUNDS; n += 1) {
      const busy = await playReplies(url, arrivals, REPLIES);
      await broadcasts.pause(id);
      const quiet = await playReplies(url, arrivals, REPLIES);
      await broadcasts.resume(id);
      loaded.push(...busy);
      idle.push(...quiet);
      ratios.push(percentile(busy, 0.95) / percentile(quiet, 0.95));
      await underWay(store);
    }
    await broadcasts.cancel(id);
    const [idleP95Ms, loadedP95Ms] = [percentile(idle, 0.95), percentile(loaded, 0.95)];
    return {
      idleP95Ms: round(idleP95Ms),
      loadedP95Ms: round(loadedP95Ms),
      ratio: round(loadedP95Ms / idleP95Ms),
      idleP50Ms: round(percentile(idle, 0.5)),
      loadedP50Ms: round(percentile(loaded, 0.5)),
      medianOfRounds: round(median(ratios)),
      ratios: ratios.map((ratio) => round(ratio)),
      replies: idle.length + loaded.length,
      recipients,
      latencyMs: latency,
      backend: database.backend,
    };
  } finally {
    await store.close();
    await product.stop();
    fake.stop();
    closeConnections();
    await database.drop();
  }
}

/** Collects when the answer to each chat left. */
function watch(fake: ChildProcess): Map<number, (atMs: number) => void> {
  const waiting = new Map<number, (atMs: number) => void>();
  fake.on('message', (message: Partial<Arrival>) => {
    if (message.chat !== undefined && message.atMs !== undefined) waiting.get(message.chat)?.(message.atMs);
  });
  return waiting;
}

/** People write at a steady rate; returns the milliseconds from each question to its answer's arrival. */
async function playReplies(
  url: string,
  arrivals: Map<number, (atMs: number) => void>,
  count: number,
): Promise<number[]> {
  const began = performance.now();
  const running: Promise<number>[] = [];
  for (let n = 0; n < count; n += 1) {
    const waitMs = began + (n * 1000) / RATE_PER_SEC - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const { chat, body } = nextUpdate(TEXTS[n % TEXTS.length]);
    const askedMs = performance.timeOrigin + performance.now();
    running.push(
      new Promise<number>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('an answer did not come')), PATIENCE_MS);
        arrivals.set(chat, (atMs) => {
          clearTimeout(timer);
          arrivals.delete(chat);
          resolve(atMs - askedMs);
        });
        postUpdate(url, body).catch(reject);
      }),
    );
  }
  return Promise.all(running);
}

/** Waits until bulk messages leave. */
async function underWay(store: Store): Promise<void> {
  const sent = async () =>
    (
      await store.pool.query<{ n: number }>(
        `select count(*)::int as n from attempt where lane = 'bulk' and ended_at is not null`,
      )
    ).rows[0]?.n ?? 0;
  const before = await sent();
  const until = Date.now() + PATIENCE_MS;
  while ((await sent()) <= before) {
    if (Date.now() > until) throw new Error('the broadcast does not leave');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
