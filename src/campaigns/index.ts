/** Campaigns: launch, announcement, browsing. */
import type { RoomFlow } from '../conversation/index.js';
import { browseFlow } from './flow-browse.js';
import { launchFlow } from './flow-launch.js';
import { noticeFlow } from './flow-notice.js';
import { progressFlow } from './flow-progress.js';

export { createCampaignsEffects, type CampaignsDeps } from './service.js';
export { createCampaignsReads, type CampaignsReads } from './store.js';
export { nightLine } from './night.js';
export type { AudiencePorts } from './flow-audience.js';
export type { BroadcastReads, BroadcastView } from './flow-progress.js';
export type { CampaignSummary } from './model.js';

/** Flows of this room. */
export const createCampaignsFlows = (): RoomFlow[] => [launchFlow, browseFlow, noticeFlow, progressFlow];
