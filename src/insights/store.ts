/** Numbers out of the ledger of obligations: counted by the database, each with the list behind it. */
import { safeSince } from '../delivery/index.js';
import { localDate, type LocalDate } from '../kernel/local-date.js';
import { Prisma, type Tx } from '../store/index.js';
import {
  yearOf,
  type ClusterNumbers,
  type Entries,
  type Entry,
  type Line,
  type Measure,
  type Overall,
  type Scope,
} from './model.js';

export interface InsightsReads {
  /** Since when nothing is sent because a backup was restored; null in ordinary times. */
  safeSince(): Promise<Date | null>;
  overall(now: Date): Promise<Overall>;
  /** Each period of each duty: the overdue first, then by due day. */
  lines(now: Date): Promise<Line[]>;
  line(dutyId: string, period: string, now: Date): Promise<Line | null>;
  /** Clusters, the one that lags most first. */
  clusters(now: Date): Promise<ClusterNumbers[]>;
  /** The list behind a number. */
  entries(
    scope: Scope,
    measure: Measure,
    now: Date,
    page: { readonly size: number; readonly offset: number },
  ): Promise<Entries>;
}

/** The part of a turn's reads that this room's flows use. */
export interface InsightsReadPort {
  readonly insights: InsightsReads;
}

/** Builds the reads on a transaction. */
export function createInsightsReads(tx: Tx): InsightsReads {
  return {
    safeSince: () => safeSince(tx),
    overall: (now) => overall(tx, now),
    lines: (now) => lines(tx, now, Prisma.sql`true`),
    line: async (dutyId, period, now) =>
      (await lines(tx, now, Prisma.sql`duty_id = ${dutyId}::uuid and period = ${period}`))[0] ?? null,
    clusters: (now) => clusters(tx, now),
    entries: (scope, measure, now, page) => entries(tx, scope, measure, now, page),
  };
}

/** What is counted: due this year, or still owed from before; the first version decides between on time and late. */
function counted(now: Date): Prisma.Sql {
  const { from, to } = yearOf(localDate(now));
  return Prisma.sql`
    select o.id, o.duty_id, o.period, o.how->>'period' as period_name, o.unit_id, o.due_on, o.due_at, o.state,
      o.state in ('submitted', 'accepted') as submitted, o.state in ('open', 'returned') as owing,
      o.state in ('open', 'returned') and o.due_at < ${now} as overdue,
      coalesce(f.late, o.first_submitted_at > o.due_at, false) as late, f.code, f.submitted_at
    from obligation o
    left join submission f on f.obligation_id = o.id and f.version = 1
    where o.state <> 'waived' and (o.due_on between ${from}::date and ${to}::date or (o.state in ('open', 'returned') and o.due_on < ${from}::date))`;
}

/** What a duty is called in one period. */
const dutyName = (of: 'l' | 'c'): Prisma.Sql =>
  Prisma.sql`d.name || coalesce(' – ' || ${Prisma.raw(of)}.period_name, '')`;

const SUMS = Prisma.sql`
  count(*)::int as expected, (count(*) filter (where submitted))::int as submitted,
  (count(*) filter (where submitted and not late))::int as "onTime", (count(*) filter (where submitted and late))::int as late,
  (count(*) filter (where owing))::int as owing, (count(*) filter (where overdue))::int as overdue`;

async function overall(tx: Tx, now: Date): Promise<Overall> {
  const [row] = await tx.$queryRaw<Overall[]>`
    with c as (${counted(now)})
    select ${SUMS}, count(distinct unit_id)::int as units,
      (count(distinct unit_id) - count(distinct unit_id) filter (where owing))::int as "unitsClear",
      (count(distinct unit_id) filter (where overdue))::int as "unitsOverdue"
    from c`;
  if (!row) throw new Error('no sums');
  return row;
}

async function lines(tx: Tx, now: Date, which: Prisma.Sql): Promise<Line[]> {
  return tx.$queryRaw`
    with c as (${counted(now)}),
    per_line as (select duty_id, period, max(period_name) as period_name, min(due_on) as due_on, ${SUMS} from c where ${which} group by duty_id, period)
    select l.duty_id as "dutyId", l.period, ${dutyName('l')} as "dutyName", to_char(l.due_on, 'YYYY-MM-DD') as "dueOn",
      l.expected, l.submitted, l."onTime", l.late, l.owing, l.overdue
    from per_line l join duty d on d.id = l.duty_id
    order by (l.overdue > 0) desc, (l.owing > 0) desc, l.due_on, d.name, l.period`;
}

async function clusters(tx: Tx, now: Date): Promise<ClusterNumbers[]> {
  const today = localDate(now);
  return tx.$queryRaw`
    with c as (${counted(now)})
    select k.id as "clusterId", k.name, count(distinct c.unit_id)::int as units, ${SUMS}
    from c
    join cluster_unit p on p.unit_id = c.unit_id and p.valid_from <= ${today}::date and (p.valid_to is null or p.valid_to >= ${today}::date)
    join cluster k on k.id = p.cluster_id
    group by k.id, k.name
    order by (count(*) filter (where submitted))::float / count(*), count(*) filter (where overdue) desc, k.name`;
}

const WHERE: Readonly<Record<Measure, Prisma.Sql>> = {
  submitted: Prisma.sql`c.submitted`,
  onTime: Prisma.sql`c.submitted and not c.late`,
  late: Prisma.sql`c.submitted and c.late`,
  owing: Prisma.sql`c.owing`,
  overdue: Prisma.sql`c.overdue`,
};

function within(scope: Scope, today: LocalDate): Prisma.Sql {
  switch (scope.kind) {
    case 'all':
      return Prisma.sql`true`;
    case 'line':
      return Prisma.sql`c.duty_id = ${scope.dutyId}::uuid and c.period = ${scope.period}`;
    case 'cluster':
      return Prisma.sql`exists (select 1 from cluster_unit p where p.unit_id = c.unit_id and p.cluster_id = ${scope.clusterId}::uuid
        and p.valid_from <= ${today}::date and (p.valid_to is null or p.valid_to >= ${today}::date))`;
  }
}

async function entries(
  tx: Tx,
  scope: Scope,
  measure: Measure,
  now: Date,
  page: { readonly size: number; readonly offset: number },
): Promise<Entries> {
  const rows = await tx.$queryRaw<(Entry & { total: number; units: number })[]>`
    with c as (${counted(now)}),
    chosen as (select c.* from c where ${WHERE[measure]} and ${within(scope, localDate(now))}),
    sums as (select count(*)::int as total, count(distinct unit_id)::int as units from chosen)
    select c.id as "obligationId", u.name as "unitName", ${dutyName('c')} as "dutyName", to_char(c.due_on, 'YYYY-MM-DD') as "dueOn", c.state,
      c.submitted_at as "submittedAt", c.code, sums.total, sums.units
    from chosen c cross join sums
    join unit u on u.id = c.unit_id join duty d on d.id = c.duty_id
    order by u.name, c.due_on, d.name, c.id
    limit ${page.size} offset ${page.offset}`;
  const [first] = rows;
  return {
    total: first?.total ?? 0,
    units: first?.units ?? 0,
    entries: rows.map(({ total: _total, units: _units, ...entry }) => entry),
  };
}
