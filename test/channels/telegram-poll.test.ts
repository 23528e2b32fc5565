import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  checkBot,
  checkWebhook,
  createTelegramClient,
  createTelegramPoller,
  deleteWebhook,
  setCommands,
  setWebhook,
  type PollStatus,
  type TelegramClient,
  type TelegramPoller,
} from '../../src/channels/telegram/index.js';
import { receiveWebhook } from '../../src/channels/telegram/webhook.js';
import { startFakeTelegram, type FakeTelegram } from '../support/fake-telegram.js';
import { waitFor } from '../support/wait.js';

const SECRET = 'hook-Secret_1';
let fake: FakeTelegram;
let client: TelegramClient;
const pollers: TelegramPoller[] = [];

beforeAll(async () => {
  fake = await startFakeTelegram();
  client = createTelegramClient({ token: fake.token, apiRoot: fake.apiRoot });
});
afterAll(() => fake.stop());
beforeEach(async () => {
  await fake.reset();
  await client.call('deleteWebhook', { drop_pending_updates: true });
});
afterEach(async () => {
  await Promise.all(pollers.splice(0).map((poller) => poller.stop()));
});

/** A poller over a store in memory; `broken` makes the store throw for these texts. */
function poll(options: { token?: string; saved?: { offset: bigint | null } } = {}) {
  const saved = options.saved ?? { offset: null };
  const got: string[] = [];
  const broken = new Set<string>();
  const states: PollStatus[] = [];
  const poller = createTelegramPoller({
    client:
      options.token === undefined ? client : createTelegramClient({ token: options.token, apiRoot: fake.apiRoot }),
    account: 'telegram:1',
    offsets: { load: async () => saved.offset, save: async (_account, offset) => void (saved.offset = offset) },
    onUpdate: async (raw) => {
      const text = (raw as { message?: { text: string } }).message?.text ?? '';
      if (broken.has(text)) throw new Error('store down');
      got.push(text);
    },
    onStatus: (status) => states.push(status),
    holdSeconds: 1,
    backOffMs: { first: 20, longest: 50 },
  });
  pollers.push(poller);
  poller.start();
  return { poller, got, broken, states, saved };
}

describe('polling', () => {
  it('stores what waited and what comes, in order, and stops cleanly', async () => {
    await fake.person(77).type('một');
    const { poller, got, states } = poll();
    await waitFor(() => got.length === 1);
    await fake.person(77).type('hai');
    await waitFor(() => got.length === 2);
    expect(got).toEqual(['một', 'hai']);
    await poller.stop();
    expect(states.map(({ state }) => state)).toEqual(['running', 'stopped']);
  });

  it('loses nothing when the store fails half-way, and goes on behind what is stored', async () => {
    const { got, broken, saved, states } = poll();
    broken.add('hai');
    for (const text of ['một', 'hai', 'ba']) await fake.person(77).type(text);
    await waitFor(() => states.some(({ state }) => state === 'failing'));
    expect(got).toEqual(['một']);
    broken.clear();
    await waitFor(() => got.length === 3);
    expect(got).toEqual(['một', 'hai', 'ba']);
    await waitFor(async () => (await fake.stats()).pendingUpdates === 0);
    expect(saved.offset).not.toBeNull();
  });

  it('takes up after a restart where the stored offset stands', async () => {
    const first = poll();
    await fake.person(77).type('cũ');
    await waitFor(() => first.got.length === 1);
    await first.poller.stop();
    await fake.person(77).type('mới');
    const second = poll({ saved: first.saved });
    await waitFor(() => second.got.length === 1);
    expect(second.got).toEqual(['mới']);
  });

  it('says that another process polls the same bot, and goes on when it is gone', async () => {
    await fake.fault({
      kind: 'answer',
      method: 'getUpdates',
      times: 3,
      answer: {
        code: 409,
        description:
          'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
      },
    });
    const { states } = poll();
    await waitFor(() => states.some(({ state }) => state === 'running'));
    expect(states[0]).toEqual({
      state: 'conflict',
      detail: expect.stringContaining('another process polls the same bot') as string,
    });
  });

  it('really collides with a second poller', async () => {
    const one = poll();
    const two = poll();
    await waitFor(() => [...one.states, ...two.states].some(({ state }) => state === 'conflict'));
  });

  it('removes a webhook that was left over and keeps what waits', async () => {
    await setWebhook(client, { url: 'http://127.0.0.1:1/hook', secret: SECRET });
    await fake.person(77).type('chờ');
    const { got } = poll();
    await waitFor(() => got.includes('chờ'));
  });

  it('names a wrong token', async () => {
    const { states } = poll({ token: '123456789:wrong' });
    await waitFor(() => states.length > 0);
    expect(states[0]).toMatchObject({ state: 'unauthorized' });
  });

  it('comes back after the network was away', async () => {
    const { states, got } = poll();
    await waitFor(() => states.some(({ state }) => state === 'running'));
    await fake.refuse();
    await waitFor(() => states.some(({ state }) => state === 'failing'));
    await fake.listen();
    await fake.person(77).type('lại');
    await waitFor(() => got.includes('lại'));
  });
});

