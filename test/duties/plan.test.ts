import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findOwners, type Owners } from '../../src/duties/owners.js';
import { moveDueDay } from '../../src/duties/index.js';
import { newId } from '../../src/kernel/ids.js';
import { lockCalendar } from '../../src/calendar/store.js';
import { toDbDate } from '../../src/kernel/local-date.js';
import { unitsOf } from '../../src/units/index.js';
import { NINE } from '../notices/orders-world.js';
import { createDutiesWorld, type DutiesWorld } from './world.js';

let world: DutiesWorld;
beforeAll(async () => {
  world = await createDutiesWorld();
});
beforeEach(async () => {
  await world.clean();
  await world.at(NINE); // Monday, 23/11/2026
});
afterAll(() => world.drop());

/** Statements that wait for a lock now. */
async function waiting(): Promise<number> {
  const { rows } = await world.store.pool.query(
    `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length;
}

describe('planning', () => {
  it('makes what comes within 60 days, steps included, and nothing the second time', async () => {
    await world.ward('Phường A');
    await world.ward('Phường B');
    const { id } = await world.duty();
    expect([await world.plan(), await world.plan()]).toEqual([4, 0]);
    // November is due on Sunday 06/12; the first step for January would come on 28/01, after the 60 days.
    expect(await world.owed(id)).toEqual(['2026-11 2026-12-07 open v1 ×2', '2026-12 2027-01-06 open v1 ×2']);
    expect(await world.steps(id)).toEqual({ pending: 28 });
    const row = await world.store.db.obligation.findFirst({ where: { dutyId: id, period: '2026-11' } });
    expect(row?.how).toMatchObject({
      period: 'tháng 11/2026',
      parts: [{ kind: 'day' }, { kind: 'shifted', to: '2026-12-07' }],
    });
  });

  it('makes nothing twice when three plan at once', async () => {
    for (const name of ['A', 'B', 'C']) await world.ward(`Phường ${name}`);
    const { id } = await world.duty();
    const made = await Promise.all([world.plan(), world.plan(), world.plan()]);
    expect(made.reduce((sum, n) => sum + n, 0)).toBe(6);
    expect(await world.steps(id)).toEqual({ pending: 42 });
  });

  it('plans what can be planned when one duty cannot, and says so', async () => {
    await world.ward('Phường A');
    const bad = await world.duty();
    const good = await world.duty({ name: 'Báo cáo quý' });
    await world.store.db.dutyVersion.updateMany({ where: { dutyId: bad.id }, data: { data: {} } });
    await expect(world.plan()).rejects.toThrow();
    expect(await world.owed(good.id)).toHaveLength(2);
    expect(await world.owed(bad.id)).toEqual([]);
  });

  it('waits for a calendar that is being changed, and plans by the new one', async () => {
    await world.ward('Phường A');
    const { id } = await world.duty();
    let planned: Promise<number> | undefined;
    await world.store.transaction(async (tx) => {
      await lockCalendar(tx);
      planned = world.plan();
      // The other waits for the calendar now, or has read the old one.
      await expect.poll(() => waiting(), { timeout: 2_000 }).toBe(1);
      const off = { kind: 'off', name: 'Nghỉ', source: 'entered', at: NINE } as const;
      await tx.calendarDay.create({ data: { on: toDbDate('2026-12-07'), ...off } });
    });
    expect(await planned).toBe(2);
    expect(await world.owed(id)).toEqual(['2026-11 2026-12-08 open v1 ×1', '2026-12 2027-01-06 open v1 ×1']);
    await world.store.db.calendarDay.deleteMany();
  });

  it('gives its part to a unit that comes later, once', async () => {
    await world.ward('Phường A');
    const { id } = await world.duty();
    await world.plan();
    await world.ward('Phường mới');
    expect([await world.plan(), await world.plan()]).toEqual([2, 0]);
    expect(await world.owed(id)).toEqual(['2026-11 2026-12-07 open v1 ×2', '2026-12 2027-01-06 open v1 ×2']);
  });

  it('makes the parts of 500 units', async () => {
    const { id } = await world.duty();
    await world.store.pool.query(
      `insert into unit (id, code, name, short_name, type, level)
       select gen_random_uuid(), 'u' || n, 'Phường ' || n, 'P' || n, 'phuong', 'xa' from generate_series(1, 500) n`,
    );
    expect(await world.plan()).toBe(1000);
    expect(await world.owed(id)).toEqual(['2026-11 2026-12-07 open v1 ×500', '2026-12 2027-01-06 open v1 ×500']);
    expect(await world.steps(id)).toEqual({ pending: 7000 });
  });

  it('makes what fell due while nobody planned, and nothing from before the duty', async () => {
    await world.ward('Phường A');
    const { id } = await world.duty();
    await world.plan();
    await world.at('2027-04-20T02:00:00Z');
    await world.plan();
    // Those of February and March fell due in between.
    expect((await world.owed(id)).map((line) => line.slice(0, 7))).toEqual([
      '2026-11',
      '2026-12',
      '2027-01',
      '2027-02',
      '2027-03',
      '2027-04',
      '2027-05',
    ]);
  });

  it('makes what a clock that is about to be moved will pass', async () => {
    await world.ward('Phường A');
    const { id } = await world.duty();
    await world.planDuties(new Date(NINE), { through: '2027-03-01' });
    expect((await world.owed(id)).map((line) => line.slice(0, 7))).toEqual([
      '2026-11',
      '2026-12',
      '2027-01',
      '2027-02',
      '2027-03',
      '2027-04',
    ]);
  });

  it('keeps to the span of a duty, and makes nothing of one that was stopped', async () => {
    await world.ward('Phường A');
    const { id } = await world.duty({ startsOn: '2026-12-01', endsOn: '2026-12-31' });
    const stopped = await world.duty({ name: 'Đã dừng' });
    await world.store.db.duty.update({ where: { id: stopped.id }, data: { active: false } });
    await world.plan();
    expect(await world.owed(id)).toEqual(['2026-12 2027-01-06 open v1 ×1']);
    expect(await world.owed(stopped.id)).toEqual([]);
  });

  it('makes nothing of a duty without owners and opens one task, which is closed when somebody owes it', async () => {
    const { id } = await world.duty();
    expect([await world.plan(), await world.plan()]).toEqual([0, 0]);
    const tasks = () => world.store.db.task.findMany({ where: { kind: 'duty-owners', refId: id } });
    expect((await tasks()).map(({ title, doneAt }) => [title, doneAt])).toEqual([
      ['Nghĩa vụ chưa có đơn vị nào phải nộp: Báo cáo tháng', null],
    ]);
    await world.ward('Phường A');
    await world.plan();
    expect((await tasks()).map(({ result }) => result)).toEqual(['owners']);
  });

  it('bears 200 duties that are due on one day', async () => {
    await world.ward('Phường A');
    for (let n = 1; n <= 200; n += 1)
      await world.duty({
        name: `Nghĩa vụ ${String(n)}`,
        periods: { kind: 'once', dueOn: '2026-12-15' },
        due: { kind: 'dates', shift: 'none' },
      });
    expect(await world.plan()).toBe(200);
    expect(await world.store.db.obligation.count({ where: { dueOn: toDbDate('2026-12-15'), period: 'once' } })).toBe(
      200,
    );
  });

  it('makes a leap day of what is due on 29 February', async () => {
    await world.ward('Phường A');
    await world.at('2027-01-15T02:00:00Z');
    const { id } = await world.duty({
      periods: { kind: 'year' },
      due: { kind: 'day', monthsAfterEnd: -10, day: 29, shift: 'previous' },
    });
    await world.plan();
    // 28/02/2027 is a Sunday.
    expect(await world.owed(id)).toEqual(['2027 2027-02-26 open v1 ×1']);
  });

  it('lets the head hear later where a duty has grace, also when the due day moves', async () => {
    await world.ward('Phường A');
    const { id } = await world.duty({ graceDays: 2, endsOn: '2026-11-30' });
    await world.plan();
    const head = async () => {
      const rows = await world.store.db.reminderStep.findMany({
        where: { obligation: { dutyId: id }, audience: 'head', state: 'pending' },
      });
      return rows.map(({ dueAt }) => dueAt.toISOString());
    };
    expect(await head()).toEqual(['2026-12-10T01:00:00.000Z']);
    const move = { dutyId: id, period: '2026-11', dueOn: '2026-12-14' };
    await world.store.transaction((tx) => moveDueDay(tx, move, new Date(NINE)));
    expect(await head()).toEqual(['2026-12-17T01:00:00.000Z']);
    expect(await world.owed(id)).toEqual(['2026-11 2026-12-14 open v2 ×1']);
  });
});

describe('who owes', () => {
  it('is chosen as broadcasts choose, on the day that is asked', async () => {
    const { db } = world.store;
    const unit = async (type: string, level: string, from?: string, to?: string): Promise<string> => {
      const id = newId();
      const span = { validFrom: from ? toDbDate(from) : null, validTo: to ? toDbDate(to) : null };
      await db.unit.create({ data: { id, code: id, name: id, shortName: id, type, level, ...span } });
      return id;
    };
    const ids = [
      await unit('phuong', 'xa'),
      await unit('xa', 'xa', '2026-12-01'),
      await unit('phuong', 'xa', '2020-01-01', '2026-11-30'),
      await unit('khac', 'tinh'),
      await unit('so', 'tinh'),
    ];
    const clusterId = newId();
    await db.cluster.create({ data: { id: clusterId, code: clusterId, name: 'Cụm' } });
    await db.clusterUnit.create({
      data: { clusterId, unitId: ids[4] ?? '', validFrom: toDbDate('2020-01-01'), validTo: toDbDate('2026-11-30') },
    });
    const none = { types: [], levels: [], clusters: [], units: [] };
    const rules: Owners[] = [
      none,
      { ...none, types: ['phuong'] },
      { ...none, levels: ['tinh', 'xa'] },
      { ...none, units: [ids[3] ?? '', ids[1] ?? ''] },
      { ...none, clusters: [clusterId], types: ['xa'] },
    ];
    for (const rule of rules)
      for (const day of ['2019-12-31', '2026-11-30', '2026-12-01']) {
        const wanted = await world.store.transaction((tx) => unitsOf(tx, rule, day));
        const found = await world.store.transaction((tx) => findOwners(tx, rule, day));
        expect(found).toEqual(wanted.map(({ id }) => id).sort());
      }
  });

  it('may be the participants of a campaign', async () => {
    const [a] = [await world.ward('Phường A'), await world.ward('Phường B')];
    const campaignId = newId();
    const day = toDbDate('2026-11-01');
    const texts = [
      'slogan',
      'goal',
      'targets',
      'scope',
      'content',
      'criteria',
      'measures',
      'plan',
      'awards',
      'docNumber',
    ] as const;
    const days = ['docOn', 'startsOn', 'endsOn', 'registrationDueOn', 'finalDueOn', 'launchedAt'] as const;
    const all = <K extends string, V>(keys: readonly K[], value: V) =>
      Object.fromEntries(keys.map((key) => [key, value])) as Record<K, V>;
    const names = {
      id: campaignId,
      code: 'PT-1',
      name: 'Phong trào',
      form: 'chuyen-de',
      participants: {},
      state: 'launched',
    };
    await world.store.db.campaign.create({
      data: { ...names, ...all(texts, ''), ...all(days, day), units: { create: { unitId: a } } },
    });
    const { id } = await world.duty({ owners: { types: [], levels: [], clusters: [], units: [], campaignId } });
    await world.plan();
    const rows = await world.store.db.obligation.findMany({ where: { dutyId: id } });
    expect(new Set(rows.map(({ unitId }) => unitId))).toEqual(new Set([a]));
  });
});
