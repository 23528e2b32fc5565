import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, type LocalDate } from '../../src/kernel/local-date.js';
import { waiveObligations } from '../../src/duties/index.js';
import { createReportingReads, createSuccession } from '../../src/reporting/index.js';
import { changeUnits } from '../../src/units/index.js';
import { renameUnit } from '../../src/units/store-orders.js';
import { morning, noon, World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.drop());

const DAY: LocalDate = '2026-11-23';
const DUE: LocalDate = '2026-12-01';

/** The heir goes on for a unit from a day on. */
const merge = async (from: string, to: string, effectiveOn: LocalDate, now: Date) => {
  await world.at(now);
  const change = { kind: 'merge', from: [from], to: [to], effectiveOn, basis: 'Nghị quyết số 1' } as const;
  const hooks = [createSuccession({ tasks: world.deps.tasks })];
  return world.store.transaction((tx) => changeUnits(tx, change, hooks, now));
};

async function pair(name: string) {
  const [old, heir] = [await world.unit(`Xã ${name} Cũ`), await world.unit(`Phường ${name} Mới`)];
  return {
    old,
    heir,
    oldSeat: await world.seat(old, 'primary', `Cũ ${name}`),
    heirSeat: await world.seat(heir, 'primary', `Mới ${name}`),
  };
}
const toldTo = async (key: string) => (await world.messages()).filter((one) => one.person === key);

