/** What the codes of openapi.zalo.me mean; nobody else reads them. */
import { addDays, atLocal, localDate } from '../../kernel/local-date.js';
import type { Failure, SendResult } from '../channel.js';
import type { ApiOutcome } from './client.js';

export type Unsent = Exclude<SendResult, { kind: 'sent' }>;

/** What one code asks for. */
interface Rule {
  readonly failure: Failure;
  /** A second try of another kind, made once by `send.ts` before the failure counts. */
  readonly once?: 'renew-token' | 'upload-again' | 'plain-menu';
  /** Someone must look at the account or at our code. */
  readonly alarm?: true;
  /** When the same call may be made again, and who must wait until then. */
  readonly wait?: { readonly scope: 'account' | 'contact'; readonly ms: (now: Date) => number };
}

const DOWN: Rule = { failure: 'channel-down', alarm: true };
const GONE: Rule = { failure: 'recipient-gone' };
const CLOSED: Rule = { failure: 'window-closed' };
const OUR_FAULT: Rule = { failure: 'rejected', alarm: true };

/** The namespace of openapi.zalo.me. Templates have codes of their own besides, see below. */
export const OA_CODES: Readonly<Record<number, Rule>> = {
  [-32]: { failure: 'rate-limited', wait: { scope: 'account', ms: () => 60_000 } },
  [-100]: { failure: 'rejected', once: 'upload-again' },
  [-200]: { failure: 'retryable' },
  [-201]: { failure: 'rejected', once: 'plain-menu' },
  [-204]: DOWN,
  [-205]: DOWN,
  [-209]: DOWN,
  [-210]: OUR_FAULT,
  [-211]: DOWN,
  [-212]: DOWN,
  [-213]: GONE,
  [-214]: { failure: 'retryable' },
  [-216]: { failure: 'channel-down', alarm: true, once: 'renew-token' },
  [-217]: GONE,
  [-218]: { failure: 'rate-limited', wait: { scope: 'contact', ms: untilTomorrow } },
  [-219]: DOWN,
  [-220]: { failure: 'channel-down', alarm: true, once: 'renew-token' },
  [-221]: DOWN,
  [-223]: DOWN,
  [-224]: DOWN,
  [-227]: GONE,
  [-230]: CLOSED,
  [-232]: CLOSED,
  [-233]: { failure: 'rejected', once: 'plain-menu' },
  // Only some kinds of messages rest at night, so the account as a whole goes on.
  [-234]: { failure: 'rate-limited', wait: { scope: 'contact', ms: untilMorning } },
  [-235]: DOWN,
  [-237]: GONE,
  [-238]: OUR_FAULT,
  [-240]: DOWN,
  [-241]: OUR_FAULT,
  [-242]: DOWN,
  [-244]: GONE,
  [-248]: OUR_FAULT,
  [-249]: { failure: 'rejected' },
  // Paid sending is off; the free window of 48 hours still works, so these people's window is closed, not the channel.
  [-320]: { failure: 'window-closed', alarm: true },
  [-321]: { failure: 'window-closed', alarm: true },
  [-403]: GONE,
  [-1340]: OUR_FAULT,
  [-1341]: OUR_FAULT,
};

/** A template that cannot be used, or not for this person, leaves the window as closed as it was. */
const NOT_SO: Rule = { failure: 'window-closed' };
const BAD_TEMPLATE: Rule = { failure: 'window-closed', alarm: true };
const TOMORROW: Rule = { failure: 'rate-limited', alarm: true, wait: { scope: 'contact', ms: untilTomorrow } };

/**
 * The namespace of ZBS templates; a template may also be answered with a code of the account's own. Only templates
 * stop when their quota is spent: the account as a whole goes on.
 */
