import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { addDays, toDbDate } from '../../src/kernel/local-date.js';
import { noon, World, type Person } from './world.js';

const COUNT = 20;
const name = (n: number) => `Báo cáo số ${String(n).padStart(2, '0')}`;

let world: World;
let officer: Person;
let seat: Person;
/** Obligations in the order of their due days. */
const owed: string[] = [];
beforeAll(async () => {
  world = await World.create();
  officer = await world.person('Chuyên viên', ['officer']);
  const unitId = await world.unit('Phường Nhiều Việc');
  seat = await world.seat(unitId, 'primary', 'Đầu mối');
  await world.seat(unitId, 'deputy', 'Cấp phó');
  for (let n = 1; n <= COUNT; n += 1) {
    const fields = [{ name: 'so', label: 'Số', type: 'number' as const, required: true }];
    const wish = { name: name(n), dueOn: addDays('2026-11-18', n), unitIds: [unitId], fields };
    owed.push((await world.duty(wish, noon('2026-11-02'))).of(unitId));
  }
  await world.at('2026-11-10T02:14:05Z');
});
afterAll(() => world.drop());

const labels = async (text: string, who = seat) =>
  (await world.send(who, { kind: 'text', text })).buttons.map((button) => button.label);
const page = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `${String(n + 1)}. ${name(from + n)}`);

describe('a question which of many is meant', () => {
  it.each([
    'sẽ nộp',
    'nhắc lại sau',
    'xin lùi hạn',
    'giao cho đồng nghiệp',
    'không phải việc của đơn vị tôi',
    'trả lời khác',
    'nộp báo cáo',
    'biểu mẫu excel',
  ])('%s: shows a page at a time, on to the last and back to the first, and takes any of them', async (command) => {
    await world.type(seat, 'hủy');
    expect(await labels(command)).toEqual([...page(1, 8), 'Xem thêm']);
    const { text, buttons } = await world.send(seat, { kind: 'text', text: 'xem thêm' });
    expect(text).toContain('… và 4 việc khác.');
    expect(buttons.map((button) => button.label)).toEqual([...page(9, 16), 'Xem thêm']);
    expect(await labels('9')).toEqual([...page(17, 20), 'Về đầu danh sách']);
    expect(await labels('về đầu danh sách')).toEqual([...page(1, 8), 'Xem thêm']);
    await world.type(seat, 'xem thêm', 'xem them');
    expect(await world.type(seat, '2')).toContain(name(18));
    // An older page's button no longer means what stands there now.
    await world.type(seat, 'hủy', command, 'xem thêm');
    expect(await world.press(seat, buttons[0]?.action ?? '')).toContain('Nút này');
  });

  it('shows the first page when the one that was asked for is empty by now', async () => {
    await world.type(seat, 'hủy', 'sẽ nộp', 'xem thêm');
    await world.store.db.obligation.updateMany({ where: { id: { in: owed.slice(8) } }, data: { state: 'accepted' } });
    expect(await labels('xem thêm')).toEqual(page(1, 8));
    await world.store.db.obligation.updateMany({ where: { id: { in: owed } }, data: { state: 'open' } });
  });

  it('asks for the due day of any of them', async () => {
    await world.type(seat, 'hủy');
    expect(await labels('vì sao hạn này')).toEqual([
      ...Array.from({ length: 7 }, (_, n) => name(n + 1)),
      'Xem thêm',
      'Danh mục',
    ]);
    const { text, buttons } = await world.send(seat, { kind: 'action', action: 'go:why-due:page:2' });
    expect(text).toBe('Anh/chị hỏi hạn của việc nào?');
    expect(buttons.map((button) => button.label).slice(0, -1)).toEqual(
      Array.from({ length: 6 }, (_, n) => name(n + 15)),
    );
    expect(await world.press(seat, buttons[5]?.action ?? '')).toContain(`Hạn ${name(20)} của Phường Nhiều Việc`);
  });

  it('tells the latest moves of a due day, and how many there were before', async () => {
    const [id = ''] = owed;
    await world.store.db.dueChange.createMany({
      data: Array.from({ length: 12 }, (_, n) => ({
        ...{ id: newId(), obligationId: id, version: n + 1, reason: 'due-day-moved', at: noon('2026-11-05') },
        ...{ fromOn: toDbDate(addDays('2026-11-01', n)), toOn: toDbDate(addDays('2026-11-02', n)) },
      })),
    });
    const lines = (await world.press(seat, `go:why-due:${id}`)).split('\n');
    expect(lines).toHaveLength(9);
    expect(lines[1]).toContain('Hạn ban đầu Chủ nhật, 01/11/2026');
    expect(lines[2]).toBe('… và 7 lần đổi hạn khác trước đó.');
    expect(lines[7]).toContain('đổi từ 12/11/2026 thành 13/11/2026');
  });

  it('lists the requests that wait for an officer in the same way', async () => {
    await world.store.db.extension.createMany({
      data: owed.slice(0, 10).map((obligationId, n) => ({
        ...{ id: newId(), obligationId, reason: 'bão', wantedOn: toDbDate('2026-12-20') },
        askedAt: new Date(noon('2026-11-05').getTime() + n * 60_000),
      })),
    });
    const first = await world.send(officer, { kind: 'text', text: 'duyệt lùi hạn' });
    expect(first.text).toContain('… và 2 việc khác.');
    expect(first.buttons).toHaveLength(9);
    expect(await labels('xem thêm', officer)).toHaveLength(3);
    expect(await world.type(officer, '2')).toContain(name(10));
  });
});
