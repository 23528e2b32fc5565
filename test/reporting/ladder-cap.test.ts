/** A few messages a day, in a person's own hours; and what is told after the system was down. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { hoursProblem, withinHours } from '../../src/reporting/reminding/cap.js';
import { findDueInstants } from '../../src/reporting/index.js';
import { morning, noon, World, type Person } from './world.js';

const OPENED = noon('2026-11-12');
const DUE = '2026-11-18'; // a Wednesday: T-3 is Friday the 13th, T-1 the 17th
const QUIET = { from: '21:00', to: '06:30' };

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.store.db.$executeRawUnsafe(
    'truncate told, reminder_step, submission, obligation, duty, member_role, setting cascade',
  );
  world.tasks.length = 0;
});

async function owing(name: string, more: object = {}): Promise<{ unitId: string; id: string; primary: Person }> {
  const unitId = await world.unit(name);
  const primary = await world.seat(unitId, 'primary', name);
  const { of } = await world.duty({ dueOn: DUE, unitIds: [unitId], ...more }, OPENED);
  return { unitId, id: of(unitId), primary };
}

/** One more step for the seat, beside the ladder. */
async function addStep(obligationId: string, dueAt: Date, more: { class?: string; by?: string } = {}): Promise<string> {
  const id = newId();
  const evidence = more.by === undefined ? {} : { by: more.by };
  await world.store.db.reminderStep.create({
    data: {
      id,
      obligationId,
      version: 1,
      step: `Z:${id}`,
      audience: 'seat',
      class: more.class ?? 'deadline',
      dueAt,
      evidence,
    },
  });
  return id;
}

const step = (id: string) => world.store.db.reminderStep.findUniqueOrThrow({ where: { id } });
const told = async () => (await world.messages()).map((one) => new Date(one.at).toISOString());

describe('so many messages a day', () => {
  it('tells two, puts the third off to the next working morning, and merges it there', async () => {
    const a = await owing('Phường nhiều');
    await world.tick(morning('2026-11-13')); // Friday: T-3
    await addStep(a.id, new Date('2026-11-13T03:00:00Z'));
    await world.tick(new Date('2026-11-13T03:00:00Z'));
    const third = await addStep(a.id, new Date('2026-11-13T08:00:00Z'));
    await world.duty({ name: 'Báo cáo quý', dueOn: '2026-11-19', unitIds: [a.unitId] }, OPENED); // T-3 on Monday
    expect(await world.tick(new Date('2026-11-13T08:00:00Z'))).toEqual({ fired: 0, voided: 0, told: 0 });
    expect(await step(third)).toMatchObject({
      state: 'pending',
      dueAt: morning('2026-11-16'),
      evidence: { deferred: { why: 'cap' } },
    });
    await world.tick(morning('2026-11-16'));
    const messages = await world.messages();
    expect(messages).toHaveLength(3);
    expect(messages[2]?.text).toContain('📌 Anh/chị có 2 việc cần làm');
  });

  it('lets what is critical and what an officer ordered through, and obeys the number that is set', async () => {
    const a = await owing('Phường khẩn');
    await world.store.db.setting.create({ data: { key: 'reminders.perDay', value: 1 } });
    await world.tick(morning('2026-11-13'));
    const later = await addStep(a.id, new Date('2026-11-13T03:00:00Z'));
    await world.tick(new Date('2026-11-13T03:00:00Z'));
    expect((await step(later)).state).toBe('pending');
    await addStep(a.id, new Date('2026-11-13T04:00:00Z'), { class: 'critical' });
    await world.tick(new Date('2026-11-13T04:00:00Z'));
    await addStep(a.id, new Date('2026-11-13T05:00:00Z'), { by: 'Chuyên viên' });
    await world.tick(new Date('2026-11-13T05:00:00Z'));
    expect((await world.messages()).map((one) => one.class)).toEqual(['deadline', 'critical', 'deadline']);
  });

  it('is set by an administrator, in its range, and by nobody else', async () => {
    const admin = await world.person('Quản trị', ['admin']);
    const officer = await world.person('Chuyên viên', ['officer']);
    expect(await world.type(officer, 'số lần nhắc mỗi ngày')).toContain('nhiều nhất 2 tin');
    expect(await world.type(admin, 'so lan nhac moi ngay', '0')).toContain('từ 1 đến 20');
    expect(await world.type(admin, '3')).toContain('nhiều nhất 3 tin nhắc mỗi ngày');
    expect(await world.type(officer, 'số lần nhắc mỗi ngày')).toContain('nhiều nhất 3 tin');
  });
});

