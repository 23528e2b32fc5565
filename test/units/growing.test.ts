import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addRole } from '../../src/units/index.js';
import type { Role } from '../../src/kernel/people.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { holder, member, unit } from './people.js';
import { createWorld, type Speaker } from './world.js';

let database: TestDatabase;
let world: ReturnType<typeof createWorld>;
let admin: Speaker;
beforeAll(async () => {
  database = await createTestDatabase();
  world = createWorld(database.store);
  admin = await person('Quản trị', 'admin');
});
afterAll(() => database.drop());

const person = (name: string, role: Role) =>
  database.store.transaction(async (tx) => {
    const made = await member(tx, name);
    await addRole(tx, made.memberId, role);
    return made;
  });
const units = () => database.store.db.unit.findMany({ orderBy: { code: 'asc' }, include: { parent: true } });

describe('adding units', () => {
  it('shows what a pasted list would add, adds it once confirmed, and nothing when it is pasted again', async () => {
    const list = [
      'mã; tên; loại; cấp trên',
      'thpt-chuyen; Trường THPT Chuyên; trường học; so-gddt',
      'SO GDDT; Sở Giáo dục và Đào tạo ; Sở',
      '',
      'p-mau\tPhường Mẫu\tphường',
      'huyen-cu; Huyện Cũ; huyện',
    ].join('\n');
    expect(await world.type(admin, 'them don vi', list)).toContain('4 đơn vị sẽ được thêm');
    expect(await units()).toEqual([]);
    expect(await world.type(admin, 'thêm')).toContain('Đã thêm 4 đơn vị');
    expect((await units()).map((one) => [one.code, one.name, one.type, one.level, one.parent?.code ?? null])).toEqual([
      ['huyen-cu', 'Huyện Cũ', 'huyen', 'huyen', null],
      ['p-mau', 'Phường Mẫu', 'phuong', 'xa', null],
      ['so-gddt', 'Sở Giáo dục và Đào tạo', 'so', 'tinh', null],
      ['thpt-chuyen', 'Trường THPT Chuyên', 'truong', 'co-so', 'so-gddt'],
    ]);
    expect(await world.type(admin, 'thêm đơn vị', list)).toContain('Cả 4 đơn vị đã có');
    const more = `${list}\nx-mau; Xã Mẫu; xã; p-mau`;
    expect(await world.type(admin, 'thêm đơn vị', more)).toContain('4 đơn vị đã có');
    await world.type(admin, '1');
    expect(await units()).toHaveLength(5);
  });

  it('names every line that cannot be used, adds nothing, and takes the corrected list', async () => {
    const before = (await units()).length;
    const answer = await world.type(
      admin,
      'thêm đơn vị',
      [
        'a-1; Đơn vị một; vũ trụ',
        'a-2; Đơn vị hai',
        'a-3; ; xã',
        '!!!; Đơn vị bốn; xã',
        'a-5; Đơn vị năm; xã; khong-co',
        'a-6; Đơn vị sáu; xã; a-7',
        'a-7; Đơn vị bảy; xã; a-6',
        'a-6; Đơn vị tám; xã',
      ].join('\n'),
    );
    expect(answer).toContain('8 dòng cần sửa');
    expect(answer).toContain('Dòng 1: loại “vũ trụ”');
    expect(answer).toContain('Dòng 2: cần 3 hoặc 4 cột');
    expect(answer).toContain('Dòng 3: thiếu tên');
    expect(answer).toContain('Dòng 4: mã chỉ gồm');
    expect(answer).toContain('Dòng 5: không có đơn vị cấp trên mã khong-co');
    expect(answer).toContain('Dòng 6: đơn vị cấp trên a-6 lại thuộc chính đơn vị này');
    expect(answer).toContain('Dòng 8: mã a-6 đã có ở dòng 6');
    expect(await world.type(admin, 'a-1; Đơn vị một; xã')).toContain('1 đơn vị sẽ được thêm');
    await world.type(admin, 'đồng ý');
    expect(await units()).toHaveLength(before + 1);
  });

  it('adds a unit once when two admins confirm the same list', async () => {
    const second = await person('Quản trị hai', 'admin');
    await world.type(admin, 'thêm đơn vị', 'b-1; Đơn vị b; xã');
    await world.type(second, 'thêm đơn vị', 'b-1; Đơn vị b; xã');
    await world.type(admin, 'thêm');
    await world.type(second, 'thêm');
    expect((await units()).filter((one) => one.code === 'b-1')).toHaveLength(1);
  });

  it('is for admins only', async () => {
    const officer = await person('Chuyên viên', 'officer');
    expect(await world.type(officer, 'thêm đơn vị')).not.toContain('dán danh sách');
    expect(await world.type(officer, 'thêm cụm')).not.toContain('Tên cụm');
  });
});

