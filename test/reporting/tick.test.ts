import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOutbox } from '../../src/delivery/index.js';
import { closeTask, openTasks } from '../../src/tasks/index.js';
import { findDueInstants, markRegistered, reopenRegistration } from '../../src/reporting/index.js';
import { createObligations, moveDueDay } from '../../src/duties/index.js';
import { newId } from '../../src/kernel/ids.js';
import { addDays } from '../../src/kernel/local-date.js';
import { claimOfUnits, holdKeys } from '../../src/reporting/reminding/store-steps.js';
import { morning, noon, World, type Person } from './world.js';

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

/** A unit with a person in each seat. */
async function staffed(name: string): Promise<{ unitId: string; primary: Person; deputy: Person; head: Person }> {
  const unitId = await world.unit(name);
  return {
    unitId,
    primary: await world.seat(unitId, 'primary', `${name} chính`),
    deputy: await world.seat(unitId, 'deputy', `${name} phó`),
    head: await world.seat(unitId, 'head', `${name} thủ trưởng`),
  };
}

/** Walks through the due instants, each at its own time, as the demo clock does. */
async function walk(to: Date): Promise<void> {
  for (;;) {
    const [next] = await findDueInstants(world.store.db, to);
    if (!next) return;
    await world.tick(next);
  }
}

