import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tellDueMoved } from '../../src/reporting/index.js';
import { moveDueDay } from '../../src/duties/index.js';
import { newId } from '../../src/kernel/ids.js';
import { morning, noon, World, type Person } from './world.js';

const OPENED = noon('2026-11-02');
const DUE = '2026-11-18'; // a Wednesday

let world: World;
let officer: Person;
let units: { id: string; primary: Person }[];
beforeAll(async () => {
  world = await World.create();
  officer = await world.person('Lê Thị Chuyên Viên', ['officer']);
  units = [];
  for (const name of ['Phường Một', 'Phường Hai', 'Phường Ba']) {
    const id = await world.unit(name);
    units.push({ id, primary: await world.seat(id, 'primary', `Đầu mối ${name}`) });
  }
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.store.db.$executeRawUnsafe(
    'truncate told, extension, due_change, reminder_step, submission, obligation, duty, audit_entry cascade',
  );
  await world.store.db.$executeRawUnsafe(`update conversation set session = null, drafts = '{}'`);
  world.tasks.length = 0;
  await world.at('2026-11-10T02:14:05Z'); // Tuesday 09:14, the day after T-7
});

const one = (n: number) => units[n] ?? { id: '', primary: officer };
const owed = (more: object = {}, ids = units.map((unit) => unit.id)) =>
  world.duty({ dueOn: DUE, unitIds: ids, ...more }, OPENED);
const corrections = async () => (await world.messages()).filter((message) => message.slot.startsWith('moved:'));

/** Everything up to the preview. */
const preview = (dutyId: string, whom = 'tất cả', day = '25/11/2026', basis = 'Công văn số 45/SNV') =>
  world.press(officer, `go:move-due:${dutyId}:once`).then(() => world.type(officer, whom, day, basis));

