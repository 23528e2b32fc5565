/** Reporting: what units owe, who reminds them and when, what they hand in and what becomes of it. */
import type { RoomFlow } from '../conversation/registry.js';
import type { EffectHandler } from '../inbox/index.js';
import { answerFlows } from './answering/flow-answers.js';
import { assignFlow } from './answering/flow-assign.js';
import { extendFlow } from './answering/flow-extend.js';
import { extensionFlow } from './answering/flow-extension.js';
import { moveDueFlow } from './due-days/flow-move-due.js';
import { obligationFlow } from './flow-obligation.js';
import { owedFlow } from './flow-owed.js';
import { receiptFlow } from './submitting/flow-receipt.js';
import { reopenFlow } from './submitting/flow-reopen.js';
import { reviewFlow } from './reviewing/flow-review.js';
import { perDayFlow, remindHoursFlow } from './reminding/flow-remind-hours.js';
import { snoozeFlow } from './answering/flow-snooze.js';
import { reviewTermFlow } from './reviewing/flow-review-term.js';
import { sheetFlow } from './sheets/flow-sheet.js';
import { submitFlow } from './submitting/flow-submit.js';
import { unprovenFlow } from './reminding/flow-unproven.js';
import { urgeFlow } from './reminding/flow-urge.js';
import { whyDueFlow } from './due-days/flow-why-due.js';
import { createAssignHandlers } from './answering/handlers-assign.js';
import { createExtensionHandlers } from './answering/handlers-extension.js';
import { createMoveDueHandlers } from './due-days/handlers-move-due.js';
import { createLadderHandlers } from './reminding/handlers-ladder.js';
import { createOfficerHandlers } from './handlers-officer.js';
import { createReviewHandlers } from './reviewing/handlers-review.js';
import { createSeatHandlers } from './answering/handlers-seat.js';
import { createSubmitHandlers } from './submitting/handlers-submit.js';
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
export { createReminderTick } from './reminding/tick.js';
export type { Ticked, TickDeps } from './reminding/tick-parts.js';
export { findProven, type Proofs } from './reminding/proof-store.js';
export { tellDueMoved } from './due-days/move-due.js';
export { overdueSteps, skipOverdue } from './reminding/overdue.js';
export { createRedateWork, owedOn, redateSteps } from './reminding/redate.js';
export { findDueInstants } from './reminding/store-steps.js';
export { acceptRegistration, markRegistered, reopenRegistration, type RegisteredUnit } from './service.js';
export { createSuccession } from './due-days/succession.js';
export { createSheetWork } from './sheets/sheet-work.js';
export type { SeatHolder } from './reminding/ladder.js';
export type { ObligationState, ObligationView } from './model.js';
export type { ReportingDeps, Seats, Tasks } from './ports.js';
export { dayText, signText, termText } from './texts.js';
export { createReviewWatch, findReviewInstants } from './reviewing/review-late.js';
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
