import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../src/channels/channel.js';
import { raw } from '../../src/conversation/text.js';
import { readCorrections } from '../../src/delivery/corrections/correction-work.js';
import { waitFor } from '../support/wait.js';
import { CARD, createCorrectionWorld, type CorrectionWorld } from './correction-world.js';

let world: CorrectionWorld;

beforeAll(async () => {
  world = await createCorrectionWorld();
});
afterAll(() => world.end());
beforeEach(() => world.forget());

const NEW = 'Họp lúc 9 giờ\nĐã đính chính lúc 10:30 23/11/2026.';

describe('a correction', () => {
  it('reaches everybody once in the form of each channel', async () => {
    const [tg, web, za] = [
      await world.people(8),
      await world.people(7, { channel: 'web' }),
      await world.people(6, { channel: 'zalo' }),
    ];
    const id = await world.send([...tg, ...web, ...za]);
    expect(await world.change(id, 'Họp lúc 9 giờ')).toBe('done');
    await world.carryOut();
    for (const person of tg)
      expect(await world.onTelegram(person)).toMatchObject([
        { text: NEW, edits: 1, buttons: [{ label: 'Tôi sẽ dự' }] },
      ]);
    for (const person of web)
      expect(await world.onWeb(person)).toMatchObject([
        { kind: 'message', text: 'Họp lúc 8 giờ' },
        { kind: 'edit', text: NEW },
      ]);
    for (const person of za) {
      const messages = await world.onZalo(person);
      expect(messages).toHaveLength(2);
      expect(messages[1]?.text).toBe(
        `Đính chính: tin “Lịch họp” được sửa như sau.\nHọp lúc 9 giờ\nĐã đính chính lúc 10:30 23/11/2026.`,
      );
    }
    expect(await readCorrections(world.database.store.pool, id)).toMatchObject([
      { kind: 'correction', version: 1, edited: 15, told: 6, waiting: 0, failed: 0, state: 'finished' },
    ]);
  });

  it('ordered while the broadcast is being sent gives nobody two texts and leaves nobody with the old one', async () => {
    const tg = await world.people(60);
    const za = await world.people(20, { channel: 'zalo' });
    const id = await world.plan([...tg, ...za]);
    // After the tenth call the platforms are silent until the order is being carried out.
    let calls = 0;
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const gated = [...world.channels.values()].map((channel): Channel => ({
      ...channel,
      send: async (outgoing, signal) => {
        calls += 1;
        if (calls > 10) await gate;
        return channel.send(outgoing, signal);
      },
    }));
    const slow = world.engine(gated, { concurrency: 6, replySlots: 0 });
    // Half of them are planned before the order and half after it.
    await world.query(`update broadcast set state = 'expanding' where id = $1`, [id]);
    await world.tell([...tg.slice(0, 30), ...za.slice(0, 10)], {
      source: { kind: 'broadcast', id },
      text: 'Họp lúc 8 giờ',
      outbox: { channels: ['telegram', 'zalo'] },
    });
    const first = slow.drain('bulk');
    await waitFor(() => calls > 10);
    expect(await world.change(id, 'Họp lúc 9 giờ')).toBe('done');
    await world.corrections().work();
    // Some were on their way with the old words at that moment, and some had not left.
    expect(await world.query(`select 1 from attempt where state = 'sending'`)).not.toEqual([]);
    expect(await world.query(`select 1 from attempt_event where reason = 'superseded'`)).not.toEqual([]);
    await world.broadcasts().expand(id);
    open();
    await world.carryOut(2);
    await first;
    await waitFor(async () => {
      await slow.drain('bulk');
      return (await world.query(`select 1 from attempt where ended_at is null`)).length === 0;
    });
    await world.carryOut();
    for (const person of tg) expect((await world.onTelegram(person)).map(({ text }) => text)).toEqual([NEW]);
    for (const person of za) {
      const texts = (await world.onZalo(person)).map(({ text }) => text);
      if (texts[0]?.includes('8 giờ') === true) expect(texts).toHaveLength(2);
      else expect(texts).toHaveLength(1);
      expect(texts.at(-1)).toContain('Họp lúc 9 giờ');
    }
    // Somebody had the old words, somebody never did.
    const edited = (await world.query(`select 1 from message_edit where state = 'done'`)).length;
    expect(edited).toBeGreaterThan(0);
    expect(edited).toBeLessThan(60);
  }, 40_000);

  it('changes the caption of a picture and keeps the picture', async () => {
    const [tg] = await world.people(1);
    const [web] = await world.people(1, { channel: 'web' });
    if (!tg || !web) throw new Error('nobody');
    const id = await world.send([tg, web], { say: [{ text: raw('Gương cũ'), imageId: CARD, imageAlt: 'Thẻ' }] });
    await world.change(id, 'Gương mới');
    await world.carryOut();
    expect(await world.onTelegram(tg)).toMatchObject([
      {
        method: 'sendPhoto',
        text: 'Gương mới\nĐã đính chính lúc 10:30 23/11/2026.',
        edits: 1,
        file: { kind: 'photo' },
      },
    ]);
    expect((await world.onWeb(web)).at(-1)).toMatchObject({ kind: 'edit', image_id: CARD });
    expect((await world.telegram.stats()).byMethod).toMatchObject({ editMessageCaption: 1 });
    expect(await world.change(id, 'x'.repeat(900))).toBe('too-long');
  });

  it('of a text in several messages changes each of them', async () => {
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    const long = Array.from({ length: 700 }, (_, n) => String(n).padStart(4, '0')).join(' ');
    const id = await world.send([person], { say: [{ text: raw(long) }] });
    expect(await world.onTelegram(person)).toHaveLength(2);
    await world.change(id, 'Ngắn thôi');
    await world.carryOut();
    expect((await world.onTelegram(person)).map(({ text }) => text)).toEqual([
      'Ngắn thôi\nĐã đính chính lúc 10:30 23/11/2026.',
      'Phần này đã được thay bằng tin phía trên, đính chính lúc 10:30 23/11/2026.',
    ]);
    await world.change(id, long);
    await world.carryOut();
    const texts = (await world.onTelegram(person)).map(({ text }) => text);
    expect(texts.join(' ')).toContain(long);
    expect(texts[1]).toContain('Đã đính chính');
  });

  it('becomes a message of its own where the copy is gone', async () => {
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    const id = await world.send([person]);
    await world.telegram.fault({
      kind: 'answer',
      method: 'editMessageText',
      answer: { code: 400, description: 'Bad Request: message to edit not found' },
    });
    await world.change(id, 'Họp lúc 9 giờ');
    await world.carryOut();
    expect((await world.onTelegram(person)).map(({ text }) => text)).toEqual([
      'Họp lúc 8 giờ',
      expect.stringContaining('Đính chính: tin “Lịch họp” được sửa như sau.\nHọp lúc 9 giờ') as string,
    ]);
    expect(await readCorrections(world.database.store.pool, id)).toMatchObject([{ edited: 0, told: 1, failed: 0 }]);
  });

  it('finds the other contact of whoever blocked the bot, and counts whom it cannot reach', async () => {
    const [blocked, alone] = await world.people(2);
    if (!blocked || !alone) throw new Error('nobody');
    const other = randomUUID();
    const id = await world.send([blocked, alone]);
    await world.query(
      `insert into contact (id, channel, external_id, member_id) values ($1::uuid, 'web', $1::uuid::text, $2)`,
      [other, blocked.memberId],
    );
    for (const { address } of [blocked, alone]) await world.telegram.silently(Number(address), 'blocked');
    await world.change(id, 'Họp lúc 9 giờ');
    await world.carryOut();
    expect(await world.query('select text from web_event where contact_id = $1', [other])).toMatchObject([
      { text: expect.stringContaining('Họp lúc 9 giờ') as string },
    ]);
    expect(await readCorrections(world.database.store.pool, id)).toMatchObject([{ edited: 0, told: 1, failed: 1 }]);
  });

  it('gives whoever was not reached the new words when he is tried again', async () => {
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    await world.telegram.silently(Number(person.address), 'blocked');
    const id = await world.send([person]);
    await world.change(id, 'Họp lúc 9 giờ');
    await world.carryOut();
    const [said] = await world.query<{ text: string }>(
      `select k.text from message m join content k on k.id = m.content_id where m.source_id = $1`,
      [id],
    );
    expect(said?.text).toBe(NEW);
    expect(await world.query('select 1 from message_edit')).toEqual([]);
    await world.telegram.silently(Number(person.address), 'open');
  });

  it('lets only the latest of two stand, whatever became of the first', async () => {
    const tg = await world.people(5);
    const za = await world.people(3, { channel: 'zalo' });
    const id = await world.send([...tg, ...za]);
    await world.change(id, 'Họp lúc 9 giờ');
    // The first was carried out to some, and its messages on Zalo have not left.
    await world.corrections().work();
    expect(await world.change(id, 'Họp lúc 10 giờ')).toBe('done');
    await world.carryOut(2);
    for (const person of tg) expect((await world.onTelegram(person)).map(({ text }) => text)[0]).toContain('10 giờ');
    for (const person of za) {
      const texts = (await world.onZalo(person)).map(({ text }) => text);
      expect(texts).toHaveLength(2);
      expect(texts[1]).toContain('10 giờ');
    }
    expect(await world.change(id, 'Họp lúc 10 giờ')).toBe('same');
  });

  it('before the start only changes the words', async () => {
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    const id = await world.plan([person]);
    await world.change(id, 'Họp lúc 9 giờ');
    await world.broadcasts().expand(id);
    await world.platforms().drain('bulk');
    expect(await world.onTelegram(person)).toMatchObject([{ text: 'Họp lúc 9 giờ', edits: 0 }]);
    expect(await world.query('select state from correction')).toEqual([{ state: 'finished' }]);
  });

  it('of a paused broadcast changes who has it, and who gets it later', async () => {
    const people = await world.people(10);
    const id = await world.plan(people);
    const keeper = world.broadcasts();
    await keeper.expand(id);
    await world.query(`update attempt set due = now() + interval '1 hour' where id > 4`);
    await world.platforms().drain('bulk');
    await keeper.pause(id);
    await world.change(id, 'Họp lúc 9 giờ');
    await world.carryOut();
    expect((await world.telegram.stats()).byMethod).toMatchObject({ sendMessage: 4, editMessageText: 4 });
    await keeper.resume(id);
    await world.platforms().drain('bulk');
    for (const person of people) expect((await world.onTelegram(person)).map(({ text }) => text)).toEqual([NEW]);
  });

  it('gives the mark of sample data again', async () => {
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    const id = await world.send([person], { say: [{ text: [raw('DỮ LIỆU MẪU'), raw('Họp lúc 8 giờ')] }] });
    await world.change(id, 'Họp lúc 9 giờ');
    await world.carryOut();
    expect((await world.onTelegram(person))[0]?.text).toBe(`DỮ LIỆU MẪU\n${NEW}`);
  });
});
