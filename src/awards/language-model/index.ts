/** The optional language model: it may word and order what the knowledge says, and add nothing. */
import { readTopic } from '../topic.js';
import { guardModel } from './breaker.js';
import { createModelClient, type ModelSettings } from './client.js';
import { createPhrasing, type Phrasing, type PhrasingDeps } from './phrasing.js';

export { inPreparedWords } from './use.js';
export type { ModelSettings } from './client.js';

/** Prepares other words for the answer to a question, before its turn; null: ours stand. */
export type PreparePhrasing = (asked: {
  readonly text: string;
  readonly today: string;
  /** The topic as the conversation keeps it. */
  readonly topic: unknown;
}) => Promise<Phrasing | null>;

/** Joins a model at an address with the answers. */
export function createPreparePhrasing(
  settings: ModelSettings,
  deps: Omit<PhrasingDeps, 'model'> & { nowMs(): number },
): PreparePhrasing {
  const phrase = createPhrasing({ ...deps, model: guardModel(createModelClient(settings), () => deps.nowMs()) });
  return ({ text, today, topic: stored }) => {
    const topic = readTopic(stored);
    return phrase(text, { asOf: today, ...(topic ? { topic } : {}) });
  };
}