describe('adding a cluster', () => {
  it('finds the units by name, says which lines it does not know, and can grow later', async () => {
    await database.store.transaction(async (tx) => {
      for (const name of ['Xã Cụm Một', 'Xã Cụm Hai', 'Xã Cụm Ba']) await unit(tx, name, { type: 'xa' });
    });
    const answer = await world.type(admin, 'thêm cụm', 'Cụm thi đua số 9', 'xa cum mot\nqqq zzz\nxã cụm');
    expect(answer).toContain('2 dòng cần sửa');
    expect(answer).toContain('Dòng 2: không tìm thấy “qqq zzz”');
    expect(answer).toContain('Dòng 3: “xã cụm” có thể là:');
    expect(await world.type(admin, 'Xã Cụm Một\nXã Cụm Hai')).toContain('Cụm thi đua số 9: 2 đơn vị');
    expect(await world.type(admin, 'thêm')).toContain('Đã ghi 2 đơn vị');
    await world.type(admin, 'thêm cụm', 'Cụm thi đua số 9', 'Xã Cụm Hai\nXã Cụm Ba', 'thêm');
    const clusters = await database.store.db.cluster.findMany({ include: { units: true } });
    expect(clusters.map((cluster) => [cluster.code, cluster.units.length])).toEqual([['cum-thi-dua-so-9', 3]]);
  });
});

describe('looking units up', () => {
  it('shows a unit with its seats and place, and goes on to another by its name', async () => {
    const officer = await person('Chuyên viên', 'officer');
    await database.store.transaction(async (tx) => {
      await holder(tx, 'Phạm Thị Giữ Chỗ', await unit(tx, 'Phường Tra Cứu'));
      await unit(tx, 'Phường Bỏ Trống');
    });
    const card = await world.type(officer, 'đơn vị', 'tra cuu');
    expect(card).toContain('Phường Tra Cứu');
    expect(card).toContain('phường, cấp xã');
    expect(card).toContain('– đầu mối chính: Phạm Thị Giữ Chỗ\n– đầu mối phụ: chưa có');
    expect(await world.type(officer, 'Phường Bỏ Trống')).toContain('– đầu mối chính: chưa có');
    await world.tap(officer, 'Mời đầu mối');
    expect(await world.type(officer, '1')).toContain('Họ và tên');
    expect(await world.type(officer, 'hủy', 'tìm đơn vị thpt chuyên')).toContain('Thuộc: Sở Giáo dục và Đào tạo');
  });

  it('lists the units without anybody, page by page, for leaders too, without an invitation for them', async () => {
    const leader = await person('Lãnh đạo', 'leader');
    await database.store.transaction(async (tx) => {
      for (let n = 1; n <= 9; n += 1) await unit(tx, `AA Trống ${String(n)}`);
    });
    expect(await world.type(leader, 'chưa có đầu mối')).toMatch(/^\d+ đơn vị chưa có đầu mối/);
    expect(world.labels()).toContain('AA Trống 8');
    expect(world.labels()).not.toContain('AA Trống 9');
    await world.tap(leader, 'Xem thêm');
    expect(await world.tap(leader, 'AA Trống 9')).toContain('chưa có');
    expect(world.labels()).not.toContain('Mời đầu mối');
  });

  it('answers a visitor nothing of it', async () => {
    const seat = await database.store.transaction(async (tx) => holder(tx, 'Đầu mối', await unit(tx, 'Phường Kín')));
    expect(await world.type(seat, 'tìm đơn vị Phường Kín')).not.toContain('Đầu mối');
  });
});
