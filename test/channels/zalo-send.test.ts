import net from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OA_CODES } from '../../src/channels/zalo/failure.js';
import type { Failure } from '../../src/channels/channel.js';
import { startFakeZalo, type FakeZalo } from '../support/fake-zalo.js';
import { waitFor } from '../support/wait.js';
import { pdf, png } from './file-memory.js';
import { buildZalo, USER } from './zalo-world.js';

let fake: FakeZalo;
beforeAll(async () => {
  fake = await startFakeZalo();
  await fake.addUser(USER);
  await fake.addUsers(1_000, 100);
});
afterAll(() => fake.stop());
beforeEach(async () => {
  await fake.reset();
  await fake.behaviour({ buttons: 'none' });
});

const files = {
  card: { name: 'the.png', type: 'image/png', bytes: png() },
  big: { name: 'to.png', type: 'image/png', bytes: png(1_200_000) },
  form: { name: 'mẫu.pdf', type: 'application/pdf', bytes: pdf() },
  table: {
    name: 'bang.xlsx',
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    bytes: Buffer.from('PK\u0003\u0004'),
  },
};
const answer = (error: number, message = 'x') =>
  fake.fault({ kind: 'answer', method: 'cs', answer: { error, message } });

describe('sending on Zalo', () => {
  it('sends words with a numbered menu', async () => {
    const zalo = await buildZalo(fake);
    const result = await zalo.send({ text: 'Còn 1 việc', buttons: [{ label: 'Nộp ngay', action: 'go:report:1' }] });
    expect(result).toEqual({ kind: 'sent', platformMessageId: expect.stringMatching(/^f1x/) as string });
    expect(await fake.person(USER).messages()).toMatchObject([{ text: 'Còn 1 việc\n\n1. Nộp ngay', charged: false }]);
  });

  it('sends 10,000 characters in order and goes on where an earlier try stopped', async () => {
    const zalo = await buildZalo(fake);
    const text = Array.from({ length: 2_000 }, (_, n) => String(n).padStart(4, '0')).join(' ');
    await fake.fault({ kind: 'answer', method: 'cs', contains: '1000', answer: { error: -200 } });
    expect(await zalo.send(text, USER, 'A')).toMatchObject({ failure: 'retryable' });
    expect(await zalo.send(text, USER, 'A')).toMatchObject({ kind: 'sent' });
    expect((await fake.person(USER).messages()).map((message) => message.text).join(' ')).toBe(text);
  });

  it('uploads a picture once for forty people', async () => {
    const zalo = await buildZalo(fake, { files });
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, n) => zalo.send({ text: 'Gương', imageId: 'card' }, String(1_000 + n))),
    );
    expect(results.every(({ kind }) => kind === 'sent')).toBe(true);
    expect((await fake.stats()).byPath['/v2.0/oa/upload/image']).toBe(1);
    expect(await fake.summary('Gương')).toMatchObject({ chats: 40, histogram: { 1: 40 } });
  });

  it('uploads again when the earlier upload has expired', async () => {
    const zalo = await buildZalo(fake, { files });
    await zalo.send({ text: 'x', imageId: 'card' });
    await fake.advance(8 * 86_400_000);
    await fake.addUser(USER);
    expect(await zalo.send({ text: 'y', imageId: 'card' })).toMatchObject({ kind: 'sent' });
    expect((await fake.stats()).byPath['/v2.0/oa/upload/image']).toBe(2);
  });

  it('sends a document before its words', async () => {
    const zalo = await buildZalo(fake, { files });
    expect(await zalo.send({ text: 'Mẫu báo cáo', fileId: 'form' })).toMatchObject({ kind: 'sent' });
    expect(await fake.person(USER).messages()).toMatchObject([
      { text: '', file: { kind: 'file', name: 'mẫu.pdf' } },
      { text: 'Mẫu báo cáo' },
    ]);
  });

  it('links what Zalo does not take, without reading it for each person', async () => {
    const zalo = await buildZalo(fake, { files, link: true });
    for (const user of ['1050', '1051'])
      expect(await zalo.send({ text: 'Số liệu', fileId: 'table' }, user)).toMatchObject({ kind: 'sent' });
    await zalo.send({ text: 'Ảnh to', imageId: 'big' });
    expect((await fake.person('1051').messages())[0]?.text).toContain('https://neuguong.example/f/table');
    expect((await fake.person(USER).messages())[0]?.text).toContain('https://neuguong.example/f/big');
    expect(zalo.files.reads).toBe(2);
  });

  it('sends the words without a picture, but never a document without its address', async () => {
    const zalo = await buildZalo(fake, { files });
    expect(await zalo.send({ text: 'Ảnh to', imageId: 'big' })).toMatchObject({ kind: 'sent' });
    expect(await zalo.send({ text: 'Số liệu', fileId: 'table' })).toMatchObject({
      kind: 'failed',
      failure: 'rejected',
    });
    expect(await zalo.send({ text: 'Số liệu', fileId: 'table' })).toMatchObject({ failure: 'rejected' });
  });

  it('calls silence during an upload retryable, since nobody got anything yet', async () => {
    const zalo = await buildZalo(fake, { files });
    await fake.fault({ kind: 'reset-after', method: 'image' });
    expect(await zalo.send({ text: 'x', imageId: 'card' })).toMatchObject({ kind: 'failed', failure: 'retryable' });
    expect(await zalo.send({ text: 'x', imageId: 'card' })).toMatchObject({ kind: 'sent' });
  });

  it.each(['text_buttons', 'list', 'button'] as const)(
    'draws buttons as %s where the account takes them',
    async (buttons) => {
      await fake.behaviour({ buttons });
      const zalo = await buildZalo(fake, { buttons });
      expect(await zalo.send({ text: 'Chọn', buttons: [{ label: 'Có', action: 'q:ab:0' }] })).toMatchObject({
        kind: 'sent',
      });
      expect(await fake.person(USER).messages()).toMatchObject([{ buttons: [{ label: 'Có', data: 'q:ab:0' }] }]);
    },
  );

  it('falls back to the numbered menu when drawn buttons are refused, and stays with it', async () => {
    const zalo = await buildZalo(fake, { buttons: 'button' });
    const message = { text: 'Chọn', buttons: [{ label: 'Có', action: 'q:ab:0' }] };
    expect(await zalo.send(message)).toMatchObject({ kind: 'sent' });
    expect(await zalo.send(message)).toMatchObject({ kind: 'sent' });
    expect(await fake.person(USER).messages()).toMatchObject([{ text: 'Chọn\n\n1. Có' }, { text: 'Chọn\n\n1. Có' }]);
    expect((await fake.stats()).byPath['/v3.0/oa/message/cs']).toBe(3);
    expect(zalo.alarms).toMatchObject([['buttons-refused', expect.stringContaining('-233')]]);
  });

  it('knows the windows: free, charged, closed', async () => {
    const zalo = await buildZalo(fake);
    const hours = (count: number) => fake.advance(count * 3_600_000);
    await fake.addUser('555');
    await hours(49);
    expect(await zalo.send('x', '555')).toMatchObject({ kind: 'sent' });
    expect(await fake.person('555').messages()).toMatchObject([{ charged: true }]);
    await hours(5 * 24);
    expect(await zalo.send('x', '555')).toMatchObject({ kind: 'failed', failure: 'window-closed' });
    await fake.addUser(USER);
  });
});

