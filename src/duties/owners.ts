/** Who owes a duty: a rule over units, as broadcasts and campaigns choose them, and the participants of a campaign. */
import { z } from 'zod';
import { ruleSchema } from '../notices/index.js';
import { toDbDate, type LocalDate } from '../kernel/local-date.js';
import { Prisma, type Tx } from '../store/index.js';

/** Column `duty.owners`. */
export const ownersSchema = ruleSchema.extend({ campaignId: z.string().optional() });
export type Owners = z.infer<typeof ownersSchema>;

/** Units that owe on a day: the same choice as `unitsOf` of the units room, made by the database. */
export async function findOwners(tx: Tx, owners: Owners, day: LocalDate): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`select u.id ${fromOwners(owners, day)} order by u.id`;
  return rows.map((row) => row.id);
}

/** A period of a duty, by its last day. */
interface OwedPeriod {
  readonly dutyId: string;
  readonly period: string;
  readonly endsOn: LocalDate;
}

/**
 * Units that owe a period as things are today: for a unit that has ended since, the one that goes on for it. Where the
 * unit has an obligation of the period, that one was settled by it and nobody owes it again.
 */
export async function findOwing(tx: Tx, owners: Owners, owed: OwedPeriod, today: LocalDate): Promise<string[]> {
  const ids = await findOwners(tx, owners, owed.endsOn);
  if (owed.endsOn >= today || ids.length === 0) return ids;
  const rows = await tx.$queryRaw<{ id: string }[]>`
    with recursive walk as (
      select u.id, u.valid_to < ${today}::date as ended, 0 as depth from unit u where u.id = any(${ids}::uuid[])
      union
      select h.id, h.valid_to < ${today}::date, w.depth + 1
      from walk w
      cross join lateral (
        select c.to_unit_id from unit_change c
        where c.from_unit_id = w.id and c.kind <> 'rename' and c.to_unit_id is not null
        order by exists (select 1 from obligation o where o.duty_id = ${owed.dutyId}::uuid and o.unit_id = c.to_unit_id and o.period = ${owed.period}) desc, c.id
        limit 1) c
      join unit h on h.id = c.to_unit_id
      where w.ended and w.depth < ${MOST_HEIRS} and not exists (
        select 1 from obligation o where o.duty_id = ${owed.dutyId}::uuid and o.unit_id = w.id and o.period = ${owed.period})
    )
    select distinct id from walk where ended is not true order by id`;
  return rows.map((row) => row.id);
}

/** Longer rows of units that went on one for another are a mistake in the data. */
const MOST_HEIRS = 20;

/** How many units owe on a day. */
export async function countOwners(tx: Tx, owners: Owners, day: LocalDate): Promise<number> {
  const [row] = await tx.$queryRaw<{ n: number }[]>`select count(*)::int as n ${fromOwners(owners, day)}`;
  return row?.n ?? 0;
}

/** A unit goes on for another: duties that name the one name the other from now on, and plan for it. */
export async function replaceOwner(tx: Tx, fromUnitId: string, heirUnitId: string): Promise<void> {
  await tx.$executeRaw`
    update duty set owners = jsonb_set(owners, '{units}', (
      select jsonb_agg(distinct case when x = ${fromUnitId} then ${heirUnitId} else x end)
      from jsonb_array_elements_text(owners->'units') x))
    where active and jsonb_exists(owners->'units', ${fromUnitId})`;
}

// The province itself and whatever else is "khac" takes part only when it is named.
function fromOwners(owners: Owners, day: LocalDate): Prisma.Sql {
  const on = Prisma.sql`${toDbDate(day)}::date`;
  return Prisma.sql`
    from unit u
    where (u.valid_from is null or u.valid_from <= ${on}) and (u.valid_to is null or u.valid_to >= ${on})
      and (u.id = any(${owners.units}::uuid[]) or u.type = any(${owners.types}::text[])
        or (u.type <> 'khac' and u.level = any(${owners.levels}::text[]))
        or exists (select 1 from cluster_unit c where c.unit_id = u.id and c.cluster_id = any(${owners.clusters}::uuid[])
          and c.valid_from <= ${on} and (c.valid_to is null or c.valid_to >= ${on}))
        or exists (select 1 from campaign_unit p where p.unit_id = u.id and p.campaign_id = ${owners.campaignId ?? null}::uuid))`;
}
