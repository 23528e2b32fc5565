import net from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Channel, Outgoing, SendResult } from '../../src/channels/channel.js';
import { createTelegramChannel, createTelegramClient } from '../../src/channels/telegram/index.js';
import type { Content } from '../../src/conversation/message.js';
import { startFakeTelegram, type FakeTelegram } from '../support/fake-telegram.js';
import { waitFor } from '../support/wait.js';
import { createFileMemory, pdf, png, type FileMemory } from './file-memory.js';

const CHAT = 77;
const never = new AbortController().signal;
let fake: FakeTelegram;
let files: FileMemory;
let channel: Channel;
let attempt = 0;

const outgoing = (content: Content, chat: number | string = CHAT): Outgoing => ({
  attemptId: String(++attempt),
  contactId: 'c',
  address: String(chat),
  content,
  lane: 'reply',
  at: new Date(0),
});
const send = (content: Content | string, chat: number | string = CHAT): Promise<SendResult> =>
  channel.send(outgoing(typeof content === 'string' ? { text: content } : content, chat), never);
const build = (apiRoot: string, token = fake.token, timeouts: { timeoutMs?: number; connectTimeoutMs?: number } = {}) =>
  createTelegramChannel({ client: createTelegramClient({ token, apiRoot, ...timeouts }), files });

beforeAll(async () => {
  fake = await startFakeTelegram();
  await fake.addChats(CHAT, 100);
});
afterAll(() => fake.stop());
beforeEach(async () => {
  await fake.reset();
  files = createFileMemory({
    card: { name: 'the.png', type: 'image/png', bytes: png() },
    report: { name: 'báo cáo.pdf', type: 'application/pdf', bytes: pdf() },
    huge: { name: 'to.png', type: 'image/png', bytes: png(10_500_000) },
  });
  channel = build(fake.apiRoot);
});

describe('sending on Telegram', () => {
  it('sends words that look like markup as they are, with buttons', async () => {
    const result = await send({
      text: 'Chỉ tiêu <70% & "tốt"',
      buttons: [{ label: 'Nộp ngay', action: 'go:report:1' }],
    });
    expect(result).toEqual({ kind: 'sent', platformMessageId: expect.stringMatching(/^\d+$/) as string });
    expect(await fake.person(CHAT).messages()).toMatchObject([
      { text: 'Chỉ tiêu <70% & "tốt"', buttons: [{ label: 'Nộp ngay', data: 'go:report:1' }] },
    ]);
  });

  it('sends 10,000 characters in order and names the last message', async () => {
    const text = Array.from({ length: 2_000 }, (_, n) => String(n).padStart(4, '0')).join(' ');
    const result = await send(text);
    const messages = await fake.person(CHAT).messages();
    expect(messages.map((message) => message.text).join(' ')).toBe(text);
    expect(result).toMatchObject({ kind: 'sent', platformMessageId: String(messages.at(-1)?.id) });
  });

  it('goes on with the second piece after the first one left, and does not repeat the first', async () => {
    await fake.fault({
      kind: 'answer',
      contains: 'bbb',
      answer: { code: 500, description: 'Internal Server Error: restart' },
    });
    const message = { repeats: true, ...outgoing({ text: `${'a'.repeat(3_900)} ${'b'.repeat(3_000)}` }) };
    expect(await channel.send(message, never)).toMatchObject({ failure: 'retryable' });
    expect(await channel.send(message, never)).toMatchObject({ kind: 'sent' });
    expect((await fake.person(CHAT).messages()).map(({ text }) => text[0])).toEqual(['a', 'b']);
  });

  it('sends a text that HTML mode does not take once more as plain text', async () => {
    await fake.fault({
      kind: 'answer',
      answer: { code: 400, description: "Bad Request: can't parse entities: Unsupported start tag" },
    });
    expect(await send('a < b')).toMatchObject({ kind: 'sent' });
    expect(await fake.person(CHAT).messages()).toMatchObject([{ text: 'a < b' }]);
  });

  it('follows a chat that moved', async () => {
    await fake.silently(80, 'migrated', 81);
    expect(await send('x', 80)).toMatchObject({ kind: 'sent' });
    expect((await fake.person(81).messages()).length).toBe(1);
  });

  it('says that an empty message is ours to mend', async () => {
    expect(await send('  ')).toMatchObject({ kind: 'failed', failure: 'rejected' });
    expect((await fake.stats()).calls).toBe(0);
  });

  it('edits words and keyboard, and takes "not modified" for done', async () => {
    const sent = await send({ text: 'một', buttons: [{ label: 'A', action: 'go:a' }] });
    if (sent.kind !== 'sent') throw new Error('not sent');
    const change = { ...outgoing({ text: 'hai' }), platformMessageId: sent.platformMessageId };
    expect(await channel.edit?.(change, never)).toEqual(sent);
    expect(await channel.edit?.(change, never)).toEqual(sent);
    expect(await fake.person(CHAT).messages()).toMatchObject([{ text: 'hai', buttons: [], edits: 1 }]);
  });

  it('tries an edit again after silence, since an edit cannot be doubled', async () => {
    const sent = await send('một');
    if (sent.kind !== 'sent') throw new Error('not sent');
    await fake.fault({ kind: 'reset-after', method: 'editMessageText' });
    const change = { ...outgoing({ text: 'hai' }), platformMessageId: sent.platformMessageId };
    expect(await channel.edit?.(change, never)).toMatchObject({ kind: 'failed', failure: 'retryable' });
    expect(await channel.edit?.(change, never)).toEqual(sent);
  });

  it('edits the caption of a picture', async () => {
    const sent = await send({ text: 'một', imageId: 'card' });
    if (sent.kind !== 'sent') throw new Error('not sent');
    await channel.edit?.(
      { ...outgoing({ text: 'hai', imageId: 'card' }), platformMessageId: sent.platformMessageId },
      never,
    );
    expect(await fake.person(CHAT).messages()).toMatchObject([{ text: 'hai', edits: 1 }]);
  });
});

