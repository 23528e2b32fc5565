/** What calls of Telegram end in, those that send and those that fetch. */
import net from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SendResult } from '../../src/channels/channel.js';
import { createTelegramClient } from '../../src/channels/telegram/index.js';
import { waitFor } from '../support/wait.js';
import { pdf } from './file-memory.js';
import { CHAT, createTelegramWorld, never, type TelegramWorld } from './telegram-world.js';

let world: TelegramWorld;
beforeAll(async () => {
  world = await createTelegramWorld();
});
afterAll(() => world.fake.stop());
beforeEach(() => world.reset());

describe('every outcome of a call has its name', () => {
  it.each([
    [403, 'Forbidden: bot was blocked by the user', 'recipient-gone'],
    [403, 'Forbidden: user is deactivated', 'recipient-gone'],
    [403, "Forbidden: bot can't initiate conversation with a user", 'recipient-gone'],
    [403, 'Forbidden: bot was kicked from the supergroup chat', 'recipient-gone'],
    [400, 'Bad Request: chat not found', 'recipient-gone'],
    [400, 'Bad Request: PEER_ID_INVALID', 'recipient-gone'],
    [400, 'Bad Request: message is too long', 'rejected'],
    [400, 'Bad Request: BUTTON_DATA_INVALID', 'rejected'],
    [413, 'Request Entity Too Large', 'rejected'],
    [401, 'Unauthorized', 'channel-down'],
    [404, 'Not Found', 'channel-down'],
    [409, 'Conflict', 'unknown'],
    [500, 'Internal Server Error: restart', 'retryable'],
    [502, 'Bad Gateway', 'retryable'],
    [503, 'Service Unavailable', 'retryable'],
  ])('%i %s: %s', async (code, description, failure) => {
    await world.fake.fault({ kind: 'answer', answer: { code, description } });
    expect(await world.send('x')).toMatchObject({ kind: 'failed', failure });
  });

  it('waits as long as Telegram says, the whole account', async () => {
    await world.fake.fault({
      kind: 'answer',
      answer: { code: 429, description: 'Too Many Requests: retry after 7', parameters: { retry_after: 7 } },
    });
    expect(await world.send('x', 90)).toMatchObject({ failure: 'rate-limited', retryAfterMs: 7_000, scope: 'account' });
  });

  it('makes only one chat wait when that chat just got a message and the account is calm', async () => {
    await world.send('x', 91);
    await world.fake.fault({
      kind: 'answer',
      answer: { code: 429, description: 'Too Many Requests: retry after 2', parameters: { retry_after: 2 } },
    });
    expect(await world.send('y', 91)).toMatchObject({ failure: 'rate-limited', scope: 'contact' });
  });

  it.each(['hang-after', 'hang-before'] as const)('calls silence (%s) uncertain', async (kind) => {
    world.channel = world.build(world.fake.apiRoot, world.fake.token, { timeoutMs: 1_000 });
    await world.fake.fault({ kind });
    expect(await world.send('x')).toMatchObject({ kind: 'uncertain' });
    if (kind === 'hang-after') await waitFor(async () => (await world.fake.person(CHAT).messages()).length === 1);
    else expect(await world.fake.person(CHAT).messages()).toEqual([]);
  });

  it.each(['reset-after', 'reset-before'] as const)(
    'calls a connection that broke after the request was written (%s) uncertain',
    async (kind) => {
      await world.fake.fault({ kind });
      expect(await world.send('x')).toMatchObject({ kind: 'uncertain' });
    },
  );

  it('calls an answer that is none uncertain, and a gateway that gave up too', async () => {
    await world.fake.fault({ kind: 'garbage-after' });
    expect(await world.send('x')).toMatchObject({ kind: 'uncertain' });
    await world.fake.fault({ kind: 'answer', answer: { code: 504, description: 'Gateway Timeout' } });
    expect(await world.send('x')).toMatchObject({ kind: 'uncertain' });
  });

  it('calls a refused connection, an unknown host and a network that swallows packets retryable', async () => {
    await world.fake.refuse();
    expect(await world.send('x')).toMatchObject({
      kind: 'failed',
      failure: 'retryable',
      detail: expect.stringContaining('ECONNREFUSED') as string,
    });
    await world.fake.listen();
    expect(await world.send('x')).toMatchObject({ kind: 'sent' });
    world.channel = world.build('http://no-such-host.invalid');
    expect(await world.send('x')).toMatchObject({ failure: 'retryable' });
    // A TLS handshake that is never answered: the connection stands, but nothing of ours was written.
    const silent = net.createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    world.channel = world.build(
      `https://127.0.0.1:${String((silent.address() as net.AddressInfo).port)}`,
      world.fake.token,
      {
        connectTimeoutMs: 200,
      },
    );
    expect(await world.send('x')).toMatchObject({
      failure: 'retryable',
      detail: expect.stringContaining('CONNECT_TIMEOUT') as string,
    });
    silent.close();
  });

  it('writes nothing once it was told to stop', async () => {
    const stop = new AbortController();
    stop.abort();
    expect(await world.channel.send(world.outgoing({ text: 'x' }), stop.signal)).toMatchObject({
      failure: 'retryable',
    });
    expect((await world.fake.stats()).calls).toBe(0);
  });

  it('never shows the token, whatever goes wrong', async () => {
    const secret = world.fake.token.slice(10);
    const results: SendResult[] = [];
    for (const kind of ['reset-before', 'garbage-after'] as const) {
      await world.fake.fault({ kind });
      results.push(await world.send('x'));
    }
    world.channel = world.build(world.fake.apiRoot, `${world.fake.token}x`);
    results.push(await world.send('x'));
    world.channel = world.build('http://no-such-host.invalid');
    results.push(await world.send('x'));
    const error: unknown = await world.channel
      .fetchFile?.({ ref: 'f', name: 'x' }, 10, never)
      .catch((thrown: unknown) => thrown);
    expect(JSON.stringify(results) + String(error) + String((error as Error).stack)).not.toContain(secret);
  });
});

