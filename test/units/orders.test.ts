import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOutbox } from '../../src/delivery/index.js';
import { Prisma, type Tx } from '../../src/store/index.js';
import { addRole, createUnitsDay, loadActor, unitInstants, type Succession } from '../../src/units/index.js';
import { orderRefusal, type UnitOrder } from '../../src/units/order.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { holder, member, unit } from './people.js';
import { createWorld, setClock, toldTo, type Speaker } from './world.js';

const MONDAY = new Date('2026-11-23T02:00:00Z');
const NEW_YEAR = new Date('2026-12-31T17:00:00Z');

let database: TestDatabase;
let world: ReturnType<typeof createWorld>;
let officer: Speaker & { memberId: string };
const passed: Succession[] = [];
const hook = (_: Tx, succession: Succession) => {
  passed.push(succession);
  return Promise.resolve({ moved: 2, waived: 1 });
};
beforeAll(async () => {
  database = await createTestDatabase();
  world = createWorld(database.store, null, [hook]);
  officer = await write(async (tx) => {
    const made = await member(tx, 'Chuyên viên');
    await addRole(tx, made.memberId, 'officer');
    return made;
  });
});
afterAll(() => database.drop());
beforeEach(async () => {
  passed.length = 0;
  await forget();
  await setClock(database.store, MONDAY);
});

/** Nothing is being filled in any more. */
const forget = () => database.store.db.conversation.updateMany({ data: { session: Prisma.DbNull, drafts: {} } });
const write = <T>(fn: (tx: Tx) => Promise<T>): Promise<T> => database.store.transaction(fn);
const find = (name: string) => database.store.db.unit.findFirst({ where: { name } });
const day = async (now: Date) => {
  await setClock(database.store, now);
  const failures: unknown[] = [];
  const done = await createUnitsDay({
    store: database.store,
    outbox: createOutbox({}),
    hooks: [hook],
    failed: (error) => failures.push(error),
  })(now);
  expect(failures).toEqual([]);
  return done;
};
const told = (memberId: string) => toldTo(database.store, memberId, 'unit-order');
const seatsOf = async (who: Speaker) => (await write((tx) => loadActor(tx, who.contactId))).seats;

/** Two communes with people, under names of their own. */
async function pair() {
  const tail = randomUUID().slice(0, 5);
  const names = { one: `Xã Thượng ${tail}`, two: `Xã Hạ ${tail}`, merged: `Phường Hợp Nhất ${tail}` };
  return write(async (tx) => {
    const [one, two] = [await unit(tx, names.one), await unit(tx, names.two)];
    return {
      names,
      one,
      two,
      first: await holder(tx, 'Người Một', one),
      second: await holder(tx, 'Người Hai', two),
      deputy: await holder(tx, 'Phụ Hai', two, 'deputy'),
    };
  });
}

