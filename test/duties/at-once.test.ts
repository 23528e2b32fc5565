/** A day off that is entered at the very moment at which something is dated: nobody waits for ever, no old date stays. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCalendarFlows, loadCalendar } from '../../src/calendar/index.js';
import { moveDueDay, openDuty } from '../../src/duties/index.js';
import { newId } from '../../src/kernel/ids.js';
import { createReportingFlows, redateSteps } from '../../src/reporting/index.js';
import { waitFor } from '../support/wait.js';
import { NINE, type Officer } from '../notices/orders-world.js';
import { createDutiesWorld, type DutiesWorld } from './world.js';

let world: DutiesWorld;
let officer: Officer;
let admin: Officer;
let unitIds: string[];
let dutyId: string;
beforeAll(async () => {
  world = await createDutiesWorld([...createCalendarFlows(), ...createReportingFlows()]);
  officer = await world.person('Chuyên viên Lan', ['officer']);
  admin = await world.person('Quản trị Hà', ['admin']);
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.clean();
  await world.store.db.$executeRaw`update conversation set session = null, drafts = '{}'`;
  await world.at(NINE); // Monday, 23/11/2026
  unitIds = [await world.ward('Phường Phủ Lý'), await world.ward('Phường Duy Tiên')];
  dutyId = (await world.duty({ endsOn: '2026-11-30' })).id; // due on 07/12/2026
  await world.plan();
});

/** The last word of the administrator is still to come. */
const aboutToEnter = () => world.type(admin, 'thêm ngày nghỉ', '04/12/2026', 'Nghỉ bão', 'bỏ qua');
const enter = async () => expect((await world.type(admin, 'lưu')).text).toContain('Đã ghi 1 ngày');

/** How many wait for a lock. */
const waiting = (count: number) =>
  waitFor(async () => {
    const rows = await world.store.db.$queryRaw<object[]>`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    return rows.length === count;
  });

const work = () => world.work();

/** Both meet while somebody holds what units owe: `first` comes first. */
async function meet(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<void> {
  const { both } = await world.store.transaction(async (tx) => {
    await tx.$queryRaw`select id from obligation order by id for no key update`;
    const one = first();
    await waiting(1);
    const other = second();
    await waiting(2);
    return { both: { done: Promise.all([one, other]) } };
  });
  await both.done;
}

/** Every step that waits stands where the calendar of today has it, once the work that was asked for is done. */
const expectDated = async () => {
  await world.work();
  expect(await world.store.db.reminderStep.count({ where: { state: 'pending' } })).toBeGreaterThan(0);
  expect(await redateSteps(world.store, new Date(NINE))).toBe(0);
};

describe('a day off that is entered at the same moment', () => {
  const aboutToMove = () => world.type(officer, 'đổi hạn', '1', 'tất cả', '11/12/2026', 'Công văn số 45/SNV');
  const moved = async () => expect((await world.type(officer, 'đổi hạn')).text).toContain('✅ Đã đổi hạn của 2 đơn vị');

  it('waits for a due day that moves', async () => {
    await aboutToMove();
    await aboutToEnter();
    await meet(moved, enter);
    await expectDated();
  });

  it.each(['move', 'redating'])('dates anew while a due day moves; the %s comes first', async (what) => {
    await aboutToMove();
    await aboutToEnter();
    await enter();
    await (what === 'move' ? meet(moved, work) : meet(work, moved));
    await expectDated();
  });

  const aboutToAmend = () =>
    world.type(officer, 'nghĩa vụ', 'Báo cáo tháng', 'Sửa', 'Hạn', 'ngày 11 tháng sau', 'Lưu nghĩa vụ');
  const amended = async () =>
    expect((await world.type(officer, 'Theo công văn mới')).text).toContain('✅ Đã lưu bản mới');

  it('waits for a duty that is amended', async () => {
    await aboutToAmend();
    await aboutToEnter();
    await meet(amended, enter);
    await expectDated();
  });

  it.each(['amendment', 'redating'])('dates anew while a duty is amended; the %s comes first', async (what) => {
    await aboutToAmend();
    await aboutToEnter();
    await enter();
    await (what === 'amendment' ? meet(amended, work) : meet(work, amended));
    await expectDated();
  });

  it('waits for a campaign that is launched, and dates it anew', async () => {
    await aboutToEnter();
    const { entered } = await world.store.transaction(async (tx) => {
      const about = { name: 'Sơ kết', kind: 'midterm', basis: 'Kế hoạch 12', needs: 'số liệu' } as const;
      await openDuty(tx, { ...about, id: newId(), code: 'SK', dueOn: '2026-12-10', unitIds }, new Date(NINE));
      const last = enter();
      await waiting(1);
      return { entered: { last } };
    });
    await entered.last;
    await expectDated();
  });

  it('is known to whoever read the calendar before it, and dates something now', async () => {
    await aboutToEnter();
    await world.store.transaction(async (tx) => {
      await loadCalendar(tx);
      await enter();
      await moveDueDay(tx, { dutyId, dueOn: '2026-12-11' }, new Date(NINE));
    });
    await expectDated();
  });
});

it('amends a duty while a colleague moves its due day: neither waits for ever, and what was moved by hand stays', async () => {
  const other = await world.person('Chuyên viên Hùng', ['officer']);
  const { id: first, unitId: id } = await world.store.db.obligation.findFirstOrThrow({ orderBy: { id: 'asc' } });
  const { name } = await world.store.db.unit.findUniqueOrThrow({ where: { id } });
  await world.type(other, 'nghĩa vụ', 'Báo cáo tháng', 'Sửa', 'Ai phải nộp', 'Chọn lại', name, 'Xong');
  await world.type(other, 'Sửa', 'Hạn', 'ngày 11 tháng sau', 'Lưu nghĩa vụ');
  await world.type(officer, 'đổi hạn', '1', 'tất cả', '10/12/2026', 'Công văn số 45/SNV');
  const { both } = await world.store.transaction(async (tx) => {
    await tx.$queryRaw`select id from obligation where id = ${first}::uuid for no key update`;
    const moved = world.type(officer, 'đổi hạn');
    await waiting(1);
    const amended = world.type(other, 'Theo công văn mới');
    await waiting(2);
    return { both: { said: Promise.all([moved, amended]) } };
  });
  const said = (await both.said).map(({ text }) => text.split('\n')[0]);
  expect(said).toEqual([expect.stringContaining('Đã đổi hạn của 2 đơn vị'), expect.stringContaining('Đã lưu bản mới')]);
  expect((await world.owed(dutyId)).sort()).toEqual([
    '2026-11 2026-12-10 open v2 ×1',
    '2026-11 2026-12-10 waived v2 ×1',
  ]);
});
