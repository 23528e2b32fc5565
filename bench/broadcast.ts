/**
 * `bench -- broadcast`: the delivery engine with its full ledger against a bare telegraf loop of the same concurrency,
 * on the same fake Bot API, in turns within one run, because a machine drifts between minutes.
 */
import { PRODUCT_FLAGS, startChild, type Child } from './child.js';
import { createBenchDatabase } from './database.js';
import type { EngineAnswer, EngineQuestion } from './broadcast-engine.js';
import type { RawQuestion } from './broadcast-raw.js';
import type { Tally } from './fake-bot-api.js';
import { median, round, type Usage } from './usage.js';

export interface BroadcastArgs {
  readonly recipients: number;
  readonly latency: number;
  readonly concurrency: number;
}

const PAIRS = 5;
const LIMIT_PER_SEC = 30;
const LIMITED_RECIPIENTS = 300;
const WARM_UP = 3_000;
const ENGINE = './broadcast-engine.js';

interface Round {
  readonly engine: EngineAnswer;
  readonly engineTally: Tally;
  readonly raw: Usage;
}

/** Runs the benchmark. */
export async function run({ recipients, latency, concurrency }: BroadcastArgs): Promise<object> {
  const database = await createBenchDatabase();
  const children: Child[] = [];
  const child = async (module: string, ...args: (string | number)[]) => {
    const started = await startChild(module, args.map(String), module === ENGINE ? PRODUCT_FLAGS : []);
    children.push(started);
    return started;
  };
  try {
    await database.query(
      `insert into contact (id, channel, external_id) select gen_random_uuid(), 'telegram', (1000000 + n)::text from generate_series(1, $1) as n`,
      [recipients],
    );
    const fake = await child('./fake-bot-api.js', latency);
    const apiRoot = `http://127.0.0.1:${String((fake.ready as { port: number }).port)}`;
    const engine = await child(ENGINE, database.url, apiRoot, concurrency);
    const raw = await child('./broadcast-raw.js', apiRoot, concurrency);

    await raw.ask({ count: Math.min(recipients, WARM_UP), text: 'warm-up' } satisfies RawQuestion);
    await engine.ask({ text: 'warm-up' } satisfies EngineQuestion);
    const rounds: Round[] = [];
    for (let n = 1; n <= PAIRS; n += 1) rounds.push(await playRound(n, recipients, { fake, engine, raw }));
    const limited = await runLimited(database, apiRoot, concurrency, fake, child);
    return {
      recipients,
      latencyMs: latency,
      concurrency,
      backend: database.backend,
      ...summary(rounds, recipients),
      limited,
    };
  } finally {
    for (const started of children) started.stop();
    await database.drop();
  }
}

async function playRound(
  n: number,
  recipients: number,
  { fake, engine, raw }: { fake: Child; engine: Child; raw: Child },
): Promise<Round> {
  const text = `Thông báo số ${String(n)}`;
  await fake.ask({ ask: 'tally' });
  const ours = async () => {
    const answer = await engine.ask<EngineAnswer>({ text } satisfies EngineQuestion);
    return { answer, tally: await fake.ask<Tally>({ ask: 'tally' }) };
  };
  const bare = () => raw.ask<Usage>({ count: recipients, text } satisfies RawQuestion);
  // Who goes first changes from round to round.
  if (n % 2 === 0) {
    const usage = await bare();
    await fake.ask({ ask: 'tally' });
    const { answer, tally } = await ours();
    return { engine: answer, engineTally: tally, raw: usage };
  }
  const { answer, tally } = await ours();
  const usage = await bare();
  return { engine: answer, engineTally: tally, raw: usage };
}

function summary(rounds: readonly Round[], recipients: number): object {
  const sum = (value: (of: Round) => number) => rounds.reduce((total, of) => total + value(of), 0);
  const ratios = rounds.map(({ engine, raw }) => raw.seconds / engine.seconds);
  const cpuSec = sum(({ engine }) => engine.cpuSec) / rounds.length;
  return {
    ratioToRaw: round(median(ratios)),
    ratios: ratios.map((ratio) => round(ratio)),
    engine: {
      msgPerSec: Math.round(median(rounds.map(({ engine }) => recipients / engine.seconds))),
      cpuSec: round(cpuSec),
      cpuMsPerMessage: round((cpuSec * 1000) / recipients, 3),
      rssMb: Math.max(...rounds.map(({ engine }) => engine.rssMb)),
      lost: sum(({ engineTally, engine }) => recipients - engineTally.distinct - (engine.byState['uncertain'] ?? 0)),
      duplicated: sum(({ engineTally }) => engineTally.received - engineTally.distinct),
      uncertain: sum(({ engine }) => engine.byState['uncertain'] ?? 0),
      ledgerDiffers: sum(({ engineTally, engine }) => Math.abs((engine.byState['sent'] ?? 0) - engineTally.distinct)),
      planSeconds: round(median(rounds.map(({ engine }) => engine.planSeconds))),
    },
    raw: {
      msgPerSec: Math.round(median(rounds.map(({ raw }) => recipients / raw.seconds))),
      cpuMsPerMessage: round((sum(({ raw }) => raw.cpuSec) / rounds.length / recipients) * 1000, 3),
    },
  };
}

/** The same engine with Telegram's 30 a second in force, two processes sharing the account's budget. */
async function runLimited(
  database: { readonly url: string; query(sql: string, values?: readonly unknown[]): Promise<void> },
  apiRoot: string,
  concurrency: number,
  fake: Child,
  child: (module: string, ...args: (string | number)[]) => Promise<Child>,
): Promise<object> {
  await database.query('delete from contact where id not in (select id from contact order by external_id limit $1)', [
    LIMITED_RECIPIENTS,
  ]);
  const engines = [];
  for (let n = 0; n < 2; n += 1) {
    engines.push(await child(ENGINE, database.url, apiRoot, concurrency, LIMIT_PER_SEC));
  }
  await fake.ask({ ask: 'tally' });
  const [first, second] = engines;
  const sent = first?.ask<EngineAnswer>({ text: 'limited' } satisfies EngineQuestion);
  // Planned within this second; then both drain.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await second?.ask({ help: true } satisfies EngineQuestion);
  await sent;
  const tally = await fake.ask<Tally>({ ask: 'tally' });
  const achieved = (tally.received - 1) / ((tally.lastMs - tally.firstMs) / 1000);
  return {
    processes: engines.length,
    limitPerSec: LIMIT_PER_SEC,
    achievedPerSec: round(achieved),
    overLimit: tally.overLimit,
    lost: LIMITED_RECIPIENTS - tally.distinct,
    duplicated: tally.received - tally.distinct,
  };
}
