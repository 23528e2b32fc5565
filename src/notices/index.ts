/** Notices: what is sent to many, from the preview to the proof. */
import type { EffectHandler } from '../inbox/index.js';
import type { RoomFlow } from '../conversation/index.js';
import { correctFlow, createCorrectionEffects } from './flow-correct.js';
import { createControlEffects, type NoticesDeps } from './control.js';
import { controlFlow } from './flow-control.js';
import { editFlow } from './flow-edit.js';
import { missedFlow } from './flow-missed.js';
import { createNoticeEffect, noticeFlow } from './flow-notice.js';
import { createEraseEffect, eraseFlow } from './flow-erase.js';
import { progressFlow } from './flow-progress.js';
import { recordFlow } from './flow-record.js';
import { createSafeModeEffect, safeModeFlow } from './flow-safe-mode.js';
import { templatesFlow } from './flow-templates.js';
import { createTemplateEffects } from './template-store.js';

export { createAudienceStep, type AudiencePorts, type Reach, type Rule, type ToldPlan } from './flow-audience.js';
export { createCorrectionReads, type CorrectionReads } from './correction-reads.js';
export { ruleSchema } from './model.js';
export { MORNING, morningAfter, morningOption, nightLine } from './night.js';
export { planLines, reachParams, seatlessLine } from './reach.js';
export type { RecordReads } from './flow-record.js';
export type { RecordSubject } from './record-model.js';
export { createRecordWork, type RecordDeps } from './record-work.js';
export { createScheduleStep, isOver, pastText, SCHEDULE, SCHEDULE_OPTION, scheduleLine } from './schedule.js';
export { fullMoment } from './views.js';
export type {
  BroadcastBrief,
  BroadcastReads,
  BroadcastView,
  MissedPerson,
  MissedView,
  PlannedBroadcast,
} from './views.js';
export type { NoticesDeps } from './control.js';
export type { SafeModeReads } from './flow-safe-mode.js';
export { createTemplateReads, type TemplateReads } from './template-store.js';

/** Flows of this room. */
export const createNoticesFlows = (): RoomFlow[] => [
  noticeFlow,
  progressFlow,
  controlFlow,
  missedFlow,
  editFlow,
  correctFlow,
  recordFlow,
  eraseFlow,
  safeModeFlow,
  templatesFlow,
];

/** Handlers of this room's effects. */
export const createNoticesEffects = (deps: NoticesDeps): EffectHandler[] => [
  createNoticeEffect(deps),
  ...createControlEffects(deps),
  ...createCorrectionEffects(),
  createEraseEffect(),
  createSafeModeEffect(),
  ...createTemplateEffects(),
];
