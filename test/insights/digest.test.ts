import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barChart } from '../../src/documents/index.js';
import { createDigestTick, digestInstants } from '../../src/insights/index.js';
import { toDbDate } from '../../src/kernel/local-date.js';
import { createFileStore } from '../../src/store/index.js';
import { leaders, officers } from '../../src/units/index.js';
import { morning, noon, World, type Person } from '../reporting/world.js';

let world: World;
let leader: Person;
let officer: Person;
let obligation = '';

beforeAll(async () => {
  world = await World.create();
  leader = await world.person('Lãnh đạo', ['leader']);
  officer = await world.person('Chuyên viên', ['officer', 'leader']);
  const units = [await world.unit('Phường A', 'Khối 1'), await world.unit('Phường B', 'Khối 2')];
  const { of } = await world.duty({ name: 'Báo cáo quý', dueOn: '2026-11-18', unitIds: units }, noon('2026-11-02'));
  obligation = of(units[0] ?? '');
});
afterAll(() => world.drop());

const tick = (now: Date, paint = barChart) =>
  createDigestTick({
    store: world.store,
    outbox: world.told,
    files: createFileStore(world.store),
    paint,
    leaders,
    officers,
    demo: true,
  })(now);

const digests = async () => (await world.messages()).filter((message) => message.source.startsWith('digest:'));

describe('the weekly summary', () => {
  it('begins with the first hour after it was switched on: what passed before is not made up for', async () => {
    expect(await tick(noon('2026-11-16'))).toBe(0);
    expect(await digests()).toEqual([]);
    expect(await digestInstants(world.store.db, noon('2026-11-16'), noon('2026-12-07'))).toEqual(
      ['2026-11-23', '2026-11-30', '2026-12-07'].map(morning),
    );
  });

  it('comes to leaders and officers once, also when two schedulers look at the same moment', async () => {
    expect(await tick(new Date(morning('2026-11-23').getTime() - 1000))).toBe(0);
    const told = await Promise.all([tick(morning('2026-11-23')), tick(morning('2026-11-23'))]);
    expect(told.sort()).toEqual([0, 2]);
    expect(await tick(noon('2026-11-23'))).toBe(0);
    const sent = await digests();
    expect(sent.map(({ person }) => person).sort()).toEqual([leader.key, officer.key].sort());
    expect(sent[0]?.text).toContain('📊 Tổng hợp tuần');
    expect(sent[0]?.text).toContain('Nghĩa vụ đã nộp: 0/2');
    expect(sent[0]?.text).not.toContain('So với');
    const labels = (who: Person) => sent.find(({ person }) => person === who.key)?.buttons.map(({ label }) => label);
    expect(labels(leader)).toEqual(['Tình hình', 'Xem việc quá hạn', 'Theo cụm, khối']);
    expect(labels(officer)).toEqual(['Tình hình', 'Xem việc quá hạn', 'Theo cụm, khối', 'Đôn đốc']);
  });

  it('says a week later what changed, and carries a picture', async () => {
    await world.store.db.obligation.update({
      where: { id: obligation },
      data: { state: 'submitted', firstSubmittedAt: noon('2026-11-25') },
    });
    const drawn: string[] = [];
    await tick(morning('2026-11-30'), (chart) => {
      drawn.push(...chart.rows.map((row) => `${row.label} ${row.value} ${row.tone ?? ''}`));
      return barChart(chart);
    });
    const text = (await digests()).at(-1)?.text;
    expect(text).toContain('So với 23/11/2026: đã nộp +1 (0 % → 50 % số phải nộp), nộp muộn +1, quá hạn −1.');
    expect(drawn.sort()).toEqual(['Khối 1 1 / 1 normal', 'Khối 2 0 / 1 weak']);
    expect(await world.store.db.file.count({ where: { type: 'image/png' } })).toBeGreaterThan(0);
  });

  it('still comes later on its day after an outage, and on no other', async () => {
    expect(await tick(noon('2026-12-07'))).toBe(2);
    expect(await tick(noon('2026-12-15'))).toBe(0);
    expect(await digests()).toHaveLength(6);
  });

  it('waits for the next working day where its own is a holiday; a clock that is moved stops there', async () => {
    const off = ['2027-02-08', '2027-02-09'].map((on) => ({ on: toDbDate(on), kind: 'off', name: 'Tết' }));
    await world.store.db.calendarDay.createMany({ data: off });
    expect(await digestInstants(world.store.db, noon('2027-02-01'), noon('2027-02-15'))).toEqual(
      ['2027-02-10', '2027-02-15'].map(morning),
    );
    expect(await digestInstants(world.store.db, noon('2027-02-09'), noon('2027-02-11'))).toEqual([
      morning('2027-02-10'),
    ]);
    expect(await tick(noon('2027-02-08'))).toBe(0);
    expect(await tick(noon('2027-02-10'))).toBe(2);
    await world.store.db.numbersDigest.deleteMany({ where: { on: toDbDate('2027-02-10') } });
    await world.store.db.message.deleteMany({ where: { sourceKind: 'digest', sourceId: '2027-02-10' } });
  });

  it('opens the lists from its buttons', async () => {
    await world.at(noon('2026-12-08'));
    const [button] = (await digests()).at(-1)?.buttons.filter(({ label }) => label === 'Xem việc quá hạn') ?? [];
    expect(await world.press(leader, button?.action ?? '')).toContain('Quá hạn chưa nộp: 1 nghĩa vụ ở 1 đơn vị');
  });

  it('is set in the conversation: day and hour as typed, a bad hour refused, off and on again', async () => {
    await world.at(noon('2026-12-17'));
    expect(await world.type(leader, 'tổng hợp tuần')).toContain('vào thứ Hai hằng tuần, lúc 08:00');
    expect(await world.type(leader, 'thứ Sáu 23:00')).toContain('Giờ gửi phải từ 06:00 đến 21:00');
    expect(await world.type(leader, 'khi nào rảnh')).toContain('Tôi chưa hiểu');
    expect(await world.type(leader, 'thứ Sáu 16h30')).toContain('vào thứ Sáu hằng tuần, lúc 16:30');
    expect(await digestInstants(world.store.db, noon('2026-12-17'), noon('2026-12-31'))).toEqual([
      new Date('2026-12-18T09:30:00Z'),
      new Date('2026-12-25T09:30:00Z'),
    ]);
    expect(await world.type(officer, 'tổng hợp tuần', 'tắt')).toContain('đang tắt');
    expect(await tick(noon('2026-12-19'))).toBe(0);
    await world.at(noon('2026-12-19'));
    expect(await world.type(officer, 'tổng hợp tuần', 'bật')).toContain('lúc 16:30');
    // The hour passed while it was off, so it is not made up for.
    expect(await tick(noon('2026-12-19'))).toBe(0);
    const seat = await world.seat(await world.unit('Phường Ghế'), 'primary', 'Đầu mối');
    expect(await world.type(seat, 'tổng hợp tuần')).not.toContain('hằng tuần');
  });
});
