/** The delivery room's door. */
export {
  createDeliveryEngine,
  type DeliveryEngine,
  type DrainStats,
  type EngineLogger,
  type EngineOptions,
  type Settled,
} from './engine.js';
export { createOutbox, type OutboxOptions } from './outbox.js';
export { createBroadcasts, type Broadcasts, type BroadcastsOptions } from './broadcasts.js';
export {
  createLedger,
  type BroadcastProgress,
  type Ledger,
  type LedgerReader,
  type LedgerRow,
  type LedgerSource,
} from './ledger.js';
export { DEFAULT_QUIET_HOURS, quietUntil, type QuietHours } from './quiet-hours.js';
export { DELIVERY_LANES, type DeliveryLane } from './policy.js';
export type { Audience, AudienceCount, MessageClass, NewBroadcast, Notice, Outbox, Recipient, Reply } from './ports.js';
