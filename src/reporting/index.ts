/** Reporting: what units owe, who reminds them and when, what they hand in and what becomes of it. */
import type { RoomFlow } from '../conversation/registry.js';
import type { EffectHandler } from '../inbox/index.js';
import { answerFlows } from './flow-answers.js';
import { obligationFlow } from './flow-obligation.js';
import { owedFlow } from './flow-owed.js';
import { reviewFlow } from './flow-review.js';
import { submitFlow } from './flow-submit.js';
import { urgeFlow } from './flow-urge.js';
import { createOfficerHandlers } from './handlers-officer.js';
import { createReviewHandlers } from './handlers-review.js';
import { createSeatHandlers } from './handlers-seat.js';
import type { ReportingDeps } from './ports.js';

/** All flows of this room. */
export const createReportingFlows = (): RoomFlow[] => [
  owedFlow,
  submitFlow,
  ...answerFlows,
  urgeFlow,
  reviewFlow,
  obligationFlow,
];

/** Handlers of this room's effects. */
export const createReportingEffects = (deps: ReportingDeps): EffectHandler[] => [
  ...createSeatHandlers(deps),
  ...createOfficerHandlers(deps),
  ...createReviewHandlers(deps),
];

export { createReportingReads, type ReportingReadPort, type ReportingReads } from './reads.js';
export { createReminderTick, type Ticked, type TickDeps } from './tick.js';
export { overdueSteps, skipOverdue } from './overdue.js';
export { owedOn, redateSteps } from './redate.js';
export { findDueInstants } from './store-steps.js';
export { acceptRegistration, markRegistered, reopenRegistration, type RegisteredUnit } from './service.js';
export type { SeatHolder } from './ladder.js';
export type { ObligationState, ObligationView } from './model.js';
export type { ReportingDeps, Seats, Tasks } from './ports.js';
export { dayText, signText, termText } from './texts.js';
