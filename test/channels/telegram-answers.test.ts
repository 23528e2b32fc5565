/** Answers that the Bot API never gives, byte for byte: what a proxy, a dying server or a damaged line may say instead. */
import { getEventListeners } from 'node:events';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Channel, SendResult } from '../../src/channels/channel.js';
import { createTelegramChannel, createTelegramClient, type TelegramClient } from '../../src/channels/telegram/index.js';
import { waitFor } from '../support/wait.js';
import { createFileMemory } from './file-memory.js';

const TOKEN = '123456789:a-secret-that-nobody-sees';
const never = new AbortController().signal;

/** What the server does with the n-th request of a connection, once all of it is there. */
let onRequest: (socket: net.Socket, nth: number) => void;
let server: net.Server;
let sockets: net.Socket[];
let requests: number;
let client: TelegramClient;
let channel: Channel;

const rootOf = (scheme: string) => `${scheme}://127.0.0.1:${String((server.address() as net.AddressInfo).port)}`;
const connect = (scheme = 'http') => {
  client = createTelegramClient({ token: TOKEN, apiRoot: rootOf(scheme), timeoutMs: 20_000 });
  channel = createTelegramChannel({ client, files: createFileMemory({}) });
};
const send = (signal = never): Promise<SendResult> =>
  channel.send(
    { attemptId: '1', contactId: 'c', address: '77', content: { text: 'x' }, lane: 'reply', at: new Date(0) },
    signal,
  );

const http = (status: string, body: string, type = 'text/html') =>
  `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`;
const json = (value: unknown, status = '200 OK') => http(status, JSON.stringify(value), 'application/json');
const PAGE = '<html><body>Blocked</body></html>';
const GOOD = json({ ok: true, result: { message_id: 5 } });

