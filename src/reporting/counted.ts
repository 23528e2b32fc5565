/** Which obligations a number or a list means: of whom, due when, and which of them are owed. One definition for all. */
import { z } from 'zod';
import { isId } from '../kernel/ids.js';
import { overdueBefore } from '../kernel/lateness.js';
import { localDate, type LocalDate } from '../kernel/local-date.js';
import { spanDays, type SpanDays, type TimeSpan } from '../kernel/time-span.js';
import { Prisma } from '../store/index.js';

const id = z.string().refine(isId);

/** All obligations, those of one period of a duty, a duty, a cluster, a level, or a unit. */
export const countedScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('line'), dutyId: id, period: z.string() }),
  z.object({ kind: z.literal('duty'), dutyId: id }),
  z.object({ kind: z.literal('cluster'), clusterId: id }),
  z.object({ kind: z.literal('level'), level: z.string() }),
  z.object({ kind: z.literal('unit'), unitId: id }),
]);
export type CountedScope = Readonly<z.infer<typeof countedScope>>;

export const OWED_MEASURES = ['owing', 'returned', 'overdue'] as const;
export type OwedMeasure = (typeof OWED_MEASURES)[number];

/** What every count needs of the moment and of the time that is counted. */
export interface Bounds extends SpanDays {
  /** What was due before this instant is overdue. */
  readonly lateBefore: Date;
  /** The day on which clusters are looked at. */
  readonly membersOn: LocalDate;
}

export function boundsOf({ now, span }: { readonly now: Date; readonly span: TimeSpan }): Bounds {
  const today = localDate(now);
  const days = spanDays(span, today);
  return {
    ...days,
    lateBefore: overdueBefore(now),
    membersOn: days.to < today ? days.to : today,
  };
}

/** The unit that answers in the numbers: the one that owed it on its due day. */
export const COUNTED_UNIT = Prisma.sql`coalesce(o.counted_unit_id, o.unit_id)`;

/** Units in clusters on the day that counts; a unit that is no more stays where it stood last. */
export const membersOf = ({ membersOn }: Bounds): Prisma.Sql =>
  Prisma.sql`p.valid_from <= ${membersOn}::date and (p.valid_to is null
    or p.valid_to >= least(${membersOn}::date, (select e.valid_to from unit e where e.id = p.unit_id)))`;

/** What is owed of the obligations `o`: not handed in, or given back; whatever is still owed from before counts with "now". */
export function owedBy(measure: OwedMeasure, { owedFrom, to, lateBefore }: Bounds): Prisma.Sql {
  const owed = Prisma.sql`o.state in ('open', 'returned') and o.due_on between ${owedFrom}::date and ${to}::date`;
  if (measure === 'owing') return owed;
  return measure === 'returned'
    ? Prisma.sql`${owed} and o.state = 'returned'`
    : Prisma.sql`${owed} and o.due_at < ${lateBefore}`;
}

/** The units of a scope; null when it is not one of units. */
export function unitsWithin(scope: CountedScope, bounds: Bounds): Prisma.Sql | null {
  switch (scope.kind) {
    case 'unit':
      return Prisma.sql`select ${scope.unitId}::uuid`;
    case 'level':
      return Prisma.sql`select id from unit where level = ${scope.level}`;
    case 'cluster':
      return Prisma.sql`select p.unit_id from cluster_unit p where p.cluster_id = ${scope.clusterId}::uuid and ${membersOf(bounds)}`;
    default:
      return null;
  }
}

/** The obligations `o` of a scope. */
export function within(scope: CountedScope, bounds: Bounds): Prisma.Sql {
  if (scope.kind === 'line') return Prisma.sql`o.duty_id = ${scope.dutyId}::uuid and o.period = ${scope.period}`;
  if (scope.kind === 'duty') return Prisma.sql`o.duty_id = ${scope.dutyId}::uuid`;
  const units = unitsWithin(scope, bounds);
  return units === null
    ? Prisma.sql`true`
    : Prisma.sql`(o.counted_unit_id = any(array(${units})) or (o.counted_unit_id is null and o.unit_id = any(array(${units}))))`;
}

export const owedListSchema = z.object({ scope: countedScope, measure: z.enum(OWED_MEASURES), span: z.string() });
/** A list of what is owed, as the numbers show it. */
export type OwedList = Readonly<z.infer<typeof owedListSchema>>;

const LIST = 'list:';
/** A list as the argument of a command, and back. */
export const owedListArg = (list: OwedList): string => LIST + JSON.stringify(list);
export function readOwedList(arg: string): OwedList | null {
  if (!arg.startsWith(LIST)) return null;
  try {
    return owedListSchema.parse(JSON.parse(arg.slice(LIST.length)));
  } catch {
    return null;
  }
}