describe('đổi hạn', () => {
  it('shows whom it concerns and who knows the old day, moves, and corrects exactly those, once', async () => {
    const { of } = await owed();
    await world.store.db.reminderStep.updateMany({
      where: { obligationId: of(one(2).id), step: 'T-7' },
      data: { state: 'void' },
    });
    await world.tick(morning('2026-11-09'));
    expect(await world.type(officer, 'doi han')).toContain('1. ⏰ Báo cáo sơ kết: 3 đơn vị chưa nộp');
    expect(await world.type(officer, '1')).toContain('Đổi hạn Báo cáo sơ kết cho ai? 3 đơn vị chưa nộp.');
    expect(await world.type(officer, 'tất cả')).toContain('Hạn mới của Báo cáo sơ kết cho 3 đơn vị là ngày nào?');
    expect(await world.type(officer, '25/11/2026')).toContain('Căn cứ hoặc lý do');
    expect(await world.type(officer, 'Công văn số 45/SNV')).toBe(
      [
        'Đổi hạn Báo cáo sơ kết của 3 đơn vị từ 18/11/2026 thành thứ Tư, 25/11/2026.',
        'Căn cứ: Công văn số 45/SNV',
        '2 đơn vị đã biết hạn cũ: 2 người sẽ nhận tin đính chính.',
        'Đổi hạn ngay?',
      ].join('\n'),
    );
    expect(await corrections()).toEqual([]);
    expect(await world.type(officer, 'đổi hạn')).toContain('✅ Đã đổi hạn của 3 đơn vị thành thứ Tư, 25/11/2026');

    const told = await corrections();
    expect(told.map((message) => message.person).sort()).toEqual([one(0).primary.key, one(1).primary.key].sort());
    const first = told.find((message) => message.person === one(0).primary.key);
    expect(first).toMatchObject({ source: `obligation:${of(one(0).id)}`, slot: 'moved:2', class: 'deadline' });
    expect(first?.text).toBe(
      [
        '📌 Hạn Báo cáo sơ kết của Phường Một đổi từ thứ Tư, 18/11/2026 thành thứ Tư, 25/11/2026.',
        'Căn cứ: Công văn số 45/SNV.',
        'Hạn đã báo trước đây không còn hiệu lực; tôi nhắc theo hạn mới.',
      ].join('\n'),
    );
    for (const unit of units)
      expect(await world.obligation(of(unit.id))).toMatchObject({ due: '2026-11-25', version: 2 });
    expect(await world.steps(of(one(0).id))).toEqual(
      expect.arrayContaining(['v1 T-7 fired', 'v1 T-3 void', 'v1 T void', 'v2 T-7 pending', 'v2 T pending']),
    );
    const kept = await world.store.db.auditEntry.findMany({ where: { action: 'obligation.due-moved' } });
    expect(kept).toMatchObject([
      { memberId: officer.memberId, data: { from: [DUE], to: '2026-11-25', units: 3, told: 2 } },
    ]);
    expect(await world.press(one(2).primary, `go:why-due:${of(one(2).id)}`)).toContain(
      '10/11/2026: đổi từ 18/11/2026 thành 25/11/2026, đổi hạn chung (Lê Thị Chuyên Viên): Công văn số 45/SNV.',
    );
  });

  it('moves only the units named; nobody else hears of it', async () => {
    const { dutyId, of } = await owed();
    await world.tick(morning('2026-11-09'));
    await world.press(officer, `go:move-due:${dutyId}:once`);
    expect(await world.type(officer, 'Phường Bốn, Phường Hai')).toContain('Phường Bốn');
    expect(await world.type(officer, 'phường')).toContain('nhiều đơn vị giống tên');
    const shown = await world.type(officer, 'phuong hai; Phường Ba', '25/11/2026', 'Bão số 5');
    expect(shown).toContain('của 2 đơn vị');
    expect(shown).toContain('Đơn vị: Phường Ba, Phường Hai.');
    await world.type(officer, '1');
    expect(await world.obligation(of(one(0).id))).toMatchObject({ due: DUE, version: 1 });
    expect(await world.obligation(of(one(1).id))).toMatchObject({ due: '2026-11-25' });
    expect(await corrections()).toHaveLength(2);
    // What was moved for some alone stays when all are moved to an earlier day.
    const next = await preview(dutyId, 'tất cả', '20/11/2026');
    expect(next).toContain('Đổi hạn Báo cáo sơ kết của 1 đơn vị từ 18/11/2026 thành thứ Sáu, 20/11/2026.');
    expect(next).toContain('Giữ hạn riêng muộn hơn của 2 đơn vị: Phường Ba, Phường Hai.');
  });

  it('refuses days that are over, the same or endless, warns of a day off, and moves nothing without a yes', async () => {
    const { dutyId, of } = await owed();
    await world.press(officer, `go:move-due:${dutyId}:once`);
    await world.type(officer, 'tất cả');
    expect(await world.type(officer, '09/11/2026')).toContain('Ngày này đã qua');
    expect(await world.type(officer, '9/11')).toContain('Ngày này đã qua');
    expect(await world.type(officer, '18/11/2026')).toContain('Hạn hiện nay đã là thứ Tư, 18/11/2026');
    expect(await world.type(officer, '1/1/2030')).toContain('400 ngày');
    expect(await world.type(officer, 'bao giờ cũng được')).toContain('ngày');
    await world.type(officer, '22/11/2026');
    expect(await world.type(officer, 'chữ '.repeat(3_000))).toContain('500');
    const shown = await world.type(officer, 'Công văn số 45/SNV');
    expect(shown).toContain('⚠️ Chủ nhật, 22/11/2026 là ngày nghỉ.');
    expect(shown).toContain('Chưa đơn vị nào được báo hạn cũ');
    expect(await world.type(officer, 'để sau')).toBe('Đã dừng; hạn giữ nguyên.');
    expect(await world.obligation(of(one(0).id))).toMatchObject({ due: DUE, version: 1 });
  });

  it('shows the list anew when a unit hands in, or a colleague moves it, between preview and yes', async () => {
    const { dutyId, of } = await owed();
    await preview(dutyId);
    await world.store.db.obligation.update({ where: { id: of(one(0).id) }, data: { state: 'submitted' } });
    const again = await world.type(officer, 'đổi hạn');
    expect(again).toContain('Danh sách vừa thay đổi');
    expect(again).toContain('của 2 đơn vị');
    expect(await world.type(officer, 'đổi hạn')).toContain('✅ Đã đổi hạn của 2 đơn vị');
    expect(await world.obligation(of(one(0).id))).toMatchObject({ due: DUE, state: 'submitted', version: 1 });

    const second = await world.person('Chuyên viên hai', ['officer']);
    for (const [who, day] of [
      [officer, '26/11/2026'],
      [second, '27/11/2026'],
    ] as const) {
      await world.press(who, `go:move-due:${dutyId}:once`);
      await world.type(who, 'tất cả', day, 'Công văn mới');
    }
    const answers = await Promise.all([officer, second].map((who) => world.type(who, 'đổi hạn')));
    expect(answers.filter((text) => text.includes('✅'))).toHaveLength(1);
    expect(answers.filter((text) => text.includes('Danh sách vừa thay đổi'))).toHaveLength(1);
    expect(await world.obligation(of(one(1).id))).toMatchObject({ version: 3 });
  });

  it('keeps what was returned returned, and is for officers', async () => {
    const { dutyId, of } = await owed();
    await world.store.db.obligation.update({ where: { id: of(one(0).id) }, data: { state: 'returned' } });
    await preview(dutyId);
    await world.type(officer, 'đổi hạn');
    expect(await world.obligation(of(one(0).id))).toMatchObject({ due: '2026-11-25', state: 'returned' });
    expect(await world.type(one(0).primary, 'đổi hạn')).toContain('Việc này dành cho chuyên viên.');
    expect(await world.press(officer, `go:move-due:${dutyId}:khac`)).toContain('Không còn đơn vị nào nợ');
  });
});

