/** What the delivery engine needs, and what it does. */
import type { Pool } from 'pg';
import type { Channel } from '../channels/channel.js';
import type { ReceiptEvent } from '../conversation/message.js';
import type { Clock } from '../kernel/clock.js';
import type { ChannelName } from '../kernel/people.js';
import type { Broadcasts } from './broadcasts/broadcasts.js';
import type { DeliveryLane } from './policy.js';
import type { QuietSource } from './quiet-hours.js';
import type { SweepStats } from './sending/sweep.js';

export interface EngineOptions {
  readonly pool: Pool;
  /** Channels that are on. */
  readonly channels: ReadonlyMap<ChannelName, Channel>;
  /** Name of this process in leases. */
  readonly worker: string;
  /** Machine clock. */
  readonly clock?: Clock;
  readonly businessNow: () => Promise<Date>;
  /** Calls under way at one time, and so attempts that a kill leaves uncertain (50). */
  readonly concurrency?: number;
  /** Of these, kept free for replies (a tenth). */
  readonly replySlots?: number;
  /** How long a dead process holds its messages (15 s). */
  readonly leaseMs?: number;
  readonly sendTimeoutMs?: number;
  readonly quietHours?: QuietSource;
  /** Channels where a second call of one attempt changes nothing, so that it never is uncertain (web). */
  readonly harmlessChannels?: readonly ChannelName[];
  readonly logger?: EngineLogger;
  /** Settled when the bulk lane is drained, so that the end of one is told at once. */
  readonly broadcasts?: Pick<Broadcasts, 'settle'>;
  readonly onSettled?: (settled: readonly Settled[]) => void;
}

/** What one look for what was left behind did. */
export interface Mended {
  /** Messages that the night holds back. */
  readonly held: number;
  /** Messages that go to another contact or another person, because the first was not reached. */
  readonly fellBack: number;
}

export interface EngineLogger {
  warn(details: Readonly<Record<string, unknown>>, message: string): void;
}

/** What became of one call. `queued` means that it will be tried again. */
export interface Settled {
  readonly attemptId: string;
  readonly lane: DeliveryLane;
  readonly channel: ChannelName;
  readonly state: 'sent' | 'failed' | 'uncertain' | 'queued';
  readonly reason: string | null;
}

export interface DrainStats {
  sent: number;
  failed: number;
  uncertain: number;
  /** Calls that will be made again. */
  retried: number;
}

export interface DeliveryEngine {
  /** Sends what is due until nothing is; later retries ring by themselves. Drains of one lane join. */
  drain(lane: DeliveryLane): Promise<DrainStats>;
  /** The same in the background. */
  kick(lane: DeliveryLane): void;
  /** Ends what dead processes held. */
  sweep(): Promise<SweepStats>;
  /** Lets go what was held until now (business clock). Returns how many may leave. */
  release(businessNow: Date): Promise<number>;
  /** When the next held message may leave (business clock). */
  nextRelease(): Promise<Date | null>;
  applyReceipts(events: readonly ReceiptEvent[]): Promise<number>;
  /** Proof from a channel that knows the attempts itself (web). */
  prove(attemptIds: readonly string[], kind: ReceiptEvent['kind'], at: Date): Promise<number>;
  /**
   * The rest of a round, beside `sweep`, `release` and the settling of broadcasts: holds what runs into the night, gives
   * up what waits for a channel that is off, joins receipts, finds other ways; then drains both lanes in the background,
   * whatever of it failed.
   */
  mend(): Promise<Mended>;
  /** Begins nothing more and waits for what is under way. */
  stop(deadlineMs: number): Promise<void>;
}
