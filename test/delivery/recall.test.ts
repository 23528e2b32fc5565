import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { raw } from '../../src/conversation/text.js';
import { readCorrections } from '../../src/delivery/corrections/correction-work.js';
import { CARD, createCorrectionWorld, LATER, type CorrectionWorld } from './correction-world.js';

let world: CorrectionWorld;

beforeAll(async () => {
  world = await createCorrectionWorld();
});
afterAll(() => world.end());
beforeEach(() => world.forget());

describe('a recall', () => {
  it('takes the words and buttons away, stops what has not left, and tells who keeps a copy', async () => {
    const tg = await world.people(6);
    const web = await world.people(2, { channel: 'web' });
    const za = await world.people(2, { channel: 'zalo' });
    const id = await world.plan([...tg, ...web, ...za]);
    await world.broadcasts().expand(id);
    await world.query(
      `update attempt set due = now() + interval '1 hour' where id in (select a.id from attempt a where channel = 'telegram' order by id limit 3)`,
    );
    await world.platforms().drain('bulk');
    expect(await world.takeBack(id)).toBe('done');
    await world.carryOut();
    const withdrawn = 'Tin này đã được thu hồi lúc 10:30 23/11/2026.\nLý do: Gửi nhầm';
    const texts = (await Promise.all(tg.map(world.onTelegram))).map((messages) =>
      messages.map(({ text, buttons }) => [text, buttons.length]),
    );
    expect(texts.filter((messages) => messages.length === 0)).toHaveLength(3);
    expect(texts.filter((messages) => messages.length > 0)).toEqual(Array.from({ length: 3 }, () => [[withdrawn, 0]]));
    for (const person of web)
      expect((await world.onWeb(person)).at(-1)).toMatchObject({ text: withdrawn, buttons: [] });
    for (const person of za)
      expect((await world.onZalo(person)).at(-1)?.text).toBe(
        'Thu hồi: tin “Lịch họp” đã được thu hồi lúc 10:30 23/11/2026. Đề nghị anh/chị không dùng tin đó.\nLý do: Gửi nhầm',
      );
    expect(await world.query('select state from broadcast')).toEqual([{ state: 'cancelled' }]);
    expect(await world.query(`select count(*)::int as n from attempt where reason = 'cancelled'`)).toEqual([{ n: 3 }]);
    expect(await readCorrections(world.database.store.pool, id)).toMatchObject([
      { kind: 'recall', reason: 'Gửi nhầm', edited: 5, told: 2, failed: 0 },
    ]);
    expect(await world.change(id, 'Họp lúc 9 giờ')).toBe('recalled');
    expect(await world.takeBack(id)).toBe('recalled');
  });

  it('of a picture takes its caption on Telegram and the picture on the web', async () => {
    const [tg] = await world.people(1);
    const [web] = await world.people(1, { channel: 'web' });
    if (!tg || !web) throw new Error('nobody');
    const id = await world.send([tg, web], { say: [{ text: raw('Gương'), imageId: CARD, imageAlt: 'Thẻ' }] });
    await world.takeBack(id);
    await world.carryOut();
    expect(await world.onTelegram(tg)).toMatchObject([
      { text: expect.stringContaining('thu hồi') as string, edits: 1 },
    ]);
    expect((await world.onWeb(web)).at(-1)).toMatchObject({ kind: 'edit', image_id: null });
  });

  it('of what has not begun sends nothing at all', async () => {
    const people = await world.people(3);
    const id = await world.plan(people, { startAt: new Date(LATER.getTime() + 3_600_000) });
    expect(await world.takeBack(id)).toBe('done');
    expect(await world.broadcasts().expand(id)).toBe(false);
    await world.carryOut();
    expect((await world.telegram.summary()).messages).toBe(0);
  });

  it('refuses what does not exist', async () => {
    expect(await world.takeBack(randomUUID())).toBe('gone');
  });
});
