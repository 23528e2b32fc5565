/** A province of 3,300 units, each with a contact person who can be reached, and 100,000 reminders that wait. */
import { addDays, atLocal, localDate } from '../src/kernel/local-date.js';
import type { BenchDatabase } from './database.js';

export const UNITS = 3_300;
export const DUTIES = 40;
/** Every unit has two due at the most: a third message of one day would wait for the next morning. */
export const DUE = 5_000;
const PENDING = 100_000;
/** After the quiet hours, before any other reminder of the day. */
const MORNING = '07:30';
/** How often a scheduler looks for what is due. */
export const TICK_MS = 1_000;

const id = (kind: number, n: string): string =>
  `(lpad('${String(kind)}', 8, '0') || '-0000-4000-8000-' || lpad((${n})::text, 12, '0'))::uuid`;
const units = `generate_series(0, ${String(UNITS - 1)}) n`;
const steps = `generate_series(0, ${String(PENDING - 1)}) n`;
/** No name stands within another: what a message speaks of is read from its words. */
const DUTY_NAME = `'Báo cáo số ' || lpad(n::text, 3, '0')`;
export const DUTY_PATTERN = 'Báo cáo số [0-9]{3}';

/** Fills the database; the first `DUE` steps wait for `setDue` to say when. */
export async function fillReminders(database: BenchDatabase): Promise<void> {
  for (const sql of [
    `insert into unit (id, code, name, short_name, type, level)
      select ${id(1, 'n')}, 'u-' || n, 'Đơn vị ' || n, 'ĐV ' || n, 'phuong', 'xa' from ${units}`,
    `insert into seat (id, unit_id, kind) select ${id(2, 'n')}, ${id(1, 'n')}, 'primary' from ${units}`,
    `insert into member (id, full_name) select ${id(3, 'n')}, 'Cán bộ ' || n from ${units}`,
    `insert into seat_holding (id, seat_id, member_id, held_from) select ${id(4, 'n')}, ${id(2, 'n')}, ${id(3, 'n')}, '2026-01-01' from ${units}`,
    `insert into contact (id, channel, external_id, member_id) select ${id(5, 'n')}, 'telegram', 'c' || n, ${id(3, 'n')} from ${units}`,
    `insert into conversation (id, member_id) select ${id(6, 'n')}, ${id(3, 'n')} from ${units}`,
    `insert into duty (id, code, name, kind, basis, needs, fields, ladder)
      select ${id(7, 'n')}, 'd-' || n, ${DUTY_NAME}, 'periodic', 'Kế hoạch', '', '[]', '[]' from generate_series(0, ${String(DUTIES - 1)}) n`,
    `insert into obligation (id, duty_id, unit_id, period, due_on, due_at, created_at)
      select ${id(8, 'n')}, ${id(7, `n / ${String(UNITS)}`)}, ${id(1, `n % ${String(UNITS)}`)}, '2026-11', day, day + interval '16:59:59', now()
      from ${steps}, lateral (select current_date + 2 + n % 120 as day) soon`,
    `insert into reminder_step (id, obligation_id, version, step, audience, class, due_at)
      select ${id(9, 'n')}, ${id(8, 'n')}, 1, 'T-1', 'seat', 'deadline', current_date + 2 + n % 120 + interval '1 hour' from ${steps}`,
    SETTLED,
    'analyze',
  ])
    await database.query(sql);
}

/**
 * Which transaction settled which step. The scheduler knows when that transaction was committed: neither `fired_at`
 * (the tick's own moment) nor a time taken inside the transaction says when others could see it.
 */
const SETTLED = `
  create table bench_settled (step_id uuid not null, xact text not null);
  create function bench_note() returns trigger language plpgsql as $$ begin
    insert into bench_settled select id, pg_current_xact_id()::text from after where state <> 'pending';
    return null;
  end $$;
  create trigger bench_note after update on reminder_step referencing new table as after for each statement execute function bench_note()`;

/**
 * Moves the business clock to the next morning at 07:30 by local time and returns by how many milliseconds it is ahead
 * now: at night a reminder waits for the morning, and this is to be measured at any hour.
 */
export async function beginMorning(database: BenchDatabase): Promise<number> {
  const today = atLocal(localDate(new Date()), MORNING);
  const morning = today.getTime() > Date.now() ? today : atLocal(addDays(localDate(new Date()), 1), MORNING);
  const aheadMs = morning.getTime() - Date.now();
  await database.query(`update business_clock set offset_ms = $1 where id = 1`, [aheadMs]);
  return aheadMs;
}

/** Spreads what falls due over a minute, as if drawn by lot, always the same. */
export async function setDue(database: BenchDatabase, begin: Date): Promise<void> {
  await database.query(
    `update reminder_step s set due_at = $1::timestamptz + (n * 7919 % 60000) * interval '1 millisecond'
    from generate_series(0, ${String(DUE - 1)}) n where s.id = ${id(9, 'n')}`,
    [begin],
  );
}

/** A duty of every unit for each month, each with the usual ladder, for a year to be planned. */
export async function fillDuties(database: BenchDatabase, content: object): Promise<void> {
  await database.query(
    `insert into duty (id, code, name, kind, basis, needs, ladder, owners, period_rule, due_rule, starts_on, created_at)
    select ${id(10, 'n')}, 'p-' || n, 'Kế hoạch ' || n, 'periodic', 'Kế hoạch', 'Báo cáo', c->'ladder', c->'owners', c->'periods', c->'due',
      (c->>'startsOn')::date, now() from generate_series(1, ${String(DUTIES)}) n, (select $1::jsonb as c) given`,
    [JSON.stringify(content)],
  );
  await database.query(
    `insert into duty_version (duty_id, version, data, at, reason)
    select id, 1, $1::jsonb || jsonb_build_object('name', name), now(), '' from duty where period_rule is not null`,
    [JSON.stringify(content)],
  );
}