describe('the webhook of a real server', () => {
  let hook: http.Server;
  let url: string;
  let answers: number[] = [];
  const received: string[] = [];

  beforeAll(async () => {
    hook = http.createServer((req, res) => {
      const pieces: Buffer[] = [];
      req.on('data', (piece: Buffer) => pieces.push(piece));
      req.on('end', () => {
        const got = receiveWebhook(
          { headers: req.headers as Record<string, string>, body: Buffer.concat(pieces) },
          SECRET,
        );
        const status = got.ok ? (answers.shift() ?? 200) : got.status;
        if (got.ok && status === 200)
          for (const event of got.events)
            received.push(event.type === 'message' && event.body.kind === 'text' ? event.body.text : event.type);
        res.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((hook.address() as AddressInfo).port)}/webhooks/telegram`;
    await fake.retryScale(0.01);
  });
  afterAll(() => {
    hook.closeAllConnections();
    hook.close();
  });
  beforeEach(() => {
    answers = [];
    received.length = 0;
  });

  it('gets updates with the secret, repeated until they were stored', async () => {
    expect(await setWebhook(client, { url, secret: SECRET })).toMatchObject({ ok: true });
    answers = [503, 500, 503];
    const update = await fake.person(77).type('quan trọng');
    await waitFor(async () => (await fake.fate(update)).state === 'delivered');
    expect(received).toEqual(['quan trọng']);
    expect((await fake.fate(update)).tries).toBe(4);
    expect(await checkWebhook(client, url)).toMatchObject({ ok: true });
  });

  it('tells a block and a return', async () => {
    await setWebhook(client, { url, secret: SECRET });
    await fake.person(77).block();
    const back = await fake.person(77).unblock();
    await waitFor(async () => (await fake.fate(back)).state === 'delivered');
    expect(received).toEqual(['contact-state', 'contact-state']);
  });

  it('refuses updates that come with another secret', async () => {
    await setWebhook(client, { url, secret: 'other' });
    const update = await fake.person(77).type('giả');
    await waitFor(async () => (await fake.fate(update)).tries >= 2);
    expect(await fake.fate(update)).toMatchObject({ state: 'pending', lastStatus: 401 });
    expect(received).toEqual([]);
  });

  it('sees that no webhook, or another one, is set', async () => {
    await deleteWebhook(client);
    expect(await checkWebhook(client, url)).toEqual({ ok: false, detail: 'no webhook is set' });
    await setWebhook(client, { url: 'http://127.0.0.1:1/x', secret: SECRET });
    expect(await checkWebhook(client, url)).toMatchObject({ ok: false });
  });
});

describe('setting the bot up', () => {
  it('proves that the token works', async () => {
    expect(await checkBot(client)).toEqual({ ok: true, detail: '@neu_guong_test_bot', username: 'neu_guong_test_bot' });
    expect(await checkBot(createTelegramClient({ token: '123456789:wrong', apiRoot: fake.apiRoot }))).toEqual({
      ok: false,
      detail: '401 Unauthorized',
    });
  });

  it('sets the menu of commands', async () => {
    expect(await setCommands(client, [{ command: 'menu', description: 'Mở danh mục' }])).toMatchObject({ ok: true });
    expect(await setCommands(client, [{ command: 'Bad Name', description: 'x' }])).toMatchObject({ ok: false });
  });
});