describe('the dates of a campaign', () => {
  const campaign = () => {
    const id = newId();
    return world.store.db.campaign.create({
      data: {
        id,
        code: `PT-${id.slice(-6)}`,
        name: 'Mỗi tuần một việc tốt',
        slogan: '',
        form: 'chuyen-de',
        goal: 'Mục tiêu',
        targets: 'Chỉ tiêu',
        scope: 'Toàn tỉnh',
        content: 'Nội dung',
        criteria: 'Tiêu chí',
        measures: 'Biện pháp',
        plan: 'Kế hoạch',
        awards: 'Giấy khen',
        participants: {},
        docNumber: '12/KH-UBND',
        docOn: new Date('2026-11-01'),
        startsOn: new Date('2026-11-01'),
        endsOn: new Date('2026-12-31'),
        registrationDueOn: new Date(DUE),
        finalDueOn: new Date('2026-12-10'),
        state: 'launched',
        launchedAt: OPENED,
      },
    });
  };

  it('follow the due day of all, not that of some; everybody knew the old day by the announcement', async () => {
    const { id: campaignId } = await campaign();
    const { dutyId } = await owed({ kind: 'registration', campaignId, name: 'Đăng ký phong trào' });
    const page = async () =>
      (await world.store.db.campaign.findUniqueOrThrow({ where: { id: campaignId } })).registrationDueOn;
    expect(await preview(dutyId, 'Phường Một')).toContain('1 đơn vị đã biết hạn cũ: 1 người');
    await world.type(officer, 'đổi hạn');
    expect(await page()).toEqual(new Date(DUE));
    await preview(dutyId, 'tất cả', '27/11/2026');
    await world.type(officer, 'đổi hạn');
    expect(await page()).toEqual(new Date('2026-11-27'));
    await preview(dutyId, 'tất cả', '15/12/2026');
    expect(await world.type(officer, 'đổi hạn')).toContain('không thể sau hạn tổng kết');
    expect(await page()).toEqual(new Date('2026-11-27'));
  });
});

