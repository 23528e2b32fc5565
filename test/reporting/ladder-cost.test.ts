/** What a tick costs grows with what is due, not with what waits. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDueInstants } from '../../src/reporting/index.js';
import {
  dueInstantsSql,
  dueUnitsSql,
  forOfficeSql,
  missedSql,
  ofUnitsSql,
} from '../../src/reporting/reminding/due-sql.js';
import { Prisma } from '../../src/store/index.js';
import { noon, World } from './world.js';

const PENDING = 100_000;
const NOW = noon('2026-11-13');

let world: World;
beforeAll(async () => {
  world = await World.create();
  const sql = (text: string) => world.store.db.$executeRawUnsafe(text);
  await sql(`insert into unit (id, code, name, short_name, type, level)
    select gen_random_uuid(), 'c-' || n, 'Phường ' || n, 'P' || n, 'phuong', 'xa' from generate_series(1, 500) n`);
  await sql(`insert into duty (id, code, name, kind, basis, needs, ladder) select gen_random_uuid(), 'cd-' || n, 'Báo cáo ' || n, 'periodic', 'Kế hoạch', '', '[]'
    from generate_series(1, 200) n`);
  await sql(`insert into obligation (id, duty_id, unit_id, period, due_on, due_at, created_at)
    select gen_random_uuid(), d.id, u.id, '2026', '2026-12-18', '2026-12-18T16:59:59Z', '2026-11-01' from duty d cross join unit u`);
  await sql(`insert into reminder_step (id, obligation_id, version, step, audience, class, due_at)
    select gen_random_uuid(), id, 1, 'T-7', 'seat', 'deadline', '2026-12-09T01:00:00Z' from obligation`);
  await sql(
    `update reminder_step set due_at = '2026-11-13T05:00:00Z' where id in (select id from reminder_step limit 50)`,
  );
  await sql('analyze unit, duty, obligation, reminder_step');
}, 120_000);
afterAll(() => world.drop());

/** How PostgreSQL would carry a statement out. */
async function plan(statement: Prisma.Sql): Promise<string> {
  const rows = await world.store.db.$queryRaw<Record<string, string>[]>(Prisma.sql`explain ${statement}`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

describe('with a hundred thousand steps that wait', () => {
  it('finds and claims what is due by the index of pending steps', async () => {
    expect(await world.store.db.reminderStep.count({ where: { state: 'pending' } })).toBe(PENDING);
    const units = await world.store.db.unit.findMany({ take: 50, select: { id: true } });
    for (const statement of [
      dueInstantsSql(NOW),
      dueUnitsSql(NOW),
      ofUnitsSql(
        units.map((unit) => unit.id),
        NOW,
      ),
      forOfficeSql('officer', NOW, 20_000),
      forOfficeSql('leader', NOW, 20_000),
      missedSql(NOW),
    ]) {
      const text = await plan(statement);
      expect(text).toContain('reminder_step_pending_idx');
      expect(text).not.toContain('Seq Scan on reminder_step');
    }
  });

  it('tells what is due and nothing else', async () => {
    expect(await world.tick(NOW)).toMatchObject({ fired: 50 });
    expect(await findDueInstants(world.store.db, NOW)).toEqual([]);
    expect(await world.store.db.reminderStep.count({ where: { state: 'pending' } })).toBe(PENDING - 50);
  });

  it('tells each officer once, however many steps come at once', async () => {
    const officers = [await world.person('Chuyên viên Lan', ['officer']), await world.person('Hùng', ['officer'])];
    await world.store.db.$executeRaw`
      update reminder_step set audience = 'officer', due_at = ${NOW}, evidence = '{"proof": {"kind": "empty-seat"}}'
      where id in (select id from reminder_step where state = 'pending' limit 1200)`;
    expect(await world.tick(NOW)).toMatchObject({ fired: 1200, told: 2 });
    const told = await world.messages();
    expect(told.map((message) => message.person).sort()).toEqual(officers.map((one) => one.key).sort());
    expect(world.tasks.filter(({ kind }) => kind === 'late-report')).toHaveLength(1200);
  });
});