describe('pictures and documents on Telegram', () => {
  it('uploads a picture once for forty people who get it at the same time', async () => {
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, n) => send({ text: 'Gương', imageId: 'card' }, CHAT + n)),
    );
    expect(results.every(({ kind }) => kind === 'sent')).toBe(true);
    expect(files.reads).toBe(1);
    const uploads = await Promise.all(Array.from({ length: 40 }, (_, n) => fake.person(CHAT + n).messages('Gương')));
    expect(uploads.flat().filter(({ file }) => file?.uploaded).length).toBe(1);
    expect(uploads.flat().length).toBe(40);
  });

  it('uses the id of an earlier process', async () => {
    await send({ text: 'x', fileId: 'report' });
    channel = build(fake.apiRoot);
    await send({ text: 'y', fileId: 'report' });
    expect(files.reads).toBe(1);
    expect(await fake.person(CHAT).messages()).toMatchObject([
      { file: { kind: 'document', name: 'báo cáo.pdf', uploaded: true } },
      { file: { uploaded: false } },
    ]);
  });

  it('uploads again when Telegram has forgotten the file', async () => {
    await send({ text: 'x', imageId: 'card' });
    await fake.forgetFiles();
    expect(await send({ text: 'y', imageId: 'card' })).toMatchObject({ kind: 'sent' });
    expect(files.reads).toBe(2);
  });

  it('keeps pictures and documents of one file apart', async () => {
    await send({ text: 'x', imageId: 'card' });
    expect(await send({ text: 'y', fileId: 'card' })).toMatchObject({ kind: 'sent' });
    expect((await fake.person(CHAT).messages()).map(({ file }) => file?.kind)).toEqual(['photo', 'document']);
  });

  it('lets the next one upload when the first upload fails', async () => {
    await fake.fault({ kind: 'answer', method: 'sendPhoto', answer: { code: 500, description: 'restart' } });
    const results = await Promise.all([
      send({ text: 'x', imageId: 'card' }, 78),
      send({ text: 'x', imageId: 'card' }, 79),
    ]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['failed', 'sent']);
  });

  it('refuses a picture over the limit for good', async () => {
    expect(await send({ text: 'x', imageId: 'huge' })).toMatchObject({ kind: 'failed', failure: 'rejected' });
  });

  it('sends a picture that Telegram does not take as one as a document', async () => {
    await fake.fault({
      kind: 'answer',
      method: 'sendPhoto',
      answer: { code: 400, description: 'Bad Request: PHOTO_INVALID_DIMENSIONS' },
    });
    expect(await send({ text: 'x', imageId: 'card' })).toMatchObject({ kind: 'sent' });
    expect(await send({ text: 'y', imageId: 'card' }, 78)).toMatchObject({ kind: 'sent' });
    expect(await fake.person(78).messages()).toMatchObject([{ file: { kind: 'document', uploaded: false } }]);
  });

  it('calls an unreadable file store retryable', async () => {
    expect(await send({ text: 'x', imageId: 'missing' })).toMatchObject({
      kind: 'failed',
      failure: 'retryable',
      detail: 'store: Error',
    });
  });
});

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
    await fake.fault({ kind: 'answer', answer: { code, description } });
    expect(await send('x')).toMatchObject({ kind: 'failed', failure });
  });

  it('waits as long as Telegram says, the whole account', async () => {
    await fake.fault({
      kind: 'answer',
      answer: { code: 429, description: 'Too Many Requests: retry after 7', parameters: { retry_after: 7 } },
    });
    expect(await send('x', 90)).toMatchObject({ failure: 'rate-limited', retryAfterMs: 7_000, scope: 'account' });
  });

  it('makes only one chat wait when that chat just got a message and the account is calm', async () => {
    await send('x', 91);
    await fake.fault({
      kind: 'answer',
      answer: { code: 429, description: 'Too Many Requests: retry after 2', parameters: { retry_after: 2 } },
    });
    expect(await send('y', 91)).toMatchObject({ failure: 'rate-limited', scope: 'contact' });
  });

  it.each(['hang-after', 'hang-before'] as const)('calls silence (%s) uncertain', async (kind) => {
    channel = build(fake.apiRoot, fake.token, { timeoutMs: 1_000 });
    await fake.fault({ kind });
    expect(await send('x')).toMatchObject({ kind: 'uncertain' });
    if (kind === 'hang-after') await waitFor(async () => (await fake.person(CHAT).messages()).length === 1);
    else expect(await fake.person(CHAT).messages()).toEqual([]);
  });

  it.each(['reset-after', 'reset-before'] as const)(
    'calls a connection that broke after the request was written (%s) uncertain',
    async (kind) => {
      await fake.fault({ kind });
      expect(await send('x')).toMatchObject({ kind: 'uncertain' });
    },
  );

  it('calls an answer that is none uncertain, and a gateway that gave up too', async () => {
    await fake.fault({ kind: 'garbage-after' });
    expect(await send('x')).toMatchObject({ kind: 'uncertain' });
    await fake.fault({ kind: 'answer', answer: { code: 504, description: 'Gateway Timeout' } });
    expect(await send('x')).toMatchObject({ kind: 'uncertain' });
  });

  it('calls a refused connection, an unknown host and a network that swallows packets retryable', async () => {
    await fake.refuse();
    expect(await send('x')).toMatchObject({
      kind: 'failed',
      failure: 'retryable',
      detail: expect.stringContaining('ECONNREFUSED') as string,
    });
    await fake.listen();
    expect(await send('x')).toMatchObject({ kind: 'sent' });
    channel = build('http://no-such-host.invalid');
    expect(await send('x')).toMatchObject({ failure: 'retryable' });
    // A TLS handshake that is never answered: the connection stands, but nothing of ours was written.
    const silent = net.createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    channel = build(`https://127.0.0.1:${String((silent.address() as net.AddressInfo).port)}`, fake.token, {
      connectTimeoutMs: 200,
    });
    expect(await send('x')).toMatchObject({
      failure: 'retryable',
      detail: expect.stringContaining('CONNECT_TIMEOUT') as string,
    });
    silent.close();
  });

  it('writes nothing once it was told to stop', async () => {
    const stop = new AbortController();
    stop.abort();
    expect(await channel.send(outgoing({ text: 'x' }), stop.signal)).toMatchObject({ failure: 'retryable' });
    expect((await fake.stats()).calls).toBe(0);
  });

  it('never shows the token, whatever goes wrong', async () => {
    const secret = fake.token.slice(10);
    const results: SendResult[] = [];
    for (const kind of ['reset-before', 'garbage-after'] as const) {
      await fake.fault({ kind });
      results.push(await send('x'));
    }
    channel = build(fake.apiRoot, `${fake.token}x`);
    results.push(await send('x'));
    channel = build('http://no-such-host.invalid');
    results.push(await send('x'));
    const error: unknown = await channel
      .fetchFile?.({ ref: 'f', name: 'x' }, 10, never)
      .catch((thrown: unknown) => thrown);
    expect(JSON.stringify(results) + String(error) + String((error as Error).stack)).not.toContain(secret);
  });
});