export const TEMPLATE_CODES: Readonly<Record<number, Rule>> = {
  [-108]: GONE,
  [-114]: NOT_SO,
  [-115]: BAD_TEMPLATE,
  [-118]: GONE,
  [-119]: NOT_SO,
  [-124]: { failure: 'channel-down', alarm: true, once: 'renew-token' },
  [-126]: BAD_TEMPLATE,
  [-127]: BAD_TEMPLATE,
  [-131]: BAD_TEMPLATE,
  [-133]: { failure: 'rate-limited', wait: { scope: 'contact', ms: untilMorning } },
  [-139]: NOT_SO,
  [-140]: NOT_SO,
  [-141]: NOT_SO,
  [-144]: TOMORROW,
  [-146]: BAD_TEMPLATE,
  [-147]: TOMORROW,
  [-211]: TOMORROW,
  [-249]: BAD_TEMPLATE,
  [-1121]: BAD_TEMPLATE,
  [-1122]: BAD_TEMPLATE,
  [-1471]: { failure: 'rate-limited', wait: { scope: 'contact', ms: untilTomorrow } },
  [-1472]: { failure: 'rate-limited', wait: { scope: 'contact', ms: untilTomorrow } },
};

/** A gateway's 502 may come after it had passed the request on. */
const BEFORE_ACCEPTANCE: readonly number[] = [500, 503];

export interface Judged {
  readonly result: Unsent;
  readonly once?: NonNullable<Rule['once']>;
  readonly alarm: boolean;
}

/** The result of a call that did not succeed, and what may be tried first. `own`: codes of this kind of call. */
export function judge(
  outcome: Exclude<ApiOutcome, { kind: 'ok' }>,
  now: Date,
  own: Readonly<Record<number, Rule>> = {},
): Judged {
  if (outcome.kind === 'unwritten') return quiet({ kind: 'failed', failure: 'retryable', detail: outcome.detail });
  if (outcome.kind === 'unanswered') return quiet({ kind: 'uncertain', detail: outcome.detail });
  if (outcome.kind === 'http') return quiet(judgeHttp(outcome.status));
  return judgeCode(outcome.code, outcome.message, now, own);
}

const quiet = (result: Unsent): Judged => ({ result, alarm: false });

/** An answer that is not Zalo's JSON: it came from something in between. */
function judgeHttp(status: number): Unsent {
  const detail = `HTTP ${String(status)} without a readable body`;
  if (status === 429)
    return { kind: 'failed', failure: 'rate-limited', retryAfterMs: 60_000, scope: 'account', detail };
  if (BEFORE_ACCEPTANCE.includes(status)) return { kind: 'failed', failure: 'retryable', detail };
  if (status === 413) return { kind: 'failed', failure: 'rejected', detail };
  if (status >= 400 && status < 500) return { kind: 'failed', failure: 'unknown', detail };
  return { kind: 'uncertain', detail };
}

function judgeCode(code: number, message: string, now: Date, own: Readonly<Record<number, Rule>>): Judged {
  const detail = `${String(code)} ${message.slice(0, 200)}`;
  const rule: Rule = badRecipient(code, message)
    ? GONE
    : (own[code] ?? OA_CODES[code] ?? { failure: 'unknown', alarm: true });
  const waiting = rule.wait === undefined ? {} : { retryAfterMs: rule.wait.ms(now), scope: rule.wait.scope };
  return {
    result: { kind: 'failed', failure: rule.failure, ...waiting, detail },
    ...(rule.once === undefined ? {} : { once: rule.once }),
    alarm: rule.alarm === true,
  };
}

/** -201 names the bad field; a bad user id is about the person, not about the message. */
const badRecipient = (code: number, message: string) => code === -201 && /user_?id/i.test(message);

/** Machine time, not business time: Zalo's night and day are real ones. */
function untilMorning(now: Date): number {
  const today = localDate(now);
  const six = atLocal(today, '06:00:30');
  return (six > now ? six : atLocal(addDays(today, 1), '06:00:30')).getTime() - now.getTime();
}

function untilTomorrow(now: Date): number {
  return atLocal(addDays(localDate(now), 1), '00:05').getTime() - now.getTime();
}
