/** The delivery room's door. */
export { createDeliveryEngine } from './engine.js';
export type { DeliveryEngine, DrainStats, EngineLogger, EngineOptions, Mended, Settled } from './engine-ports.js';
export { bans, type Ban } from './sending/bans.js';
export { createHistory, type History, type Transition } from './history.js';
export { ARRIVED_STATES, FINAL_STATES, FIRST_STATES, TRANSITIONS, WAITING_STATES } from './states.js';
export { createOutbox, type OutboxOptions } from './planning/outbox.js';
export { createPlanner, type Plan, type Planner, type PlannerOptions, type Routes } from './planning/planner.js';
export type { Actual } from './planning/actual.js';
export { readZaloLimits, type ZaloLimits } from './planning/quota.js';
export {
  PARAMETER_SOURCES,
  TEMPLATE_KINDS,
  type ParameterSource,
  type TemplateKind,
  type TemplateParameter,
  type ZaloTemplate,
} from './planning/zalo-template.js';
export { createMissedStarts } from './broadcasts/missed-start.js';
export { createBroadcasts, type Broadcasts, type BroadcastsOptions } from './broadcasts/broadcasts.js';
export { countResendable } from './broadcasts/control.js';
export { runIn } from './planning/planner.js';
export { DEFAULT_ZALO_ACCOUNT } from './planning/quota.js';
export type {
  BroadcastChange,
  BroadcastControl,
  BroadcastState,
  Controlled,
  Edited,
  ResendOnly,
  Resent,
} from './broadcasts/control.js';
export {
  createLedger,
  type BroadcastProgress,
  type Ledger,
  type LedgerCounts,
  type LedgerReader,
  type LedgerRow,
  type LedgerSource,
  type Missed,
} from './ledger.js';
export { DEFAULT_QUIET_HOURS, quietHoursOf, quietUntil, type QuietHours, type QuietSource } from './quiet-hours.js';
export { DELIVERY_LANES, type DeliveryLane } from './policy.js';
export type { Audience, MessageClass, NewBroadcast, Notice, Outbox, Recipient, Reply } from './ports.js';
export { erasePerson, seal, type RecordSource, type SealOptions, type SealStats } from './record/record.js';
export { verifyRecords, type RecordProblem, type VerifyOptions, type VerifyResult } from './record/verify.js';
export {
  recordOf,
  type NoticeRecord,
  type RecordCorrection,
  type RecordHead,
  type RecordRow,
  type RecordText,
} from './record/read.js';
export { alarmText, saySafe } from './watching/alarm-texts.js';
export { createAlarms, type Alarms } from './watching/alarms.js';
export { beat, beatAll, forgetGone, hearts, lastBeat, lastReconciled } from './watching/heartbeats.js';
export { lookAtBroadcasts, lookAtLines, lookAtSending } from './watching/measures.js';
export { createQuotaWatch } from './watching/quota-watch.js';
export { createProofWatch, type ProofWatch } from './watching/proof-watch.js';
export { findArrivals, findTold, type Arrival, type MessageRef, type ToldSlot } from './proofs.js';
export { MAY_LEAVE_SQL, withdraw } from './withdraw.js';
export { IS_SAFE_SQL } from './watching/safe-mode-row.js';
export {
  beginSafeMode,
  createSafeMode,
  decideSafeMode,
  readSafeMode,
  SAFE_MODE_SOURCE,
  safeSince,
  viewSafeMode,
  type SafeDecision,
  type SafeMode,
  type SafeModeState,
  type SafeModeView,
  type SafeReason,
  type Waiting,
} from './watching/safe-mode.js';
export { createWatchdog, type Look, type Measure, type Watchdog } from './watching/watchdog.js';
export { changesDue } from './corrections/due.js';
export { createEditor, type Editor, type EditorOptions } from './corrections/edits.js';
export {
  correct,
  countCopies,
  latestCorrectable,
  readCorrected,
  recall,
  type Copies,
  type Correctable,
  type CorrectedBroadcast,
  type CorrectionOrder,
  type CorrectionRefusal,
  type Ordered,
  type RecallOrder,
} from './corrections/corrections.js';
export {
  createCorrections,
  readCorrections,
  type Corrections,
  type CorrectionSummary,
} from './corrections/correction-work.js';
export { planCorrection, type AskedCorrection } from './corrections/correction-plan.js';
export { createProgressCards, type ProgressCards } from './corrections/progress-card.js';
