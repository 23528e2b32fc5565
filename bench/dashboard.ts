/**
 * `bench -- dashboard`: how long the page of numbers takes over five years of 170 units × 40 monthly duties: the whole,
 * its rows by duty and by cluster, and one list, each as a turn of the conversation reads it.
 */
import { createInsightsReads, GROUPINGS, MEASURES, type Measure } from '../src/insights/index.js';
import { ALL_SPAN, NOW_SPAN } from '../src/kernel/time-span.js';
import { createStore, type Store } from '../src/store/index.js';
import { createBenchDatabase } from './database.js';
import { fillProvince, LOOKED_AT } from './dashboard-data.js';
import { percentile, round } from './usage.js';

const ROUNDS = 30;
const WARM_UP = 3;
const SPANS = [NOW_SPAN, '2026-Q4', '2025', ALL_SPAN];
const PAGE = { size: 8, offset: 0 };
const LIST = { size: 15, offset: 0 };

type View = (store: Store, span: string) => Promise<unknown>;

/** The first page and the page by clusters, as the flow reads them. */
const page: View = (store, span) =>
  store.transaction(async (tx) => {
    const insights = createInsightsReads(tx);
    await insights.safeSince();
    await insights.overall(LOOKED_AT, span);
    await insights.groups('line', LOOKED_AT, span, PAGE);
    await insights.groups('cluster', LOOKED_AT, span, PAGE);
  });

const list =
  (measure: Measure): View =>
  (store, span) =>
    store.transaction((tx) => createInsightsReads(tx).entries({ kind: 'all' }, measure, LOOKED_AT, LIST, span));

const VIEWS: Readonly<Record<string, View>> = {
  page,
  ...Object.fromEntries(MEASURES.map((measure) => [`list.${measure}`, list(measure)])),
  ...Object.fromEntries(
    GROUPINGS.map((by): [string, View] => [
      `by.${by}`,
      (store, span) => store.transaction((tx) => createInsightsReads(tx).groups(by, LOOKED_AT, span, PAGE)),
    ]),
  ),
};

/** Runs the benchmark. */
export async function run(): Promise<object> {
  const database = await createBenchDatabase();
  try {
    const obligations = await fillProvince(database);
    const store = await createStore({ url: database.url });
    try {
      const took: Record<string, number[]> = {};
      for (let n = -WARM_UP; n < ROUNDS; n += 1)
        for (const [name, view] of Object.entries(VIEWS))
          for (const span of SPANS) {
            const began = performance.now();
            await view(store, span);
            if (n >= 0) (took[name] ??= []).push(performance.now() - began);
          }
      const p95 = (names: readonly string[]): number =>
        round(
          percentile(
            names.flatMap((name) => took[name] ?? []),
            0.95,
          ),
          1,
        );
      return {
        obligations,
        p95Ms: p95(['page', 'list.overdue']),
        pageP95Ms: p95(['page']),
        listP95Ms: p95(['list.overdue']),
        views: Object.fromEntries(Object.keys(VIEWS).map((name) => [name, p95([name])])),
      };
    } finally {
      await store.close();
    }
  } finally {
    await database.drop();
  }
}
