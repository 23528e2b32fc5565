import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addRole, holdersOf, loadActor } from '../../src/units/index.js';
import type { Tx } from '../../src/store/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { holder, member, NOW, stranger, unit } from './people.js';
import { codeIn, createWorld, setClock, toldTo, type Speaker } from './world.js';

let database: TestDatabase;
let world: ReturnType<typeof createWorld>;
beforeAll(async () => {
  database = await createTestDatabase();
  world = createWorld(database.store);
  await setClock(database.store, NOW);
});
afterAll(() => database.drop());

const write = <T>(fn: (tx: Tx) => Promise<T>): Promise<T> => database.store.transaction(fn);
const told = (who: { memberId: string }) => toldTo(database.store, who.memberId, 'seat-hand-over');
const actorOf = (who: Speaker) => write((tx) => loadActor(tx, who.contactId));

/** A unit with people, that owes one report late and one with a promise. */
async function ward() {
  return write(async (tx) => {
    const unitId = await unit(tx, `Phường ${randomUUID().slice(0, 6)}`);
    const dutyId = randomUUID();
    const duty = {
      id: dutyId,
      code: dutyId,
      name: 'Báo cáo tháng',
      kind: 'periodic',
      basis: 'mẫu',
      needs: '',
      ladder: [],
    };
    await tx.duty.create({ data: duty });
    const owes = (period: string, dueOn: string, promiseOn: string | null) =>
      tx.obligation.create({
        data: {
          id: randomUUID(),
          dutyId,
          unitId,
          period,
          dueOn: new Date(dueOn),
          dueAt: new Date(`${dueOn}T16:59:59Z`),
          promiseOn: promiseOn === null ? null : new Date(promiseOn),
          how: { period },
          createdAt: NOW,
        },
      });
    await owes('tháng 10', '2026-11-06', null);
    await owes('tháng 11', '2026-12-06', '2026-12-01');
    return {
      unitId,
      primary: await holder(tx, 'Trần Thị Chính', unitId),
      deputy: await holder(tx, 'Lê Văn Phụ', unitId, 'deputy'),
      head: await holder(tx, 'Vũ Thị Trưởng', unitId, 'head'),
    };
  });
}
const primaryOf = async (unitId: string) => (await write((tx) => holdersOf(tx, [unitId], ['primary'])))[0]?.name;

describe('handing a seat over', () => {
  it('shows what is open, passes the seat at once to a colleague, and tells them what they took over', async () => {
    const of = await ward();
    const last = await world.type(of.primary, 'bàn giao', 'Lê Văn Phụ');
    expect(last).toContain('Đang mở: 2 báo cáo, 1 đã quá hạn');
    expect(last).toContain('– ⚠️ Báo cáo tháng – tháng 10, quá hạn từ 06/11/2026');
    expect(last).toContain('đã hẹn nộp 01/12/2026');
    const receipt = await world.tap(of.primary, 'Bàn giao ngay');
    expect(receipt).toContain('✅ Đã bàn giao lúc 09:00, 23/11/2026');
    expect(receipt).toContain('cho Lê Văn Phụ, cùng 2 báo cáo đang mở');
    const [received = ''] = await told(of.deputy);
    expect(received).toContain('Từ bây giờ anh/chị là đầu mối chính');
    expect(received).toContain('quá hạn từ 06/11/2026');
    expect(await primaryOf(of.unitId)).toBe('Lê Văn Phụ');
    // Whoever handed it on was answered, and holds nothing any more.
    expect(await told(of.primary)).toEqual([]);
    expect((await actorOf(of.primary)).seats).toEqual([]);
  });

  it('says politely that it is gone to whoever taps an old button, and changes nothing', async () => {
    const of = await ward();
    await world.type(of.primary, 'bàn giao', 'Lê Văn Phụ');
    const officer = await write(async (tx) => {
      const made = await member(tx, 'Chuyên viên');
      await addRole(tx, made.memberId, 'officer');
      return made;
    });
    const unitName = (await database.store.db.unit.findUniqueOrThrow({ where: { id: of.unitId } })).name;
    await world.type(officer, 'mời', unitName, 'đầu mối chính', 'Vũ Thị Trưởng');
    await world.type(of.primary, 'bàn giao ngay');
    // The officer saw another holder.
    expect(await world.type(officer, 'giao ngay')).not.toContain('✅');
    expect(await primaryOf(of.unitId)).toBe('Lê Văn Phụ');
    expect(await world.type(of.primary, 'bàn giao')).not.toContain('Họ và tên');
  });

  it('is done by the head for the other seats, and the one before is told', async () => {
    const of = await ward();
    await world.type(of.head, 'bàn giao');
    await world.tap(of.head, `${(await actorOf(of.primary)).seats[0]?.unitName ?? ''} (đầu mối chính)`);
    expect(await world.type(of.head, 'Lê Văn Phụ', 'bàn giao ngay')).toContain('✅ Đã bàn giao');
    expect(await told(of.primary)).toEqual([expect.stringContaining('đã được bàn giao cho người khác')]);
    expect(await primaryOf(of.unitId)).toBe('Lê Văn Phụ');
  });

  it('is not done at once to somebody who cannot be reached: they get a code', async () => {
    const of = await ward();
    await database.store.db.contact.updateMany({ where: { memberId: of.deputy.memberId }, data: { state: 'blocked' } });
    await world.type(of.primary, 'bàn giao', 'Lê Văn Phụ');
    expect(world.labels()).not.toContain('Bàn giao ngay');
    expect(codeIn(await world.type(of.primary, '1'))).toHaveLength(8);
    expect(await primaryOf(of.unitId)).toBe('Trần Thị Chính');
  });

  it('tells somebody who came by a code what is open too', async () => {
    const of = await ward();
    const code = codeIn(await world.type(of.primary, 'bàn giao', 'Ngô Văn Mới', '1'));
    const guest = await stranger(database.store);
    await world.type(guest, `#${code}`);
    const { memberId } = await actorOf(guest);
    expect(await told({ memberId: memberId ?? '' })).toEqual([expect.stringContaining('Đang mở: 2 báo cáo')]);
    expect(await told(of.primary)).toEqual([expect.stringContaining('đã được bàn giao')]);
  });
});
