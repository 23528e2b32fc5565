import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCalendarFlows, loadCalendar } from '../../src/calendar/index.js';
import { lockCalendar } from '../../src/calendar/store.js';
import { openDuty } from '../../src/duties/index.js';
import { newId } from '../../src/kernel/ids.js';
import { fromDbDate, localDate, localTime, type LocalDate } from '../../src/kernel/local-date.js';
import { redateSteps } from '../../src/reporting/index.js';
import { readBusinessClock } from '../../src/store/index.js';
import { createTasksFlows } from '../../src/tasks/index.js';
import { waitFor } from '../support/wait.js';
import { createOrdersWorld, NINE, type OrdersWorld } from '../notices/orders-world.js';

type Person = Awaited<ReturnType<OrdersWorld['person']>>;

let world: OrdersWorld;
let admin: Person;
let other: Person;
let officer: Person;
let visitor: Person;
let wards: string[];

beforeAll(async () => {
  world = await createOrdersWorld([...createCalendarFlows(), ...createTasksFlows({})]);
  admin = await world.person('Quản trị Hà', ['admin']);
  other = await world.person('Quản trị Nam', ['admin']);
  officer = await world.person('Chuyên viên Lan', ['officer']);
  visitor = await world.person('Người dân');
  wards = [await world.ward('Phường Phủ Lý'), await world.ward('Phường Duy Tiên')];
});
afterAll(() => world.drop());

beforeEach(async () => {
  const { db } = world.store;
  await db.$executeRaw`truncate calendar_day, work, audit_entry, task, submission, reminder_step, obligation, duty cascade`;
  await db.setting.deleteMany({ where: { key: { startsWith: 'calendar.' } } });
  await db.$executeRaw`update conversation set session = null, drafts = '{}'`;
  await world.at(NINE);
});

const days = async () =>
  (await world.store.db.calendarDay.findMany({ orderBy: { on: 'asc' } })).map(({ on, kind, name, source, note }) =>
    `${fromDbDate(on)} ${kind} ${name} [${source}] ${note ?? ''}`.trim(),
  );
const steps = async (dutyId: string) =>
  (
    await world.store.db.reminderStep.findMany({
      where: { obligation: { dutyId, unitId: wards[0] ?? '' } },
      orderBy: [{ dueAt: 'asc' }, { step: 'asc' }],
    })
  ).map(({ step, dueAt, state }) => `${step} ${localDate(dueAt)} ${localTime(dueAt)} ${state}`);