describe('when another unit goes on', () => {
  it('what is owed moves to it with its reminders anew, its seat is told at once, and the old seat never again', async () => {
    const of = await pair('Một');
    const duty = await world.duty({ dueOn: DUE, unitIds: [of.old] }, noon('2026-11-16'));
    const id = duty.of(of.old);
    const { facts } = await merge(of.old, of.heir, DAY, new Date('2026-11-22T17:00:00Z'));
    expect(facts).toEqual({ moved: 1, waived: 0 });
    expect(await world.obligation(id)).toMatchObject({
      unitId: of.heir,
      version: 2,
      state: 'open',
      countedUnitId: null,
    });
    const steps = await world.steps(id);
    expect(steps.filter((step) => step.startsWith('v1')).every((step) => step.endsWith('void'))).toBe(true);
    expect(steps.filter((step) => step.startsWith('v2'))).toContain(`v2 H:${DAY} pending`);
    expect(steps).toContain('v2 T-3 pending');
    await world.tick(morning(DAY));
    expect((await toldTo(of.heirSeat.key)).map((one) => one.text)).toEqual([expect.stringContaining('Báo cáo sơ kết')]);
    for (let day = DAY; day <= '2026-12-08'; day = addDays(day, 1)) {
      await world.at(morning(day));
      await world.tick(morning(day));
    }
    expect(await toldTo(of.oldSeat.key)).toEqual([]);
  });

  it('of two that owe the same period one is kept and the other waived, with the reason and where it went', async () => {
    const of = await pair('Hai');
    const duty = await world.duty({ dueOn: DUE, unitIds: [of.old, of.heir] }, noon('2026-11-16'));
    await world.store.transaction((tx) =>
      world.deps.tasks.openTasks(tx, [{ kind: 'paper', refId: duty.of(of.old), title: 'giấy' }], noon(DAY)),
    );
    const { facts } = await merge(of.old, of.heir, DAY, noon(DAY));
    expect(facts).toEqual({ moved: 0, waived: 1 });
    expect(await world.obligation(duty.of(of.heir))).toMatchObject({ state: 'open', version: 1 });
    const waived = await world.obligation(duty.of(of.old));
    expect(waived).toMatchObject({
      state: 'waived',
      unitId: of.old,
      how: { waived: { reason: 'unit-merged', keptAs: duty.of(of.heir) } },
    });
    expect((await world.steps(duty.of(of.old))).every((step) => step.endsWith('void'))).toBe(true);
    expect(world.tasks.find((task) => task.refId === duty.of(of.old))?.done).toBe('unit-merged');
  });

  it('what the heir had been freed of is owed by it again, when the other unit still owes it', async () => {
    const of = await pair('Miễn');
    const duty = await world.duty({ dueOn: DUE, unitIds: [of.old, of.heir] }, noon('2026-11-16'));
    await world.store.transaction((tx) => waiveObligations(tx, [duty.of(of.heir)], 'waived'));
    expect((await merge(of.old, of.heir, DAY, noon(DAY))).facts).toEqual({ moved: 0, waived: 1 });
    expect(await world.obligation(duty.of(of.old))).toMatchObject({ state: 'waived' });
    expect(await world.obligation(duty.of(of.heir))).toMatchObject({ state: 'open', version: 2 });
    expect(await world.steps(duty.of(of.heir))).toContain('v2 T-3 pending');
  });

  it("a report of the unit that is no more cannot be returned beside the heir's own: nobody would hear of it", async () => {
    const of = await pair('Trả');
    const duty = await world.duty({ dueOn: DUE, unitIds: [of.old, of.heir] }, noon('2026-11-16'));
    const id = duty.of(of.old);
    const officer = await world.person('Lê Thị Chuyên Viên', ['officer']);
    await world.at(noon('2026-11-20'));
    await world.press(of.oldSeat, `go:submit:${id}`);
    await world.type(of.oldSeat, 'Nội dung', 'gửi');
    const code = (await world.obligation(id)).submissions.at(-1)?.code ?? '';
    await world.at(noon(DAY));
    await world.press(officer, `go:review-report:${code}`);
    await world.type(officer, 'trả lại', 'Thiếu số liệu', '04/12');
    await merge(of.old, of.heir, DAY, noon(DAY));
    // Asked before the merge, answered after it; then asked again.
    expect(await world.type(officer, 'gửi')).toContain('Không trả lại được');
    await world.press(officer, `go:review-report:${code}`);
    expect(await world.type(officer, 'trả lại')).toContain('đơn vị kế thừa');
    expect(await world.obligation(id)).toMatchObject({ state: 'submitted', unitId: of.old });
    await world.type(officer, 'chấp nhận');
    expect(await world.obligation(id)).toMatchObject({ state: 'accepted' });
    expect(await world.obligation(duty.of(of.heir))).toMatchObject({ state: 'open' });
  });

  it('history stays: what is settled keeps its unit, and what fell due before counts for the unit that owed it', async () => {
    const of = await pair('Ba');
    const late = await world.duty({ dueOn: '2026-11-10', unitIds: [of.old] }, noon('2026-11-02'));
    const done = await world.duty({ dueOn: '2026-11-11', unitIds: [of.old] }, noon('2026-11-02'));
    const sent = await world.duty({ dueOn: '2026-12-11', unitIds: [of.old] }, noon('2026-11-02'));
    const set = (id: string, state: string) => world.store.db.obligation.update({ where: { id }, data: { state } });
    await set(done.of(of.old), 'accepted');
    await set(sent.of(of.old), 'submitted');
    expect((await merge(of.old, of.heir, DAY, noon(DAY))).facts).toEqual({ moved: 1, waived: 0 });
    expect(await world.obligation(late.of(of.old))).toMatchObject({
      unitId: of.heir,
      countedUnitId: of.old,
      state: 'open',
    });
    expect(await world.obligation(done.of(of.old))).toMatchObject({ unitId: of.old, countedUnitId: null, version: 1 });
    // What waits for the office may come back: then the heir corrects it.
    expect(await world.obligation(sent.of(of.old))).toMatchObject({
      unitId: of.heir,
      countedUnitId: of.old,
      version: 1,
    });
    const [step] = await world.store.db.reminderStep.findMany({
      where: { obligationId: late.of(of.old), step: `H:${DAY}` },
    });
    expect(step).toMatchObject({ state: 'pending', dueAt: noon(DAY) });
  });

  it('a promise stays a promise, and the promised day is called to the heir’s mind', async () => {
    const of = await pair('Bốn');
    const duty = await world.duty({ dueOn: DUE, unitIds: [of.old] }, noon('2026-11-16'));
    const id = duty.of(of.old);
    await world.store.db.obligation.update({ where: { id }, data: { promiseOn: new Date('2026-11-27') } });
    await merge(of.old, of.heir, DAY, noon(DAY));
    expect(await world.steps(id)).toContain('v2 P:2026-11-27 pending');
  });

  it('twice does no harm, and into the unit itself nothing', async () => {
    const of = await pair('Năm');
    const duty = await world.duty({ dueOn: DUE, unitIds: [of.old] }, noon('2026-11-16'));
    await merge(of.old, of.heir, DAY, noon(DAY));
    expect((await merge(of.old, of.heir, DAY, noon(DAY))).facts).toEqual({ moved: 0, waived: 0 });
    expect(await world.obligation(duty.of(of.old))).toMatchObject({ version: 2 });
  });

  it('duties that name the old unit name the heir from then on', async () => {
    const of = await pair('Sáu');
    const duty = await world.duty({ dueOn: DUE, unitIds: [of.old] }, noon('2026-11-16'));
    const owners = { types: [], levels: [], clusters: [], units: [of.old, of.heir] };
    await world.store.db.duty.update({ where: { id: duty.dutyId }, data: { owners } });
    await merge(of.old, of.heir, DAY, noon(DAY));
    expect(await world.store.db.duty.findUnique({ where: { id: duty.dutyId } })).toMatchObject({
      owners: { ...owners, units: [of.heir] },
    });
  });
});

