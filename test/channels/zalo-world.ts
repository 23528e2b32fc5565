/** A Zalo channel over the fake, with tokens in memory. */
import {
  createZaloChannel,
  createZaloClient,
  type ZaloAlarm,
  type ZaloButtons,
} from '../../src/channels/zalo/index.js';
import type { Channel, Outgoing, SendResult } from '../../src/channels/channel.js';
import type { Content } from '../../src/conversation/message.js';
import type { FakeZalo } from '../support/fake-zalo.js';
import { createFileMemory, type FileMemory } from './file-memory.js';

export const USER = '3333444455556666777';

export interface ZaloWorld {
  readonly channel: Channel;
  readonly files: FileMemory;
  readonly alarms: [ZaloAlarm, string][];
  /** How often another token was asked for. */
  readonly renewals: string[];
  send(content: Content | string, user?: string, attemptId?: string): Promise<SendResult>;
}

let attempt = 0;

export async function buildZalo(
  fake: FakeZalo,
  options: {
    files?: Parameters<typeof createFileMemory>[0];
    buttons?: ZaloButtons;
    link?: boolean;
    now?: Date;
    timeoutMs?: number;
    apiRoot?: string;
    connectTimeoutMs?: number;
    renew?: 'fresh' | 'none';
    perMinute?: number;
  } = {},
): Promise<ZaloWorld> {
  let token = (await fake.issueTokens()).accessToken;
  const files = createFileMemory(options.files ?? {});
  const alarms: [ZaloAlarm, string][] = [];
  const renewals: string[] = [];
  const channel = createZaloChannel({
    client: createZaloClient({
      apiRoot: options.apiRoot ?? fake.apiRoot,
      oauthRoot: fake.oauthRoot,
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      ...(options.connectTimeoutMs === undefined ? {} : { connectTimeoutMs: options.connectTimeoutMs }),
    }),
    tokens: {
      current: async () => token,
      renew: async (stale) => {
        renewals.push(stale);
        if (options.renew === 'none') return null;
        return (token = (await fake.issueTokens()).accessToken);
      },
    },
    files,
    appId: fake.appId,
    oaId: fake.oaId,
    oaSecretKey: fake.secretKey,
    buttons: options.buttons ?? 'none',
    ...(options.link === true ? { signedLink: async (fileId: string) => `https://neuguong.example/f/${fileId}` } : {}),
    ...(options.perMinute === undefined ? {} : { perMinute: options.perMinute }),
    ...(options.now ? { now: () => options.now ?? new Date() } : {}),
    alarm: (what, detail) => alarms.push([what, detail]),
    mediaOrigins: [fake.apiRoot],
  });
  return {
    channel,
    files,
    alarms,
    renewals,
    send: (content, user = USER, attemptId = String(++attempt)) => {
      const outgoing: Outgoing = {
        attemptId,
        contactId: 'c',
        address: user,
        content: typeof content === 'string' ? { text: content } : content,
        lane: 'reply',
        repeats: true,
        at: new Date(0),
      };
      return channel.send(outgoing, new AbortController().signal);
    },
  };
}
