import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SendResult } from '../../src/channels/channel.js';
import { createGroupBudget, createTelegramChannel, createTelegramClient } from '../../src/channels/telegram/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startFakeTelegram, type FakeTelegram } from '../support/fake-telegram.js';
import { createFileMemory } from './file-memory.js';

const GROUP = -1_001_234;
let fake: FakeTelegram;
let database: TestDatabase;
let clock = new Date('2026-11-23T03:00:00Z');

beforeAll(async () => {
  fake = await startFakeTelegram();
  database = await createTestDatabase();
  await fake.addChats(GROUP, 2);
  await fake.addChats(77, 1);
});
afterAll(async () => {
  await fake.stop();
  await database.drop();
});

it('a group gets at most twenty messages in any minute from all processes together, and people are not held up', async () => {
  let serial = 0;
  const channels = [1, 2].map(() => {
    const client = createTelegramClient({ token: fake.token, apiRoot: fake.apiRoot });
    return createTelegramChannel({
      client,
      files: createFileMemory({}),
      groupBudget: createGroupBudget(database.store.pool, `telegram:${client.botId}`, () => clock),
    });
  });
  const send = (address: number, n = 0): Promise<SendResult> => {
    const outgoing = {
      attemptId: String((serial += 1)),
      contactId: 'c',
      address: String(address),
      content: { text: 'x' },
      lane: 'bulk' as const,
      at: clock,
    };
    const channel = channels[n];
    if (!channel) throw new Error('no channel');
    return channel.send(outgoing, new AbortController().signal);
  };

  let sent = 0;
  for (let second = 0; second < 60; second += 1) {
    const results = await Promise.all([send(GROUP, 0), send(GROUP, 1)]);
    sent += results.filter(({ kind }) => kind === 'sent').length;
    clock = new Date(clock.getTime() + 1000);
  }
  expect(sent).toBe(20);

  expect((await send(GROUP)).kind).toBe('sent');
  expect(await send(GROUP)).toMatchObject({ failure: 'rate-limited', scope: 'contact', retryAfterMs: 3_000 });
  expect((await send(GROUP + 1)).kind).toBe('sent');
  expect((await send(77)).kind).toBe('sent');
  expect((await send(77)).kind).toBe('sent');
});
