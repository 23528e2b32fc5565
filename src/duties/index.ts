/** Duties: what units owe, how often and by when, and the obligations made from that. */
import type { RoomFlow } from '../conversation/index.js';
import { dutiesFlow } from './flow-duties.js';
import { dutyEditFlow } from './flow-edit.js';

/** Flows of this room. */
export const createDutiesFlows = (): RoomFlow[] => [dutiesFlow, dutyEditFlow];

export { createDutiesEffects, type DutiesDeps } from './handlers.js';
export { findRegistrationDues } from './store-obligations.js';
export type { DueMoved } from './amend.js';
export { fileText, howText } from './texts.js';
export type { HowPart } from './due.js';
export { createDutiesReads, type DutiesReads } from './reads.js';
export { createPlanDuties } from './plan.js';
export { createPlanWork } from './plan-work.js';
export {
  DEFAULT_LADDER,
  ladderSchema,
  planSteps,
  rankOf,
  type Audience,
  type LadderStep,
  type PlannedStep,
} from './ladder.js';
export { FILE_KINDS, fieldSchema, type DutyKind, type Field, type FileKind } from './model.js';
export { ONCE } from './periods.js';
export { createObligations, moveDueDay, openDuty, setDue, type DueWish, type OpenDuty } from './service.js';
export { replaceOwner } from './owners.js';
export { waiveObligations } from './store-obligations.js';
export { takeBack } from './unsent.js';
