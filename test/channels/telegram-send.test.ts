import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTelegramChannel, createTelegramClient } from '../../src/channels/telegram/index.js';
import { CHAT, createTelegramWorld, never, type TelegramWorld } from './telegram-world.js';

let world: TelegramWorld;
beforeAll(async () => {
  world = await createTelegramWorld();
});
afterAll(() => world.fake.stop());
beforeEach(() => world.reset());

describe('sending on Telegram', () => {
  it('sends words that look like markup as they are, with buttons', async () => {
    const result = await world.send({
      text: 'Chỉ tiêu <70% & "tốt"',
      buttons: [{ label: 'Nộp ngay', action: 'go:report:1' }],
    });
    expect(result).toEqual({ kind: 'sent', platformMessageId: expect.stringMatching(/^\d+$/) as string });
    expect(await world.fake.person(CHAT).messages()).toMatchObject([
      { text: 'Chỉ tiêu <70% & "tốt"', buttons: [{ label: 'Nộp ngay', data: 'go:report:1' }] },
    ]);
  });

  it('sends 10,000 characters in order and names the last message', async () => {
    const text = Array.from({ length: 2_000 }, (_, n) => String(n).padStart(4, '0')).join(' ');
    const result = await world.send(text);
    const messages = await world.fake.person(CHAT).messages();
    expect(messages.map((message) => message.text).join(' ')).toBe(text);
    expect(result).toMatchObject({ kind: 'sent', platformMessageId: String(messages.at(-1)?.id) });
  });

  it('goes on with the second piece after the first one left, and does not repeat the first', async () => {
    await world.fake.fault({
      kind: 'answer',
      contains: 'bbb',
      answer: { code: 500, description: 'Internal Server Error: restart' },
    });
    const message = { repeats: true, ...world.outgoing({ text: `${'a'.repeat(3_900)} ${'b'.repeat(3_000)}` }) };
    expect(await world.channel.send(message, never)).toMatchObject({ failure: 'retryable' });
    expect(await world.channel.send(message, never)).toMatchObject({ kind: 'sent' });
    expect((await world.fake.person(CHAT).messages()).map(({ text }) => text[0])).toEqual(['a', 'b']);
  });

  it('sends a text that HTML mode does not take once more as plain text', async () => {
    await world.fake.fault({
      kind: 'answer',
      answer: { code: 400, description: "Bad Request: can't parse entities: Unsupported start tag" },
    });
    expect(await world.send('a < b')).toMatchObject({ kind: 'sent' });
    expect(await world.fake.person(CHAT).messages()).toMatchObject([{ text: 'a < b' }]);
  });

  it('follows a chat that moved', async () => {
    await world.fake.silently(80, 'migrated', 81);
    expect(await world.send('x', 80)).toMatchObject({ kind: 'sent' });
    expect((await world.fake.person(81).messages()).length).toBe(1);
  });

  it('says that an empty message is ours to mend', async () => {
    expect(await world.send('  ')).toMatchObject({ kind: 'failed', failure: 'rejected' });
    expect((await world.fake.stats()).calls).toBe(0);
  });

  it('edits words and keyboard, and takes "not modified" for done', async () => {
    const sent = await world.send({ text: 'một', buttons: [{ label: 'A', action: 'go:a' }] });
    if (sent.kind !== 'sent') throw new Error('not sent');
    const change = { ...world.outgoing({ text: 'hai' }), platformMessageId: sent.platformMessageId };
    expect(await world.channel.edit?.(change, never)).toEqual(sent);
    expect(await world.channel.edit?.(change, never)).toEqual(sent);
    expect(await world.fake.person(CHAT).messages()).toMatchObject([{ text: 'hai', buttons: [], edits: 1 }]);
  });

  it('tries an edit again after silence, since an edit cannot be doubled', async () => {
    const sent = await world.send('một');
    if (sent.kind !== 'sent') throw new Error('not sent');
    await world.fake.fault({ kind: 'reset-after', method: 'editMessageText' });
    const change = { ...world.outgoing({ text: 'hai' }), platformMessageId: sent.platformMessageId };
    expect(await world.channel.edit?.(change, never)).toMatchObject({ kind: 'failed', failure: 'retryable' });
    expect(await world.channel.edit?.(change, never)).toEqual(sent);
  });

  it('edits the caption of a picture', async () => {
    const sent = await world.send({ text: 'một', imageId: 'card' });
    if (sent.kind !== 'sent') throw new Error('not sent');
    await world.channel.edit?.(
      { ...world.outgoing({ text: 'hai', imageId: 'card' }), platformMessageId: sent.platformMessageId },
      never,
    );
    expect(await world.fake.person(CHAT).messages()).toMatchObject([{ text: 'hai', edits: 1 }]);
  });
});

