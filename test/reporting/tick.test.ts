import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOutbox } from '../../src/delivery/index.js';
import { createObligations } from '../../src/duties/index.js';
import { newId } from '../../src/kernel/ids.js';
import { findDueInstants } from '../../src/reporting/index.js';
import { closeTask, openTasks } from '../../src/tasks/index.js';
import { morning, noon, World } from './world.js';

// Monday 2 November 2026 to Wednesday 18 November 2026, when the report is due.
const OPENED = noon('2026-11-02');
const DUE = '2026-11-18';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.store.db.$executeRawUnsafe(
    'truncate told, reminder_step, submission, obligation, duty, member_role cascade',
  );
  world.tasks.length = 0;
});

describe('the ladder', () => {
  it('reminds the seat at T-7, T-3, T-1 and T, the head at T+1, the officers at T+3, the leaders at T+7, each at 08:00 of a working day', async () => {
    const a = await world.staffed('Phường A');
    const officer = await world.person('Chuyên viên', ['officer']);
    const leader = await world.person('Lãnh đạo', ['leader']);
    const { of } = await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.walk(noon('2026-12-31'));

    const told = await world.messages();
    expect(told.map((one) => [new Date(one.at).toISOString(), one.person])).toEqual([
      [morning('2026-11-09').toISOString(), a.primary.key],
      [morning('2026-11-13').toISOString(), a.primary.key],
      [morning('2026-11-17').toISOString(), a.primary.key],
      [morning('2026-11-18').toISOString(), a.primary.key],
      [morning('2026-11-19').toISOString(), a.head.key],
      [morning('2026-11-23').toISOString(), officer.key],
      [morning('2026-11-27').toISOString(), leader.key],
      [morning('2026-11-27').toISOString(), officer.key],
    ]);
    expect(told.every((one) => one.class === 'deadline')).toBe(true);
    expect(told[1]?.text).toBe(
      '📌 Còn 3 ngày làm việc: Báo cáo sơ kết – Phường A.\nHạn: thứ Tư, 18/11/2026. Căn cứ: Kế hoạch số 12/KH-UBND.\nCần: số liệu và 1 tệp báo cáo.',
    );
    expect(told[1]?.buttons.map((button) => [button.label, button.action])).toEqual([
      ['Nộp ngay', `go:submit:${of(a.unitId)}`],
      ['Sẽ nộp ngày …', `go:promise:${of(a.unitId)}`],
      ['Nhắc lại sau', `go:snooze:${of(a.unitId)}`],
      ['Đã gửi bản giấy', `go:paper:${of(a.unitId)}`],
      ['Trả lời khác', `go:obligation:${of(a.unitId)}`],
    ]);
    expect(told[4]?.text).toContain('⚠️ Quá hạn 1 ngày làm việc: Báo cáo sơ kết – Phường A.');
    expect(told[4]?.text).toContain(
      'Đã nhắc đầu mối: 08:00, 09/11/2026 (T-7); 08:00, 13/11/2026 (T-3); 08:00, 17/11/2026 (T-1); 08:00, 18/11/2026 (T).',
    );
    expect(told[5]?.text).toContain('1 nghĩa vụ của 1 đơn vị vẫn chưa nộp sau 3 ngày làm việc');
    expect(told[6]?.text).toContain(
      '⚠️ Tổng hợp ngày 27/11/2026: 1 nghĩa vụ của 1 đơn vị quá hạn đã lâu và vẫn chưa nộp:\n– Báo cáo sơ kết: 1 đơn vị (Phường A)',
    );
    expect(told[7]?.text).toBe(told[6]?.text);
    expect(world.tasks).toMatchObject([
      { kind: 'late-report', refId: of(a.unitId), title: 'Quá hạn chưa nộp: Báo cáo sơ kết – Phường A' },
    ]);
  });

  it('counts working days by the calendar of the province', async () => {
    const a = await world.staffed('Phường lịch');
    await world.store.db.calendarDay.createMany({
      data: [
        { on: new Date('2026-11-16'), kind: 'off', name: 'nghỉ mẫu' },
        { on: new Date('2026-11-14'), kind: 'work', name: 'làm bù mẫu' },
      ],
    });
    await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.store.db.calendarDay.deleteMany();
    // Saturday 14 is worked, Monday 16 is not: T-3 is Friday the 13th still, T-1 Tuesday.
    expect((await findDueInstants(world.store.db, morning(DUE))).map((at) => at.toISOString().slice(0, 10))).toEqual([
      '2026-11-09',
      '2026-11-13',
      '2026-11-17',
      '2026-11-18',
    ]);
  });

  it('leaves out the steps that were past when the duty was opened, and the second run adds nothing', async () => {
    const a = await world.staffed('Phường muộn');
    const wish = { id: newId(), code: 'D-twice', dueOn: DUE, unitIds: [a.unitId] };
    const { of } = await world.duty(wish, noon('2026-11-13'));
    await world.duty(wish, noon('2026-11-13'));
    expect(await world.steps(of(a.unitId))).toEqual([
      'v1 T-1 pending',
      'v1 T pending',
      'v1 T+1 pending',
      'v1 T+3 pending',
      'v1 T+7 pending',
    ]);
  });

  it('makes one obligation for each unit and period of a duty, however often it is asked', async () => {
    const units = [await world.unit('Phường năm một'), await world.unit('Phường năm hai')];
    const { dutyId } = await world.duty({ kind: 'periodic', period: 'đầu năm', dueOn: DUE, unitIds: units }, OPENED);
    const make = (dueOn: string) =>
      world.store.transaction((tx) => createObligations(tx, { dutyId, unitIds: units, period: dueOn, dueOn }, OPENED));
    const made = [await make('2026-12-15'), await make('2027-03-15'), await make('2026-12-15')];
    expect(made).toEqual([2, 2, 0]);
    const rows = await world.store.db.obligation.findMany({ where: { dutyId }, include: { steps: true } });
    expect(rows.map((row) => row.period).sort()).toEqual(
      ['2026-12-15', '2026-12-15', '2027-03-15', '2027-03-15', 'đầu năm', 'đầu năm'].sort(),
    );
    expect(rows.every((row) => row.steps.length === 7)).toBe(true);
  });

  it('tells the deputy where nobody holds the primary seat, and opens a task where nobody holds any', async () => {
    const withDeputy = await world.unit('Phường có phó');
    const deputy = await world.seat(withDeputy, 'deputy', 'Phó');
    const empty = await world.unit('Phường trống');
    const { of } = await world.duty({ dueOn: DUE, unitIds: [withDeputy, empty] }, OPENED);
    await world.tick(morning('2026-11-13'));
    expect((await world.messages()).map((one) => one.person)).toEqual([deputy.key]);
    expect(world.tasks).toMatchObject([
      { kind: 'silent-seat', refId: empty, title: 'Chưa có đầu mối để nhắc: Phường trống' },
    ]);
    const step = await world.store.db.reminderStep.findFirstOrThrow({
      where: { obligationId: of(empty), step: 'T-3' },
    });
    expect(step).toMatchObject({ state: 'fired', evidence: { messages: 0, reason: 'nobody-holds-the-seat' } });
  });

  it('keeps as evidence how many messages went to whom', async () => {
    const a = await world.staffed('Phường bằng chứng');
    const { of } = await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.tick(morning('2026-11-09'));
    const step = await world.store.db.reminderStep.findFirstOrThrow({
      where: { obligationId: of(a.unitId), step: 'T-7' },
    });
    expect(step).toMatchObject({
      state: 'fired',
      firedAt: morning('2026-11-09'),
      evidence: {
        messages: 1,
        recipients: [a.primary.key],
        digest: false,
        source: 'reminder:2026-11-09',
        lateMinutes: 0,
      },
    });
  });
});

