/** Cards in the hands of the officers: found, read, corrected, checked, ended, added. */
import type { RoomFlow } from '../../conversation/index.js';
import type { Answerer } from '../answerer.js';
import { createActFlow } from './flow-act.js';
import { createCardsFlow } from './flow-cards.js';
import { createEditFlow } from './flow-edit.js';
import { createNewFlow } from './flow-new.js';

export { createCardEffects } from './effects.js';
export { createCardReads, type CardReads } from './store.js';

export const createCardFlows = (answerer: Answerer): RoomFlow[] => [
  createCardsFlow(answerer),
  createEditFlow(answerer),
  createActFlow(answerer),
  createNewFlow(answerer),
];