describe('the ladder', () => {
  it('reminds the seat at T-7, T-3, T-1 and T, the head at T+1, the officers at T+3, the leaders at T+7, each at 08:00 of a working day', async () => {
    const a = await staffed('Phường A');
    const officer = await world.person('Chuyên viên', ['officer']);
    const leader = await world.person('Lãnh đạo', ['leader']);
    const { of } = await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await walk(noon('2026-12-31'));

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
    const a = await staffed('Phường lịch');
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
    const a = await staffed('Phường muộn');
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
    const a = await staffed('Phường bằng chứng');
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

describe('who is left in peace', () => {
  it('never reminds a unit that handed in, and its steps are void', async () => {
    const [a, b] = [await staffed('Phường nộp'), await staffed('Phường nợ')];
    const { of } = await world.duty({ dueOn: DUE, unitIds: [a.unitId, b.unitId] }, OPENED);
    await world.at(noon('2026-11-10'));
    await world.press(a.primary, `go:submit:${of(a.unitId)}`);
    await world.type(a.primary, 'Đã tổ chức 12 buổi tuyên truyền', 'Gửi');
    await walk(noon('2026-12-31'));
    const people = new Set((await world.messages()).map((one) => one.person));
    expect(people.has(a.primary.key) || people.has(a.head.key)).toBe(false);
    expect(people.has(b.primary.key)).toBe(true);
    expect(await world.steps(of(a.unitId))).toEqual(
      ['T-7', 'T-3', 'T-1', 'T', 'T+1', 'T+3', 'T+7'].map((step) => `v1 ${step} void`),
    );
  });

  it('does not trust a pending step of a closed obligation', async () => {
    const a = await staffed('Phường đóng');
    const { of } = await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.store.db.obligation.update({ where: { id: of(a.unitId) }, data: { state: 'waived' } });
    expect(await world.tick(morning('2026-11-09'))).toMatchObject({ fired: 0, voided: 1, told: 0 });
    const step = await world.store.db.reminderStep.findFirstOrThrow({
      where: { obligationId: of(a.unitId), step: 'T-7' },
    });
    expect(step).toMatchObject({ state: 'void', evidence: { reason: 'waived' } });
  });

  it('voids the steps of the old due day when it moves, and plans those of the new one', async () => {
    const a = await staffed('Phường dời');
    const { dutyId, of } = await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.tick(morning('2026-11-09'));
    await world.store.transaction((tx) => moveDueDay(tx, { dutyId, dueOn: '2026-11-27' }, noon('2026-11-12')));
    await walk(noon('2026-11-20'));
    expect((await world.messages()).map((one) => new Date(one.at).toISOString().slice(0, 10))).toEqual([
      '2026-11-09',
      '2026-11-18',
    ]);
    expect(await world.steps(of(a.unitId))).toEqual([
      'v1 T-7 fired',
      'v1 T-3 void',
      'v1 T-1 void',
      'v1 T void',
      'v2 T-7 fired',
      'v1 T+1 void',
      'v1 T+3 void',
      'v2 T-3 pending',
      'v2 T-1 pending',
      'v2 T pending',
      'v1 T+7 void',
      'v2 T+1 pending',
      'v2 T+3 pending',
      'v2 T+7 pending',
    ]);
  });

  it('treats a step of an older version as void even when it is still pending', async () => {
    const a = await staffed('Phường phiên bản');
    const { of } = await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.store.db.obligation.update({ where: { id: of(a.unitId) }, data: { version: 2 } });
    expect(await world.tick(morning('2026-11-09'))).toMatchObject({ fired: 0, voided: 1, told: 0 });
  });

  it('closes a registration duty when the unit registers, and reopens it with its term when that is returned', async () => {
    const a = await staffed('Phường đăng ký');
    const campaignId = newId();
    const { of } = await world.duty({ kind: 'registration', campaignId, dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.store.transaction((tx) =>
      markRegistered(tx, { campaignId, unitId: a.unitId, code: 'DK-MAU22' }, noon('2026-11-16')),
    );
    expect(await world.obligation(of(a.unitId))).toMatchObject({
      state: 'submitted',
      firstSubmittedAt: noon('2026-11-16'),
      submissions: [{ code: 'DK-MAU22', late: false }],
    });

    await world.store.transaction((tx) => reopenRegistration(tx, { campaignId, unitId: a.unitId }, noon('2026-11-17')));
    expect(await world.obligation(of(a.unitId))).toMatchObject({ state: 'returned', due: '2026-11-20', version: 2 });
    expect(await world.steps(of(a.unitId))).toContain('v2 T-1 pending');

    await world.store.transaction((tx) => markRegistered(tx, { campaignId, unitId: a.unitId }, noon('2026-11-19')));
    expect((await world.obligation(of(a.unitId))).submissions).toMatchObject([
      { version: 1 },
      { version: 2, late: false },
    ]);
    await walk(noon('2026-12-31'));
    expect(await world.messages()).toEqual([]);
  });
});

describe('one message a person', () => {
  it('merges many duties of a unit into one digest with a button for each', async () => {
    const a = await staffed('Phường nhiều việc');
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
    const a = await staffed('Phường hai trăm');
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

describe('running twice, side by side, and after an outage', () => {
  it('does nothing the second time', async () => {
    const a = await staffed('Phường lặp');
    await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    expect(await world.tick(morning('2026-11-13'))).toMatchObject({ fired: 1, told: 1 });
    expect(await world.tick(morning('2026-11-13'))).toEqual({ fired: 0, voided: 0, told: 0 });
  });

  it('tells nobody twice when three schedulers run at once, and cuts no digest in two', async () => {
    const people: Person[] = [];
    const units: string[] = [];
    for (let n = 0; n < 60; n += 1) {
      const unitId = await world.unit(`Phường ${String(n)}`);
      units.push(unitId);
      // Every second unit shares its person with the one before.
      const known = n % 2 === 1 ? people.at(-1) : undefined;
      people.push(await world.seat(unitId, 'primary', known ?? `Người ${String(n)}`));
    }
    for (const name of ['Báo cáo quý', 'Báo cáo năm']) await world.duty({ name, dueOn: DUE, unitIds: units }, OPENED);
    await world.person('Chuyên viên', ['officer']);
    const ticks = await Promise.all([1, 2, 3].map(() => world.tick(morning('2026-11-13'))));
    ticks.push(await world.tick(morning('2026-11-13')));
    expect(ticks.reduce((sum, tick) => sum + tick.fired, 0)).toBe(120);
    const [missed, ...told] = await world.messages();
    // The steps of the week before were skipped, which the officers heard once.
    expect(missed?.text).toContain('120 lời nhắc của 60 đơn vị');
    expect(told).toHaveLength(30);
    expect(new Set(told.map((one) => one.person)).size).toBe(30);
    expect(told.every((one) => one.text.startsWith('📌 Anh/chị có 4 việc'))).toBe(true);
    expect(await world.store.db.reminderStep.count({ where: { step: 'T-3', state: 'fired' } })).toBe(120);
  });

  it('leaves a group of units to the scheduler that is at it, whole', async () => {
    const [a, b, c] = [
      await world.unit('Phường giữ'),
      await world.unit('Phường chung'),
      await world.unit('Phường riêng'),
    ];
    const shared = await world.seat(a, 'primary', 'Người hai phường');
    await world.seat(b, 'primary', shared);
    const other = await world.seat(c, 'primary', 'Người một phường');
    await world.duty({ dueOn: DUE, unitIds: [a, b, c] }, OPENED);
    await world.store.transaction(async (tx) => {
      await holdKeys(tx, [[a, b].sort()[0] ?? '']);
      await world.tick(morning('2026-11-13'));
      expect((await world.messages()).map((one) => one.person)).toEqual([other.key]);
    });
    await world.tick(morning('2026-11-13'));
    const mine = (await world.messages()).filter((one) => one.person === shared.key);
    expect(mine.map((one) => one.text.split('\n')[0])).toEqual(['📌 Anh/chị có 2 việc cần làm:']);
  });

  it('leaves a step that another scheduler has claimed', async () => {
    const a = await staffed('Phường đã nhận');
    await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.store.transaction(async (tx) => {
      await claimOfUnits(tx, [a.unitId], morning('2026-11-13'));
      expect(await world.tick(morning('2026-11-13'))).toEqual({ fired: 0, voided: 0, told: 0 });
    });
  });

  it('after an outage speaks once, by the newest step, and keeps what was missed', async () => {
    const a = await staffed('Phường mất điện');
    const { of } = await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.tick(noon('2026-11-17')); // T-7, T-3 and T-1 are all due; T-1 by four hours
    expect(await world.messages()).toHaveLength(1);
    expect(await world.steps(of(a.unitId))).toEqual([
      'v1 T-7 void',
      'v1 T-3 void',
      'v1 T-1 fired',
      'v1 T pending',
      'v1 T+1 pending',
      'v1 T+3 pending',
      'v1 T+7 pending',
    ]);
    const missed = await world.store.db.reminderStep.findFirstOrThrow({
      where: { obligationId: of(a.unitId), step: 'T-3' },
    });
    expect(missed.evidence).toMatchObject({ reason: 'missed', lateMinutes: 4 * 24 * 60 + 4 * 60 });
    expect((await world.messages())[0]?.text).toContain(
      'Hệ thống đã tạm dừng; các việc sau đến hạn nhắc trong lúc đó (từ 08:00, 17/11/2026).',
    );
  });

  it('lists what an outage outlasted to the officers, and begins anew in the unit before anything goes up', async () => {
    const a = await staffed('Phường lâu');
    const officer = await world.person('Chuyên viên', ['officer']);
    const { of } = await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.tick(noon(addDays(DUE, 8)));
    const told = await world.messages();
    expect(told.map((one) => one.person)).toEqual([officer.key, a.primary.key]);
    expect(told[0]?.text).toContain('5 lời nhắc của 1 đơn vị đã qua lúc gửi nên được bỏ qua');
    expect(told[0]?.text).toContain('– Báo cáo sơ kết: 1 đơn vị (Phường lâu)');
    expect(await world.steps(of(a.unitId))).toEqual([
      ...['T-7', 'T-3', 'T-1', 'T', 'T+1'].map((step) => `v1 ${step} void`),
      'v1 S:T+3 fired',
      'v1 T+3 pending',
      'v1 T+7 pending',
    ]);
    const at = noon(addDays(DUE, 8));
    expect(await world.store.db.auditEntry.count({ where: { action: 'reminders.missed', at } })).toBe(1);
    await walk(noon(addDays(DUE, 9)));
    expect((await world.messages()).slice(2).map((one) => one.person)).toContain(officer.key);
  });

  it('waits for a report that is being handed in, and then does not remind', async () => {
    const a = await staffed('Phường cùng lúc');
    const { of } = await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.store.transaction(async (tx) => {
      await tx.$queryRaw`select id from obligation where id = ${of(a.unitId)}::uuid for update`;
      // Another process ticks while the report is being written.
      expect(await world.tick(morning('2026-11-13'))).toEqual({ fired: 0, voided: 0, told: 0 });
      await tx.obligation.update({ where: { id: of(a.unitId) }, data: { state: 'submitted' } });
    });
    await world.tick(morning('2026-11-13'));
    expect(await world.messages()).toEqual([]);
  });
});

describe('with the real outbox', () => {
  it('plans one message and one attempt a person, once, under the source of the day', async () => {
    const a = await staffed('Phường thật');
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