describe('more than a hundred units', () => {
  it('is moved and told within a turn', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 110; n += 1) {
      const id = await world.unit(`Xã số ${String(n)}`);
      await world.seat(id, 'primary', `Đầu mối ${String(n)}`);
      ids.push(id);
    }
    const { dutyId } = await owed({}, ids);
    await world.tick(morning('2026-11-09'));
    expect(await preview(dutyId)).toContain('110 đơn vị đã biết hạn cũ: 110 người');
    expect(await world.type(officer, 'đổi hạn')).toContain('✅ Đã đổi hạn của 110 đơn vị');
    const told = await corrections();
    expect(new Set(told.map((message) => message.person)).size).toBe(110);
    expect(told).toHaveLength(110);
    // One text for all: it costs as much for a thousand.
    expect(new Set(told.map((message) => `${message.source} ${message.text}`)).size).toBe(1);
    expect(told[0]?.text).toContain('📌 Hạn Báo cáo sơ kết đổi từ thứ Tư, 18/11/2026 thành thứ Tư, 25/11/2026.');
  });
});

describe('a duty amended', () => {
  it('tells a person of many obligations in one message, and twice tells nothing', async () => {
    const monthly = await owed({ name: 'Báo cáo tháng' });
    const quarterly = await owed({ name: 'Báo cáo quý' }, [one(0).id]);
    await world.tick(morning('2026-11-09'));
    const now = noon('2026-11-10');
    const move = () =>
      world.store.transaction(async (tx) => {
        const moved = [];
        for (const { dutyId } of [monthly, quarterly]) {
          const obligationIds = await moveDueDay(tx, { dutyId, dueOn: '2026-11-25', basis: 'Công văn 45' }, now);
          moved.push({ dutyId, period: 'once', from: DUE, to: '2026-11-25', basis: 'Công văn 45', obligationIds });
        }
        const deps = { seats: world.deps.seats, outbox: world.told };
        return [await tellDueMoved(deps, tx, moved, now), await tellDueMoved(deps, tx, moved, now)];
      });
    expect(await move()).toEqual([3, 0]);
    const own = (await corrections()).filter((message) => message.person === one(0).primary.key);
    expect(own.map((message) => message.text)).toEqual([
      [
        '📌 2 việc của anh/chị đổi hạn:',
        '1. Báo cáo quý – Phường Một: từ thứ Tư, 18/11/2026 thành thứ Tư, 25/11/2026',
        '2. Báo cáo tháng – Phường Một: từ thứ Tư, 18/11/2026 thành thứ Tư, 25/11/2026',
        'Căn cứ: Công văn 45.',
        'Hạn đã báo trước đây không còn hiệu lực; tôi nhắc theo hạn mới.',
      ].join('\n'),
    ]);
  });

  it('tells again whoever heard of the first move, and the colleague who has the work now', async () => {
    const { dutyId, of } = await owed({}, [one(0).id]);
    await world.tick(morning('2026-11-09'));
    await preview(dutyId);
    await world.type(officer, 'đổi hạn');
    const deputy = await world.seat(one(0).id, 'deputy', 'Trần Thị Cấp Phó');
    await world.store.db.obligation.update({
      where: { id: of(one(0).id) },
      data: { assigneeId: deputy.memberId },
    });
    expect(await preview(dutyId, 'tất cả', '30/11/2026')).toContain('1 đơn vị đã biết hạn cũ: 2 người');
    await world.type(officer, 'đổi hạn');
    const second = (await corrections()).filter((message) => message.slot === 'moved:3');
    expect(second.map((message) => message.person).sort()).toEqual([one(0).primary.key, deputy.key].sort());
    await world.store.db.$executeRaw`delete from seat_holding where member_id = ${deputy.memberId}::uuid`;
  });
});
