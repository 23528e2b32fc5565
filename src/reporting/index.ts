/** Reporting: what units owe, who reminds them and when, what they hand in and what becomes of it. */
import type { RoomFlow } from '../conversation/registry.js';
import type { EffectHandler } from '../inbox/index.js';
import { answerFlows } from './flow-answers.js';
import { assignFlow } from './flow-assign.js';
import { extendFlow } from './flow-extend.js';
import { extensionFlow } from './flow-extension.js';
import { moveDueFlow } from './flow-move-due.js';
import { obligationFlow } from './flow-obligation.js';
import { owedFlow } from './flow-owed.js';
import { receiptFlow } from './flow-receipt.js';
import { reopenFlow } from './flow-reopen.js';
import { reviewFlow } from './flow-review.js';
import { perDayFlow, remindHoursFlow } from './flow-remind-hours.js';
import { snoozeFlow } from './flow-snooze.js';
import { reviewTermFlow } from './flow-review-term.js';
import { sheetFlow } from './flow-sheet.js';
import { submitFlow } from './flow-submit.js';
import { unprovenFlow } from './flow-unproven.js';
import { urgeFlow } from './flow-urge.js';
import { whyDueFlow } from './flow-why-due.js';
import { createAssignHandlers } from './handlers-assign.js';
import { createExtensionHandlers } from './handlers-extension.js';
import { createMoveDueHandlers } from './handlers-move-due.js';
import { createLadderHandlers } from './handlers-ladder.js';
import { createOfficerHandlers } from './handlers-officer.js';
import { createReviewHandlers } from './handlers-review.js';
import { createSeatHandlers } from './handlers-seat.js';
import { createSubmitHandlers } from './handlers-submit.js';
import type { ReportingDeps } from './ports.js';

/** All flows of this room. */
export const createReportingFlows = (): RoomFlow[] => [
  owedFlow,
  submitFlow,
  sheetFlow,
  ...answerFlows,
  urgeFlow,
  reviewFlow,
  reviewTermFlow,
  reopenFlow,
  receiptFlow,
  obligationFlow,
  snoozeFlow,
  extendFlow,
  extensionFlow,
  assignFlow,
  moveDueFlow,
  whyDueFlow,
  unprovenFlow,
  remindHoursFlow,
  perDayFlow,
];

/** Handlers of this room's effects. */
export const createReportingEffects = (deps: ReportingDeps): EffectHandler[] => [
  ...createSeatHandlers(deps),
  ...createSubmitHandlers(deps),
  ...createOfficerHandlers(deps),
  ...createLadderHandlers(deps),
  ...createExtensionHandlers(deps),
  ...createAssignHandlers(deps),
  ...createMoveDueHandlers(deps),
  ...createReviewHandlers(deps),
];

export { createReportingReads, type ReportingReadPort, type ReportingReads } from './reads.js';
export { createReminderTick } from './tick.js';
export type { Ticked, TickDeps } from './tick-parts.js';
export type { Proofs } from './proof-store.js';
export { tellDueMoved } from './move-due.js';
export { overdueSteps, skipOverdue } from './overdue.js';
export { owedOn, redateSteps } from './redate.js';
export { findDueInstants } from './store-steps.js';
export { acceptRegistration, markRegistered, reopenRegistration, type RegisteredUnit } from './service.js';
export { createSuccession } from './succession.js';
export { createSheetWork } from './sheet-work.js';
export type { SeatHolder } from './ladder.js';
export type { ObligationState, ObligationView } from './model.js';
export type { ReportingDeps, Seats, Tasks } from './ports.js';
export { dayText, signText, termText } from './texts.js';
export { createReviewWatch, findReviewInstants } from './review-late.js';
export {
  boundsOf,
  COUNTED_UNIT,
  countedScope,
  membersOf,
  owedBy,
  OWED_MEASURES,
  owedListArg,
  unitsWithin,
  within,
  type Bounds,
  type CountedScope,
  type OwedMeasure,
} from './counted.js';
