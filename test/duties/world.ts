/** Duties over a real database: officers at work, and the planner. */
import type { RoomFlow } from '../../src/conversation/index.js';
import type { DutyContent } from '../../src/duties/model.js';
import { createDutiesFlows, createPlanDuties, createPlanWork, DEFAULT_LADDER } from '../../src/duties/index.js';
import { createDuty, type Saved } from '../../src/duties/store-duties.js';
import { newCode, newId } from '../../src/kernel/ids.js';
import { fromDbDate, toDbDate } from '../../src/kernel/local-date.js';
import { createRedateWork } from '../../src/reporting/index.js';
import { createTasksFlows, closeTask, openTasks } from '../../src/tasks/index.js';
import { readBusinessClock } from '../../src/store/index.js';
import { createOrdersWorld, NINE, type Officer } from '../notices/orders-world.js';

/** Owed by all wards each month, by the 6th of the next. */
export const CONTENT: DutyContent = {
  name: 'Báo cáo tháng',
  basis: { document: 'Kế hoạch của UBND tỉnh', number: '12/KH-UBND', on: '2026-01-05' },
  owners: { types: ['phuong'], levels: [], clusters: [], units: [] },
  periods: { kind: 'month' },
  due: { kind: 'day', monthsAfterEnd: 1, day: 6, shift: 'next' },
  needs: 'số liệu và 1 tệp báo cáo',
  fields: [],
  files: [],
  ladder: [...DEFAULT_LADDER],
  graceDays: 0,
  lockDays: null,
  startsOn: '2026-11-01',
  endsOn: null,
};

/** `more`: flows that can be spoken to beside those of duties and tasks. */
export async function createDutiesWorld(more: readonly RoomFlow[] = []) {
  const orders = await createOrdersWorld([...createDutiesFlows(), ...createTasksFlows({}), ...more]);
  const { store } = orders;
  const planDuties = createPlanDuties({ store, tasks: { openTasks, closeTask } });
  const businessNow = () => readBusinessClock(store.db);
  const works = [createPlanWork(planDuties, businessNow), createRedateWork(store, businessNow)];

  const world = {
    ...orders,
    planDuties,
    /** Monday, 23/11/2026, with two wards, no duty and two officers. */
    async office(): Promise<[DutiesOfficer, DutiesOfficer]> {
      await world.clean();
      await world.at(NINE);
      await world.ward('Phường Phủ Lý');
      await world.ward('Phường Duy Tiên');
      return [await world.person('Lan', ['officer']), await world.person('Hùng', ['officer'])];
    },
    /** The only duty. */
    async one() {
      const [duty] = await store.db.duty.findMany({ include: { versions: true } });
      if (!duty) throw new Error('no duty');
      return duty;
    },
    /** Plans by the clock of the world. */
    plan: async () => planDuties(await readBusinessClock(store.db)),
    /** Does the work that turns have asked for. */
    async work(): Promise<void> {
      for (const row of await store.db.work.findMany({ where: { state: 'open' } })) {
        const work = works.find(({ kind }) => kind === row.kind);
        await work?.run({ id: row.id, payload: row.payload, contactId: row.contactId });
        await store.db.work.update({ where: { id: row.id }, data: { state: 'done' } });
      }
    },
    /** A duty that is there already. */
    async duty(change: Partial<DutyContent> = {}): Promise<{ id: string; code: string }> {
      const [id, code] = [newId(), newCode('NV')];
      const saved: Saved = {
        version: 1,
        content: { ...CONTENT, ...change },
        at: await readBusinessClock(store.db),
        memberId: null,
        reason: 'new',
      };
      await store.transaction((tx) => createDuty(tx, { id, code, copiedFromId: null }, saved));
      return { id, code };
    },
    /** What is owed of a duty: period, due day, state, version; counted. */
    async owed(dutyId: string): Promise<string[]> {
      const rows = await store.db.obligation.findMany({
        where: { dutyId },
        orderBy: [{ dueOn: 'asc' }, { unitId: 'asc' }],
      });
      const lines = rows.map(
        ({ period, dueOn, state, version }) => `${period} ${fromDbDate(dueOn)} ${state} v${String(version)}`,
      );
      return [...new Set(lines)].map((line) => `${line} ×${String(lines.filter((one) => one === line).length)}`);
    },
    /** How many steps wait, by what became of the others. */
    async steps(dutyId: string): Promise<Record<string, number>> {
      const rows = await store.db.reminderStep.groupBy({
        by: ['state'],
        where: { obligation: { dutyId } },
        _count: true,
      });
      return Object.fromEntries(rows.map(({ state, _count }) => [state, _count]));
    },
    holiday: (on: string, name: string) =>
      store.db.calendarDay.create({ data: { on: toDbDate(on), kind: 'off', name } }),
    clean: () =>
      store.pool.query(
        'truncate duty, obligation, reminder_step, submission, duty_version, task, calendar_day, unit cascade',
      ),
  };
  return world;
}

export type DutiesOfficer = Officer & { memberId: string };
export type DutiesWorld = Awaited<ReturnType<typeof createDutiesWorld>>;