describe("a person's own hours", () => {
  it('are typed in one line, hold reminders until they begin, and let what is critical through', async () => {
    const a = await owing('Phường giờ riêng');
    expect(await world.type(a.primary, 'chỉ nhắc tôi từ 13:30 đến 17:00')).toContain(
      'Tôi chỉ nhắc anh/chị từ 13:30 đến 17:00.',
    );
    await addStep(a.id, morning('2026-11-13'), { class: 'critical' });
    await world.duty({ name: 'Báo cáo quý', dueOn: DUE, unitIds: [a.unitId] }, OPENED);
    await world.tick(morning('2026-11-13'));
    expect((await world.messages()).map((one) => one.class)).toEqual(['critical']);
    const [next] = await findDueInstants(world.store.db, noon('2026-11-14'));
    expect(next).toEqual(new Date('2026-11-13T06:30:00Z'));
    await world.tick(new Date('2026-11-13T06:30:00Z'));
    expect(await told()).toEqual(['2026-11-13T01:00:00.000Z', '2026-11-13T06:30:00.000Z']);
  });

  it('say nothing of a report that was handed in while they held its reminder', async () => {
    const a = await owing('Phường nộp kịp');
    await world.type(a.primary, 'giờ nhận nhắc việc', '14h - 17h');
    await world.tick(morning('2026-11-13'));
    await world.store.db.obligation.update({ where: { id: a.id }, data: { state: 'submitted' } });
    await world.tick(new Date('2026-11-13T07:00:00Z'));
    expect(await world.messages()).toEqual([]);
  });

  it('are refused when turned, too short, unreadable or all quiet, and given up by a word', async () => {
    const a = await owing('Phường gõ sai');
    expect(await world.type(a.primary, 'giờ nhận nhắc việc', '17:00 - 07:30')).toContain('Giờ đầu phải trước giờ cuối');
    expect(await world.type(a.primary, '08:00 - 08:30')).toContain('ít nhất 1 giờ');
    expect(await world.type(a.primary, '04:00 - 06:00')).toContain('giờ yên lặng của tỉnh (21:00 - 06:30)');
    expect(await world.type(a.primary, 'buổi sáng')).toContain('chưa đọc được giờ');
    expect(await world.type(a.primary, '7h30 - 17h')).toContain('từ 07:30 đến 17:00');
    expect(await world.type(a.primary, 'giờ nhận nhắc việc', 'mọi giờ')).toContain('vào mọi giờ');
    const member = await world.store.db.member.findUniqueOrThrow({ where: { id: a.primary.memberId } });
    expect(member).toMatchObject({ remindFrom: null, remindTo: null });
  });

  it('never put anything off beyond the day after next', () => {
    const at = (hour: string) => new Date(`2026-11-13T${hour}:00Z`);
    expect(withinHours(at('01:00'), { from: '07:30', to: '17:00' }, QUIET)).toEqual(at('01:00'));
    expect(withinHours(at('12:00'), { from: '07:30', to: '17:00' }, QUIET)).toEqual(new Date('2026-11-14T00:30:00Z'));
    expect(withinHours(at('01:00'), { from: '06:00', to: '07:30' }, QUIET)).toEqual(new Date('2026-11-13T23:30:00Z'));
    expect(withinHours(at('01:00'), { from: '04:00', to: '06:00' }, QUIET)).toEqual(at('01:00'));
    expect(hoursProblem({ from: '05:00', to: '07:00' }, QUIET)).toBeNull();
    expect(hoursProblem({ from: '21:00', to: '23:00' }, QUIET)).toBe('quiet');
  });
});

