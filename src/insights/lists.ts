/** The list behind a number, with what each row rests on: receipt, time, fingerprint, reminders and their proof. */
import { countedScope, findProven } from '../reporting/index.js';
import { Prisma, type Tx } from '../store/index.js';
import type { Entries, Entry, Measure, Page, Scope, Seen } from './model.js';
import { boundsOf, COLUMN, countedBy, isOwed, LATE, perUnit, UNIT, unitsWithin, within, type Bounds } from './sums.js';

/** One page of the list behind a number. */
export async function entries(tx: Tx, scope: Scope, measure: Measure, seen: Seen, page: Page): Promise<Entries> {
  // A list outlives what it was made from: what can be no key finds nothing.
  if (!countedScope.safeParse(scope).success) return { total: 0, units: 0, entries: [] };
  const { total, units, found } = await listed(tx, scope, measure, boundsOf(seen), page);
  const proven = await findProven(
    tx,
    found.filter((row) => row.reminded > 0).map((row) => row.obligationId),
  );
  return { total, units, entries: found.map((row) => ({ ...row, proven: proven.has(row.obligationId) })) };
}

type Found = Omit<Entry, 'proven'>;
interface Sums {
  readonly total: number;
  readonly units: number;
}

/** Rows and how many there are of how many units, by one look: what comes in meanwhile cannot part them. */
async function listed(
  tx: Tx,
  scope: Scope,
  measure: Measure,
  bounds: Bounds,
  page: Page,
): Promise<Sums & { readonly found: readonly Found[] }> {
  const rows = await tx.$queryRaw<(Sums & (Found | { readonly obligationId: null }))[]>`
    with sums as (${sumsOf(scope, measure, bounds)}), page as (${pageOf(scope, measure, bounds, page)})
    select s.total, s.units, p.id as "obligationId", p.unit_name as "unitName", p.duty_name as "dutyName",
      to_char(p.due_on, 'YYYY-MM-DD') as "dueOn", p.state, p.late, f.submitted_at as "submittedAt", f.code,
      nullif(f.sha256, '') as sha256, r.reminded, r.reminded_at as "remindedAt"
    from sums s left join page p on true
    left join submission f on f.obligation_id = p.id and f.version = 1
    left join lateral (
      select count(*)::int as reminded, max(s.fired_at) as reminded_at
      from reminder_step s where s.obligation_id = p.id and s.state = 'fired') r on true
    order by p.n`;
  const { total, units } = rows[0] ?? { total: 0, units: 0 };
  const found = rows.flatMap(({ total: _total, units: _units, ...row }) => (row.obligationId === null ? [] : [row]));
  return { total, units, found };
}

/** How many rows of how many units: settled ones of units stand in the tally, the others are few enough to count. */
function sumsOf(scope: Scope, measure: Measure, bounds: Bounds): Prisma.Sql {
  const isOfUnits = scope.kind !== 'line' && scope.kind !== 'duty';
  const units = unitsWithin(scope, bounds);
  return isOfUnits && !isOwed(measure)
    ? Prisma.sql`
        select coalesce(sum(${COLUMN[measure]}), 0)::int as total, (count(*) filter (where ${COLUMN[measure]} > 0))::int as units
        from (${perUnit(bounds)}) x ${units === null ? Prisma.empty : Prisma.sql`where x.unit_id in (${units})`}`
    : Prisma.sql`
        select count(*)::int as total, count(distinct ${UNIT})::int as units
        from obligation o where ${countedBy(measure, bounds)} and ${within(scope, bounds)}`;
}

// What is owed is looked for by unit; what came in, by when it was due: the latest first.
const BY_UNIT = Prisma.sql`u.name, o.due_on, d.name, o.id`;
const BY_DAY = Prisma.sql`o.due_on desc, u.name, d.name, o.id`;

function pageOf(scope: Scope, measure: Measure, bounds: Bounds, page: Page): Prisma.Sql {
  const order = isOwed(measure) ? BY_UNIT : BY_DAY;
  return Prisma.sql`
    select o.id, u.name as unit_name, d.name || coalesce(' – ' || (o.how->>'period'), '') as duty_name, o.due_on, o.state, ${LATE} as late,
      row_number() over (order by ${order}) as n
    from (
      select o.* from obligation o join unit u on u.id = ${UNIT} join duty d on d.id = o.duty_id
      where ${countedBy(measure, bounds)} and ${within(scope, bounds)}
      order by ${order} limit ${page.size} offset ${page.offset}
    ) o join unit u on u.id = ${UNIT} join duty d on d.id = o.duty_id`;
}