describe('files that people send on Telegram', () => {
  it('fetches a document', async () => {
    const update = await world.fake.person(CHAT).upload('a.pdf', pdf(2_000));
    expect(update).toBeGreaterThan(0);
    const { ref } = await lastRef();
    expect((await world.channel.fetchFile?.({ ref, name: 'a.pdf' }, 5_000, never))?.length).toBe(2_000);
  });

  it('stops at the limit, told or not', async () => {
    await world.fake.person(CHAT).upload('a.pdf', pdf(2_000));
    const { ref } = await lastRef();
    const tooLarge = { name: 'FileFetchError', problem: 'too_large', permanent: true };
    await expect(world.channel.fetchFile?.({ ref, name: 'a.pdf' }, 1_999, never)).rejects.toMatchObject(tooLarge);
    await expect(
      world.channel.fetchFile?.({ ref, name: 'a.pdf', size: 60_000_000 }, 20_000_000, never),
    ).rejects.toMatchObject(tooLarge);
  });

  it('tells a file that is gone from a network that is', async () => {
    await expect(world.channel.fetchFile?.({ ref: 'nothing', name: 'a' }, 10, never)).rejects.toMatchObject({
      problem: 'unavailable',
      permanent: false,
    });
    await world.fake.fault({
      kind: 'answer',
      method: 'getFile',
      answer: { code: 400, description: 'Bad Request: invalid file_id' },
    });
    await expect(world.channel.fetchFile?.({ ref: 'nothing', name: 'a' }, 10, never)).rejects.toMatchObject({
      permanent: true,
    });
    await world.fake.fault({
      kind: 'answer',
      method: 'getFile',
      answer: { code: 400, description: 'Bad Request: file is too big' },
    });
    await expect(world.channel.fetchFile?.({ ref: 'nothing', name: 'a' }, 10, never)).rejects.toMatchObject({
      problem: 'too_large',
    });
  });

  async function lastRef(): Promise<{ ref: string }> {
    const client = createTelegramClient({ token: world.fake.token, apiRoot: world.fake.apiRoot });
    const outcome = await client.call('getUpdates', { limit: 100, timeout: 0, allowed_updates: ['message'] });
    if (outcome.kind !== 'ok') throw new Error('no updates');
    const last = outcome.result.at(-1) as { message?: { document?: { file_id: string } } } | undefined;
    return { ref: last?.message?.document?.file_id ?? '' };
  }
});