describe('one message a person', () => {
  it('merges many duties of a unit into one digest with a button for each', async () => {
    const a = await world.staffed('Phường nhiều việc');
    const first = await world.duty({ name: 'Báo cáo quý', dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    const campaignId = newId();
    await world.duty(
      { name: 'Đăng ký phong trào', kind: 'registration', campaignId, dueOn: DUE, unitIds: [a.unitId] },
      OPENED,
    );
    expect(await world.tick(morning('2026-11-13'))).toMatchObject({ told: 1 });
    const [digest, ...others] = await world.messages();
    expect(others).toEqual([]);
    expect(digest?.text.split('\n')).toEqual([
      '📌 Anh/chị có 2 việc cần làm:',
      '1. ⏰ Báo cáo quý – Phường nhiều việc: còn 3 ngày làm việc (hạn thứ Tư, 18/11/2026)',
      '2. ⏰ Đăng ký phong trào – Phường nhiều việc: còn 3 ngày làm việc (hạn thứ Tư, 18/11/2026)',
      'Chọn số để làm ngay.',
    ]);
    expect(digest?.buttons.map((button) => button.action)).toEqual([
      `go:submit:${first.of(a.unitId)}`,
      `go:register:${campaignId}`,
      'go:owed',
    ]);
  });

  it('merges the units of one person, and what they hear as head', async () => {
    const [a, b] = [await world.unit('Phường một'), await world.unit('Phường hai')];
    const both = await world.person('Hai ghế');
    await world.seat(a, 'primary', both);
    await world.seat(b, 'head', both);
    await world.seat(b, 'primary', 'Người khác');
    await world.duty({ dueOn: '2026-11-16', unitIds: [b] }, OPENED); // T+1 on the 17th
    await world.duty({ name: 'Báo cáo quý', dueOn: DUE, unitIds: [a] }, noon('2026-11-13')); // T-1 on the 17th
    await world.tick(morning('2026-11-16'));
    await world.tick(morning('2026-11-17'));
    const mine = (await world.messages()).filter((one) => one.person === both.key);
    expect(mine).toHaveLength(1);
    expect(mine[0]?.text).toContain(
      '1. ⚠️ Báo cáo sơ kết – Phường hai: quá hạn 1 ngày làm việc (hạn thứ Hai, 16/11/2026). Đã nhắc đầu mối: 08:00, 16/11/2026 (T).',
    );
    expect(mine[0]?.text).toContain('2. ⏰ Báo cáo quý – Phường một');
  });

  it('shows eight of two hundred duties, counts the rest, and fits into one message', async () => {
    const a = await world.staffed('Phường hai trăm');
    for (let n = 0; n < 40; n += 1)
      await world.duty({ name: `Báo cáo số ${String(n)}`, dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.tick(morning('2026-11-13'));
    const [digest, ...others] = await world.messages();
    expect(others).toEqual([]);
    expect(digest?.text).toContain('… và 32 việc khác.');
    expect(digest?.buttons).toHaveLength(9);
    expect(digest?.text.length).toBeLessThan(1800);
  });
});

describe('with the real outbox', () => {
  it('plans one message and one attempt a person, once, under the source of the day', async () => {
    const a = await world.staffed('Phường thật');
    const officer = await world.person('Chuyên viên', ['officer']);
    await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, noon('2026-11-10'));
    const outbox = createOutbox();
    expect(await world.tick(morning('2026-11-13'), { outbox })).toMatchObject({ fired: 1, told: 1 });
    expect(await world.tick(morning('2026-11-13'), { outbox })).toMatchObject({ fired: 0, told: 0 });
    // Nothing was fetched: what goes up waits.
    expect(await world.tick(morning('2026-11-23'), { outbox })).toMatchObject({ fired: 1 });
    await world.store.db.attempt.updateMany({ data: { state: 'delivered' } });
    await world.tick(morning('2026-11-24'), { outbox, tasks: { openTasks, closeTask } });
    expect(await world.store.db.task.findMany()).toMatchObject([
      { kind: 'late-report', unitId: a.unitId, doneAt: null },
    ]);
    const messages = await world.store.db.message.findMany({
      where: { person: { not: officer.key } },
      include: { attempts: true, content: true },
      orderBy: { id: 'asc' },
    });
    expect(messages.map((one) => [one.sourceKind, one.sourceId, one.class, one.lane, one.attempts.length])).toEqual([
      ['reminder', '2026-11-13', 'deadline', 'bulk', 1],
      ['reminder', '2026-11-23', 'deadline', 'bulk', 1],
    ]);
    expect(messages[0]).toMatchObject({ person: a.primary.key, seatId: expect.any(String) as string });
    expect(messages[0]?.content.text).toContain('Còn 3 ngày làm việc');
  });
});
