import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { moveDueDay } from '../../src/duties/index.js';
import { createInsightsReads } from '../../src/insights/index.js';
import { newId } from '../../src/kernel/ids.js';
import { createReportingReads } from '../../src/reporting/index.js';
import { NINE, type Officer } from '../notices/orders-world.js';
import { createDutiesWorld, type DutiesWorld } from './world.js';

let world: DutiesWorld;
let officer: Officer & { memberId: string };
let other: Officer & { memberId: string };
beforeAll(async () => {
  world = await createDutiesWorld();
});
beforeEach(async () => {
  await world.clean();
  await world.at(NINE); // Monday, 23/11/2026
  officer = await world.person('Lan', ['officer']);
  other = await world.person('Hùng', ['officer']);
  await world.ward('Phường Phủ Lý');
  await world.ward('Phường Duy Tiên');
});
afterAll(() => world.drop());

const say = async (who: Officer, ...lines: string[]): Promise<string> => (await world.type(who, ...lines)).text;
const BASIS = ['Báo cáo tháng', 'Kế hoạch của UBND tỉnh', '12/KH-UBND', '05/01/2026'];
const created = () =>
  world.store.db.duty.findMany({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }], include: { versions: true } });
const one = async () => {
  const [duty] = await created();
  if (!duty) throw new Error('no duty');
  return duty;
};
const audit = async () =>
  (await world.store.db.auditEntry.findMany({ orderBy: { id: 'asc' } })).map(({ action }) => action);

/** Opens a duty from the list. */
const open = (who: Officer, name = 'Báo cáo tháng') => say(who, 'nghĩa vụ', name);

