/** An officer sends a notice, watches its card, corrects it and takes it back, through the real doors. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../support/wait.js';
import { World } from './world.js';

const CHAT = 501;
const ZALO_USER = '3333444455556666701';
const PATIENCE = { timeoutMs: 30_000 };

let world: World;
beforeAll(async () => {
  world = await World.create({ backend: 'postgres', platforms: true });
}, 120_000);
afterAll(() => world.close());

it('corrects a notice in every form and takes it back', { timeout: 120_000 }, async () => {
  const officer = await world.web('officer');
  const health = await world.web('seat-so-y-te');
  const telegram = world.telegram?.person(CHAT);
  const zalo = world.zalo?.person(ZALO_USER);
  if (!telegram || !zalo) throw new Error('the platforms are off');
  await telegram.type(`/start ${(await world.invite('seat-p-phu-ly')).telegramStart}`);
  await telegram.waitFor('Phường Phủ Lý', PATIENCE);
  await zalo.follow();
  await zalo.type((await world.invite('seat-p-duy-tien')).zaloText);
  await zalo.waitFor('Phường Duy Tiên', PATIENCE);

  await officer.type('gửi thông báo', 'Họp giao ban lúc 8 giờ', 'phu ly, duy tien, so y te', 'xong');
  await officer.tap('Gửi');
  await health.waitFor('Họp giao ban lúc 8 giờ');
  await telegram.waitFor('Họp giao ban lúc 8 giờ', PATIENCE);
  await zalo.waitFor('Họp giao ban lúc 8 giờ', PATIENCE);
  await waitFor(
    async () => {
      await world.round();
      await officer.listen(0);
      return officer.cards.some(({ text }) => text.includes('✅ Đã gửi xong'));
    },
    { ...PATIENCE, what: 'the last word of the card' },
  );
  expect(officer.cards.filter(({ kind }) => kind === 'message')).toHaveLength(1);

  const old = await officer.type('đính chính', '1');
  expect(old.text).toContain('Họp giao ban lúc 8 giờ');
  const preview = await officer.say('Họp giao ban lúc 9 giờ');
  expect(preview.text).toContain('Zalo nhận thêm một tin');
  await officer.tap('Đính chính');
  const edited = await telegram.waitFor('Họp giao ban lúc 9 giờ', { ...PATIENCE, edited: true });
  expect(edited.text).toContain('Đã đính chính lúc');
  expect(await telegram.messages('Họp giao ban lúc 8 giờ')).toEqual([]);
  await zalo.waitFor('Đính chính:', PATIENCE);
  const onWeb = await health.waitFor('Họp giao ban lúc 9 giờ');
  expect(onWeb.kind).toBe('edit');

  await officer.type('thu hồi', '1', 'Gửi nhầm');
  await officer.tap('Thu hồi');
  await telegram.waitFor('Tin này đã được thu hồi', { ...PATIENCE, edited: true });
  await zalo.waitFor('Thu hồi:', PATIENCE);
  await health.waitFor('Tin này đã được thu hồi');
  expect((await zalo.messages()).filter(({ text }) => text.includes('Thu hồi:'))).toHaveLength(1);
});
