/** Insights: numbers of what units owe and hand in, each with the list behind it. */
import type { RoomFlow } from '../conversation/registry.js';
import { numbersFlow } from './flow-numbers.js';

/** All flows of this room. */
export const createInsightsFlows = (): RoomFlow[] => [numbersFlow];

export { createInsightsReads, type InsightsReadPort, type InsightsReads } from './store.js';
export type { ClusterNumbers, Entries, Entry, Line, Measure, Numbers, Overall, Scope } from './model.js';
