/** What every channel is: the same shape for Telegram, Zalo and the web. */
import type { ChannelName } from '../kernel/people.js';
import type { Content, InboundEvent, RemoteFile } from '../conversation/message.js';

/** A webhook request as it came: header names in lower case, the body's bytes untouched. */
export interface RawRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** What a webhook request holds: events, or why it was refused. */
export type Received =
  | { readonly ok: true; readonly events: readonly InboundEvent[] }
  | { readonly ok: false; readonly status: 400 | 401; readonly reason: string };

/** One call to make: one message to one contact. */
export interface Outgoing {
  readonly attemptId: string;
  readonly contactId: string;
  /** The person's id on the platform. */
  readonly address: string;
  readonly content: Content;
  /** The approved form that this message takes instead of its words (Zalo). */
  readonly template?: { readonly id: string; readonly data: Readonly<Record<string, string>> };
  readonly lane: 'reply' | 'bulk';
  /** Whether it may come twice rather than not at all; absent means it may not. */
  readonly repeats?: boolean;
  /** Business time shown with the message where the channel shows one (web). */
  readonly at: Date;
}

/** Why a message did not leave; the only words of failure that the rest of the product knows. */
export type Failure =
  | 'retryable' // nothing was accepted; the same call may succeed later (refused, DNS, 5xx before acceptance)
  | 'rate-limited' // with retryAfterMs; `scope` says for whom
  | 'recipient-gone' // blocked, deactivated, never started, unknown
  | 'rejected' // the platform will never take this message
  | 'channel-down' // token wrong, account off, quota spent: nobody can be reached for now
  | 'window-closed' // outside the platform's time window (Zalo)
  | 'unknown';

export type SendResult =
  | { readonly kind: 'sent'; readonly platformMessageId: string }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly retryAfterMs?: number;
      /** Who must wait when rate-limited. Default: the whole account. */
      readonly scope?: 'account' | 'contact';
      /** For the log and the record: the platform's code and words, without personal data or secrets. */
      readonly detail: string;
    }
  /** The request was written and no answer came: it may have arrived. Never resent blindly. */
  | { readonly kind: 'uncertain'; readonly detail: string };

/** One call that changes a message. */
export interface Change extends Outgoing {
  readonly platformMessageId: string;
  /** The message was sent with a picture or a file, whatever its new content is. */
  readonly hasMedia?: boolean;
}

export interface Channel {
  readonly name: ChannelName;
  /** Key of the shared rate budget, e.g. `telegram:123456`. */
  readonly account: string;
  /** What proves that a message arrived here. */
  readonly proof: 'sent' | 'delivered' | 'fetched';
  /** Bulk messages a second that the platform takes; null where we set no limit. */
  readonly bulkPerSecond: number | null;
  /** Changes of messages a second where the platform takes fewer of them than messages; never more than `bulkPerSecond`. */
  readonly editsPerSecond?: number;
  /** Verifies (constant time, fails closed) and decodes one webhook request. Touches nothing. */
  receive(request: RawRequest): Received;
  /** Makes the one call. Never throws for what a platform can do; every outcome is classified here. */
  send(outgoing: Outgoing, signal: AbortSignal): Promise<SendResult>;
  /** Changes a message that was sent, where the platform can. Saying the same words again changes nothing. */
  edit?(change: Change, signal: AbortSignal): Promise<SendResult>;
  /** Stops the client's waiting sign (Telegram callbacks). Best effort. */
  acknowledge?(token: string): Promise<void>;
  /** Fetches a file that a person sent. At most `limitBytes`; throws FileFetchError. */
  fetchFile?(file: RemoteFile, limitBytes: number, signal: AbortSignal): Promise<Buffer>;
}

/** A file could not be fetched. `permanent` when trying again is useless. */
export class FileFetchError extends Error {
  override readonly name = 'FileFetchError';
  readonly permanent: boolean;
  readonly problem: 'too_large' | 'unavailable';

  constructor(problem: 'too_large' | 'unavailable', permanent: boolean, detail: string, options: ErrorOptions = {}) {
    super(detail, options);
    this.problem = problem;
    this.permanent = permanent;
  }
}

/** Where channels get the bytes of our own files, and remember the platform's id of an upload. */
export interface FileAccess {
  read(fileId: string): Promise<{ name: string; type: string; bytes: Buffer }>;
  platformId(fileId: string, account: string): Promise<string | null>;
  rememberPlatformId(fileId: string, account: string, platformId: string | null): Promise<void>;
}
