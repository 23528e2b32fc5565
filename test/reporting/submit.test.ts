import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { isLate } from '../../src/reporting/model.js';
import { waitFor } from '../support/wait.js';
import { lastSecond, noon, World, type Person } from './world.js';

const OPENED = noon('2026-11-02');
const DUE = '2026-11-18';

let world: World;
let unitId: string;
let primary: Person;
let deputy: Person;
beforeAll(async () => {
  world = await World.create();
  unitId = await world.unit('Phường Phủ Lý');
  primary = await world.seat(unitId, 'primary', 'Nguyễn Thị Mẫu');
  deputy = await world.seat(unitId, 'deputy', 'Trần Văn Mẫu');
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.store.db.$executeRawUnsafe(`truncate told, reminder_step, submission, obligation, duty cascade`);
  await world.store.db.$executeRawUnsafe(`update conversation set session = null, drafts = '{}'`);
  world.tasks.length = 0;
  await world.at('2026-11-16T02:14:05Z'); // 09:14 in Việt Nam
});

const owed = (more: Parameters<World['duty']>[0] | object = {}) =>
  world.duty({ name: 'Báo cáo sơ kết 6 tháng', dueOn: DUE, unitIds: [unitId], ...more }, OPENED);

describe('tôi còn nợ gì', () => {
  it('lists what the unit owes, overdue first, each with its way', async () => {
    const late = await owed({ name: 'Báo cáo quý III', dueOn: '2026-11-12' });
    const campaignId = newId();
    await owed({
      name: 'Đăng ký phong trào "Mỗi tuần một việc tốt"',
      kind: 'registration',
      campaignId,
      dueOn: '2026-11-19',
    });
    const { text, buttons } = await world.send(primary, { kind: 'text', text: 'toi con no gi' });
    expect(text.split('\n')).toEqual([
      'Phường Phủ Lý còn 2 việc:',
      '1. ⚠️ Báo cáo quý III – quá hạn 2 ngày làm việc (hạn thứ Năm, 12/11/2026)',
      '2. ⏰ Đăng ký phong trào "Mỗi tuần một việc tốt" – còn 3 ngày làm việc (hạn thứ Năm, 19/11/2026)',
      'Chọn số để làm ngay.',
    ]);
    expect(buttons.map((button) => [button.label, button.action])).toEqual([
      ['1. Nộp báo cáo', `go:submit:${late.of(unitId)}`],
      ['2. Đăng ký', `go:register:${campaignId}`],
      ['Xin lùi hạn', 'go:extend'],
      ['Không phải việc của đơn vị tôi', 'go:not-ours'],
      ['Trả lời khác', 'go:obligation'],
    ]);
    expect(buttons.every((button) => Buffer.byteLength(button.action) <= 64)).toBe(true);
  });

  it('says so when nothing is owed, and to whoever holds no seat', async () => {
    expect(await world.type(primary, 'còn nợ gì')).toBe('✅ Phường Phủ Lý không còn việc nào phải nộp.');
    const visitor = await world.person('Người dân');
    expect(await world.type(visitor, 'nợ gì')).toContain('chưa gắn với đầu mối của đơn vị nào');
  });

  it('shows the unit of each to a person of several seats', async () => {
    const other = await world.unit('Phường Hai');
    const both = await world.seat(other, 'primary', 'Hai ghế');
    const third = await world.unit('Phường Ba');
    await world.seat(third, 'deputy', both);
    await world.duty({ dueOn: DUE, unitIds: [other, third] }, OPENED);
    const text = await world.type(both, 'tôi còn nợ gì');
    expect(text).toContain('Các đơn vị của anh/chị còn 2 việc:');
    expect(text).toMatch(/Báo cáo sơ kết – Phường (Hai|Ba): còn 2 ngày làm việc/);
    expect(text).toContain('Phường Hai');
    expect(text).toContain('Phường Ba');
  });
});

