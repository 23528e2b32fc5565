/** The list behind a number, with what each row rests on: receipt, time, fingerprint, reminders and their proof. */
import { countedScope } from '../reporting/index.js';
import { Prisma, type Tx } from '../store/index.js';
import type { Entries, Entry, Measure, Page, Scope, Seen } from './model.js';
import { boundsOf, COLUMN, countedBy, isOwed, LATE, perUnit, UNIT, unitsWithin, within, type Bounds } from './sums.js';

/** One page of the list behind a number. */
export async function entries(tx: Tx, scope: Scope, measure: Measure, seen: Seen, page: Page): Promise<Entries> {
  // A list outlives what it was made from: what can be no key finds nothing.
  if (!countedScope.safeParse(scope).success) return { total: 0, units: 0, entries: [] };
  const bounds = boundsOf(seen);
  const { total, units } = await count(tx, scope, measure, bounds);
  return { total, units, entries: total === 0 ? [] : await rows(tx, scope, measure, bounds, page) };
}

/** How many rows of how many units: settled ones of units stand in the tally, the others are few enough to count. */
async function count(
  tx: Tx,
  scope: Scope,
  measure: Measure,
  bounds: Bounds,
): Promise<{ readonly total: number; readonly units: number }> {
  const isOfUnits = scope.kind !== 'line' && scope.kind !== 'duty';
  const units = unitsWithin(scope, bounds);
  const [sums] =
    isOfUnits && !isOwed(measure)
      ? await tx.$queryRaw<{ total: number; units: number }[]>`
          select coalesce(sum(${COLUMN[measure]}), 0)::int as total, (count(*) filter (where ${COLUMN[measure]} > 0))::int as units
          from (${perUnit(bounds)}) x ${units === null ? Prisma.empty : Prisma.sql`where x.unit_id in (${units})`}`
      : await tx.$queryRaw<{ total: number; units: number }[]>`
          select count(*)::int as total, count(distinct ${UNIT})::int as units
          from obligation o where ${countedBy(measure, bounds)} and ${within(scope, bounds)}`;
  return sums ?? { total: 0, units: 0 };
}

// What is owed is looked for by unit; what came in, by when it was due: the latest first.
const BY_UNIT = Prisma.sql`u.name, o.due_on, d.name, o.id`;
const BY_DAY = Prisma.sql`o.due_on desc, u.name, d.name, o.id`;

function rows(tx: Tx, scope: Scope, measure: Measure, bounds: Bounds, page: Page): Promise<Entry[]> {
  const order = isOwed(measure) ? BY_UNIT : BY_DAY;
  return tx.$queryRaw<Entry[]>`
    with page as (
      select o.id, u.name as unit_name, d.name || coalesce(' – ' || (o.how->>'period'), '') as duty_name, o.due_on, o.state, ${LATE} as late,
        row_number() over (order by ${order}) as n
      from (
        select o.* from obligation o join unit u on u.id = ${UNIT} join duty d on d.id = o.duty_id
        where ${countedBy(measure, bounds)} and ${within(scope, bounds)}
        order by ${order} limit ${page.size} offset ${page.offset}
      ) o join unit u on u.id = ${UNIT} join duty d on d.id = o.duty_id
    )
    select p.id as "obligationId", p.unit_name as "unitName", p.duty_name as "dutyName", to_char(p.due_on, 'YYYY-MM-DD') as "dueOn",
      p.state, p.late, f.submitted_at as "submittedAt", f.code, nullif(f.sha256, '') as sha256,
      r.reminded, r.reminded_at as "remindedAt", ${PROVEN} as proven
    from page p
    left join submission f on f.obligation_id = p.id and f.version = 1
    left join lateral (
      select count(*)::int as reminded, max(s.fired_at) as reminded_at
      from reminder_step s where s.obligation_id = p.id and s.state = 'fired') r on true
    order by p.n`;
}

/** One of the messages that a step names was seen, delivered, or sent where sending is all that can be known. */
const PROVEN = Prisma.sql`
  exists (
    select 1 from reminder_step s
    cross join lateral jsonb_array_elements_text(coalesce(s.evidence->'recipients', '[]'::jsonb)) as heard(person)
    join message m on m.source_kind = split_part(s.evidence->>'source', ':', 1) and m.source_id = substr(s.evidence->>'source', strpos(s.evidence->>'source', ':') + 1)
      and m.person = heard.person
    join attempt a on a.message_id = m.id and (a.state in ('delivered', 'seen') or (a.state = 'sent' and a.channel = 'telegram'))
    where s.obligation_id = p.id and s.state = 'fired')`;