describe('pictures and documents on Telegram', () => {
  it('uploads a picture once for forty people who get it at the same time', async () => {
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, n) => world.send({ text: 'Gương', imageId: 'card' }, CHAT + n)),
    );
    expect(results.every(({ kind }) => kind === 'sent')).toBe(true);
    expect(world.files.reads).toBe(1);
    const uploads = await Promise.all(
      Array.from({ length: 40 }, (_, n) => world.fake.person(CHAT + n).messages('Gương')),
    );
    expect(uploads.flat().filter(({ file }) => file?.uploaded).length).toBe(1);
    expect(uploads.flat().length).toBe(40);
  });

  it('uses the id of an earlier process', async () => {
    await world.send({ text: 'x', fileId: 'report' });
    world.channel = world.build(world.fake.apiRoot);
    await world.send({ text: 'y', fileId: 'report' });
    expect(world.files.reads).toBe(1);
    expect(await world.fake.person(CHAT).messages()).toMatchObject([
      { file: { kind: 'document', name: 'báo cáo.pdf', uploaded: true } },
      { file: { uploaded: false } },
    ]);
  });

  it('uploads again when Telegram has forgotten the file', async () => {
    await world.send({ text: 'x', imageId: 'card' });
    await world.fake.forgetFiles();
    expect(await world.send({ text: 'y', imageId: 'card' })).toMatchObject({ kind: 'sent' });
    expect(world.files.reads).toBe(2);
  });

  it('keeps pictures and documents of one file apart', async () => {
    await world.send({ text: 'x', imageId: 'card' });
    expect(await world.send({ text: 'y', fileId: 'card' })).toMatchObject({ kind: 'sent' });
    expect((await world.fake.person(CHAT).messages()).map(({ file }) => file?.kind)).toEqual(['photo', 'document']);
  });

  it('lets the next one upload when the first upload fails', async () => {
    await world.fake.fault({ kind: 'answer', method: 'sendPhoto', answer: { code: 500, description: 'restart' } });
    const results = await Promise.all([
      world.send({ text: 'x', imageId: 'card' }, 78),
      world.send({ text: 'x', imageId: 'card' }, 79),
    ]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['failed', 'sent']);
  });

  it('refuses a picture over the limit for good', async () => {
    expect(await world.send({ text: 'x', imageId: 'huge' })).toMatchObject({ kind: 'failed', failure: 'rejected' });
  });

  it('sends a picture that Telegram does not take as one as a document', async () => {
    await world.fake.fault({
      kind: 'answer',
      method: 'sendPhoto',
      answer: { code: 400, description: 'Bad Request: PHOTO_INVALID_DIMENSIONS' },
    });
    expect(await world.send({ text: 'x', imageId: 'card' })).toMatchObject({ kind: 'sent' });
    expect(await world.send({ text: 'y', imageId: 'card' }, 78)).toMatchObject({ kind: 'sent' });
    expect(await world.fake.person(78).messages()).toMatchObject([{ file: { kind: 'document', uploaded: false } }]);
  });

  it('calls an unreadable file store retryable', async () => {
    expect(await world.send({ text: 'x', imageId: 'missing' })).toMatchObject({
      kind: 'failed',
      failure: 'retryable',
      detail: 'store: Error',
    });
  });
});

describe('a broadcast above the free rate', () => {
  it('may be charged in bulk and never for an answer', async () => {
    const paid = createTelegramChannel({
      client: createTelegramClient({ token: world.fake.token, apiRoot: world.fake.apiRoot }),
      files: world.files,
      paidPerSecond: 200,
    });
    expect(paid.bulkPerSecond).toBe(200);
    for (const content of [{ text: 'a' }, { text: 'b', imageId: 'card' }, { text: 'c', fileId: 'report' }])
      expect(await paid.send({ ...world.outgoing(content), lane: 'bulk' }, never)).toMatchObject({ kind: 'sent' });
    expect((await world.fake.stats()).paid).toBe(3);
    await paid.send(world.outgoing({ text: 'd' }), never);
    expect(await world.fake.stats()).toMatchObject({ paid: 3, sent: 4 });
  });

  it('is not charged where nobody asked for it', async () => {
    expect(world.channel.bulkPerSecond).toBe(30);
    await world.channel.send({ ...world.outgoing({ text: 'a' }), lane: 'bulk' }, never);
    expect((await world.fake.stats()).paid).toBe(0);
  });
});
