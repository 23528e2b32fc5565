/** What the tick leaves out: those who handed in, what another process has, what is over. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { moveDueDay } from '../../src/duties/index.js';
import { newId } from '../../src/kernel/ids.js';
import { addDays } from '../../src/kernel/local-date.js';
import { markRegistered, reopenRegistration } from '../../src/reporting/index.js';
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

describe('who is left in peace', () => {
  it('never reminds a unit that handed in, and its steps are void', async () => {
    const [a, b] = [await world.staffed('Phường nộp'), await world.staffed('Phường nợ')];
    const { of } = await world.duty({ dueOn: DUE, unitIds: [a.unitId, b.unitId] }, OPENED);
    await world.at(noon('2026-11-10'));
    await world.press(a.primary, `go:submit:${of(a.unitId)}`);
    await world.type(a.primary, 'Đã tổ chức 12 buổi tuyên truyền', 'Gửi');
    await world.walk(noon('2026-12-31'));
    const people = new Set((await world.messages()).map((one) => one.person));
    expect(people.has(a.primary.key) || people.has(a.head.key)).toBe(false);
    expect(people.has(b.primary.key)).toBe(true);
    expect(await world.steps(of(a.unitId))).toEqual(
      ['T-7', 'T-3', 'T-1', 'T', 'T+1', 'T+3', 'T+7'].map((step) => `v1 ${step} void`),
    );
  });

  it('does not trust a pending step of a closed obligation', async () => {
    const a = await world.staffed('Phường đóng');
    const { of } = await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.store.db.obligation.update({ where: { id: of(a.unitId) }, data: { state: 'waived' } });
    expect(await world.tick(morning('2026-11-09'))).toMatchObject({ fired: 0, voided: 1, told: 0 });
    const step = await world.store.db.reminderStep.findFirstOrThrow({
      where: { obligationId: of(a.unitId), step: 'T-7' },
    });
    expect(step).toMatchObject({ state: 'void', evidence: { reason: 'waived' } });
  });

  it('voids the steps of the old due day when it moves, and plans those of the new one', async () => {
    const a = await world.staffed('Phường dời');
    const { dutyId, of } = await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.tick(morning('2026-11-09'));
    await world.store.transaction((tx) => moveDueDay(tx, { dutyId, dueOn: '2026-11-27' }, noon('2026-11-12')));
    await world.walk(noon('2026-11-20'));
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
    const a = await world.staffed('Phường phiên bản');
    const { of } = await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.store.db.obligation.update({ where: { id: of(a.unitId) }, data: { version: 2 } });
    expect(await world.tick(morning('2026-11-09'))).toMatchObject({ fired: 0, voided: 1, told: 0 });
  });

  it('closes a registration duty when the unit registers, and reopens it with its term when that is returned', async () => {
    const a = await world.staffed('Phường đăng ký');
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
    await world.walk(noon('2026-12-31'));
    expect(await world.messages()).toEqual([]);
  });
});

describe('running twice, side by side, and after an outage', () => {
  it('does nothing the second time', async () => {
    const a = await world.staffed('Phường lặp');
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
    const a = await world.staffed('Phường đã nhận');
    await world.duty({ dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.store.transaction(async (tx) => {
      await claimOfUnits(tx, [a.unitId], morning('2026-11-13'));
      expect(await world.tick(morning('2026-11-13'))).toEqual({ fired: 0, voided: 0, told: 0 });
    });
  });

  it('after an outage speaks once, by the newest step, and keeps what was missed', async () => {
    const a = await world.staffed('Phường mất điện');
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
    const a = await world.staffed('Phường lâu');
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
    await world.walk(noon(addDays(DUE, 9)));
    expect((await world.messages()).slice(2).map((one) => one.person)).toContain(officer.key);
  });

  it('waits for a report that is being handed in, and then does not remind', async () => {
    const a = await world.staffed('Phường cùng lúc');
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
