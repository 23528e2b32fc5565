/**
 * How the numbers are counted: what is settled out of the tally, which triggers keep, and what is owed out of the
 * obligations themselves, because time alone makes those overdue. The cost follows what is owed, not what there ever was.
 */
import { boundsOf, COUNTED_UNIT, membersOf, owedBy, unitsWithin, within, type Bounds } from '../reporting/index.js';
import { Prisma } from '../store/index.js';
import { OWED_MEASURES, type Measure, type OwedMeasure } from './model.js';

export { boundsOf, membersOf, unitsWithin, within, type Bounds };

/** The unit that answers in the numbers. */
export const UNIT = COUNTED_UNIT;
export const LATE = Prisma.sql`obligation_late(o.first_late, o.first_submitted_at, o.due_at)`;

/** Sums of what was summed up for a unit or a line, in the order of `Numbers`. */
export const NUMBERS = Prisma.sql`
  coalesce(sum(x.on_time + x.late + x.owing), 0)::int as expected, coalesce(sum(x.on_time + x.late), 0)::int as submitted,
  coalesce(sum(x.on_time), 0)::int as "onTime", coalesce(sum(x.late), 0)::int as late, coalesce(sum(x.accepted), 0)::int as accepted,
  coalesce(sum(x.owing), 0)::int as owing, coalesce(sum(x.returned), 0)::int as returned, coalesce(sum(x.overdue), 0)::int as overdue,
  coalesce(sum(x.waived), 0)::int as waived`;

const SETTLED = Prisma.sql`sum(on_time) as on_time, sum(late) as late, sum(accepted) as accepted, sum(waived) as waived`;
const NO_SETTLED = Prisma.sql`0 as on_time, 0 as late, 0 as accepted, 0 as waived`;
const NO_OWED = Prisma.sql`0 as owing, 0 as returned, 0 as overdue`;

const owed = (bounds: Bounds): Prisma.Sql => owedBy('owing', bounds);
const owedSums = ({ lateBefore }: Bounds): Prisma.Sql => Prisma.sql`
  count(*) as owing, count(*) filter (where o.state = 'returned') as returned, count(*) filter (where o.due_at < ${lateBefore}) as overdue`;

/** A row for each unit with something to count. */
export const perUnit = (bounds: Bounds): Prisma.Sql => Prisma.sql`
  select unit_id, sum(on_time) as on_time, sum(late) as late, sum(accepted) as accepted, sum(waived) as waived,
    sum(owing) as owing, sum(returned) as returned, sum(overdue) as overdue
  from (
    select unit_id, ${SETTLED}, ${NO_OWED} from obligation_tally
    where unit_id is not null and day between ${bounds.from}::date and ${bounds.to}::date group by unit_id
    union all
    select ${UNIT}, ${NO_SETTLED}, ${owedSums(bounds)} from obligation o where ${owed(bounds)} group by 1
  ) parts group by unit_id having sum(on_time + late + waived + owing) > 0`;

/** A row for each period of a duty with something to count, and its nearest due day. */
export const perLine = (bounds: Bounds, dutyId?: string): Prisma.Sql => Prisma.sql`
  select duty_id, period, coalesce(min(day) filter (where on_time + late + owing > 0), min(day)) as due_on,
    sum(on_time) as on_time, sum(late) as late, sum(accepted) as accepted, sum(waived) as waived,
    sum(owing) as owing, sum(returned) as returned, sum(overdue) as overdue
  from (
    select duty_id, period, day, ${SETTLED}, ${NO_OWED} from obligation_tally
    where duty_id is not null and day between ${bounds.from}::date and ${bounds.to}::date ${ofDuty('duty_id', dutyId)}
    group by duty_id, period, day having sum(on_time + late + waived) > 0
    union all
    select o.duty_id, o.period, o.due_on, ${NO_SETTLED}, ${owedSums(bounds)} from obligation o
    where ${owed(bounds)} ${ofDuty('o.duty_id', dutyId)} group by 1, 2, 3
  ) parts group by duty_id, period`;

const ofDuty = (column: string, dutyId: string | undefined): Prisma.Sql =>
  dutyId === undefined ? Prisma.empty : Prisma.sql`and ${Prisma.raw(column)} = ${dutyId}::uuid`;

/** Owed ones are few and change by the hour; settled ones are many, and stand in the tally. */
export const isOwed = (measure: Measure): measure is OwedMeasure => OWED_MEASURES.some((one) => one === measure);

/** The obligations that a number counts. */
export function countedBy(measure: Measure, bounds: Bounds): Prisma.Sql {
  const settled = Prisma.sql`o.due_on between ${bounds.from}::date and ${bounds.to}::date`;
  switch (measure) {
    case 'submitted':
      return Prisma.sql`o.state in ('submitted', 'accepted') and ${settled}`;
    case 'onTime':
      return Prisma.sql`o.state in ('submitted', 'accepted') and not ${LATE} and ${settled}`;
    case 'late':
      return Prisma.sql`o.state in ('submitted', 'accepted') and ${LATE} and ${settled}`;
    case 'accepted':
      return Prisma.sql`o.state = 'accepted' and ${settled}`;
    case 'waived':
      return Prisma.sql`o.state = 'waived' and ${settled}`;
    default:
      return owedBy(measure, bounds);
  }
}

/** The column of a sum that a measure stands for. */
export const COLUMN: Readonly<Record<Measure, Prisma.Sql>> = {
  submitted: Prisma.sql`x.on_time + x.late`,
  onTime: Prisma.sql`x.on_time`,
  late: Prisma.sql`x.late`,
  accepted: Prisma.sql`x.accepted`,
  owing: Prisma.sql`x.owing`,
  returned: Prisma.sql`x.returned`,
  overdue: Prisma.sql`x.overdue`,
  waived: Prisma.sql`x.waived`,
};