describe('nộp báo cáo', () => {
  it('takes a text, shows it, and gives a receipt with code, time and the seat', async () => {
    const { of } = await owed();
    expect(await world.type(primary, 'nop bao cao')).toContain('Mời gõ nội dung, gửi tệp');
    expect(await world.type(primary, 'Đã tổ chức 12 buổi tuyên truyền')).toContain('“Đã tổ chức 12 buổi tuyên truyền”');
    const receipt = await world.type(primary, 'gui');
    expect(receipt).toMatch(
      /^✅ Đã nhận Báo cáo sơ kết 6 tháng của Phường Phủ Lý \(thay mặt: đầu mối chính\)\.\nLúc 09:14, 16\/11\/2026, mã BC-[2-9A-HJKMNP-Z]{5}\.\nMã kiểm SHA-256: [0-9a-f]{12}…\nCó thể sửa/,
    );
    const code = /BC-\w{5}/.exec(receipt)?.[0];
    const stored = await world.obligation(of(unitId));
    expect(stored).toMatchObject({
      state: 'submitted',
      submissions: [
        {
          code,
          version: 1,
          kind: 'text',
          text: 'Đã tổ chức 12 buổi tuyên truyền',
          late: false,
          memberId: primary.memberId,
        },
      ],
    });
    expect(stored.firstSubmittedAt).toEqual(stored.submissions[0]?.submittedAt);
    expect(world.tasks).toMatchObject([{ kind: 'review', refId: stored.submissions[0]?.id }]);
    expect(await world.type(primary, 'tôi còn nợ gì')).toContain('không còn việc nào');
  });

  it('takes a file sent without a question', async () => {
    const { of } = await owed();
    const { file, text } = await world.file(primary);
    expect(text).toContain('– Tệp: bao-cao.pdf');
    expect(await world.type(primary, 'gửi')).toContain('1 tệp (1 kB)');
    const { submissions } = await world.obligation(of(unitId));
    const stored = await world.store.db.file.findUniqueOrThrow({ where: { id: file.fileId } });
    expect(submissions).toMatchObject([{ kind: 'file', files: [{ fileId: file.fileId }], sha256: stored.sha256 }]);
  });

  it('asks which report a file is for when several are owed', async () => {
    await owed({ name: 'Báo cáo A' });
    const second = await owed({ name: 'Báo cáo B', dueOn: '2026-11-19' });
    expect((await world.file(primary)).text).toContain('Anh/chị nộp báo cáo nào?');
    expect(await world.type(primary, '2')).toContain('Sẽ nộp Báo cáo B');
    await world.type(primary, 'gửi');
    expect((await world.obligation(second.of(unitId))).submissions).toMatchObject([{ kind: 'file' }]);
  });

  it('keeps a file of somebody without a seat out of everything', async () => {
    expect((await world.file(await world.person('Người dân'))).text).toContain(
      'Tôi đã nhận tệp nhưng chưa dùng vào việc nào',
    );
  });

  it('takes "không phát sinh"', async () => {
    const { of } = await owed();
    expect(await world.type(primary, 'nộp', 'khong phat sinh')).toContain('không phát sinh trong kỳ');
    await world.type(primary, 'gửi');
    expect((await world.obligation(of(unitId))).submissions).toMatchObject([{ kind: 'nil', text: null, files: [] }]);
  });

  it('asks the fields of a form one by one, refuses what is out of range, and keeps a file that comes in between', async () => {
    const fields = [
      { name: 'ho', label: 'Số hộ tham gia', type: 'number' as const, min: 0, max: 5000 },
      { name: 'y-kien', label: 'Khó khăn, kiến nghị', type: 'text' as const },
    ];
    const { of } = await owed({ fields });
    expect(await world.type(primary, 'nộp báo cáo')).toContain('1/2. Số hộ tham gia (số, từ 0 đến 5.000):');
    expect(await world.type(primary, '6000')).toContain('cần một số từ 0 đến 5.000');
    expect(await world.type(primary, '1.250')).toContain('2/2. Khó khăn, kiến nghị:');
    const { file, text } = await world.file(primary);
    expect(text).toContain('Đã giữ tệp bao-cao.pdf');
    expect(text).toContain('2/2. Khó khăn, kiến nghị:');
    const confirm = await world.type(primary, 'Không có');
    expect(confirm).toContain('– Số hộ tham gia: 1.250');
    expect(confirm).toContain('– Tệp: bao-cao.pdf');
    await world.type(primary, 'gửi');
    expect((await world.obligation(of(unitId))).submissions).toMatchObject([
      { kind: 'form', data: { values: { ho: 1250, 'y-kien': 'Không có' } }, files: [{ fileId: file.fileId }] },
    ]);
  });

  it('takes a late report and flags it, never refuses it; the last second of the day is on time', async () => {
    const { of } = await owed();
    await world.at(lastSecond(DUE));
    await world.press(primary, `go:submit:${of(unitId)}`);
    await world.type(primary, 'vừa kịp');
    await world.at(new Date(lastSecond(DUE).getTime() + 1_000));
    // It was begun in time and is sent a second too late: the receipt says what the record says.
    expect(await world.type(primary, 'gửi')).toContain('⚠️ Ghi nhận nộp muộn (hạn thứ Tư, 18/11/2026)');
    expect((await world.obligation(of(unitId))).submissions).toMatchObject([{ late: true }]);
  });

  it('counts the last second of the due day as in time to its last thousandth', async () => {
    const { of } = await owed();
    for (const [ms, late] of [
      [999, false],
      [1_000, true],
    ] as const) {
      const at = new Date(lastSecond(DUE).getTime() + ms);
      expect(isLate(at, lastSecond(DUE))).toBe(late);
    }
    expect(lastSecond(DUE).toISOString()).toBe('2026-11-18T16:59:59.000Z');
    expect((await world.obligation(of(unitId))).dueAt).toEqual(lastSecond(DUE));
  });

  it('may be corrected until an officer accepts it: each version stays, the receipt names the one it replaces', async () => {
    const { of } = await owed();
    await world.press(primary, `go:submit:${of(unitId)}`);
    const first = /BC-\w{5}/.exec(await world.type(primary, 'bản một', 'gửi'))?.[0];
    await world.press(deputy, `go:submit:${of(unitId)}`);
    expect(await world.type(deputy, 'bản hai', 'gửi')).toContain(
      `Đây là bản thứ 2, thay bản ${first ?? ''} (Nguyễn Thị Mẫu)`,
    );
    expect((await world.obligation(of(unitId))).submissions.map((one) => [one.version, one.text])).toEqual([
      [1, 'bản một'],
      [2, 'bản hai'],
    ]);
    expect(world.tasks.map((task) => task.done !== undefined)).toEqual([true, false]);
  });

  it('keeps one version of each of two people who send at the same moment, and both receipts are true', async () => {
    const { of } = await owed();
    for (const who of [primary, deputy]) {
      await world.press(who, `go:submit:${of(unitId)}`);
      await world.type(who, `bản của ${who.name}`);
    }
    const sent: Promise<string>[] = [];
    await world.store.transaction(async (tx) => {
      // Both turns are made to meet: each has read the obligation, and waits to write.
      await tx.$queryRaw`select id from obligation where id = ${of(unitId)}::uuid for update`;
      sent.push(...[primary, deputy].map((who) => world.type(who, 'gửi')));
      await waitFor(async () => (await world.waiting()) === 2);
    });
    const receipts = await Promise.all(sent);
    const { submissions } = await world.obligation(of(unitId));
    expect(submissions.map((one) => one.version)).toEqual([1, 2]);
    expect(new Set(submissions.map((one) => one.text))).toEqual(
      new Set(['bản của Nguyễn Thị Mẫu', 'bản của Trần Văn Mẫu']),
    );
    expect(receipts.filter((text) => text.includes('bản thứ 2'))).toHaveLength(1);
    for (const { code } of submissions) expect(receipts.some((text) => text.includes(code))).toBe(true);
  });

  it('refuses another version when an officer accepted meanwhile, and says what was not sent', async () => {
    const { of } = await owed();
    await world.press(primary, `go:submit:${of(unitId)}`);
    await world.type(primary, 'bản một', 'gửi');
    await world.press(deputy, `go:submit:${of(unitId)}`);
    await world.type(deputy, 'bản hai');
    await world.store.db.obligation.update({ where: { id: of(unitId) }, data: { state: 'accepted' } });
    expect(await world.type(deputy, 'gửi')).toContain('đã được chấp nhận');
    expect((await world.obligation(of(unitId))).submissions).toHaveLength(1);
    expect(await world.press(deputy, `go:submit:${of(unitId)}`)).toContain('không cần nộp nữa');
  });

  it('is refused to people of other units, and for ids that mean nothing', async () => {
    const { of } = await owed();
    const stranger = await world.seat(await world.unit('Phường Lạ'), 'primary', 'Người lạ');
    expect(await world.press(stranger, `go:submit:${of(unitId)}`)).toContain('không giữ đầu mối của đơn vị đó');
    for (const arg of [newId(), 'x', "'; drop table submission; --"])
      expect(await world.press(primary, `go:submit:${arg}`)).toContain('không còn trong danh sách');
  });

  it('sends registration duties to the registration', async () => {
    const { of } = await owed({ kind: 'registration', campaignId: newId() });
    // No register command in this small registry: the way there is what counts.
    expect(await world.press(primary, `go:submit:${of(unitId)}`)).toContain('Nút này không còn dùng được');
    expect(await world.type(primary, 'nộp báo cáo')).toContain('Không còn báo cáo nào phải nộp');
  });

  it('asks for a file instead of a very long text', async () => {
    await owed();
    expect(await world.type(primary, 'nộp', 'x'.repeat(10_001))).toContain('Mời gửi dưới dạng tệp');
  });
});

