/** What planning costs grows with what is to be made, not with what was ever owed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlanDuties, DEFAULT_LADDER } from '../../src/duties/index.js';
import type { Store, Tx } from '../../src/store/index.js';
import { closeTask, openTasks } from '../../src/tasks/index.js';
import { NINE } from '../notices/orders-world.js';
import { createDutiesWorld, type DutiesWorld } from './world.js';

const UNITS = 400;
const PAST_MONTHS = 100;

let world: DutiesWorld;
let dutyId: string;
beforeAll(async () => {
  world = await createDutiesWorld();
  await world.at(NINE);
  ({ id: dutyId } = await world.duty());
  const sql = (text: string) => world.store.pool.query(text);
  await sql(`insert into unit (id, code, name, short_name, type, level)
    select gen_random_uuid(), 'u' || n, 'Phường ' || n, 'P' || n, 'phuong', 'xa' from generate_series(1, ${String(UNITS)}) n`);
  // What was owed before: months of the past, each settled.
  await sql(`insert into obligation (id, duty_id, unit_id, period, due_on, due_at, state, created_at)
    select gen_random_uuid(), '${dutyId}', u.id, 'xưa ' || n, '2018-01-06', '2018-01-06T16:59:59Z', 'accepted', '2018-01-01'
    from unit u cross join generate_series(1, ${String(PAST_MONTHS)}) n`);
  await sql(`insert into reminder_step (id, obligation_id, version, step, audience, class, due_at, state, fired_at)
    select gen_random_uuid(), id, 1, 'T', 'seat', 'deadline', '2018-01-06T01:00:00Z', 'fired', '2018-01-06T01:00:00Z' from obligation`);
  await sql('analyze unit, obligation, reminder_step');
}, 120_000);
afterAll(() => world.drop());

interface Touched {
  readonly table: string;
  readonly read: number;
  readonly written: number;
  /** How often it was read from end to end. */
  readonly whole: number;
}

/** What this connection did to the two large tables, as PostgreSQL itself counts. */
const count = (tx: Tx): Promise<Touched[]> => tx.$queryRaw`
  select t.name as "table", coalesce(seq_tup_read + idx_tup_fetch, 0)::int as read, coalesce(n_tup_ins, 0)::int as written, coalesce(seq_scan, 0)::int as whole
  from unnest(array['obligation', 'reminder_step']) as t(name) left join pg_stat_xact_user_tables on relname = t.name order by 1`;

/** Plans, and says what that did to them. */
async function plan(): Promise<{ readonly made: number; readonly touched: readonly Touched[] }> {
  const touched: Touched[] = [];
  const watched: Store = {
    ...world.store,
    transaction: (fn, options) =>
      world.store.transaction(async (tx) => {
        // A connection's counts are those of all its transactions of the last moments.
        const before = await count(tx);
        const result = await fn(tx);
        for (const [n, { table, read, written, whole }] of (await count(tx)).entries()) {
          const was = before[n] ?? { read: 0, written: 0, whole: 0 };
          touched.push({ table, read: read - was.read, written: written - was.written, whole: whole - was.whole });
        }
        return result;
      }, options),
  };
  const made = await createPlanDuties({ store: watched, tasks: { openTasks, closeTask } })(new Date(NINE));
  return { made, touched };
}

describe('planning beside forty thousand obligations of the past', () => {
  it('reads none of them, the first time and when everything is made', async () => {
    const first = await plan();
    expect(first.made).toBe(2 * UNITS);
    expect(first.touched).toMatchObject([
      { table: 'obligation', whole: 0, written: 2 * UNITS },
      { table: 'reminder_step', whole: 0, written: 2 * UNITS * DEFAULT_LADDER.length },
    ]);
    const again = await plan();
    expect(again.made).toBe(0);
    // Each new step looks at its obligation once: that is all that may be read.
    const most = 2 * UNITS * (DEFAULT_LADDER.length + 1);
    for (const { table, whole, read } of [...first.touched, ...again.touched])
      expect({ table, whole, isFew: read <= most }).toEqual({ table, whole: 0, isFew: true });
    expect(again.touched.reduce((sum, { written }) => sum + written, 0)).toBe(0);
  });
});
