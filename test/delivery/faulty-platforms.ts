/** The fakes of the platforms, with every fault that they can play. */
import type { Channel, SendResult } from '../../src/channels/channel.js';
import { createTelegramChannel, createTelegramClient } from '../../src/channels/telegram/index.js';
import { buildZalo } from '../channels/zalo-world.js';
import {
  startFakeTelegram,
  type FakeFault,
  type FakeSummary,
  type FakeTelegramFault,
} from '../support/fake-telegram.js';
import { startFakeZalo, type FakeZaloFault } from '../support/fake-zalo.js';
import { NO_FILES } from './support.js';

export interface FaultyPlatform {
  /** The people from this address on, and everything that goes wrong with them. */
  begin(first: number, count: number): Promise<void>;
  /** A channel of a further process. */
  channel(): Promise<Channel>;
  summary(contains?: string): Promise<FakeSummary>;
  stop(): Promise<unknown>;
}

const refusal = (code: number, description: string, parameters?: { retry_after: number }) =>
  ({ kind: 'answer', answer: { code, description, ...(parameters ? { parameters } : {}) } }) as const;
const zaloError = (error: number, message: string) => ({ kind: 'answer', answer: { error, message } }) as const;

/** What any server and its network can do, with how often it strikes a message. */
const ANY_SERVER: readonly (FakeFault & { readonly chance: number })[] = [
  { kind: 'hang-after', chance: 0.01 },
  { kind: 'hang-before', chance: 0.01 },
  { kind: 'reset-after', chance: 0.02 },
  { kind: 'reset-before', chance: 0.02 },
  { kind: 'garbage-after', chance: 0.01 },
  { kind: 'slow', delayMs: 700, chance: 0.03 },
];

const OF_TELEGRAM: readonly FakeTelegramFault[] = [
  { ...refusal(429, 'Too Many Requests: retry after 1', { retry_after: 1 }), chance: 0.005 },
  { ...refusal(403, 'Forbidden: bot was blocked by the user'), chance: 0.03 },
  { ...refusal(400, 'Bad Request: chat not found'), chance: 0.02 },
  { ...refusal(500, 'Internal Server Error'), chance: 0.05 },
];

const OF_ZALO: readonly FakeZaloFault[] = [
  { ...zaloError(-32, 'Out of limit'), chance: 0.005 },
  { ...zaloError(-213, 'User has not followed OA'), chance: 0.03 },
  { ...zaloError(-230, 'User has not interacted with the OA in the past 7 days'), chance: 0.02 },
  { ...zaloError(-200, 'Send message failed'), chance: 0.03 },
  { kind: 'answer', answer: { status: 500, body: '<html>Internal Server Error</html>' }, chance: 0.05 },
];

async function telegram(): Promise<FaultyPlatform> {
  const fake = await startFakeTelegram({ latencyMs: 5, limits: { perSecond: 10_000, perChatPerSecond: 100 } });
  return {
    begin: async (first, count) => {
      await fake.addChats(first, count);
      for (const fault of [...OF_TELEGRAM, ...ANY_SERVER])
        await fake.fault({ ...fault, method: 'sendMessage', times: null });
    },
    channel: () =>
      Promise.resolve(
        createTelegramChannel({
          client: createTelegramClient({ token: fake.token, apiRoot: fake.apiRoot }),
          files: NO_FILES,
        }),
      ),
    summary: (contains) => fake.summary(contains),
    stop: () => fake.stop(),
  };
}

async function zalo(): Promise<FaultyPlatform> {
  const fake = await startFakeZalo({ latencyMs: 5, limits: { perMinute: 1_000_000 } });
  // A new pair of tokens kills the one before, so all processes share one, as they do through the database.
  const { channel } = await buildZalo(fake);
  return {
    begin: async (first, count) => {
      await fake.addUsers(first, count);
      for (const { chat: _, ...fault } of [...OF_ZALO, ...ANY_SERVER])
        await fake.fault({ ...fault, method: 'cs', times: null });
    },
    channel: () => Promise.resolve(inHaste(channel)),
    summary: (contains) => fake.summary(contains),
    stop: () => fake.stop(),
  };
}

/** Zalo asks for a minute's rest; a test has no minute. */
const inHaste = (channel: Channel): Channel => ({
  ...channel,
  send: async (outgoing, signal): Promise<SendResult> => {
    const result = await channel.send(outgoing, signal);
    return result.kind === 'failed' && result.failure === 'rate-limited' ? { ...result, retryAfterMs: 1_000 } : result;
  },
});

export const FAULTY_PLATFORMS = { telegram, zalo };