describe('what else a seat may answer', () => {
  it('keeps a promise: it silences what comes before, and is the next reminder', async () => {
    const { of } = await owed({ dueOn: '2026-11-26' });
    expect(await world.press(primary, `go:promise:${of(unitId)}`)).toContain(
      'Phường Phủ Lý sẽ nộp Báo cáo sơ kết 6 tháng ngày nào?',
    );
    expect(await world.type(primary, 'hôm qua')).toContain('Ngày hẹn phải từ hôm nay');
    expect(await world.type(primary, '24/11')).toBe(
      '✅ Đã ghi: Phường Phủ Lý sẽ nộp Báo cáo sơ kết 6 tháng thứ Ba, 24/11/2026.\nTôi sẽ nhắc lúc 08:00, 24/11/2026.',
    );
    expect(await world.steps(of(unitId))).toEqual(
      expect.arrayContaining(['v1 T-3 void', 'v1 P:2026-11-24 pending', 'v1 T-1 pending', 'v1 T pending']),
    );
    await world.tick(new Date('2026-11-24T01:00:00Z'));
    const [message] = await world.messages();
    expect(message?.text).toContain('📌 Hôm nay là ngày đơn vị đã hẹn nộp: Báo cáo sơ kết 6 tháng – Phường Phủ Lý.');
  });

  it('keeps the reminder of the due day when the promise is later, and says what that means', async () => {
    const { of } = await owed();
    await world.press(primary, `go:promise:${of(unitId)}`);
    expect(await world.type(primary, '27/11')).toContain('⚠️ Ngày này sau hạn (thứ Tư, 18/11/2026)');
    expect(await world.steps(of(unitId))).toEqual(
      expect.arrayContaining(['v1 T-1 void', 'v1 T pending', 'v1 T+1 pending', 'v1 P:2026-11-27 pending']),
    );
    await world.press(primary, `go:promise:${of(unitId)}`);
    await world.type(primary, '25/11');
    expect(await world.steps(of(unitId))).toEqual(
      expect.arrayContaining(['v1 P:2026-11-27 void', 'v1 P:2026-11-25 pending']),
    );
  });

  it('takes "đã gửi bản giấy" to an officer, and is quiet towards the seat until then', async () => {
    const { of } = await owed();
    await world.press(primary, `go:paper:${of(unitId)}`);
    expect(await world.type(primary, 'gửi ngày 13/11, số 45/BC-UBND')).toContain('Đã chuyển chuyên viên');
    expect(world.tasks).toMatchObject([
      { kind: 'paper', refId: of(unitId), data: { text: expect.stringContaining('số 45/BC-UBND') as string } },
    ]);
    await world.tick(new Date('2026-11-18T01:00:00Z'));
    expect((await world.messages()).filter((one) => one.person === primary.key)).toEqual([]);
    expect((await world.obligation(of(unitId))).state).toBe('open');
  });

  it('takes "không phải việc của đơn vị tôi" to an officer, asking which where there are several', async () => {
    await owed({ name: 'Báo cáo A' });
    const second = await owed({ name: 'Báo cáo B', dueOn: '2026-11-19' });
    expect(await world.type(primary, 'không phải việc của đơn vị tôi')).toContain('Việc nào không phải của đơn vị?');
    await world.type(primary, '2');
    expect(await world.type(primary, 'Việc của Sở Y tế')).toContain('✅ Đã ghi ý kiến của Phường Phủ Lý về Báo cáo B.');
    expect(world.tasks).toMatchObject([{ kind: 'not-ours', refId: second.of(unitId) }]);
  });
});
