/** Duties: what units owe, how often and by when, and the obligations made from that. */
import type { RoomFlow } from '../conversation/index.js';
import { dutiesFlow } from './flow-duties.js';
import { dutyEditFlow } from './flow-edit.js';

/** Flows of this room. */
export const createDutiesFlows = (): RoomFlow[] => [dutiesFlow, dutyEditFlow];

export { createDutiesEffects, type DutiesDeps } from './handlers.js';
export { createDutiesReads, type DutiesReads } from './reads.js';
export { createPlanDuties } from './plan.js';
export { createPlanWork } from './plan-work.js';
export { DEFAULT_LADDER, ladderSchema, planSteps, type Audience, type LadderStep, type PlannedStep } from './ladder.js';
export { fieldSchema, type DutyKind, type Field } from './model.js';
export { ONCE } from './periods.js';
export { createObligations, moveDueDay, openDuty, setDue, type OpenDuty } from './service.js';
