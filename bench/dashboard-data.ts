/** Five years of a province's reports: 170 units, 40 monthly duties, most in time, some late, some still owed. */
import type { BenchDatabase } from './database.js';

export const UNITS = 170;
const CLUSTERS = 12;
const DUTIES = 40;
const MONTHS = 60;
/** Reports that come in one by one afterwards: the tally has not been added up since. */
const LATEST = 3_000;

/** The day on which the numbers are looked at: within the last of the five years. */
export const LOOKED_AT = new Date('2026-11-20T05:00:00Z');
const FIRST_MONTH = '2022-01-01';

const id = (kind: number, n: string): string =>
  `(lpad('${String(kind)}', 8, '0') || '-0000-4000-8000-' || lpad(${n}::text, 12, '0'))::uuid`;

/** Fills the database and returns how many obligations it holds. */
export async function fillProvince(database: BenchDatabase): Promise<number> {
  await database.query(`insert into unit (id, code, name, short_name, type, level)
    select ${id(1, 'n')}, 'u-' || n, 'Đơn vị ' || n, 'ĐV ' || n, case when n % 4 = 0 then 'so' else 'phuong' end, case when n % 4 = 0 then 'tinh' else 'xa' end
    from generate_series(1, ${String(UNITS)}) n`);
  await database.query(
    `insert into cluster (id, code, name) select ${id(2, 'n')}, 'k-' || n, 'Cụm ' || n from generate_series(1, ${String(CLUSTERS)}) n`,
  );
  await database.query(`insert into cluster_unit (cluster_id, unit_id, valid_from)
    select ${id(2, `(n % ${String(CLUSTERS)} + 1)`)}, ${id(1, 'n')}, '2020-01-01' from generate_series(1, ${String(UNITS)}) n`);
  await database.query(`insert into duty (id, code, name, kind, basis, needs, fields, ladder)
    select ${id(3, 'n')}, 'd-' || n, 'Báo cáo số ' || n, 'periodic', 'Kế hoạch', '', '[]', '[]' from generate_series(1, ${String(DUTIES)}) n`);
  for (let month = 0; month < MONTHS; month += 1) await fillMonth(database, month);
  await handInLatest(database);
  await database.query('analyze');
  const [row] = await database.select<{ n: number }>('select count(*)::int as n from obligation');
  return row?.n ?? 0;
}

/** Due days are spread over the month; of each hundred three are late, one returned, two owed, one waived. */
async function fillMonth(database: BenchDatabase, month: number): Promise<void> {
  await database.query(
    `insert into obligation (id, duty_id, unit_id, period, due_on, due_at, state, first_submitted_at, first_late, created_at, how)
    select gen_random_uuid(), ${id(3, 'd')}, ${id(1, 'u')}, to_char(m, 'YYYY-MM'), day, day + interval '16:59:59', state,
      case when state in ('submitted', 'accepted', 'returned') then day + interval '1 hour' end,
      case when state in ('submitted', 'accepted', 'returned') then dice < 3 end, m, jsonb_build_object('period', 'tháng ' || to_char(m, 'MM/YYYY'))
    from (
      select d, u, m, day, dice, case when day > $2::date then 'open' when dice < 92 then 'accepted' when dice < 96 then 'submitted'
        when dice < 97 then 'returned' when dice < 99 then 'open' else 'waived' end as state
      from (
        select d, u, m, (m + (d % 25) * interval '1 day')::date as day, (d * 31 + u * 17 + extract(month from m)::int * 7 + extract(year from m)::int) % 100 as dice
        from generate_series(1, ${String(DUTIES)}) d, generate_series(1, ${String(UNITS)}) u,
          (select '${FIRST_MONTH}'::timestamp + $1 * interval '1 month' as m) month) drawn) made`,
    [month, LOOKED_AT],
  );
  await database.query(
    `insert into submission (id, code, obligation_id, version, kind, sha256, late, submitted_at)
    select gen_random_uuid(), 'BC-' || id, id, 1, 'text', md5(id::text) || md5(id::text), first_late, first_submitted_at
    from obligation where first_submitted_at is not null and period = to_char('${FIRST_MONTH}'::timestamp + $1 * interval '1 month', 'YYYY-MM')`,
    [month],
  );
  if (month < MONTHS - 3) return;
  await database.query(
    `insert into reminder_step (id, obligation_id, version, step, audience, class, due_at, state, fired_at, evidence)
    select gen_random_uuid(), id, 1, step, 'seat', 'deadline', due_at, 'fired', due_at, '{"source": "reminder:2026-11-16", "recipients": []}'
    from obligation, unnest(array['T-7', 'T-1', 'T']) step
    where period = to_char('${FIRST_MONTH}'::timestamp + $1 * interval '1 month', 'YYYY-MM') and due_on <= $2::date`,
    [month, LOOKED_AT],
  );
}

async function handInLatest(database: BenchDatabase): Promise<void> {
  await database.query(`do $$ declare one uuid; begin
    for one in select id from obligation where state = 'open' order by due_on, id limit ${String(LATEST)} loop
      update obligation set state = 'submitted', first_submitted_at = due_at + interval '1 day', first_late = true where id = one;
    end loop; end $$`);
}
