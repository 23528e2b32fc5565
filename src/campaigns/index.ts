/** Campaigns: launch, announcement, browsing. */
import type { RoomFlow } from '../conversation/index.js';
import { browseFlow } from './flow-browse.js';
import { launchFlow } from './flow-launch.js';

export { createCampaignsEffects, type CampaignsDeps } from './service.js';
export { createCampaignsReads, moveCampaignDay, type CampaignsReads } from './store.js';
export { succeedCampaigns } from './succession.js';
export type { CampaignSummary } from './model.js';

/** Flows of this room. */
export const createCampaignsFlows = (): RoomFlow[] => [launchFlow, browseFlow];