describe('files that people send on Telegram', () => {
  it('fetches a document', async () => {
    const update = await fake.person(CHAT).upload('a.pdf', pdf(2_000));
    expect(update).toBeGreaterThan(0);
    const { ref } = await lastRef();
    expect((await channel.fetchFile?.({ ref, name: 'a.pdf' }, 5_000, never))?.length).toBe(2_000);
  });

  it('stops at the limit, told or not', async () => {
    await fake.person(CHAT).upload('a.pdf', pdf(2_000));
    const { ref } = await lastRef();
    const tooLarge = { name: 'FileFetchError', problem: 'too_large', permanent: true };
    await expect(channel.fetchFile?.({ ref, name: 'a.pdf' }, 1_999, never)).rejects.toMatchObject(tooLarge);
    await expect(
      channel.fetchFile?.({ ref, name: 'a.pdf', size: 60_000_000 }, 20_000_000, never),
    ).rejects.toMatchObject(tooLarge);
  });

  it('tells a file that is gone from a network that is', async () => {
    await expect(channel.fetchFile?.({ ref: 'nothing', name: 'a' }, 10, never)).rejects.toMatchObject({
      problem: 'unavailable',
      permanent: false,
    });
    await fake.fault({
      kind: 'answer',
      method: 'getFile',
      answer: { code: 400, description: 'Bad Request: invalid file_id' },
    });
    await expect(channel.fetchFile?.({ ref: 'nothing', name: 'a' }, 10, never)).rejects.toMatchObject({
      permanent: true,
    });
    await fake.fault({
      kind: 'answer',
      method: 'getFile',
      answer: { code: 400, description: 'Bad Request: file is too big' },
    });
    await expect(channel.fetchFile?.({ ref: 'nothing', name: 'a' }, 10, never)).rejects.toMatchObject({
      problem: 'too_large',
    });
  });

  async function lastRef(): Promise<{ ref: string }> {
    const client = createTelegramClient({ token: fake.token, apiRoot: fake.apiRoot });
    const outcome = await client.call('getUpdates', { limit: 100, timeout: 0, allowed_updates: ['message'] });
    if (outcome.kind !== 'ok') throw new Error('no updates');
    const last = outcome.result.at(-1) as { message?: { document?: { file_id: string } } } | undefined;
    return { ref: last?.message?.document?.file_id ?? '' };
  }
});

describe('a broadcast above the free rate', () => {
  it('may be charged in bulk and never for an answer', async () => {
    const paid = createTelegramChannel({
      client: createTelegramClient({ token: fake.token, apiRoot: fake.apiRoot }),
      files,
      paidPerSecond: 200,
    });
    expect(paid.bulkPerSecond).toBe(200);
    for (const content of [{ text: 'a' }, { text: 'b', imageId: 'card' }, { text: 'c', fileId: 'report' }])
      expect(await paid.send({ ...outgoing(content), lane: 'bulk' }, never)).toMatchObject({ kind: 'sent' });
    expect((await fake.stats()).paid).toBe(3);
    await paid.send(outgoing({ text: 'd' }), never);
    expect(await fake.stats()).toMatchObject({ paid: 3, sent: 4 });
  });

  it('is not charged where nobody asked for it', async () => {
    expect(channel.bulkPerSecond).toBe(30);
    await channel.send({ ...outgoing({ text: 'a' }), lane: 'bulk' }, never);
    expect((await fake.stats()).paid).toBe(0);
  });
});
