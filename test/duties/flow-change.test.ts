import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { moveDueDay } from '../../src/duties/index.js';
import { createInsightsReads } from '../../src/insights/index.js';
import { newId } from '../../src/kernel/ids.js';
import { createReportingReads } from '../../src/reporting/index.js';
import { NINE } from '../notices/orders-world.js';
import { createDutiesWorld, type DutiesOfficer, type DutiesWorld } from './world.js';

let world: DutiesWorld;
let officer: DutiesOfficer;
let other: DutiesOfficer;
beforeAll(async () => {
  world = await createDutiesWorld();
});
beforeEach(async () => {
  [officer, other] = await world.office();
});
afterAll(() => world.drop());

const say = async (who: DutiesOfficer, ...lines: string[]): Promise<string> => (await world.type(who, ...lines)).text;

/** Opens a duty from the list. */
const open = (who: DutiesOfficer, name = 'Báo cáo tháng') => say(who, 'nghĩa vụ', name);
const audit = async () =>
  (await world.store.db.auditEntry.findMany({ orderBy: { id: 'asc' } })).map(({ action }) => action);

describe('a duty that is there', () => {
  it('is listed page after page, the next due first, 200 on one day too', async () => {
    for (let n = 1; n <= 200; n += 1)
      await world.duty({
        name: `Nghĩa vụ ${String(n).padStart(3, '0')}`,
        periods: { kind: 'once', dueOn: '2026-12-15' },
        due: { kind: 'dates', shift: 'none' },
      });
    await world.duty({
      name: 'Gần nhất',
      periods: { kind: 'once', dueOn: '2026-12-01' },
      due: { kind: 'dates', shift: 'none' },
    });
    await world.duty({
      name: 'Đã qua',
      periods: { kind: 'once', dueOn: '2026-11-02' },
      due: { kind: 'dates', shift: 'none' },
    });
    const first = await say(officer, 'danh mục báo cáo');
    expect(first).toContain('Có 202 nghĩa vụ');
    expect(first).toContain('1. Gần nhất – hạn tới 01/12/2026');
    expect(first).toContain('8. Nghĩa vụ 007');
    const second = await say(officer, 'xem thêm');
    expect(second).toContain('1. Nghĩa vụ 008');
    const last = await say(officer, ...Array.from({ length: 24 }, () => 'xem thêm'));
    expect(last).toContain('2. Đã qua – không còn hạn tới');
  });

  it('moves what is owed by a new version with its reason; what was handed in or moved for one unit stays', async () => {
    const { id } = await world.duty();
    await world.ward('Phường Kim Bảng');
    await world.ward('Phường Lý Nhân');
    await world.plan();
    const rows = await world.store.db.obligation.findMany({
      where: { dutyId: id, period: '2026-11' },
      orderBy: { unitId: 'asc' },
    });
    const [submitted, extended] = rows;
    await world.store.db.obligation.update({ where: { id: submitted?.id ?? '' }, data: { state: 'submitted' } });
    const alone = { dutyId: id, period: '2026-11', unitIds: [extended?.unitId ?? ''], dueOn: '2026-12-21' };
    await world.store.transaction((tx) => moveDueDay(tx, alone, new Date(NINE)));
    await open(officer);
    await say(officer, 'Sửa', 'Hạn');
    const review = await say(officer, 'ngày 10 tháng sau');
    expect(review).toContain(
      '⚠️ Dời hạn đã giao: 07/12/2026 → 10/12/2026 (2 đơn vị); 06/01/2027 → 11/01/2027 (4 đơn vị)',
    );
    expect(await say(officer, 'Lưu nghĩa vụ')).toContain('Lý do sửa là gì?');
    expect(await say(officer, 'Theo công văn mới')).toContain('✅ Đã lưu bản mới');
    expect(await world.owed(id)).toEqual([
      '2026-11 2026-12-07 submitted v1 ×1',
      '2026-11 2026-12-10 open v2 ×2',
      '2026-11 2026-12-21 open v2 ×1',
      '2026-12 2027-01-11 open v2 ×4',
    ]);
    // Seven steps of each of the seven that moved are void, and seven more wait; seven are of the one that was handed in.
    expect(await world.steps(id)).toEqual({ void: 49, pending: 56 });
    const moved = await world.store.db.obligation.findFirst({ where: { dutyId: id, period: '2026-12' } });
    expect(moved?.how).toMatchObject({
      period: 'tháng 12/2026',
      parts: [{ kind: 'day' }, { kind: 'shifted', to: '2027-01-11' }],
    });
    const duty = await world.one();
    expect(duty.version).toBe(2);
    expect(duty.versions).toContainEqual(
      expect.objectContaining({ version: 2, reason: 'Theo công văn mới', memberId: officer.memberId }),
    );
  });

  it('frees units and periods that the new version does not know', async () => {
    const { id } = await world.duty();
    await world.plan();
    await open(officer);
    const review = await say(officer, 'Sửa', 'Ai phải nộp', 'Chọn lại', 'Phường Phủ Lý', 'Xong');
    expect(review).toContain('⚠️ 2 báo cáo đã giao sẽ được miễn');
    await say(officer, 'Lưu nghĩa vụ', 'Chỉ còn một phường');
    expect(await world.owed(id)).toEqual([
      '2026-11 2026-12-07 open v1 ×1',
      '2026-11 2026-12-07 waived v1 ×1',
      '2026-12 2027-01-06 open v1 ×1',
      '2026-12 2027-01-06 waived v1 ×1',
    ]);
    await open(officer);
    await say(officer, 'Sửa', 'Kỳ', 'Hằng quý', 'ngày 10 tháng sau', 'kế tiếp', 'Lưu nghĩa vụ', 'Chuyển sang quý');
    await world.work();
    const states = (await world.owed(id)).filter((line) => !line.includes('waived'));
    expect(states).toEqual(['2026-Q4 2027-01-11 open v1 ×1']);
  });

  it('keeps a due day whose new one is over', async () => {
    const { id } = await world.duty({
      due: { kind: 'day', monthsAfterEnd: 0, day: 25, shift: 'next' },
      endsOn: '2026-11-30',
    });
    await world.plan();
    await open(officer);
    expect(await say(officer, 'Sửa', 'Hạn', 'ngày 20')).toContain('2 báo cáo giữ hạn cũ');
    await say(officer, 'Lưu nghĩa vụ', 'Sớm hơn');
    expect(await world.owed(id)).toEqual(['2026-11 2026-11-25 open v1 ×2']);
  });

  it('is amended by the first of two officers; the second is told and writes nothing', async () => {
    await world.duty();
    await open(officer);
    await open(other);
    await say(officer, 'Sửa', 'Nội dung cần nộp', 'bản một', 'Lưu nghĩa vụ');
    await say(other, 'Sửa', 'Nội dung cần nộp', 'bản hai', 'Lưu nghĩa vụ');
    expect(await say(officer, 'Vì một')).toContain('✅ Đã lưu bản mới');
    expect(await say(other, 'Vì hai')).toMatch(/Chuyên viên Lan đã sửa nghĩa vụ này lúc \d\d:\d\d, 23\/11\/2026/);
    expect(await world.one()).toMatchObject({ version: 2, needs: 'bản một' });
  });

  it('asks for a change before it saves a new version', async () => {
    await world.duty();
    await open(officer);
    expect(await say(officer, 'Sửa', 'Tên', 'Báo cáo tháng', 'Lưu nghĩa vụ')).toContain('Chưa có gì thay đổi');
  });

  it('follows the calendar when it is saved once more after a day off was entered', async () => {
    const { id } = await world.duty({ endsOn: '2026-11-30' });
    await world.plan();
    await world.holiday('2026-12-07', 'Nghỉ thử');
    expect(await world.owed(id)).toEqual(['2026-11 2026-12-07 open v1 ×2']);
    await open(officer);
    const review = await say(officer, 'Sửa', 'Tên', 'Báo cáo tháng');
    expect(review).toContain('⚠️ Dời hạn đã giao: 07/12/2026 → 08/12/2026 (2 đơn vị)');
    await say(officer, 'Lưu nghĩa vụ', 'Thêm ngày nghỉ');
    expect(await world.owed(id)).toEqual(['2026-11 2026-12-08 open v2 ×2']);
  });

  it('says its period wherever a seat or an officer reads of it', async () => {
    await world.duty();
    await world.plan();
    const names = await world.store.transaction(async (tx) => [
      ...(await createInsightsReads(tx).lines(new Date(NINE))).map(({ dutyName }) => dutyName),
      ...(await createReportingReads(tx).owingLines(new Date(NINE))).map(({ dutyName }) => dutyName),
    ]);
    const [november, december] = ['Báo cáo tháng – tháng 11/2026', 'Báo cáo tháng – tháng 12/2026'];
    expect(names).toEqual([november, november, december]);
  });

  it('is copied for the next year; the old one ends where the copy begins', async () => {
    const { id, code } = await world.duty({ name: 'Báo cáo tháng 2026' });
    await open(officer, 'Báo cáo tháng 2026');
    const review = await say(officer, 'Sao chép cho năm sau');
    expect(review).toContain('Bản sao cho năm sau: Báo cáo tháng 2027');
    expect(review).toContain('Áp dụng từ 01/01/2027, không ấn định ngày cuối');
    expect(review).toContain(`Nghĩa vụ cũ ${code} sẽ chỉ áp dụng đến hết 31/12/2026`);
    await say(officer, 'Sửa', 'Tên', 'Báo cáo hằng tháng', 'Lưu nghĩa vụ');
    await world.work();
    const copy = await world.store.db.duty.findFirstOrThrow({ where: { copiedFromId: id } });
    expect(copy).toMatchObject({ name: 'Báo cáo hằng tháng', version: 1 });
    await world.at('2027-01-20T02:00:00Z');
    await world.plan();
    expect(await world.owed(id)).toEqual(['2026-11 2026-12-07 open v1 ×2', '2026-12 2027-01-06 open v1 ×2']);
    expect((await world.owed(copy.id))[0]).toBe('2027-01 2027-02-08 open v1 ×2');
    await open(other, 'Báo cáo tháng 2026');
    expect(await audit()).toEqual(expect.arrayContaining(['duty.amend', 'duty.copy']));
  });

  it('is copied once', async () => {
    await world.duty({ name: 'Báo cáo 2026' });
    for (const who of [officer, other]) {
      await open(who, 'Báo cáo 2026');
      await say(who, 'Sao chép cho năm sau');
    }
    expect(await say(officer, 'Lưu nghĩa vụ')).toContain('✅');
    expect(await say(other, 'Lưu nghĩa vụ')).toContain('Chuyên viên Lan đã tạo nghĩa vụ cùng tên');
    expect(await world.store.db.duty.count()).toBe(2);
  });

  it('is stopped: nothing more is made; what is owed stays, or is waived when the officer says so', async () => {
    const [kept, freed] = [await world.duty({ name: 'Giữ' }), await world.duty({ name: 'Miễn' })];
    await world.plan();
    await open(officer, 'Giữ');
    await say(officer, 'Dừng nghĩa vụ', 'Vẫn phải nộp');
    expect(await say(officer, 'Đã có báo cáo khác')).toContain('Đã dừng “Giữ”');
    await open(officer, 'Miễn');
    expect(await say(officer, 'Dừng nghĩa vụ', 'Miễn cho đơn vị', 'Không cần nữa')).toContain(
      'miễn các báo cáo chưa đến hạn',
    );
    await world.at('2027-03-01T02:00:00Z');
    await world.plan();
    expect(await world.owed(kept.id)).toEqual(['2026-11 2026-12-07 open v1 ×2', '2026-12 2027-01-06 open v1 ×2']);
    expect(await world.steps(kept.id)).toEqual({ pending: 28 });
    expect(await world.owed(freed.id)).toEqual(['2026-11 2026-12-07 waived v1 ×2', '2026-12 2027-01-06 waived v1 ×2']);
    expect(await world.steps(freed.id)).toEqual({ void: 28 });
    expect(await say(officer, 'nghĩa vụ')).toContain('Chưa có nghĩa vụ nào');
    const answer = await world.press(officer, `go:duties:${freed.id}`);
    expect(answer.text).toContain('đã dừng');
    expect(answer.buttons.map(({ label }) => label)).not.toContain('Sửa');
  });

  it('is not found by a button of something else', async () => {
    const answers = [newId(), 'x'].map(async (arg) => (await world.press(officer, `go:duties:${arg}`)).text);
    for (const text of await Promise.all(answers)) expect(text).toContain('Không tìm thấy nghĩa vụ này');
  });
});