describe('a new duty', () => {
  it('is described step by step, shown with its next days, and owed as soon as it is saved', async () => {
    expect(await say(officer, 'nghĩa vụ')).toContain('Chưa có nghĩa vụ nào theo kỳ');
    expect(await say(officer, 'Thêm nghĩa vụ')).toContain('Tên nghĩa vụ là gì?');
    expect(await say(officer, ...BASIS)).toContain('Những đơn vị nào phải nộp?');
    expect(await say(officer, 'Xã, phường')).toContain('Đã chọn 2 đơn vị');
    expect(await say(officer, 'Xong')).toContain('Báo cáo theo kỳ nào?');
    expect(await say(officer, 'Hằng tháng')).toContain('Hạn nộp của mỗi kỳ?');
    expect(await say(officer, 'ngày 6 tháng sau')).toContain('rơi vào ngày nghỉ');
    expect(await say(officer, 'kế tiếp')).toContain('Đơn vị cần nộp những gì?');
    expect(await say(officer, 'số liệu và 1 tệp báo cáo')).toContain('biểu mẫu số liệu');
    expect(await say(officer, 'Số gương mới: số 0-100\nNhận xét: chữ')).toContain('loại tệp nào');
    expect(await say(officer, 'pdf, excel')).toBe(
      [
        'Xem lại nghĩa vụ mới: Báo cáo tháng',
        'Căn cứ: Kế hoạch của UBND tỉnh số 12/KH-UBND ngày 05/01/2026',
        'Phải nộp: phường, xã (2 đơn vị)',
        'Kỳ: hằng tháng. Hạn: ngày 6 của tháng sau kỳ',
        'Ngày nghỉ: trùng ngày nghỉ thì sang ngày làm việc kế tiếp',
        'Các hạn tới:',
        '• tháng 11/2026: thứ Hai, 07/12/2026 – theo quy định là ngày 06/12/2026; Chủ nhật, 06/12/2026 là ngày nghỉ, chuyển sang ngày làm việc kế tiếp 07/12/2026',
        '• tháng 12/2026: thứ Tư, 06/01/2027 – theo quy định là ngày 06/01/2027',
        '• tháng 01/2027: thứ Hai, 08/02/2027 – theo quy định là ngày 06/02/2027; thứ Bảy, 06/02/2027 là ngày nghỉ, chuyển sang ngày làm việc kế tiếp 08/02/2027',
        'Cần nộp: số liệu và 1 tệp báo cáo',
        'Biểu mẫu: Số gương mới: số 0–100; Nhận xét: chữ',
        'Tệp: PDF, Excel',
        'Thang nhắc: T-7 đầu mối, T-3 đầu mối, T-1 đầu mối, T đầu mối, T+1 thủ trưởng, T+3 chuyên viên, T+7 lãnh đạo (bản tổng hợp)',
        'Áp dụng từ 23/11/2026, không ấn định ngày cuối',
        'Lưu nghĩa vụ này? Báo cáo của các kỳ trong 60 ngày tới sẽ được giao ngay.',
      ].join('\n'),
    );
    expect(await world.store.db.duty.count()).toBe(0);
    expect(await say(officer, 'Lưu nghĩa vụ')).toMatch(
      /^✅ Đã lưu nghĩa vụ “Báo cáo tháng” \(NV-\w+\), 2 đơn vị phải nộp\./,
    );
    await world.work();
    const duty = await one();
    expect(await world.owed(duty.id)).toEqual(['2026-11 2026-12-07 open v1 ×2', '2026-12 2027-01-06 open v1 ×2']);
    expect(duty).toMatchObject({
      kind: 'periodic',
      version: 1,
      createdById: officer.memberId,
      files: ['pdf', 'excel'],
    });
    expect(duty.versions).toMatchObject([{ version: 1, reason: 'new', memberId: officer.memberId }]);
    expect(await say(officer, 'nghĩa vụ')).toContain('1. Báo cáo tháng – hạn tới 07/12/2026, 2 đơn vị');
  });

  it('asks again for what cannot be read, and says what is wrong', async () => {
    await say(officer, 'thêm nghĩa vụ', ...BASIS.slice(0, 3));
    expect(await say(officer, '30/02/2026')).toContain('không có trong lịch');
    expect(await say(officer, '05/01/2027')).toContain('không thể sau hôm nay');
    await say(officer, '05/01/2026', 'Xã, phường', 'Xong');
    expect(await say(officer, 'thỉnh thoảng')).toContain('chưa đọc được kỳ này');
    await say(officer, 'Một lần');
    expect(await say(officer, '29/02/2027')).toContain('không có trong lịch');
    expect(await say(officer, '22/11/2026')).toContain('Ngày này đã qua');
    await say(officer, 'lùi', 'Hằng tháng');
    expect(await say(officer, 'ngày 32')).toContain('chưa đọc được hạn này');
    await say(officer, '5 ngày làm việc', 'số liệu');
    expect(await say(officer, 'Nhận xét: chữ\nSố gương')).toContain('dòng “Số gương”');
    expect(await say(officer, 'Số hộ: số\nsố hộ: chữ')).toContain('trùng với một dòng');
    await say(officer, 'không');
    expect(await say(officer, 'exe')).toContain('chưa nhận ra loại tệp');
    expect(await say(officer, 'không')).toContain('5 ngày làm việc sau 30/11/2026');
  });

  it('keeps to days that were set, once or several times, and to a school year of its own months', async () => {
    const head = ['thêm nghĩa vụ', ...BASIS, 'Xã, phường', 'Xong'];
    const dated = await say(
      officer,
      ...head,
      'Nhiều đợt ấn định',
      'Đợt 1: 12/12/2026\nĐợt 2: 15/06/2027',
      'Giữ nguyên',
      'x',
      'không',
      'không',
    );
    expect(dated).toContain(
      '• Đợt 1: thứ Bảy, 12/12/2026 – ngày ấn định 12/12/2026; thứ Bảy, 12/12/2026 là ngày nghỉ, hạn giữ nguyên',
    );
    expect(dated).toContain('• Đợt 2: thứ Ba, 15/06/2027');
    const school = await say(officer, 'Sửa', 'Kỳ', 'năm học 8-6', '20/12', 'Liền trước');
    expect(school).toContain('• năm học 2026–2027: thứ Sáu, 18/12/2026 – theo quy định là ngày 20/12/2026');
    const once = await say(officer, 'Sửa', 'Kỳ', 'Một lần', '15/12/2026', 'Giữ nguyên');
    expect(once).toContain('• thứ Ba, 15/12/2026 – ngày ấn định 15/12/2026');
  });

  it('takes a ladder, grace, lock and span of its own', async () => {
    await say(
      officer,
      'thêm nghĩa vụ',
      ...BASIS,
      'Xã, phường',
      'Xong',
      'Hằng quý',
      'ngày cuối kỳ',
      'kế tiếp',
      'x',
      'không',
      'không',
    );
    expect(await say(officer, 'Sửa', 'Thang nhắc', 'T-7 giám đốc')).toContain('dòng “T-7 giám đốc”');
    expect(await say(officer, 'T+7 lãnh đạo\nT-5 đầu mối\nT+2 thủ trưởng')).toContain(
      'Thang nhắc: T-5 đầu mối, T+2 thủ trưởng, T+7 lãnh đạo (bản tổng hợp)',
    );
    expect(await say(officer, 'Sửa', 'Gia hạn báo thủ trưởng', '31')).toContain('từ 0 đến 30');
    expect(await say(officer, '2')).toContain('chậm hơn 2 ngày làm việc');
    expect(await say(officer, 'Sửa', 'Khóa sửa', '10')).toContain('đến 10 ngày làm việc sau hạn');
    expect(await say(officer, 'Sửa', 'Thời gian áp dụng', '31/12/2027 - 01/01/2027')).toContain('đứng trước ngày đầu');
    expect(await say(officer, '01/01/2027 - 31/12/2027')).toContain('Áp dụng từ 01/01/2027 đến 31/12/2027');
    await say(officer, 'Lưu nghĩa vụ');
    await world.work();
    const duty = await one();
    expect(duty).toMatchObject({ graceDays: 2, lockDays: 10 });
    expect(await world.owed(duty.id)).toEqual([]);
    await world.at('2027-03-01T02:00:00Z');
    await world.plan();
    // T-5, T+2 and T+7, the latter two with two days of grace.
    expect(await world.steps(duty.id)).toEqual({ pending: 6 });
  });

  it('may name nobody: it is saved, makes nothing, and leaves a task', async () => {
    await say(
      officer,
      'thêm nghĩa vụ',
      ...BASIS,
      'Trường học',
      'Xong',
      'Hằng tháng',
      'ngày cuối kỳ',
      'kế tiếp',
      'x',
      'không',
    );
    expect(await say(officer, 'không')).toContain('⚠️ Phải nộp: trường học (0 đơn vị). Chưa giao cho ai.');
    expect(await say(officer, 'Lưu nghĩa vụ')).toContain('chưa có đơn vị nào phải nộp');
    await world.work();
    expect(await say(officer, 'việc của tôi')).toContain('Nghĩa vụ chưa có đơn vị nào phải nộp: Báo cáo tháng');
  });

  it('is made once when two officers make it, and the second is told who was faster', async () => {
    const lines = [
      'thêm nghĩa vụ',
      ...BASIS,
      'Xã, phường',
      'Xong',
      'Hằng tháng',
      'ngày cuối kỳ',
      'kế tiếp',
      'x',
      'không',
      'không',
    ];
    await say(officer, ...lines);
    await say(other, ...lines);
    const answers = await Promise.all([say(officer, 'Lưu nghĩa vụ'), say(other, 'Lưu nghĩa vụ')]);
    expect(answers.filter((text) => text.startsWith('✅'))).toHaveLength(1);
    expect(answers.find((text) => !text.startsWith('✅'))).toMatch(
      /Chuyên viên (Lan|Hùng) đã tạo nghĩa vụ cùng tên, cùng căn cứ \(NV-/,
    );
    expect(await world.store.db.duty.count()).toBe(1);
  });

  it('is for officers', async () => {
    const leader = await world.person('Lãnh đạo', ['leader']);
    expect(await say(leader, 'nghĩa vụ')).toContain('Việc này dành cho');
    expect(await say(leader, 'thêm nghĩa vụ')).toContain('Việc này dành cho');
  });
});

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
    const duty = await one();
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
    expect(await one()).toMatchObject({ version: 2, needs: 'bản một' });
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
