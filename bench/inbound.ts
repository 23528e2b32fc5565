/**
 * `bench -- inbound`: Telegram's webhook of the whole product at a steady rate, every twentieth update sent twice; then
 * as fast as it goes, in turns with a bare express route.
 */
import { startChild, type Child } from './child.js';
import { createBenchDatabase, type BenchDatabase } from './database.js';
import type { Tally } from './fake-bot-api.js';
import { closeConnections, nextUpdate, postUpdate, startProduct } from './product.js';
import { median, percentile, round } from './usage.js';

const RATE_PER_SEC = 100;
const SECONDS = 10;
const WARM_UP = 200;
const BURST = 500;
const BURST_CONCURRENCY = 20;
const PAIRS = 3;

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
    closeConnections();
    await database.drop();
  }
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
    const { body } = nextUpdate();
    const repeats = n % 20 === 0 ? 2 : 1;
    for (let m = 0; m < repeats; m += 1) {
      running.push(
        postUpdate(url, body).then(({ status, ms }) => {
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
      await postUpdate(url, nextUpdate().body);
    }
  };
  await Promise.all(Array.from({ length: BURST_CONCURRENCY }, loop));
  return count / ((performance.now() - began) / 1000);
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
