/** A Telegram channel over the fake, with a picture, a report and a picture that is too large. */
import type { Channel, Outgoing, SendResult } from '../../src/channels/channel.js';
import { createTelegramChannel, createTelegramClient } from '../../src/channels/telegram/index.js';
import type { Content } from '../../src/conversation/message.js';
import { startFakeTelegram } from '../support/fake-telegram.js';
import { createFileMemory, pdf, png } from './file-memory.js';

export const CHAT = 77;
export const never = new AbortController().signal;

const memory = () =>
  createFileMemory({
    card: { name: 'the.png', type: 'image/png', bytes: png() },
    report: { name: 'báo cáo.pdf', type: 'application/pdf', bytes: pdf() },
    huge: { name: 'to.png', type: 'image/png', bytes: png(10_500_000) },
  });

export type TelegramWorld = Awaited<ReturnType<typeof createTelegramWorld>>;

export async function createTelegramWorld() {
  const fake = await startFakeTelegram();
  await fake.addChats(CHAT, 100);
  let attempt = 0;
  let files = memory();

  /** A channel of another process, or of another account. */
  const build = (
    apiRoot: string,
    token = fake.token,
    timeouts: { timeoutMs?: number; connectTimeoutMs?: number } = {},
  ): Channel => createTelegramChannel({ client: createTelegramClient({ token, apiRoot, ...timeouts }), files });
  const world = {
    fake,
    build,
    channel: build(fake.apiRoot),
    get files() {
      return files;
    },
    async reset(): Promise<void> {
      await fake.reset();
      files = memory();
      world.channel = build(fake.apiRoot);
    },
    outgoing: (content: Content, chat: number | string = CHAT): Outgoing => ({
      attemptId: String(++attempt),
      contactId: 'c',
      address: String(chat),
      content,
      lane: 'reply',
      at: new Date(0),
    }),
    send: (content: Content | string, chat: number | string = CHAT): Promise<SendResult> =>
      world.channel.send(world.outgoing(typeof content === 'string' ? { text: content } : content, chat), never),
  };
  return world;
}