const waitingForLocks = async () =>
  (
    await world.store.db.$queryRaw<object[]>`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  ).length;
const audit = () => world.store.db.auditEntry.findMany({ orderBy: { id: 'asc' } });
const tasks = () => world.store.db.task.findMany({ where: { doneAt: null }, orderBy: { refId: 'asc' } });

/** The administrator's last word, and the work that it asks for. */
async function change(...lines: string[]): Promise<void> {
  await world.type(admin, ...lines);
  expect(await world.store.db.work.count({ where: { kind: 'calendar.redate', state: 'open' } })).toBe(1);
  await world.store.db.work.deleteMany();
  await redateSteps(world.store, await readBusinessClock(world.store.db));
}

/** A duty that both wards owe by a day. */
async function duty(dueOn: LocalDate, name = 'Báo cáo quý'): Promise<string> {
  const id = newId();
  const about = { basis: 'Kế hoạch 12', needs: 'số liệu', kind: 'final' } as const;
  await world.store.transaction((tx) =>
    openDuty(tx, { id, code: id, name, ...about, dueOn, unitIds: wards }, new Date(NINE)),
  );
  return id;
}

const ADD = ['thêm ngày nghỉ', '24/11/2026', 'Ngày Văn hóa Việt Nam', 'Nghị quyết 28/2026/QH16'];

describe('lịch nghỉ', () => {
  it('shows everybody the year, officers also the origin, and lets only an administrator change it', async () => {
    await world.type(admin, ...ADD, 'lưu');
    const seen = await world.type(visitor, 'lich nghi');
    expect(seen.text).toBe('Lịch nghỉ năm 2026:\n• thứ Ba, 24/11/2026: Ngày Văn hóa Việt Nam');
    expect(seen.buttons).toEqual([]);
    const clerk = await world.type(officer, 'ngày nghỉ');
    expect(clerk.text).toContain('Ngày Văn hóa Việt Nam – Nghị quyết 28/2026/QH16');
    expect(clerk.text).toContain('Giờ yên lặng: 21:00–06:30');
    expect(clerk.buttons.map(({ label }) => label)).toEqual(['Năm 2027', 'Năm 2025']);
    expect((await world.type(officer, 'thêm ngày nghỉ')).text).not.toContain('Nghỉ ngày nào');
    expect((await world.type(visitor, 'lịch nghỉ 2027')).text).toContain('Chưa nhập ngày nghỉ nào của năm 2027');
    expect((await world.type(admin, 'lịch nghỉ')).buttons.map(({ label }) => label)).toContain('Đề xuất năm 2026');
  });

  it('takes a range with its announcement and notes who entered it', async () => {
    const asked = await world.type(admin, 'thêm ngày nghỉ', '10/02 - 12/02/2027', 'Tết Nguyên đán', 'Công văn 1');
    expect(asked.text).toContain('Sẽ ghi 3 ngày nghỉ: thứ Tư, 10/02/2027 đến thứ Sáu, 12/02/2027');
    await world.type(admin, 'lưu');
    expect(await days()).toEqual(
      ['10', '11', '12'].map((day) => `2027-02-${day} off Tết Nguyên đán [entered] Công văn 1`),
    );
    expect(await audit()).toMatchObject([
      { action: 'calendar.enter', memberId: admin.memberId, data: { note: 'Công văn 1', source: 'entered' } },
    ]);
    expect((await world.type(visitor, 'lịch nghỉ năm 2027')).text).toContain(
      '• thứ Tư, 10/02/2027 đến thứ Sáu, 12/02/2027: Tết Nguyên đán',
    );
  });

  it('swaps a working day for a weekend; the same day, a weekday and a day off are refused', async () => {
    await world.type(admin, 'hoán đổi ngày nghỉ', '04/01/2027');
    expect((await world.type(admin, '04/01/2027')).text).toContain('phải khác ngày nghỉ');
    expect((await world.type(admin, '05/01/2027')).text).toContain('phải là thứ Bảy hoặc Chủ nhật');
    const asked = await world.type(admin, '09/01/2027', 'bỏ qua');
    expect(asked.text).toContain('nghỉ thứ Hai, 04/01/2027, làm bù thứ Bảy, 09/01/2027');
    await world.type(admin, 'lưu');
    expect(await days()).toEqual([
      '2027-01-04 off Nghỉ hoán đổi, làm bù 09/01/2027 [entered]',
      '2027-01-09 work Làm bù cho ngày nghỉ 04/01/2027 [entered]',
    ]);
    const calendar = await world.store.transaction(loadCalendar);
    expect(calendar.addWorkingDays('2027-01-08', 1)).toBe('2027-01-09');
    expect((await world.type(admin, 'hoán đổi ngày nghỉ', '10/01/2027', '16/01/2027', 'bỏ qua')).text).toContain(
      'vốn đã là ngày nghỉ',
    );
  });

  it('refuses a day that is there, keeps the past, and says when a colleague was faster', async () => {
    await world.type(admin, ...ADD);
    await world.type(other, ...ADD.slice(0, 2), 'Nghỉ khác', 'bỏ qua');
    expect((await world.type(admin, 'lưu')).text).toContain('Đã ghi 1 ngày');
    expect((await world.type(other, 'lưu')).text).toContain(
      'Ngày 24/11/2026 đã có trong lịch: “Ngày Văn hóa Việt Nam”',
    );
    expect(await days()).toHaveLength(1);
    // Both remove: the second is told.
    await world.type(admin, 'xóa ngày nghỉ', '1');
    await world.type(other, 'hủy', 'xóa ngày nghỉ', '1');
    expect((await world.type(admin, 'xóa')).text).toContain('Đã xóa');
    expect((await world.type(other, 'xóa')).text).toContain('vừa được đồng nghiệp sửa hoặc xóa');
    expect((await audit()).map(({ action }) => action)).toEqual(['calendar.enter', 'calendar.remove']);
    await world.type(admin, ...ADD, 'lưu');
    await world.at('2026-11-25T02:00:00Z');
    expect((await world.type(admin, 'xóa ngày nghỉ')).text).toContain('ngày đã qua thì giữ nguyên');
    // A question asked before midnight is answered after it.
    await world.at('2026-11-25T16:59:00Z');
    await world.type(admin, 'thêm ngày nghỉ', '25/11/2026', 'Nghỉ bão', 'bỏ qua');
    await world.at('2026-11-25T17:01:00Z');
    expect((await world.type(admin, 'lưu')).text).toContain('có ngày đã qua');
    expect(await days()).toHaveLength(1);
  });

  it('lets one of two administrators through who save days that overlap at the same moment', async () => {
    await world.type(admin, 'thêm ngày nghỉ', '02/12 - 03/12', 'Nghỉ bão', 'bỏ qua');
    await world.type(other, 'thêm ngày nghỉ', '03/12 - 04/12', 'Nghỉ lũ', 'bỏ qua');
    const said = await world.store.transaction(async (tx) => {
      await lockCalendar(tx);
      const both = [admin, other].map((who) => world.type(who, 'lưu'));
      await waitFor(async () => (await waitingForLocks()) === 2);
      return { both };
    });
    const answers = (await Promise.all(said.both)).map(({ text }) => text);
    expect(answers.filter((text) => text.includes('Đã ghi 2 ngày'))).toHaveLength(1);
    expect(answers.filter((text) => text.includes('Ngày 03/12/2026 đã có trong lịch'))).toHaveLength(1);
    expect(new Set((await days()).map((line) => line.split(' off ')[1])).size).toBe(1);
    expect(await audit()).toHaveLength(1);
  });

  it('proposes a year once, leaves what is there, and names what must be announced', async () => {
    await world.type(admin, 'thêm ngày nghỉ', '05/02/2027', 'Nghỉ Tết sớm', 'bỏ qua', 'lưu');
    const asked = await world.type(admin, 'đề xuất năm 2027');
    expect(asked.text).toContain('• thứ Sáu, 16/04/2027: Giỗ Tổ Hùng Vương');
    expect(asked.text).toContain('• thứ Hai, 03/05/2027: Nghỉ bù Ngày Quốc tế Lao động');
    expect(asked.text).toContain('1 ngày đã có trong lịch được giữ nguyên');
    expect(asked.text).toContain('Tết Nguyên đán 2027: đủ 5 ngày');
    expect(asked.text).toContain('Quốc khánh 2027: ngày nghỉ thứ hai');
    await world.type(other, 'đề xuất năm 2027');
    await world.type(admin, 'lưu');
    const written = await days();
    expect(written[0]).toBe('2027-01-01 off Tết Dương lịch [proposed]');
    expect(written).toContain('2027-02-05 off Nghỉ Tết sớm [entered]');
    expect((await world.type(other, 'lưu')).text).toContain('vừa được đồng nghiệp ghi vào lịch');
    expect((await world.type(other, 'đề xuất năm 2027')).text).toContain('đã có đủ những ngày luật định sẵn');
    expect(await days()).toEqual(written);
    expect((await world.type(admin, 'đề xuất năm 2025')).text).toContain('Chỉ đề xuất được từ năm 2026 đến năm 2031');
  });

  it('tells anybody how a term is counted', async () => {
    await world.type(admin, ...ADD, 'lưu');
    expect((await world.type(visitor, 'tính hạn 2 ngày làm việc sau 23/11/2026')).text).toBe(
      '2 ngày làm việc sau 23/11/2026: thứ Năm, 26/11/2026 (nghỉ 24/11 Ngày Văn hóa Việt Nam)',
    );
    expect((await world.type(visitor, 'tính hạn', '9999 ngày')).text).toContain('tối đa 260 ngày');
  });
});

describe('what was computed from the calendar', () => {
  it('is dated anew with the day, and back again without it; steps that spoke stay', async () => {
    const id = await duty('2026-12-03');
    const before = await steps(id);
    expect(before).toEqual([
      'T-7 2026-11-24 08:00 pending',
      'T-3 2026-11-30 08:00 pending',
      'T-1 2026-12-02 08:00 pending',
      'T 2026-12-03 08:00 pending',
      'T+1 2026-12-04 08:00 pending',
      'T+3 2026-12-08 08:00 pending',
      'T+7 2026-12-14 08:00 pending',
    ]);
    await world.store.db.reminderStep.updateMany({
      where: { step: 'T-3' },
      data: { state: 'fired', firedAt: new Date(NINE) },
    });
    await change('thêm ngày nghỉ', '01/12/2026', 'Nghỉ bão', 'bỏ qua', 'lưu');
    expect(await steps(id)).toEqual([
      // Its day was Monday, 23/11, whose morning is over: it is due at once.
      'T-7 2026-11-23 09:00 pending',
      'T-3 2026-11-30 08:00 fired',
      ...before.slice(2),
    ]);
    const firstDue = () =>
      world.store.db.reminderStep.findFirstOrThrow({ where: { step: 'T-7' }, select: { dueAt: true } });
    const atOnce = await firstDue();
    await change('thêm ngày nghỉ', '04/12/2026', 'Nghỉ bão thêm', 'bỏ qua', 'lưu');
    expect(await firstDue()).toEqual(atOnce);
    expect((await steps(id)).slice(-3)).toEqual([
      'T+1 2026-12-07 08:00 pending',
      'T+3 2026-12-09 08:00 pending',
      'T+7 2026-12-15 08:00 pending',
    ]);
    await change('xóa ngày nghỉ', '04/12/2026', 'xóa');
    expect((await steps(id)).slice(2)).toEqual(before.slice(2));
    const moved = await world.store.db.reminderStep.findFirst({ where: { step: 'T+1' } });
    expect(moved?.evidence).toHaveProperty('redatedFrom');
  });

  it('stays where the unit does not owe any more', async () => {
    const id = await duty('2026-12-03');
    await world.store.db.obligation.updateMany({ where: { dutyId: id }, data: { state: 'submitted' } });
    const before = await steps(id);
    await change('thêm ngày nghỉ', '04/12/2026', 'Nghỉ bão', 'bỏ qua', 'lưu');
    expect(await steps(id)).toEqual(before);
  });

  it('is not moved when the due day falls on a day off: the officer gets a task, which ends with the day', async () => {
    const id = await duty('2026-12-03', 'Báo cáo quý IV');
    const asked = await world.type(admin, 'thêm ngày nghỉ', '02/12 - 03/12', 'Nghỉ bão', 'bỏ qua');
    expect(asked.text).toContain('⚠️ 2 đơn vị có hạn “Báo cáo quý IV” vào thứ Năm, 03/12/2026');
    await world.type(admin, 'lưu');
    const obligations = await world.store.db.obligation.findMany({ where: { dutyId: id } });
    expect(obligations.map(({ dueOn, version }) => [fromDbDate(dueOn), version])).toEqual([
      ['2026-12-03', 1],
      ['2026-12-03', 1],
    ]);
    expect(await tasks()).toMatchObject([
      {
        kind: 'calendar-change',
        refId: '2026-12-03',
        title: 'thứ Năm, 03/12/2026 là ngày nghỉ nhưng còn 1 nghĩa vụ có hạn vào ngày đó',
      },
    ]);
    const shown = await world.type(officer, 'việc của tôi', '1');
    expect(shown.text).toContain('• Báo cáo quý IV: 2 đơn vị chưa nộp');
    await world.type(admin, 'xóa ngày nghỉ', '1', 'xóa');
    expect(await tasks()).toEqual([]);
  });
});

describe('hours', () => {
  it('are set by an administrator, checked against one another, and shown to everybody', async () => {
    expect((await world.type(visitor, 'giờ làm việc')).text).toContain('chưa được nhập');
    expect((await world.type(admin, 'giờ làm việc', '06:00-17:00')).text).toContain('không được trùng giờ làm việc');
    await world.type(admin, '07:30-11:30, 13:30-17:00');
    expect((await world.type(visitor, 'gio lam viec')).text).toBe('Giờ làm việc: 07:30–11:30, 13:30–17:00.');
    expect((await world.type(admin, 'giờ yên lặng', '21h-8h')).text).toContain('không được trùng giờ làm việc');
    await world.type(admin, '22:00 - 5:30');
    expect((await world.type(officer, 'giờ yên lặng')).text).toContain('Giờ yên lặng: 22:00–05:30');
    expect((await audit()).map(({ action, subject }) => [action, subject])).toEqual([
      ['calendar.hours', 'calendar.office-hours'],
      ['calendar.hours', 'calendar.quiet-hours'],
    ]);
  });
});