/** Class of every code of the table, with what must happen besides. */
const CODES: readonly (readonly [number, Failure])[] = [
  [-32, 'rate-limited'],
  [-100, 'rejected'],
  [-200, 'retryable'],
  [-201, 'rejected'],
  [-204, 'channel-down'],
  [-205, 'channel-down'],
  [-209, 'channel-down'],
  [-210, 'rejected'],
  [-211, 'channel-down'],
  [-212, 'channel-down'],
  [-213, 'recipient-gone'],
  [-214, 'retryable'],
  [-216, 'channel-down'],
  [-217, 'recipient-gone'],
  [-218, 'rate-limited'],
  [-219, 'channel-down'],
  [-220, 'channel-down'],
  [-221, 'channel-down'],
  [-223, 'channel-down'],
  [-224, 'channel-down'],
  [-227, 'recipient-gone'],
  [-230, 'window-closed'],
  [-232, 'window-closed'],
  [-233, 'rejected'],
  [-234, 'rate-limited'],
  [-235, 'channel-down'],
  [-237, 'recipient-gone'],
  [-238, 'rejected'],
  [-240, 'channel-down'],
  [-241, 'rejected'],
  [-242, 'channel-down'],
  [-244, 'recipient-gone'],
  [-248, 'rejected'],
  [-249, 'rejected'],
  [-320, 'window-closed'],
  [-321, 'window-closed'],
  [-403, 'recipient-gone'],
  [-1340, 'rejected'],
  [-1341, 'rejected'],
  [-99999, 'unknown'],
];

