/** The law watch: alarms before a document ends, and what follows when one changes. */
import type { RoomFlow } from '../../conversation/index.js';
import type { Answerer } from '../answerer.js';
import { createChangeFlow } from './flow-change.js';
import { createDocumentsFlow } from './flow-documents.js';

export { createLawEffects } from './effects.js';
export { createLawWatch } from './raise.js';
export { createLawReads, type LawReads } from './store.js';

export const createLawFlows = (answerer: Answerer): RoomFlow[] => [
  createDocumentsFlow(answerer),
  createChangeFlow(answerer),
];
