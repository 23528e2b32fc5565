/** Exemplars: publishing, reading, emulating, putting forward. */
import type { RoomFlow } from '../conversation/index.js';
import { browseFlow } from './flow-browse.js';
import { publishFlow } from './flow-publish.js';
import { tipFlow } from './flow-tip.js';

export { createHonoursEffects } from './effects.js';
export { createHonoursReads, type HonoursReads } from './store.js';
export { createCardWork, type CardDeps } from './card-work.js';
export { honoursPage } from './page.js';
export type { Honour } from './model.js';

/** Flows of this room. */
export const createHonoursFlows = (): RoomFlow[] => [publishFlow, browseFlow, tipFlow];
