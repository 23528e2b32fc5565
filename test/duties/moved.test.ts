import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NINE } from '../notices/orders-world.js';
import { createDutiesWorld, type DutiesWorld } from './world.js';

let world: DutiesWorld;
beforeAll(async () => {
  world = await createDutiesWorld();
  await world.clean();
  await world.at(NINE); // Monday, 23/11/2026
});
afterAll(() => world.drop());

describe('an amended duty', () => {
  it('tells whoever heard the old day of an amended duty, once, with the ground', async () => {
    const officer = await world.person('Lan', ['officer']);
    const unitId = await world.ward('Phường Phủ Lý');
    const { id } = await world.duty();
    const { memberId } = await world.store.db.seatHolding.findFirstOrThrow({ where: { seat: { unitId } } });
    const person = `m:${memberId}`;
    await world.plan();
    const evidence = { messages: 1, recipients: [person] };
    await world.store.db.reminderStep.updateMany({
      where: { step: 'T-7', obligation: { dutyId: id } },
      data: { state: 'fired', evidence },
    });
    await world.type(
      officer,
      'nghĩa vụ',
      'Báo cáo tháng',
      'Sửa',
      'Hạn',
      'ngày 10 tháng sau',
      'Lưu nghĩa vụ',
      'Theo công văn mới',
    );
    const told = await world.store.db.message.findMany({
      where: { sourceKind: 'obligation', person },
      include: { content: true },
    });
    expect(told.map(({ slot, content }) => [slot, content.text.split('\n')[0]])).toEqual([
      ['moved:2', '📌 2 việc của anh/chị đổi hạn:'],
    ]);
    expect(told[0]?.content.text).toContain('Căn cứ: Theo công văn mới.');
    expect(await world.store.db.dueChange.count({ where: { reason: 'due-day-moved', byId: officer.memberId } })).toBe(
      2,
    );
  });
});