describe('merging units', () => {
  it('is ordered for a day, shown before, and carried out on that day, once', async () => {
    const of = await pair();
    const preview = await world.type(
      officer,
      'sáp nhập đơn vị',
      `${of.names.one}\n${of.names.two}`,
      of.names.merged,
      '01/01/2027',
      'Nghị quyết số 12/NQ-HĐND',
    );
    expect(preview).toContain(`Sáp nhập từ 01/01/2027: ${of.names.one}, ${of.names.two} thành ${of.names.merged}`);
    expect(preview).toContain(
      `Giữ vị trí: Người Một (đầu mối chính, ${of.names.one}), Phụ Hai (đầu mối phụ, ${of.names.two})`,
    );
    expect(preview).toContain(`Thôi vị trí vì đã có người: Người Hai (đầu mối chính, ${of.names.two})`);
    expect(await world.tap(officer, 'Đồng ý')).toContain('tự thực hiện vào 01/01/2027');
    expect(await find(of.names.merged)).toBeNull();
    expect(await unitInstants(database.store.db, MONDAY, new Date('2027-02-01T00:00:00Z'))).toEqual([NEW_YEAR]);

    expect(await day(new Date(NEW_YEAR.getTime() - 1000))).toBe(0);
    expect(await Promise.all([day(NEW_YEAR), day(NEW_YEAR)]).then(([a, b]) => a + b)).toBe(1);
    expect(await day(NEW_YEAR)).toBe(0);
    const merged = await find(of.names.merged);
    expect(passed.map((one) => [one.fromUnitId, one.heirUnitId])).toEqual([
      [of.one, merged?.id],
      [of.two, merged?.id],
    ]);
    expect((await seatsOf(of.first)).map((seat) => seat.unitName)).toEqual([of.names.merged]);
    expect((await seatsOf(of.deputy)).map((seat) => seat.unitName)).toEqual([of.names.merged]);
    expect(await seatsOf(of.second)).toEqual([]);
    expect((await find(of.names.one))?.validTo?.toISOString().slice(0, 10)).toBe('2026-12-31');
    const [done = ''] = (await told(officer.memberId)).slice(-1);
    expect(done).toContain('Đã chuyển 4 báo cáo đang mở, miễn 2 bản trùng');
    expect(done).toContain('Thôi vị trí, cần bố trí: Người Hai');
    expect(await told(of.second.memberId)).toEqual([expect.stringContaining('không còn vị trí đầu mối chính riêng')]);
    expect(await told(of.first.memberId)).toEqual([expect.stringContaining('tiếp nhận nhiệm vụ')]);
  });

  it('of a past day happens at once, into a unit that goes on', async () => {
    const of = await pair();
    await world.type(
      officer,
      'sáp nhập',
      `${of.names.one}\n${of.names.two}`,
      of.names.one,
      '01/7/2026',
      'Nghị quyết 1',
    );
    expect(await world.type(officer, 'đồng ý')).toContain('Đã thực hiện, hiệu lực từ 01/07/2026');
    expect(passed).toMatchObject([{ fromUnitId: of.two, heirUnitId: of.one, effectiveOn: '2026-07-01' }]);
    expect((await find(of.names.two))?.validTo?.toISOString().slice(0, 10)).toBe('2026-06-30');
    expect((await seatsOf(of.deputy)).map((seat) => seat.unitName)).toEqual([of.names.one]);
  });

  it('can be taken back until then; while it waits no second change takes its units', async () => {
    const of = await pair();
    const third = await pair();
    const order = async () => {
      await world.type(
        officer,
        'sáp nhập',
        `${of.names.one}\n${of.names.two}`,
        of.names.one,
        '01/01/2027',
        'Nghị quyết 1',
      );
      return world.type(officer, 'đồng ý');
    };
    expect(await order()).toContain('✅ Đã ghi lịch');
    await world.type(officer, 'sáp nhập', `${third.names.one}\n${of.names.two}`, third.names.one, '05/01/2027');
    expect(await world.type(officer, 'Nghị quyết 2')).toContain('đã có thay đổi hẹn ngày 01/01/2027');
    expect(await world.type(officer, 'thay đổi đơn vị')).toContain(of.names.two);
    expect(await world.type(officer, '1')).toContain('Đã hủy thay đổi');
    expect(await day(NEW_YEAR)).toBe(0);
    expect(await world.type(officer, 'thay đổi đơn vị')).toContain('Không có thay đổi đơn vị nào');
    await forget();
    expect(await order()).toContain('✅');
  });

  it('is for the office only, and says what it cannot read', async () => {
    const of = await pair();
    expect(await world.type(of.first, 'sáp nhập đơn vị')).not.toContain('mỗi dòng một đơn vị');
    expect(await world.type(officer, 'sáp nhập', of.names.one)).toContain('ít nhất hai đơn vị');
    expect(await world.type(officer, `${of.names.one}\nqqqq wwww`)).toContain('không tìm thấy “qqqq wwww”');
    expect(await world.type(officer, `${of.names.one}\n${of.names.two}`, 'x'.repeat(3000))).toContain(
      'tối đa 200 ký tự',
    );
    expect(await world.type(officer, '1', 'ngày xưa')).toContain('Chưa đọc được ngày');
    expect(await world.type(officer, '01/01/2020')).toContain('tối đa 365 ngày');
    expect(await world.type(officer, '01/01/2027', 'x'.repeat(3000))).toContain('tối đa 300');
  });
});

