/** Makes the call of one part, with the second tries that Zalo's codes ask for. */
import type { Outgoing, SendResult } from '../channel.js';
import type { createCarrier } from './carry.js';
import type { ApiOutcome, ZaloClient } from './client.js';
import { messageOf, type Part } from './encode.js';
import { judge, TEMPLATE_CODES, type Judged } from './failure.js';

/** Where the sender gets its token. */
export interface AccessTokens {
  /** The token to use now; null while there is none. */
  current(): Promise<string | null>;
  /** Called after Zalo refused `stale`: another token, or null when none can be had. */
  renew(stale: string): Promise<string | null>;
}

/** What somebody should look at; texts hold codes and Zalo's words, no personal data and no secret. */
export type ZaloAlarm =
  'send-refused' | 'template-refused' | 'buttons-refused' | 'tokens-lost' | 'tokens-unsaved' | 'tokens-failing';

export interface PartSenderDeps {
  readonly client: ZaloClient;
  readonly tokens: AccessTokens;
  readonly carrier: ReturnType<typeof createCarrier>;
  readonly now: () => Date;
  readonly alarm: (what: ZaloAlarm, detail: string) => void;
  /** Zalo took the words with a numbered menu after it had refused the drawn buttons. */
  readonly onButtonsRefused: () => void;
}

const CS_PATH = 'v3.0/oa/message/cs';
const TEMPLATE_PATH = 'v3.0/oa/message/template';

/** Makes a call with the current token, and once more with a new one when Zalo says that it is no longer good. */
export async function withToken(
  tokens: AccessTokens,
  call: (token: string) => Promise<ApiOutcome>,
  now: Date,
  codes: typeof TEMPLATE_CODES = {},
): Promise<ApiOutcome> {
  const token = await tokens.current();
  if (token === null) return { kind: 'error', code: -220, message: 'no access token' };
  const outcome = await call(token);
  if (outcome.kind !== 'error' || judge(outcome, now, codes).once !== 'renew-token') return outcome;
  const fresh = await tokens.renew(token);
  return fresh === null ? outcome : await call(fresh);
}

/** Sends one part to one person. */
export function createSendPart({ client, tokens, carrier, now, alarm, onButtonsRefused }: PartSenderDeps) {
  const post = (userId: string, part: Part, signal: AbortSignal) =>
    withToken(
      tokens,
      (token) => client.post(CS_PATH, token, { recipient: { user_id: userId }, message: messageOf(part) }, signal),
      now(),
    );

  /** The same part in the form that the refusal asks for; null when there is none. */
  async function otherForm(part: Part, judged: Judged, signal: AbortSignal): Promise<Part | SendResult | null> {
    if (part.kind === 'rich' && judged.once === 'plain-menu') return { kind: 'text', text: part.plain };
    if ((part.kind !== 'image' && part.kind !== 'file') || judged.once !== 'upload-again') return null;
    const result = await carrier.again(part.fileId, part.kind, part.id, signal);
    if ('failed' in result) return result.failed;
    return result.carried?.by === 'id' ? { ...part, id: result.carried.id } : null;
  }

  return async (userId: string, part: Part, signal: AbortSignal): Promise<SendResult> => {
    const first = await post(userId, part, signal);
    if (first.kind === 'ok') return sent(first);
    const judged = judge(first, now());
    const other = await otherForm(part, judged, signal);
    if (other === null) return failed(judged);
    if ('detail' in other || other.kind === 'sent') return other;
    const second = await post(userId, other, signal);
    if (second.kind !== 'ok') return failed(judge(second, now()));
    if (part.kind === 'rich') {
      alarm('buttons-refused', judged.result.detail);
      onButtonsRefused();
    }
    return sent(second);
  };

  function failed({ result, alarm: shout }: Judged): SendResult {
    if (shout) alarm('send-refused', result.detail);
    return result;
  }
}

/** Sends an approved template to one person: all that reaches whoever has been silent for a week. */
export function createSendTemplate({
  client,
  tokens,
  now,
  alarm,
}: Pick<PartSenderDeps, 'client' | 'tokens' | 'now' | 'alarm'>) {
  return async (
    userId: string,
    template: NonNullable<Outgoing['template']>,
    signal: AbortSignal,
  ): Promise<SendResult> => {
    const body = { user_id: userId, template_id: template.id, template_data: inNfc(template.data) };
    const call = (token: string) => client.post(TEMPLATE_PATH, token, body, signal);
    const outcome = await withToken(tokens, call, now(), TEMPLATE_CODES);
    if (outcome.kind === 'ok') return sent(outcome);
    const judged = judge(outcome, now(), TEMPLATE_CODES);
    if (judged.alarm) alarm('template-refused', `${template.id}: ${judged.result.detail}`);
    return judged.result;
  };
}

/** Names come from many hands; Zalo counts what a reader sees as one letter. */
const inNfc = (data: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [name, value.normalize('NFC')]));

/** Zalo's answer 0 means taken, also should it ever come without an id. */
function sent(outcome: Extract<ApiOutcome, { kind: 'ok' }>): SendResult {
  const id = outcome.data['message_id'];
  return { kind: 'sent', platformMessageId: typeof id === 'string' ? id : '' };
}
