/** Notices: what is sent to many, from the preview to the proof. */
import type { EffectHandler } from '../inbox/index.js';
import type { RoomFlow } from '../conversation/index.js';
import { createNoticeEffect, noticeFlow, type NoticesDeps } from './flow-notice.js';
import { progressFlow } from './flow-progress.js';

export { createAudienceStep, type AudiencePorts, type Reach, type Rule } from './flow-audience.js';
export { ruleSchema } from './model.js';
export { MORNING, morningAfter, morningOption, nightLine } from './night.js';
export { reachParams, seatlessLine } from './reach.js';
export type { BroadcastReads, BroadcastView } from './flow-progress.js';
export type { NoticesDeps } from './flow-notice.js';

/** Flows of this room. */
export const createNoticesFlows = (): RoomFlow[] => [noticeFlow, progressFlow];

/** Handlers of this room's effects. */
export const createNoticesEffects = (deps: NoticesDeps): EffectHandler[] => [createNoticeEffect(deps)];
