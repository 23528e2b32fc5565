import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
const BASIS = ['Báo cáo tháng', 'Kế hoạch của UBND tỉnh', '12/KH-UBND', '05/01/2026'];

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
    const duty = await world.one();
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
    const duty = await world.one();
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
