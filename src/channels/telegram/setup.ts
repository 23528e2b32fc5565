/** Setting the bot up: its webhook, its commands, and whether it answers at all. */
import type { Opts } from 'telegraf/types';
import type { CallOutcome, TelegramClient } from './client.js';

/** The updates that we read; Telegram sends no others. */
export const ALLOWED_UPDATES: NonNullable<Opts<'setWebhook'>['allowed_updates']> = [
  'message',
  'callback_query',
  'my_chat_member',
];

/** How one of these calls went; `detail` holds the platform's words and never a secret. */
type SetupResult = { readonly ok: true; readonly detail: string } | { readonly ok: false; readonly detail: string };

/** Tells Telegram where to call. Pending updates are kept. */
export async function setWebhook(
  client: TelegramClient,
  webhook: { url: string; secret: string; maxConnections?: number },
): Promise<SetupResult> {
  const { url, secret, maxConnections = 40 } = webhook;
  const outcome = await client.call('setWebhook', {
    url,
    secret_token: secret,
    allowed_updates: ALLOWED_UPDATES,
    max_connections: maxConnections,
  });
  return resultOf(outcome, () => `webhook set to ${url}`);
}

/** Ends the webhook, so that polling can begin. Pending updates are kept. */
export async function deleteWebhook(client: TelegramClient): Promise<SetupResult> {
  return resultOf(await client.call('deleteWebhook', {}), () => 'webhook removed');
}

/** The menu that Telegram shows beside the input field. */
export async function setCommands(
  client: TelegramClient,
  commands: readonly { command: string; description: string }[],
): Promise<SetupResult> {
  return resultOf(await client.call('setMyCommands', { commands: [...commands] }), () => 'commands set');
}

/** Asks who the bot is: proves that the token works and Telegram can be reached. */
export async function checkBot(client: TelegramClient): Promise<SetupResult & { readonly username?: string }> {
  const outcome = await client.call('getMe', {}, { timeoutMs: 5_000 });
  if (outcome.kind !== 'ok') return resultOf(outcome, () => '');
  return { ok: true, detail: `@${outcome.result.username}`, username: outcome.result.username };
}

/** What Telegram knows of our webhook: its address, how many updates wait, and the last failure. */
export async function checkWebhook(client: TelegramClient, expectedUrl: string): Promise<SetupResult> {
  const outcome = await client.call('getWebhookInfo', {}, { timeoutMs: 5_000 });
  if (outcome.kind !== 'ok') return resultOf(outcome, () => '');
  const { url, pending_update_count: pending, last_error_message: problem } = outcome.result;
  if (url !== expectedUrl)
    return {
      ok: false,
      detail: url === undefined || url === '' ? 'no webhook is set' : 'the webhook is set to another address',
    };
  return {
    ok: true,
    detail: `${String(pending)} updates wait${problem === undefined ? '' : `; last failure: ${problem}`}`,
  };
}

function resultOf<T>(outcome: CallOutcome<T>, said: (result: T) => string): SetupResult {
  if (outcome.kind === 'ok') return { ok: true, detail: said(outcome.result) };
  if (outcome.kind === 'refused') return { ok: false, detail: `${String(outcome.code)} ${outcome.description}` };
  return { ok: false, detail: outcome.detail };
}
