/** The whole, and its rows: by duty and period, duty, cluster, level and unit; the slowest first. */
import { isId } from '../kernel/ids.js';
import { Prisma, type Tx } from '../store/index.js';
import type { Group, Grouping, Groups, Overall, Page, Seen } from './model.js';
import { boundsOf, membersOf, NUMBERS, perLine, perUnit, type Bounds } from './sums.js';

/** The whole, with the units beside the obligations. */
export async function overall(tx: Tx, seen: Seen): Promise<Overall> {
  const [row] = await tx.$queryRaw<Overall[]>`
    select ${NUMBERS}, (count(*) filter (where x.on_time + x.late + x.owing > 0))::int as units,
      (count(*) filter (where x.on_time + x.late > 0 and x.owing = 0))::int as "unitsClear",
      (count(*) filter (where x.overdue > 0))::int as "unitsOverdue"
    from (${perUnit(boundsOf(seen))}) x`;
  if (!row) throw new Error('no sums');
  return row;
}

/** Rows of one kind: all of them, a page of them, or the one with this key. */
export async function groups(
  tx: Tx,
  by: Grouping,
  seen: Seen,
  { page, key }: { readonly page?: Page; readonly key?: string } = {},
): Promise<Groups> {
  if (key !== undefined && by !== 'level' && !isId(key.split(':')[0] ?? '')) return { total: 0, rows: [] };
  const limit = page ? Prisma.sql`limit ${page.size} offset ${page.offset}` : Prisma.empty;
  const rows = await tx.$queryRaw<(Group & { total: number })[]>`${ROWS[by](boundsOf(seen), key, limit)}`;
  return {
    total: rows[0]?.total ?? 0,
    rows: rows.map(({ total: _total, ...row }) => row),
  };
}

/** Whoever has handed in least comes first. */
const SLOWEST = Prisma.sql`sum(x.on_time + x.late)::float / nullif(sum(x.on_time + x.late + x.owing), 0) nulls last, sum(x.overdue) desc`;
const URGENT = Prisma.sql`(sum(x.overdue) > 0) desc, (sum(x.owing) > 0) desc, x.due_on, d.name, x.period, d.id`;
const TOTAL = Prisma.sql`(count(*) over ())::int as total`;
const NO_DAY = Prisma.sql`null as "dueOn"`;

type Rows = (bounds: Bounds, key: string | undefined, limit: Prisma.Sql) => Prisma.Sql;

const lines: Rows = (bounds, key, limit) => {
  const at = key?.indexOf(':') ?? -1;
  const one = key === undefined ? Prisma.empty : Prisma.sql`where x.period = ${key.slice(at + 1)}`;
  // What a period is called stands with its obligations, and is looked up for the rows that are shown only.
  return Prisma.sql`
    select l.key, l.name || coalesce(' – ' || (
        select max(o.how->>'period') from obligation o where o.duty_id = l.duty_id and o.period = l.period), '') as name,
      to_char(l.due_on, 'YYYY-MM-DD') as "dueOn", null as units,
      l.expected, l.submitted, l."onTime", l.late, l.accepted, l.owing, l.returned, l.overdue, l.waived, l.total
    from (
      select d.id::text || ':' || x.period as key, d.name, x.duty_id, x.period, x.due_on, ${NUMBERS}, ${TOTAL}, row_number() over (order by ${URGENT}) as n
      from (${perLine(bounds, key?.slice(0, at))}) x join duty d on d.id = x.duty_id ${one}
      group by d.id, d.name, x.duty_id, x.period, x.due_on
      order by n ${limit}
    ) l
    order by l.n`;
};

const duties: Rows = (bounds, key, limit) => Prisma.sql`
  select d.id::text as key, d.name, ${NO_DAY}, null as units, ${NUMBERS}, ${TOTAL}
  from (${perLine(bounds, key)}) x join duty d on d.id = x.duty_id
  group by d.id, d.name order by ${SLOWEST}, d.name, d.id ${limit}`;

const only = (column: string, key: string | undefined): Prisma.Sql =>
  key === undefined ? Prisma.empty : Prisma.sql`where ${Prisma.raw(column)}::text = ${key}`;

const COUNTED_UNITS = Prisma.sql`(count(*) filter (where x.on_time + x.late + x.owing > 0))::int as units`;

const clusters: Rows = (bounds, key, limit) => Prisma.sql`
  select k.id::text as key, k.name, ${NO_DAY}, ${COUNTED_UNITS}, ${NUMBERS}, ${TOTAL}
  from (${perUnit(bounds)}) x
  join cluster_unit p on p.unit_id = x.unit_id and ${membersOf(bounds)}
  join cluster k on k.id = p.cluster_id ${only('k.id', key)}
  group by k.id, k.name order by ${SLOWEST}, k.name, k.id ${limit}`;

const levels: Rows = (bounds, key, limit) => Prisma.sql`
  select u.level as key, u.level as name, ${NO_DAY}, ${COUNTED_UNITS}, ${NUMBERS}, ${TOTAL}
  from (${perUnit(bounds)}) x join unit u on u.id = x.unit_id ${only('u.level', key)}
  group by u.level order by ${SLOWEST}, u.level ${limit}`;

const units: Rows = (bounds, key, limit) => Prisma.sql`
  select u.id::text as key, u.name, ${NO_DAY}, null as units, ${NUMBERS}, ${TOTAL}
  from (${perUnit(bounds)}) x join unit u on u.id = x.unit_id ${only('u.id', key)}
  group by u.id, u.name order by ${SLOWEST}, u.name, u.id ${limit}`;

const ROWS: Readonly<Record<Grouping, Rows>> = {
  line: lines,
  duty: duties,
  cluster: clusters,
  level: levels,
  unit: units,
};