beforeEach(async () => {
  [sockets, requests] = [[], 0];
  server = net.createServer((socket) => {
    sockets.push(socket);
    let [heard, nth] = ['', 0];
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      heard += data.toString('latin1');
      if (!heard.includes('link_preview_options')) return;
      heard = '';
      requests += 1;
      onRequest(socket, (nth += 1));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  connect();
});
afterEach(async () => {
  vi.restoreAllMocks();
  client.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const answers: readonly (readonly [name: string, bytes: string, expected: object])[] = [
  ['a redirection', http('302 Found', PAGE), { failure: 'channel-down', detail: '302 Found' }],
  ['a page that forbids this one', http('403 Forbidden', PAGE), { failure: 'unknown', detail: '403 Forbidden' }],
  ['a page that wants a login', http('401 Unauthorized', PAGE), { failure: 'channel-down' }],
  ['a page that knows no such way', http('404 Not Found', PAGE), { failure: 'channel-down' }],
  ['a page that asks for patience', http('429 Too Many', PAGE), { failure: 'rate-limited', retryAfterMs: 5_000 }],
  ['a page of a gateway without a server', http('502 Bad Gateway', PAGE), { kind: 'uncertain' }],
  ['a page of a gateway without an answer', http('504 Gateway Timeout', PAGE), { kind: 'uncertain' }],
  ['a page of a server that fails', http('500 Internal Server Error', PAGE), { failure: 'retryable' }],
  ['a page that says all is well', http('200 OK', PAGE), { kind: 'uncertain', detail: 'Error ANSWER_NOT_JSON' }],
  ['nothing', 'HTTP/1.1 204 No Content\r\n\r\n', { kind: 'uncertain' }],
  ['null', json(null), { kind: 'uncertain', detail: 'Error ANSWER_UNKNOWN' }],
  ['a list', json([]), { kind: 'uncertain' }],
  ['"ok" without a result', json({ ok: true }), { kind: 'uncertain' }],
  ['"ok" with null', json({ ok: true, result: null }), { kind: 'uncertain', detail: 'ANSWER_UNKNOWN' }],
  ['"ok" without a message', json({ ok: true, result: true }), { kind: 'uncertain' }],
  ['"ok" with half a message', json({ ok: true, result: { message_id: 'x' } }), { kind: 'uncertain' }],
  ['a refusal without a code', json({ ok: false }), { kind: 'uncertain' }],
  ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', { kind: 'uncertain' }],
  [
    'an upgrade',
    'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
    { kind: 'uncertain' },
  ],
];

describe('an answer that is none', () => {
  it.each(answers)('%s', async (_, bytes, expected) => {
    onRequest = (socket) => socket.write(bytes);
    const result = await send();
    expect(result).toMatchObject(expected);
    expect(JSON.stringify(result)).not.toContain('secret');
    expect(requests).toBe(1);
  });

  it.each([
    ['with its length told', GOOD.slice(0, -10)],
    ['in chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1c\r\n{"ok":true,"result":{"message'],
    ['until the end of the connection', 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{"ok":true,"result":{"mess'],
    ['in the middle of its head', 'HTTP/1.1 200 OK\r\ncontent-le'],
  ])('breaks off, %s', async (_, bytes) => {
    for (const end of ['end', 'destroy'] as const) {
      onRequest = (socket) => socket.write(bytes, () => socket[end]());
      expect(await send()).toMatchObject({ kind: 'uncertain' });
    }
    expect(requests).toBe(2);
  });

  it('goes on for ever', async () => {
    onRequest = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const pour = () => {
        while (socket.writable && socket.write(' '.repeat(1_000_000)));
      };
      socket.on('drain', pour);
      pour();
    };
    expect(await send()).toEqual({ kind: 'uncertain', detail: 'Error ANSWER_TOO_LONG' });
    await waitFor(() => Promise.resolve(sockets[0]?.destroyed === true));
  });

  it('trickles', async () => {
    onRequest = (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n{');
    const sending = send();
    await waitFor(() => Promise.resolve(requests === 1));
    const timer = setInterval(() => sockets[0]?.write(' '), 20);
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + (sockets[0]?.bytesWritten ?? 0) * 5_000);
    expect(await sending).toEqual({ kind: 'uncertain', detail: 'Error ANSWER_TOO_SLOW' });
    clearInterval(timer);
  });

  it.each([
    ['7', 5_000],
    [-1, 5_000],
    [0, 5_000],
    [null, 5_000],
    [7, 7_000],
    [1e300, 86_400_000],
  ])('asks to wait %s', async (retry_after, retryAfterMs) => {
    const parameters = { retry_after, migrate_to_chat_id: '-1' };
    onRequest = (socket) => socket.write(json({ ok: false, error_code: 429, parameters }, '429 Too Many Requests'));
    expect(await send()).toMatchObject({ failure: 'rate-limited', retryAfterMs });
  });
});

describe('a connection that is kept', () => {
  const good = (socket: net.Socket) => socket.write(GOOD);

  it('is left where the server closed it meanwhile', async () => {
    onRequest = (socket) => socket.end(GOOD);
    expect(await send()).toMatchObject({ kind: 'sent' });
    await waitFor(() => Promise.resolve(sockets[0]?.destroyed === true));
    expect(await send()).toMatchObject({ kind: 'sent' });
    expect([requests, sockets.length]).toEqual([2, 2]);
  });

  it('and closed while the next request is on its way leaves that one uncertain, sent once', async () => {
    onRequest = (socket, nth) => (nth === 1 ? good(socket) : socket.resetAndDestroy());
    expect(await send()).toMatchObject({ kind: 'sent' });
    expect(await send()).toMatchObject({ kind: 'uncertain' });
    expect([requests, sockets.length]).toEqual([2, 1]);
  });

  it('is not used again after an answer that was given up', async () => {
    onRequest = (socket, nth) =>
      sockets.length === 1 && nth === 1 ? socket.write(http('200 OK', PAGE)) : good(socket);
    expect(await send()).toMatchObject({ kind: 'uncertain' });
    expect(await send()).toMatchObject({ kind: 'sent', platformMessageId: '5' });
  });

  it('keeps its own patience whatever rest the server wishes it', async () => {
    const hinted = GOOD.replace('\r\n\r\n', '\r\nconnection: keep-alive\r\nkeep-alive: timeout=2\r\n\r\n');
    let answer: NodeJS.Timeout | undefined;
    onRequest = (socket, nth) => {
      if (nth === 1) socket.write(hinted);
      // Longer than the second of rest that the hint leaves, shorter than the patience.
      else answer = setTimeout(() => socket.write(GOOD), 1_300);
    };
    expect(await send()).toMatchObject({ kind: 'sent' });
    expect(await send()).toMatchObject({ kind: 'sent' });
    clearTimeout(answer);
    expect(sockets.length).toBe(1);
  });

  it('leaves nothing on the signal that many calls share', async () => {
    onRequest = good;
    const stop = new AbortController();
    for (let n = 0; n < 20; n += 1) await send(stop.signal);
    expect(sockets.length).toBe(1);
    await waitFor(() => Promise.resolve(getEventListeners(stop.signal, 'abort').length === 0));
  });
});

describe('a call that is stopped', () => {
  it('after it was written may have arrived, whether the answer had begun or not', async () => {
    for (const begun of ['', 'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"ok":']) {
      const stop = new AbortController();
      onRequest = (socket) => {
        socket.write(begun, () => {
          stop.abort();
        });
      };
      expect(await send(stop.signal)).toMatchObject({
        kind: 'uncertain',
        detail: expect.stringContaining('ABORT') as string,
      });
    }
    onRequest = (socket) => socket.write(GOOD);
    expect(await send()).toMatchObject({ kind: 'sent' });
  });

  it('before the connection stood was not made', async () => {
    connect('https');
    const stop = new AbortController();
    const waiting = send(stop.signal);
    // The handshake is never answered: nothing of ours can have been written.
    await waitFor(() => Promise.resolve(sockets.length === 1));
    stop.abort();
    expect(await waiting).toMatchObject({ kind: 'failed', failure: 'retryable' });
    const atOnce = new AbortController();
    const begun = send(atOnce.signal);
    atOnce.abort();
    expect(await begun).toMatchObject({ kind: 'failed', failure: 'retryable' });
    expect(requests).toBe(0);
  });
});
