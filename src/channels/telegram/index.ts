/** The Telegram channel's door. */
import type { RemoteFile } from '../../conversation/message.js';
import {
  FileFetchError,
  type Change,
  type Channel,
  type FileAccess,
  type Outgoing,
  type SendResult,
} from '../channel.js';
import { checkSize } from '../download.js';
import { createPartSender } from '../parts.js';
import { createUploads } from '../uploads.js';
import type { TelegramClient } from './client.js';
import { changedPart, encode } from './encode.js';
import { classify } from './failure.js';
import { isGroup, type GroupBudget } from './group-budget.js';
import { createSendPart, editPart } from './send.js';
import { createWaitScope } from './wait-scope.js';
import { receiveWebhook } from './webhook.js';

export { createTelegramClient, type TelegramClient } from './client.js';
export { decodeUpdate as decodeTelegramUpdate } from './decode.js';
export { createGroupBudget } from './group-budget.js';
export { createTelegramPoller, type PollStatus, type TelegramPoller } from './poll.js';
export { checkBot, checkWebhook, deleteWebhook, setCommands, setWebhook } from './setup.js';

export interface TelegramChannelOptions {
  readonly client: TelegramClient;
  readonly files: FileAccess;
  /** Absent in polling mode: then every webhook call is refused. */
  readonly webhookSecret?: string;
  /** Telegram's own limit for bulk messages is 30. */
  readonly bulkPerSecond?: number;
  /** More than 30 a second, each one above it paid with Stars; absent: off. Takes the place of `bulkPerSecond`. */
  readonly paidPerSecond?: number;
  /** Twenty a minute in one group. */
  readonly groupBudget?: GroupBudget;
}

/** The key of a bot's rate budget, poll offset and uploads. */
export const telegramAccount = (client: TelegramClient): string => `telegram:${client.botId}`;

/** Calls a second that Telegram takes of a bot for nothing. */
const FREE_PER_SECOND = 30;

/** The channel over one bot. */
export function createTelegramChannel({
  client,
  files,
  webhookSecret,
  bulkPerSecond = FREE_PER_SECOND,
  paidPerSecond,
  groupBudget,
}: TelegramChannelOptions): Channel {
  const account = telegramAccount(client);
  const sendInOrder = createPartSender();
  const scope = createWaitScope();
  const sendPart = createSendPart({
    client,
    files,
    uploads: createUploads(files, account),
    waitScope: (address) => scope.of(address),
  });

  async function send(outgoing: Outgoing, signal: AbortSignal): Promise<SendResult> {
    try {
      const sendOne = async (part: ReturnType<typeof encode>[number]) => {
        const waitMs = groupBudget && isGroup(outgoing.address) ? await groupBudget(outgoing.address) : 0;
        if (waitMs > 0) return groupIsFull(waitMs);
        const isPaid = paidPerSecond !== undefined && outgoing.lane === 'bulk';
        const result = await sendPart(outgoing.address, part, signal, isPaid);
        if (result.kind === 'sent') scope.note(outgoing.address);
        return result;
      };
      return await sendInOrder(outgoing, encode(outgoing.content), sendOne, signal);
    } catch (error) {
      // Only our own store (files, budgets) throws here, and it is read before anything is written.
      return {
        kind: 'failed',
        failure: 'retryable',
        detail: `store: ${error instanceof Error ? error.name : 'error'}`,
      };
    }
  }

  async function edit(change: Change, signal: AbortSignal): Promise<SendResult> {
    const part = changedPart(change.content, change.hasMedia);
    if (!part) return { kind: 'failed', failure: 'rejected', detail: 'empty message' };
    return await editPart(client, change.address, change.platformMessageId, part, signal);
  }

  return {
    name: 'telegram',
    account,
    proof: 'sent',
    bulkPerSecond: paidPerSecond ?? bulkPerSecond,
    // Nothing but a message can be paid for.
    editsPerSecond: Math.min(FREE_PER_SECOND, bulkPerSecond),
    receive: (request) => receiveWebhook(request, webhookSecret),
    send,
    edit,
    // Too late or unknown is no harm: the client stops waiting by itself.
    acknowledge: async (token) =>
      void (await client.call('answerCallbackQuery', { callback_query_id: token }, { timeoutMs: 5_000 })),
    fetchFile: (file, limitBytes, signal) => fetchFile(client, file, limitBytes, signal),
  };
}

const groupIsFull = (retryAfterMs: number): SendResult => ({
  kind: 'failed',
  failure: 'rate-limited',
  scope: 'contact',
  retryAfterMs,
  detail: 'twenty messages a minute in this group',
});

async function fetchFile(
  client: TelegramClient,
  file: RemoteFile,
  limitBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  checkSize(file.size, limitBytes);
  const outcome = await client.call('getFile', { file_id: file.ref }, { signal });
  if (outcome.kind !== 'ok') {
    if (outcome.kind === 'refused' && /too big/i.test(outcome.description))
      throw new FileFetchError('too_large', true, 'too big for the Bot API');
    const { detail } = classify(outcome);
    const permanent = outcome.kind === 'refused' && outcome.code === 400 && !/temporarily/i.test(outcome.description);
    throw new FileFetchError('unavailable', permanent, detail);
  }
  const { file_path: path, file_size: size } = outcome.result;
  checkSize(size, limitBytes);
  if (path === undefined) throw new FileFetchError('unavailable', false, 'no path for the file');
  return await client.download(path, limitBytes, signal);
}
