/** Insights: numbers of what units owe and hand in, each with the list behind it. */
import type { RoomFlow } from '../conversation/registry.js';
import { digestFlow } from './flow-digest.js';
import { numbersFlow } from './flow-numbers.js';

/** All flows of this room. */
export const createInsightsFlows = (): RoomFlow[] => [numbersFlow, digestFlow];

export { createDigestTick, type DigestDeps } from './digest.js';
export { createInsightsEffects } from './handlers.js';
export { createListWork } from './list-work.js';
export { digestInstants } from './schedule.js';
export { createInsightsReads, type InsightsReadPort, type InsightsReads } from './store.js';
export { addUpTally } from './tally.js';
export { GROUPINGS, MEASURES, type Measure } from './model.js';
