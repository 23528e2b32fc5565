import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { receiveWebhook } from '../../src/channels/zalo/webhook.js';
import type { InboundEvent } from '../../src/conversation/message.js';
import { startFakeZalo, type FakeZalo } from '../support/fake-zalo.js';
import { waitFor } from '../support/wait.js';
import { pdf, png } from './file-memory.js';
import { buildZalo, USER } from './zalo-world.js';

let fake: FakeZalo;
let token = '';
const post = async (body: unknown, options: { headers?: Record<string, string>; path?: string } = {}) => {
  const answer = await fetch(`${fake.apiRoot}${options.path ?? '/v3.0/oa/message/cs'}`, {
    method: 'POST',
    headers: { access_token: token, 'content-type': 'application/json', ...options.headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, ...((await answer.json()) as { error: number; message: string; data?: unknown }) };
};
const cs = (message: object, user: unknown = USER) => post({ recipient: { user_id: user }, message });

beforeAll(async () => {
  fake = await startFakeZalo({ receipts: 'seen' });
  await fake.addUser(USER);
});
afterAll(() => fake.stop());
beforeEach(async () => {
  await fake.reset();
  token = (await fake.issueTokens()).accessToken;
});

describe('the fake Official Account is strict', () => {
  it.each([
    ['a text over 2,000 characters', { text: 'a'.repeat(2_001) }, -210],
    ['a blank text', { text: ' ' }, -201],
    ['letters that were not composed', { text: 'ế'.normalize('NFD') }, -201],
    ['an unknown field', { text: 'x', buttons: [] }, -201],
    ['words beside a document', { text: 'x', attachment: { type: 'file', payload: { token: 't' } } }, -233],
    ['an upload that it does not know', { attachment: { type: 'file', payload: { token: 't' } } }, -201],
    [
      'drawn buttons that this account does not take',
      { text: 'x', attachment: { type: 'template', payload: { buttons: [] } } },
      -233,
    ],
  ])('refuses %s with HTTP 200', async (_name, message, error) => {
    expect(await cs(message)).toMatchObject({ status: 200, error });
  });

  it('wants a token in its own header, a JSON body and an id that is a text', async () => {
    expect(await post({}, { headers: { access_token: '' } })).toMatchObject({ error: -216 });
    expect(await post({}, { headers: { access_token: 'AT0.old' } })).toMatchObject({ error: -220 });
    expect(await post({}, { headers: { 'content-type': 'text/plain' } })).toMatchObject({ error: -201 });
    expect(await cs({ text: 'x' }, 5)).toMatchObject({ error: -201, message: 'user_id is invalid!' });
    expect(
      await post({ recipient: { user_id: USER }, message: { text: 'x' } }, { path: '/v3.0/oa/message/cs?data=%7B%7D' }),
    ).toMatchObject({ error: -233 });
  });

  it('lets a token die after its 25 hours', async () => {
    await fake.advance(26 * 3_600_000);
    expect(await cs({ text: 'x' })).toMatchObject({ error: -220 });
  });

  it('knows quota and people', async () => {
    expect(await post({ user_id: USER }, { path: '/v3.0/oa/quota/message' })).toMatchObject({ error: 0 });
    const query = encodeURIComponent(JSON.stringify({ user_id: USER }));
    const answer = await fetch(`${fake.apiRoot}/v3.0/oa/user/detail?data=${query}`, {
      headers: { access_token: token },
    });
    expect(await answer.json()).toMatchObject({ error: 0, data: { user_id: USER, user_is_follower: true } });
  });

  it('counts and enforces the calls a minute', async () => {
    await fake.limits({ perMinute: 6, toleranceMs: 1_000, enforce: true });
    const answers = await Promise.all(Array.from({ length: 10 }, () => cs({ text: 'x' })));
    expect(answers.filter(({ error }) => error === -32).length).toBeGreaterThan(5);
    expect((await fake.stats()).overLimit).toBeGreaterThan(5);
    await fake.limits({ perMinute: 100, enforce: false });
  });
});

describe("the fake's people reach a real webhook", () => {
  let hook: http.Server;
  let url: string;
  let answers: number[] = [];
  let events: InboundEvent[] = [];
  let repeats: (string | undefined)[] = [];
  const settled = (eventId: number) => waitFor(async () => (await fake.fate(eventId)).state === 'delivered');

  beforeAll(async () => {
    hook = http.createServer((req, res) => {
      const pieces: Buffer[] = [];
      req.on('data', (piece: Buffer) => pieces.push(piece));
      req.on('end', () => {
        const got = receiveWebhook(
          { headers: req.headers as Record<string, string>, body: Buffer.concat(pieces) },
          { appId: fake.appId, oaId: fake.oaId, oaSecretKey: fake.secretKey },
        );
        repeats.push(req.headers['num_retry'] as string | undefined);
        const status = got.ok ? (answers.shift() ?? 200) : got.status;
        if (got.ok && status === 200) events.push(...got.events);
        res.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((hook.address() as AddressInfo).port)}/webhooks/zalo`;
    await fake.setWebhook(url);
    await fake.retryScale(0.000_1);
  });
  afterAll(() => {
    hook.closeAllConnections();
    hook.close();
  });
  beforeEach(async () => {
    await fake.setWebhook(url);
    [answers, events, repeats] = [[], [], []];
  });

  it('signs what they do over the exact bytes', async () => {
    const lan = fake.person('4444');
    await lan.follow();
    await lan.type('#INV-7F3KQ');
    await lan.sticker();
    await settled(await lan.unfollow());
    expect(events.map((event) => (event.type === 'message' ? event.body.kind : event.type))).toEqual([
      'contact-state',
      'start',
      'start',
      'unsupported',
      'contact-state',
    ]);
  });

  it('repeats with num_retry until the event was stored', async () => {
    answers = [503, 500];
    await settled(await fake.person('4444').type('quan trọng'));
    expect(repeats).toEqual([undefined, '1', '2']);
    expect(events.length).toBe(1);
  });

  it('gives up after the ladder and disables the webhook', async () => {
    answers = [500, 500, 500, 500, 500, 500];
    const event = await fake.person('4444').type('mất');
    await waitFor(async () => (await fake.fate(event)).state === 'dropped');
    expect((await fake.webhookStats()).disabled).toBe(true);
  });

  it('tells that messages arrived and were read, and echoes them as our own', async () => {
    const zalo = await buildZalo(fake);
    const sent = await zalo.send('chào');
    if (sent.kind !== 'sent') throw new Error('not sent');
    await waitFor(() => events.length === 2);
    expect(events).toMatchObject([
      { type: 'receipt', kind: 'delivered', platformMessageIds: [sent.platformMessageId] },
      { type: 'receipt', kind: 'seen' },
    ]);
    await settled(await fake.adminSays(USER, 'Tôi trả lời'));
    expect(events.at(-1)).toMatchObject({ type: 'human-echo', to: { externalId: USER } });
  });

  it('taps by typing the number of a menu', async () => {
    const zalo = await buildZalo(fake);
    await zalo.send({
      text: 'Chọn',
      buttons: [
        { label: 'Có', action: 'q:a:0' },
        { label: 'Không', action: 'q:a:1' },
      ],
    });
    await settled(await fake.person(USER).tap('Không'));
    expect(events.at(-1)).toMatchObject({ body: { kind: 'text', text: '2' } });
  });

  it('taps a drawn button with its payload', async () => {
    await fake.behaviour({ buttons: 'button' });
    const zalo = await buildZalo(fake, { buttons: 'button' });
    await zalo.send({ text: 'Chọn', buttons: [{ label: 'Có', action: 'q:a:0' }] });
    await settled(await fake.person(USER).tap('Có'));
    expect(events.at(-1)).toMatchObject({ body: { kind: 'action', action: 'q:a:0' } });
    await fake.behaviour({ buttons: 'none' });
  });

  it('serves the files that people send, up to the limit', async () => {
    const { channel } = await buildZalo(fake);
    await settled(await fake.person(USER).upload('báo cáo.pdf', pdf(3_000)));
    const sent = events.at(-1);
    if (sent?.type !== 'message' || sent.body.kind !== 'file' || !sent.body.remote) throw new Error('no file');
    expect(sent.body.remote).toMatchObject({ name: 'báo cáo.pdf', size: 3_000 });
    const { ref, name } = sent.body.remote;
    const never = new AbortController().signal;
    expect((await channel.fetchFile?.({ ref, name }, 3_000, never))?.length).toBe(3_000);
    await expect(channel.fetchFile?.({ ref, name }, 2_999, never)).rejects.toMatchObject({ problem: 'too_large' });
    await settled(await fake.person(USER).image(png(), 'chú thích'));
    expect(events.at(-1)).toMatchObject({ body: { kind: 'file', caption: 'chú thích' } });
  });
});