describe('splitting a unit', () => {
  it('makes the parts on the day; the unit that goes on keeps seats and work', async () => {
    const of = await pair();
    const part = `Xã Tách ${randomUUID().slice(0, 5)}`;
    const preview = await world.type(
      officer,
      'chia tách',
      of.names.two,
      `${of.names.two}\n${part}`,
      '01/01/2027',
      'NQ 3',
    );
    expect(preview).toContain('Đơn vị cũ tiếp tục');
    await world.type(officer, 'đồng ý');
    await day(NEW_YEAR);
    expect((await find(of.names.two))?.validTo).toBeNull();
    expect((await find(part))?.validFrom?.toISOString().slice(0, 10)).toBe('2027-01-01');
    expect((await seatsOf(of.second)).map((seat) => seat.unitName)).toEqual([of.names.two]);
  });

  it('ends a unit whose parts are all new; the first goes on for it', async () => {
    const of = await pair();
    const [a, b] = [`Xã Đông ${of.names.one}`, `Xã Tây ${of.names.one}`];
    await world.type(officer, 'chia tách', of.names.one, `${a}\n${b}`, 'hôm nay', 'NQ 4', 'đồng ý');
    expect((await seatsOf(of.first)).map((seat) => seat.unitName)).toEqual([a]);
    expect(passed).toMatchObject([{ fromUnitId: of.one, heirUnitId: (await find(a))?.id }]);
    expect(await find(b)).not.toBeNull();
  });
});

describe('renaming a unit', () => {
  it('keeps the unit, its seats and its old name, by which it is found still', async () => {
    const of = await pair();
    const name = `Đặc khu ${of.names.one.slice(-5)}`;
    await world.type(officer, 'đổi tên đơn vị', of.names.one, name, '01/01/2027', 'NQ 5', 'đồng ý');
    await day(NEW_YEAR);
    expect(await find(name)).toMatchObject({ id: of.one });
    expect((await seatsOf(of.first)).map((seat) => seat.unitName)).toEqual([name]);
    expect(await world.type(officer, 'đơn vị', of.names.one)).toContain(name);
    const [row] = await database.store.db.$queryRaw<{ before: string; after: string }[]>`
      select unit_name_on(${of.one}::uuid, '2026-12-31') as before, unit_name_on(${of.one}::uuid, '2027-01-01') as after`;
    expect(row).toEqual({ before: of.names.one, after: name });
    expect(passed).toEqual([]);
    await world.type(officer, 'đổi tên đơn vị', name, `${name} Mới`, '31/12/2026');
    expect(await world.type(officer, 'NQ 6')).toContain('đã đổi tên từ 01/01/2027');
    await forget();
    expect(await world.type(officer, 'đổi tên đơn vị', name, of.names.two, '01/02/2027', 'NQ 6')).toContain(
      'Đã có đơn vị tên',
    );
  });
});

describe('an order', () => {
  it('of units that are no more is void on its day, and the officers hear why', async () => {
    const of = await pair();
    await world.type(
      officer,
      'sáp nhập',
      `${of.names.one}\n${of.names.two}`,
      of.names.one,
      '01/01/2027',
      'NQ 7',
      'đồng ý',
    );
    await database.store.db.unit.update({ where: { id: of.two }, data: { validTo: new Date('2026-12-01') } });
    expect(await day(NEW_YEAR)).toBe(1);
    expect((await told(officer.memberId)).at(-1)).toContain('không thực hiện được');
    expect(passed).toEqual([]);
  });

  it('of two officers at once is taken once', async () => {
    const of = await pair();
    const unitOf = (id: string) => ({
      id,
      code: id,
      name: id,
      shortName: id,
      type: 'xa' as const,
      level: 'xa' as const,
      parentId: null,
      validFrom: null,
      validTo: null,
    });
    const wish: UnitOrder = {
      id: randomUUID(),
      kind: 'merge',
      plan: { from: [of.one, of.two], to: [{ unitId: of.one }] },
      effectiveOn: '2027-01-01',
      basis: 'NQ',
    };
    const units = [unitOf(of.one), unitOf(of.two)];
    expect(orderRefusal(wish, units, [], '2026-11-23')).toBeNull();
    expect(orderRefusal(wish, units, [wish], '2026-11-23')?.refused).toBe('busy');
    expect(
      orderRefusal({ ...wish, plan: { from: [of.one], to: [{ unitId: of.one }] } }, units, [], '2026-11-23')?.refused,
    ).toBe('too-few');
  });
});