describe("every code of Zalo's table has its name", () => {
  it('leaves no code of the table out', () => {
    expect(
      CODES.map(([code]) => code)
        .filter((code) => code !== -99999)
        .sort(),
    ).toEqual(Object.keys(OA_CODES).map(Number).sort());
  });

  it.each(CODES)('%i: %s', async (code, failure) => {
    const zalo = await buildZalo(fake, { renew: 'none' });
    await answer(code, 'words of Zalo');
    expect(await zalo.send('x')).toMatchObject({ kind: 'failed', failure, detail: `${String(code)} words of Zalo` });
    const quiet =
      ['recipient-gone', 'retryable', 'rate-limited'].includes(failure) ||
      [-100, -201, -230, -232, -233, -249].includes(code);
    expect(zalo.alarms.length).toBe(quiet ? 0 : 1);
  });

  it.each([-216, -220])('takes a new token after %i and sends once more', async (code) => {
    const zalo = await buildZalo(fake);
    await answer(code);
    expect(await zalo.send('x')).toMatchObject({ kind: 'sent' });
    expect(zalo.renewals.length).toBe(1);
    await fake.fault({ kind: 'answer', method: 'cs', times: 2, answer: { error: code, message: 'x' } });
    expect(await zalo.send('x')).toMatchObject({ failure: 'channel-down' });
    expect(zalo.renewals.length).toBe(2);
  });

  it('takes a wrong user id for a person who is gone', async () => {
    const zalo = await buildZalo(fake);
    expect(await zalo.send('x', '999999')).toMatchObject({
      failure: 'recipient-gone',
      detail: '-201 user_id is invalid!',
    });
  });

  it('slows the account down for a minute after -32', async () => {
    const zalo = await buildZalo(fake);
    await answer(-32);
    expect(await zalo.send('x')).toMatchObject({ retryAfterMs: 60_000, scope: 'account' });
  });

  it.each([
    ['at night until six', -234, '2026-11-22T23:30:00+07:00', 6.5 * 3_600_000 + 30_000],
    ['before dawn until six of the same day', -234, '2026-11-22T05:00:00+07:00', 3_600_000 + 30_000],
    ['until the next day for one person', -218, '2026-11-22T12:00:00+07:00', 12 * 3_600_000 + 300_000],
  ])('waits %s', async (_name, code, now, retryAfterMs) => {
    const zalo = await buildZalo(fake, { now: new Date(now) });
    await answer(code);
    expect(await zalo.send('x')).toMatchObject({ failure: 'rate-limited', retryAfterMs, scope: 'contact' });
  });

  it.each([
    [500, 'failed', 'retryable'],

    [503, 'failed', 'retryable'],
    [504, 'uncertain', undefined],
    [429, 'failed', 'rate-limited'],
    [413, 'failed', 'rejected'],
    [403, 'failed', 'unknown'],
    [302, 'uncertain', undefined],
  ])('judges an HTTP %i of something in between: %s %s', async (status, kind, failure) => {
    const zalo = await buildZalo(fake);
    await fake.fault({ kind: 'answer', method: 'cs', answer: { status, body: 'a page' } });
    expect(await zalo.send('x')).toMatchObject({ kind, ...(failure === undefined ? {} : { failure }) });
  });
});

describe('the wire to Zalo', () => {
  it.each(['hang-after', 'hang-before', 'reset-after', 'reset-before', 'garbage-after'] as const)(
    'calls %s uncertain',
    async (kind) => {
      const zalo = await buildZalo(fake, { timeoutMs: 1_000 });
      await fake.fault({ kind, method: 'cs' });
      expect(await zalo.send('x')).toMatchObject({ kind: 'uncertain' });
      if (kind.endsWith('after')) await waitFor(async () => (await fake.person(USER).messages()).length === 1);
      else expect(await fake.person(USER).messages()).toEqual([]);
    },
  );

  it('calls a refused connection, an unknown host and an unanswered handshake retryable', async () => {
    const zalo = await buildZalo(fake);
    await fake.refuse();
    expect(await zalo.send('x')).toMatchObject({ failure: 'retryable' });
    await fake.listen();
    expect(await zalo.send('x')).toMatchObject({ kind: 'sent' });
    expect(await (await buildZalo(fake, { apiRoot: 'http://no-such-host.invalid' })).send('x')).toMatchObject({
      failure: 'retryable',
    });
    const silent = net.createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const apiRoot = `https://127.0.0.1:${String((silent.address() as net.AddressInfo).port)}`;
    expect(await (await buildZalo(fake, { apiRoot, connectTimeoutMs: 200 })).send('x')).toMatchObject({
      failure: 'retryable',
    });
    silent.close();
  });

  it('shows no token in any result or alarm', async () => {
    const zalo = await buildZalo(fake, { renew: 'none' });
    const { accessToken } = await fake.loginStats();
    const results = [];
    for (const kind of ['reset-before', 'garbage-after'] as const) {
      await fake.fault({ kind, method: 'cs' });
      results.push(await zalo.send('x'));
    }
    await fake.revokeAccess();
    results.push(await zalo.send('x'));
    expect(JSON.stringify([results, zalo.alarms])).not.toContain(accessToken);
  });
});

describe('files that people send on Zalo', () => {
  const fetchFile = async (ref: string, limit = 5_000, size?: number) => {
    const { channel } = await buildZalo(fake);
    return await channel.fetchFile?.(
      { ref, name: 'x', ...(size === undefined ? {} : { size }) },
      limit,
      new AbortController().signal,
    );
  };

  it.each([
    'http://169.254.169.254/latest',
    'https://evil.example/zdn.vn',
    'https://zdn.vn.evil.example/',
    'https://f1.zdn.vn:8443/x',
    'http://f1.zdn.vn/x',
    'file:///etc/passwd',
    'no address',
  ])('does not fetch from %s', async (ref) => {
    await expect(fetchFile(ref)).rejects.toMatchObject({ problem: 'unavailable', permanent: true });
  });

  it('calls an expired address permanent and a size over the limit too large', async () => {
    await expect(fetchFile(`${fake.apiRoot}/media/none`)).rejects.toMatchObject({
      problem: 'unavailable',
      permanent: true,
    });
    await expect(fetchFile(`${fake.apiRoot}/media/none`, 10, 11)).rejects.toMatchObject({ problem: 'too_large' });
  });
});
