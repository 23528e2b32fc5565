/** Messages as the whole product knows them; platform shapes stay inside `channels/`. */
import type { ChannelName } from '../kernel/people.js';

/** A tap target. `action` is at most 64 bytes: see `action.ts` for its forms. */
export interface Button {
  readonly label: string;
  readonly action: string;
  /** A typed number would be an answer here, so the button is named by its words. */
  readonly byWords?: true;
}

/** What one outgoing message says, already in the reader's language. */
export interface Content {
  readonly text: string;
  readonly buttons?: readonly Button[];
  /** Picture of the store's files, with the words that stand for it. */
  readonly imageId?: string;
  readonly imageAlt?: string;
  readonly fileId?: string;
}

/** A file still on the platform: what the channel needs to fetch it. */
export interface RemoteFile {
  /** Telegram file_id, or a media address of Zalo. */
  readonly ref: string;
  readonly name: string;
  readonly size?: number;
}

/** A file in our store; `type` was found from its content. */
export interface StoredFile {
  readonly fileId: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  /** Looks like a form of ours that was filled in. */
  readonly form?: true;
}

/** Why a file sent to us could not be taken. */
export type FileProblem = 'too_large' | 'wrong_type' | 'empty' | 'macros' | 'broken' | 'unavailable';

/** The stored form of one incoming message (column `inbound.body`). */
export type InboundBody =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly action: string }
  | {
      readonly kind: 'file';
      readonly caption: string;
      readonly remote?: RemoteFile;
      readonly file?: StoredFile;
      readonly problem?: FileProblem;
    }
  /** First contact: a Telegram deep link's payload, a Zalo follow (payload ''). */
  | { readonly kind: 'start'; readonly payload: string }
  /** Something no flow can read (sticker, voice, location): answered, never dropped. */
  | { readonly kind: 'unsupported'; readonly what: string }
  /** The result of work that a turn asked for. */
  | {
      readonly kind: 'result';
      readonly workId: string;
      readonly work: string;
      readonly ok: boolean;
      readonly data: unknown;
    };

/** One message decoded by a channel. */
export interface InboundMessage {
  readonly type: 'message';
  /** Unique within the channel; a repeat of it is dropped. */
  readonly externalId: string;
  readonly from: Sender;
  readonly body: InboundBody;
  /** Telegram's callback id, so that its client stops waiting. */
  readonly acknowledge?: string;
}

export interface Sender {
  readonly channel: ChannelName;
  /** The person's id on the platform, always a string. */
  readonly externalId: string;
  readonly displayName?: string;
  readonly language?: 'vi' | 'en';
}

/** The person blocked us, came back, or is gone. */
export interface ContactStateEvent {
  readonly type: 'contact-state';
  readonly from: Sender;
  readonly state: 'active' | 'blocked' | 'gone';
}

/** The platform says that messages of ours arrived or were read. */
export interface ReceiptEvent {
  readonly type: 'receipt';
  readonly channel: ChannelName;
  readonly platformMessageIds: readonly string[];
  readonly kind: 'delivered' | 'seen';
  readonly at: Date;
}

/** A human answered from the platform's own console (Zalo). */
export interface HumanEchoEvent {
  readonly type: 'human-echo';
  readonly to: Sender;
}

/** Everything a channel can decode from one request. Unknown events decode to none. */
export type InboundEvent = InboundMessage | ContactStateEvent | ReceiptEvent | HumanEchoEvent;