describe('when a unit is renamed', () => {
  it('what it handed in before keeps the old name, and what it owes bears the new one', async () => {
    const unitId = await world.unit('Xã Tên Xưa');
    const before = await world.duty({ dueOn: DUE, unitIds: [unitId] }, noon('2026-11-16'));
    const open = await world.duty({ dueOn: DUE, unitIds: [unitId] }, noon('2026-11-16'));
    await world.store.db.obligation.update({
      where: { id: before.of(unitId) },
      data: { state: 'accepted', firstSubmittedAt: noon('2026-11-20') },
    });
    await world.store.transaction((tx) => renameUnit(tx, unitId, 'Phường Tên Nay', DAY));
    const nameOf = async (id: string) =>
      (await world.store.transaction((tx) => createReportingReads(tx).obligation(id)))?.unitName;
    expect(await nameOf(before.of(unitId))).toBe('Xã Tên Xưa');
    expect(await nameOf(open.of(unitId))).toBe('Phường Tên Nay');
  });
});

describe('while the holder is on leave', () => {
  it('reminders go to whoever covers, and their answer counts', async () => {
    const of = await pair('Bảy');
    const deputy = await world.seat(of.old, 'deputy', 'Phụ Bảy');
    const duty = await world.duty({ dueOn: '2026-11-26', unitIds: [of.old] }, noon('2026-11-20'));
    const seat = await world.store.db.seat.findFirstOrThrow({ where: { unitId: of.old, kind: 'primary' } });
    const cover = { id: duty.dutyId, seatId: seat.id, memberId: deputy.memberId, madeAt: noon('2026-11-20') };
    await world.store.db.seatCover.create({
      data: { ...cover, fromOn: new Date('2026-11-23'), toOn: new Date('2026-11-25') },
    });
    const now = await world.at(morning('2026-11-23'));
    await world.tick(now);
    expect(await toldTo(of.oldSeat.key)).toEqual([]);
    expect(await toldTo(deputy.key)).toHaveLength(1);
    await world.type(deputy, 'nộp báo cáo');
    const receipt = await world.type(deputy, 'Đã tổ chức sơ kết tại đơn vị.', '1');
    expect(receipt).toContain('trực thay');
    expect(await world.obligation(duty.of(of.old))).toMatchObject({ state: 'submitted' });
  });
});
