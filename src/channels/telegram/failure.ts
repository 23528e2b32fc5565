/** What the Bot API's answers mean; nobody else reads its codes. */
import type { Failure, SendResult } from '../channel.js';
import type { CallOutcome } from './client.js';

type Refusal = Extract<CallOutcome<never>, { kind: 'refused' }>;
export type Unsent = Exclude<SendResult, { kind: 'sent' }>;

/** 400s that mean the person cannot be reached; matched at the start of the description, in lower case. */
const GONE_WORDS = [
  'chat not found',
  'user not found',
  'peer_id_invalid',
  'user_is_blocked',
  'input_user_deactivated',
  'user is deactivated',
  'group chat was deactivated',
  'chat_write_forbidden',
] as const;

/** Server errors that come from before the work was done; 504 and the rest may come after it. */
const BEFORE_ACCEPTANCE: readonly number[] = [500, 502, 503];

/** Refusals of a proxy that meet every request alike: no permission, no way, no login. */
const FOREIGN_TO_ALL: readonly number[] = [401, 404, 407];

const DEFAULT_WAIT_MS = 5_000;

/** The result of a call that did not succeed. */
export function classify(
  outcome: Exclude<CallOutcome<never>, { kind: 'ok' }>,
  scope: 'account' | 'contact' = 'account',
): Unsent {
  if (outcome.kind === 'unwritten') return { kind: 'failed', failure: 'retryable', detail: outcome.detail };
  if (outcome.kind === 'unanswered') return { kind: 'uncertain', detail: outcome.detail };
  const detail = `${String(outcome.code)} ${outcome.description.slice(0, 200)}`;
  if (outcome.code === 429) {
    return {
      kind: 'failed',
      failure: 'rate-limited',
      retryAfterMs: outcome.retryAfterMs ?? DEFAULT_WAIT_MS,
      scope,
      detail,
    };
  }
  if (outcome.code >= 500 && !BEFORE_ACCEPTANCE.includes(outcome.code)) return { kind: 'uncertain', detail };
  return { kind: 'failed', failure: failureOf(outcome), detail };
}

function failureOf(refusal: Refusal): Failure {
  // A proxy's word says nothing of the chat. What it says of this request alone must not silence the whole account.
  if (refusal.isForeign)
    return FOREIGN_TO_ALL.includes(refusal.code) || refusal.code < 400 ? 'channel-down' : 'unknown';
  if (refusal.code === 403) return 'recipient-gone';
  // 404 is the answer to a token of a wrong form.
  if (refusal.code === 401 || refusal.code === 404) return 'channel-down';
  if (refusal.code >= 500) return 'retryable';
  const words = wordsOf(refusal);
  if (refusal.code === 400) return GONE_WORDS.some((start) => words.startsWith(start)) ? 'recipient-gone' : 'rejected';
  return refusal.code === 413 ? 'rejected' : 'unknown';
}

const wordsOf = (refusal: Refusal) => refusal.description.replace(/^(Bad Request|Forbidden): /, '').toLowerCase();

const isBadRequest = (outcome: CallOutcome<unknown>, pattern: RegExp): boolean =>
  outcome.kind === 'refused' && outcome.code === 400 && pattern.test(outcome.description);

/** The text's markup was not understood: the same words go once more as plain text. */
export const isParseError = (outcome: CallOutcome<unknown>) => isBadRequest(outcome, /can't parse entities/i);
/** An edit that changes nothing: done already. */
export const isNotModified = (outcome: CallOutcome<unknown>) => isBadRequest(outcome, /message is not modified/i);
/** The platform's id of an upload is no longer good. */
export const isUnknownFile = (outcome: CallOutcome<unknown>) =>
  isBadRequest(outcome, /wrong file identifier|wrong remote file|file reference|can't use file of type/i);
/** A picture that Telegram will not take as a picture; as a document it goes. */
export const isBadPhoto = (outcome: CallOutcome<unknown>) =>
  isBadRequest(outcome, /PHOTO_INVALID_DIMENSIONS|IMAGE_PROCESS_FAILED|photo.*too big/i);
