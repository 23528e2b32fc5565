/** One scheduler of reminders, or the planning of a year, as a process of its own. */
import { loadQuietHours } from '../src/calendar/index.js';
import { createOutbox } from '../src/delivery/index.js';
import { createPlanDuties } from '../src/duties/index.js';
import { createStore, readBusinessClock, type Store, type Tx } from '../src/store/index.js';
import { createBusinessTick } from '../src/wiring/business-tick.js';
import { reportingDeps } from '../src/wiring/effects.js';
import { TICK_MS } from './reminders-data.js';
import { startUsage, type Usage } from './usage.js';

/** `begin`, `end`: machine time in milliseconds. */
export type SchedulerQuestion =
  | { readonly begin: number; readonly end: number }
  | { readonly plan: { readonly now: string; readonly through: string } };

export interface Ticking {
  /** When each tick was to start, whether or not the one before was over. */
  readonly ticks: readonly number[];
  /** Transactions that wrote, and when their commit was acknowledged. */
  readonly commits: readonly (readonly [xact: string, at: number])[];
  readonly longestTickMs: number;
  readonly failed: readonly string[];
  readonly usage: Usage;
}

export interface Planning {
  readonly made: number;
  readonly usage: Usage;
}

const [url = ''] = process.argv.slice(2);
const store = await createStore({ url });
const commits: [string, number][] = [];

/** The store, with the moment of every commit noted. The one more statement is part of what is measured. */
const watched: Store = {
  ...store,
  transaction: async <T>(fn: (tx: Tx) => Promise<T>, options?: { readonly timeoutMs?: number }): Promise<T> => {
    const { result, xact } = await store.transaction(async (tx) => {
      const result = await fn(tx);
      const [row] = await tx.$queryRaw<
        { xact: string | null }[]
      >`select pg_current_xact_id_if_assigned()::text as xact`;
      return { result, xact: row?.xact ?? null };
    }, options);
    if (xact !== null) commits.push([xact, Date.now()]);
    return result;
  },
};

/** Ticks every second; one that takes longer swallows those that were to start meanwhile, as it would in the product. */
async function tickUntil(begin: number, end: number): Promise<Ticking> {
  const failed: string[] = [];
  const noted = (details: unknown, message = ''): void => void failed.push(`${message} ${JSON.stringify(details)}`);
  const tick = createBusinessTick({
    store: watched,
    outbox: createOutbox({ channels: ['web', 'telegram'], quietHours: (tx: Tx = store.db) => loadQuietHours(tx) }),
    logger: { error: noted },
    safeMode: { isOn: () => Promise.resolve(false) },
    fired: () => undefined,
  });
  const ticks: number[] = [];
  let longestTickMs = 0;
  let running: Promise<void> | null = null;
  const used = startUsage();
  const once = async (): Promise<void> => {
    const began = performance.now();
    await tick(await readBusinessClock(store.db)).catch((error: unknown) => noted(String(error), 'a tick failed'));
    longestTickMs = Math.max(longestTickMs, performance.now() - began);
    running = null;
  };
  for (let at = begin; at <= end; at += TICK_MS) {
    await until(at);
    ticks.push(at);
    running ??= once();
  }
  await running;
  return { ticks, commits, longestTickMs: Math.round(longestTickMs), failed, usage: used() };
}

const until = (at: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, at - Date.now())));

async function plan(now: string, through: string): Promise<Planning> {
  const used = startUsage();
  const made = await createPlanDuties({ store, tasks: reportingDeps.tasks })(new Date(now), { through });
  return { made, usage: used() };
}

process.on('message', (question: SchedulerQuestion) => {
  const work: Promise<object> =
    'plan' in question ? plan(question.plan.now, question.plan.through) : tickUntil(question.begin, question.end);
  void work.then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
