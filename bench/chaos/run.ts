/** Kills workers until enough have died: broadcasts of both classes in turn, with one worker and with two. */
import { createStore } from '../../src/store/index.js';
import { translate } from '../../src/i18n/index.js';
import { startBotApi } from './bot-api-client.js';
import { addPeople } from './ledger.js';
import { runRound } from './round.js';
import { isCounted, rulesOf, type RoundFigures, type Rule } from './verdict.js';
import { startWorkers } from './workers.js';

export interface ChaosOptions {
  /** A migrated database without people; whoever made it drops it. */
  readonly databaseUrl: string;
  /** Where the compiled processes of this folder lie. */
  readonly folder: string;
  readonly kills: number;
  readonly recipients: number;
  readonly seed: number;
  /** At one time; absent: one and two in turn. */
  readonly workers?: number;
  /** Every second broadcast is also killed while expanding, paused, and in the sweep. */
  readonly nasty?: boolean;
  readonly concurrency?: number;
  readonly latencyMs?: number;
  readonly leaseMs?: number;
  /** After so long no further broadcast begins. */
  readonly limitMs?: number;
  readonly onRound?: (round: RoundFigures, kills: number) => void;
}

export interface ChaosResult {
  readonly seed: number;
  readonly concurrency: number;
  readonly kills: number;
  readonly seconds: number;
  readonly rounds: readonly RoundFigures[];
  readonly rules: readonly Rule[];
}

const KILLS_A_ROUND = 10;
const PATIENCE_MS = 60_000;

/** Runs it. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { databaseUrl, folder, concurrency = 20, leaseMs = 2_000 } = options;
  const began = performance.now();
  const store = await createStore({ url: databaseUrl });
  const api = await startBotApi(folder, options.latencyMs ?? 25, translate('vi', 'delivery.repeat'));
  const workers = startWorkers({ folder, databaseUrl, apiRoot: api.root, concurrency, leaseMs, spares: 3 });
  const rounds: RoundFigures[] = [];
  try {
    await addPeople(store.pool, options.recipients);
    const tools = { store, api, workers, random: seeded(options.seed) };
    const limit = began + (options.limitMs ?? 900_000);
    for (let kills = 0; kills < options.kills && performance.now() < limit; kills = countKills(rounds)) {
      const n = rounds.length;
      const round = await runRound(tools, {
        class: n % 2 === 0 ? 'announcement' : 'deadline',
        workers: options.workers ?? (n % 4 < 2 ? 1 : 2),
        recipients: options.recipients,
        kills: Math.min(KILLS_A_ROUND, options.kills - kills),
        nasty: (options.nasty ?? true) && n % 4 < 2,
        patienceMs: PATIENCE_MS,
      });
      rounds.push(round);
      options.onRound?.(round, countKills(rounds));
    }
  } finally {
    workers.close();
    api.close();
    await store.close();
  }
  return {
    seed: options.seed,
    concurrency,
    kills: countKills(rounds),
    seconds: Math.round((performance.now() - began) / 1000),
    rounds,
    rules: rulesOf(rounds, { kills: options.kills, concurrency }),
  };
}

const countKills = (rounds: readonly RoundFigures[]): number =>
  rounds.flatMap(({ kills }) => kills).filter(isCounted).length;

/** A small generator of numbers between 0 and 1. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
