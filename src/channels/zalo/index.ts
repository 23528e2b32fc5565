/** The Zalo channel's door. */
import { machineClock } from '../../kernel/clock.js';
import type { Channel, FileAccess, Outgoing, SendResult } from '../channel.js';
import { createPartSender } from '../parts.js';
import { createUploads } from '../uploads.js';
import { createCarrier } from './carry.js';
import type { ZaloClient } from './client.js';
import { encode, type Carried, type ZaloButtons } from './encode.js';
import { fetchMedia } from './fetch-file.js';
import { judge } from './failure.js';
import { createSendPart, createSendTemplate, withToken, type AccessTokens, type ZaloAlarm } from './send.js';
import { receiveWebhook } from './webhook.js';

export { createZaloClient, type ZaloClient } from './client.js';
export type { ZaloButtons } from './encode.js';
export { createZaloLogin, type ZaloLogin } from './login.js';
export type { ZaloAlarm } from './send.js';
export { createTokenKeeper, type TokenKeeper, type TokenPair } from './tokens.js';
export { createTokenStore } from './token-store.js';

export interface ZaloChannelOptions {
  readonly client: ZaloClient;
  readonly tokens: AccessTokens;
  readonly files: FileAccess;
  readonly appId: string;
  /** Empty: events of any account of the app are taken. */
  readonly oaId: string;
  readonly oaSecretKey: string;
  readonly buttons: ZaloButtons;
  /** An address that opens a file of ours for a day; absent without a public address. */
  readonly signedLink?: (fileId: string) => Promise<string>;
  /** Requests a minute that the account's package allows. */
  readonly perMinute?: number;
  /** Machine time: Zalo's nights and days are real ones. */
  readonly now?: () => Date;
  readonly alarm?: (what: ZaloAlarm, detail: string) => void;
  readonly onUnknownEvent?: (name: string) => void;
  /** Origins besides Zalo's hosts from which sent files may be fetched: the fake server of a test. */
  readonly mediaOrigins?: readonly string[];
}

/** The key of an account's rate budget, tokens and uploads. */
export const zaloAccount = (oaId: string): string => `zalo:${oaId}`;

const PER_MINUTE = 100;
/** Replies, uploads and second tries live on the rest. */
const SHARE_OF_BULK = 0.8;

/** The channel over one Official Account. */
export function createZaloChannel(options: ZaloChannelOptions): Channel {
  const { client, tokens, files, oaId, now = () => machineClock.now(), alarm = () => undefined } = options;
  const account = zaloAccount(oaId === '' ? options.appId : oaId);
  let buttons = options.buttons;
  const carrier = createCarrier({
    files,
    uploads: createUploads(files, account),
    upload: (path, file, signal) => withToken(tokens, (token) => client.upload(path, token, file, signal), now()),
    ...(options.signedLink ? { signedLink: options.signedLink } : {}),
    now,
  });
  const sendPart = createSendPart({ client, tokens, carrier, now, alarm, onButtonsRefused: () => (buttons = 'none') });
  const sendTemplate = createSendTemplate({ client, tokens, now, alarm });
  const sendInOrder = createPartSender();

  async function send(outgoing: Outgoing, signal: AbortSignal): Promise<SendResult> {
    const { content } = outgoing;
    try {
      if (outgoing.template) return await sendTemplate(outgoing.address, outgoing.template, signal);
      const image =
        content.imageId === undefined ? { carried: null } : await carrier.carry(content.imageId, 'image', signal);
      if ('failed' in image) return image.failed;
      const file =
        content.fileId === undefined ? { carried: null } : await carrier.carry(content.fileId, 'file', signal);
      if ('failed' in file) return file.failed;
      const parts = encode(content, { ...named('image', image.carried), ...named('file', file.carried) }, buttons);
      return await sendInOrder(outgoing, parts, (part) => sendPart(outgoing.address, part, signal), signal);
    } catch (error) {
      // Only our own store (files, tokens) throws here, and it is read before anything is written.
      return {
        kind: 'failed',
        failure: 'retryable',
        detail: `store: ${error instanceof Error ? error.name : 'error'}`,
      };
    }
  }

  return {
    name: 'zalo',
    account,
    proof: 'delivered',
    bulkPerSecond: ((options.perMinute ?? PER_MINUTE) * SHARE_OF_BULK) / 60,
    receive: (request) => receiveWebhook(request, options),
    send,
    fetchFile: (file, limitBytes, signal) => fetchMedia(file, limitBytes, signal, options.mediaOrigins ?? []),
  };
}

const named = <K extends 'image' | 'file'>(key: K, carried: Carried | null): { [P in K]?: Carried } =>
  carried === null ? {} : ({ [key]: carried } as { [P in K]?: Carried });

/** Asks Zalo who the account is: proves that the token works and Zalo can be reached. */
export async function checkZalo(
  client: ZaloClient,
  tokens: AccessTokens,
  now: Date,
): Promise<{ ok: boolean; detail: string }> {
  const outcome = await withToken(tokens, (token) => client.get('v2.0/oa/getoa', token), now);
  if (outcome.kind !== 'ok') return { ok: false, detail: judge(outcome, now).result.detail };
  const name = outcome.data['name'];
  return { ok: true, detail: typeof name === 'string' ? name : 'reachable' };
}