describe('after the system was down', () => {
  it('fires what is up to two hours late as usual, and says so when it is later', async () => {
    const [early, late] = [await owing('Phường trễ ít'), await owing('Phường trễ nhiều', { dueOn: '2026-11-19' })];
    await world.tick(new Date('2026-11-13T03:00:00Z')); // T-3 of the first, at 10:00
    await world.tick(new Date('2026-11-16T03:00:01Z')); // T-3 of the second, a second later than that
    const messages = await world.messages();
    expect(messages.map((one) => one.person)).toEqual([early.primary.key, late.primary.key]);
    expect(messages[0]?.text).not.toContain('Hệ thống đã tạm dừng');
    expect(messages[1]?.text.split('\n')[0]).toBe(
      'Hệ thống đã tạm dừng; các việc sau đến hạn nhắc trong lúc đó (từ 08:00, 16/11/2026).',
    );
  });

  it('skips what is a day late, lists it once to the officers, and does nothing the second time', async () => {
    const officer = await world.person('Chuyên viên', ['officer']);
    const a = await owing('Phường bỏ qua');
    const at = new Date('2026-11-14T01:00:01Z');
    await Promise.all([world.tick(at), world.tick(at), world.tick(at)]);
    await world.tick(at);
    const messages = await world.messages();
    expect(messages.map((one) => one.person)).toEqual([officer.key]);
    expect(messages[0]?.text).toContain('1 lời nhắc của 1 đơn vị đã qua lúc gửi nên được bỏ qua');
    expect((await world.steps(a.id))[0]).toBe('v1 T-3 void');
    const skipped = await world.store.db.reminderStep.findFirstOrThrow({ where: { step: 'T-3', obligationId: a.id } });
    expect(skipped.evidence).toMatchObject({ reason: 'missed', lateMinutes: 1440 });
  });
});

describe('the ladder as data', () => {
  it('speaks to the deputy alone where a step says so, with the words of the officer', async () => {
    const unitId = await world.unit('Phường dữ liệu');
    const primary = await world.seat(unitId, 'primary', 'Chính');
    const deputy = await world.seat(unitId, 'deputy', 'Phó');
    const ladder = [
      { step: 'T-1', offset: -1, audience: 'primary', class: 'deadline' },
      { step: 'T-1.deputy', offset: -1, audience: 'deputy', class: 'critical', words: 'Đề nghị dùng mẫu số 2' },
    ] as const;
    const { of } = await world.duty({ dueOn: DUE, unitIds: [unitId] }, OPENED);
    const { dutyId } = await world.obligation(of(unitId));
    await world.store.db.duty.update({ where: { id: dutyId }, data: { ladder: [...ladder] } });
    await world.store.db.reminderStep.deleteMany({ where: { obligationId: of(unitId) } });
    await world.store.db.reminderStep.createMany({
      data: ladder.map(({ step: name, audience, class: kind }) => ({
        id: newId(),
        obligationId: of(unitId),
        version: 1,
        step: name,
        audience,
        class: kind,
        dueAt: morning('2026-11-17'),
      })),
    });
    await world.tick(morning('2026-11-17'));
    const messages = await world.messages();
    expect(new Map(messages.map((one) => [one.person, one.class]))).toEqual(
      new Map([
        [primary.key, 'deadline'],
        [deputy.key, 'critical'],
      ]),
    );
    const words = 'Lời nhắn của chuyên viên: “Đề nghị dùng mẫu số 2”.';
    expect(messages.filter((one) => one.text.includes(words)).map((one) => one.person)).toEqual([deputy.key]);
  });

  it('tells the leaders once a day, whatever falls due later that day', async () => {
    const leader = await world.person('Lãnh đạo', ['leader']);
    const [a, b] = [await owing('Phường sáng'), await owing('Phường chiều')];
    await world.store.db.reminderStep.deleteMany({});
    const at = [morning('2026-11-27'), noon('2026-11-27')];
    for (const [n, one] of [a, b].entries())
      await world.store.db.reminderStep.create({
        data: {
          id: newId(),
          obligationId: one.id,
          version: 1,
          step: 'T+7',
          audience: 'leader',
          class: 'deadline',
          dueAt: at[n] ?? noon(DUE),
          evidence: { proof: { kind: 'officer', by: 'Chuyên viên', at: '2026-11-20' } },
        },
      });
    for (const instant of at) await world.tick(instant);
    expect((await world.messages()).map((one) => one.person)).toEqual([leader.key]);
    await world.tick(morning('2026-11-30'));
    expect((await world.messages())[1]?.text).toContain('Phường chiều');
  });
});
