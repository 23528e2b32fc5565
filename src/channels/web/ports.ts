/** What the web API asks of the rest of the product. */
import type { FileProblem, InboundMessage, ReceiptEvent } from '../../conversation/message.js';
import type { FileSource } from '../../documents/index.js';

/** Where incoming messages are stored. A repeat has the same id and body; a conflict the same id and another body. */
export interface InboundPort {
  accept(message: InboundMessage): Promise<{ readonly status: 'stored' | 'repeat' | 'conflict' }>;
}

/** Tells delivery which messages were fetched: the proof of this channel. */
export interface ReceiptPort {
  apply(receipt: ReceiptEvent): Promise<void>;
}

/** Finds out what a file really is. */
export interface InspectPort {
  inspect(
    source: FileSource,
    name: string,
  ): Promise<
    | { readonly ok: true; readonly type: string; readonly form?: true }
    | { readonly ok: false; readonly problem: FileProblem }
  >;
}

/** What only the demo has. */
export interface DemoPort {
  people(): Promise<readonly { code: string; name: string; role: string; unit: string }[]>;
  /** A real one-time invitation for the seat or role of a person; null when nobody has this code. */
  invite(code: string): Promise<{ code: string; telegramStart: string; zaloText: string } | null>;
  /** Walks the business clock to `to`; resolves when all that fell due is planned and every message final or deferred. */
  walkTo(to: Date): Promise<{ readonly now: Date; readonly steps: unknown }>;
  /** The record of one source, or of the latest twenty; null when there is no such source. */
  ledger(source: { readonly kind: string; readonly id: string } | null): Promise<object | null>;
}

export type BroadcastOrder =
  | { readonly action: 'pause' | 'resume' | 'cancel' }
  | { readonly action: 'resend'; readonly only: 'failed' | 'uncertain' };

/** Broadcasts as officers see and order them. */
export interface BroadcastPort {
  view(id: string): Promise<object | null>;
  /** Carries out the order of a member; `refused` with the state that forbids it. A repeat is done again, to no effect. */
  order(
    id: string,
    order: BroadcastOrder,
    memberId: string,
  ): Promise<
    | { readonly outcome: 'done' | 'unknown' }
    | { readonly outcome: 'refused'; readonly state: 'planned' | 'paused' | 'cancelled' | 'finished' | 'recalled' }
  >;
}
