/** Joins the optional language model with the answers and the inbox. */
import { createPreparePhrasing, type Answerer } from '../awards/index.js';
import type { LanguageModelConfig } from '../config.js';
import type { Registry } from '../conversation/registry.js';
import { createPrepare, type Logger } from '../inbox/index.js';
import type { Store } from '../store/index.js';
import type { Reads } from './flows.js';
import type { Metrics } from './metrics.js';

export interface ModelParts {
  readonly store: Store;
  readonly registry: Registry<Reads>;
  readonly answerer: Answerer;
  readonly metrics: Pick<Metrics, 'phrased'>;
  readonly logger: Logger;
}

const NAMES_FOR_MS = 300_000;

/** What prepares turns; nothing at all where no model is configured. */
export function modelPreparation(config: LanguageModelConfig | undefined, parts: ModelParts) {
  if (!config) return {};
  const { store, registry, answerer, metrics, logger } = parts;
  const nowMs = () => performance.now();
  const phrase = createPreparePhrasing(config, {
    answerer,
    names: keepNames(store, nowMs),
    count: metrics.phrased,
    nowMs,
  });
  return {
    prepare: createPrepare({
      store,
      registry,
      prepare: (question) =>
        phrase(question).catch((error: unknown) => {
          // Whatever it was, our own words stand.
          logger.warn({ err: error }, 'an answer could not be worded anew');
          metrics.phrased('failed');
          return null;
        }),
    }),
  };
}

/** Names of units, read anew every few minutes. */
function keepNames(store: Store, nowMs: () => number): () => Promise<readonly string[]> {
  let kept: { readonly atMs: number; readonly names: readonly string[] } | null = null;
  return async () => {
    if (kept === null || nowMs() - kept.atMs > NAMES_FOR_MS) {
      const { rows } = await store.pool.query<{ name: string; short_name: string }>(
        'select name, short_name from unit',
      );
      kept = { atMs: nowMs(), names: [...new Set(rows.flatMap((row) => [row.name, row.short_name]))] };
    }
    return kept.names;
  };
}
