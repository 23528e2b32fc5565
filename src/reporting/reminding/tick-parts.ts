/** What the parts of a tick share. */
import type { Outbox, QuietSource } from '../../delivery/index.js';
import type { Store } from '../../store/index.js';
import type { ReportingDeps } from '../ports.js';
import type { Proofs } from './proof-store.js';

export interface TickDeps extends ReportingDeps {
  readonly store: Store;
  readonly outbox: Outbox;
  /** What is known of messages; the delivery room's record by default. */
  readonly proofs?: Proofs;
  /** Hours in which nobody is disturbed; default 21:00–06:30. */
  readonly quietHours?: QuietSource;
}

/** What each part of a tick works with. */
export interface TickParts extends TickDeps {
  readonly proofs: Proofs;
}

/** What a tick did. */
export interface Ticked {
  readonly fired: number;
  readonly voided: number;
  /** People for whom a message was planned. */
  readonly told: number;
}

export const NOTHING: Ticked = { fired: 0, voided: 0, told: 0 };
