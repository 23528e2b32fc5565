/** What must hold at the end of a simulated year; counted in plain SQL that shares nothing with the product. */
import type { YearWorld } from './year.js';

type Row = Readonly<Record<string, string | number | null>>;

/** The day by which an obligation was owed when its first version came, its first version, and what it counts as. */
const FACTS = `
  with facts as (
    select o.*, coalesce(o.counted_unit_id, o.unit_id) as answers, f.submitted_at as came, (
        f.submitted_at at time zone 'Asia/Ho_Chi_Minh')::date > coalesce((
        select c.from_on from due_change c where c.obligation_id = o.id and c.at > f.submitted_at order by c.version limit 1), o.due_on) as was_late,
      o.state in ('submitted', 'accepted') as is_in, o.state in ('open', 'returned') as is_owed
    from obligation o left join lateral (
      select s.submitted_at from submission s where s.obligation_id = o.id order by s.version limit 1) f on true
    where o.due_on between $1::date and $2::date)`;

const COUNTS = `
  count(*) filter (where is_in or is_owed)::int as expected, count(*) filter (where is_in)::int as submitted,
  count(*) filter (where is_in and not was_late)::int as "onTime", count(*) filter (where is_in and was_late)::int as late,
  count(*) filter (where state = 'accepted')::int as accepted, count(*) filter (where is_owed)::int as owing,
  count(*) filter (where state = 'returned')::int as returned,
  count(*) filter (where is_owed and due_on < ($3::timestamptz at time zone 'Asia/Ho_Chi_Minh')::date)::int as overdue,
  count(*) filter (where state = 'waived')::int as waived`;

const KEYS = {
  overall: { key: `'all'`, join: '' },
  line: { key: `duty_id::text || ':' || period`, join: '' },
  duty: { key: 'duty_id::text', join: '' },
  level: { key: 'u.level', join: 'join unit u on u.id = answers' },
  unit: { key: 'answers::text', join: '' },
  cluster: {
    key: 'k.cluster_id::text',
    join: `join cluster_unit k on k.unit_id = answers and k.valid_from <= least($2::date, ($3::timestamptz at time zone 'Asia/Ho_Chi_Minh')::date)
      and (k.valid_to is null or k.valid_to >= least($2::date, ($3::timestamptz at time zone 'Asia/Ho_Chi_Minh')::date))`,
  },
} as const;
export type CountedBy = keyof typeof KEYS;

/** The numbers of a span by key, counted from obligations and submissions alone. */
export async function countAlone(
  { store }: YearWorld,
  by: CountedBy,
  days: { readonly from: string; readonly to: string },
  now: Date,
): Promise<ReadonlyMap<string, Row>> {
  const { key, join } = KEYS[by];
  const { rows } = await store.pool.query<Row & { key: string }>(
    `${FACTS} select ${key} as key, ${COUNTS}, $3::timestamptz is null as unused from facts ${join} group by 1`,
    [days.from, days.to, now],
  );
  return new Map(rows.map(({ key: name, unused: _unused, ...numbers }) => [name, numbers]));
}

const list = async ({ store }: YearWorld, sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
  (await store.pool.query<Row>(`${sql} limit 5`, [...values])).rows;

/** A handed-in version stands from its coming until it was returned. */
const STANDS = (instant: string): string =>
  `b.submitted_at < ${instant} and (b.state <> 'returned' or b.decided_at > ${instant})
   and not exists (select 1 from due_change c where c.obligation_id = b.obligation_id and c.reason = 'returned'
     and c.at > b.submitted_at and c.at <= ${instant})`;

/** Steps that spoke of what was handed in, by their own record. */
export const toldAfterHandingIn = (world: YearWorld): Promise<Row[]> =>
  list(
    world,
    `select s.id, s.step, s.fired_at::text from reminder_step s join submission b on b.obligation_id = s.obligation_id
     where s.state = 'fired' and ${STANDS('s.fired_at')}`,
  );

/** Messages that left after what they are about was handed in, though it was the only thing that they are about. */
export const sentAfterHandingIn = (world: YearWorld): Promise<Row[]> =>
  list(
    world,
    `with gone as (select m.id, m.person, m.slot, m.source_id, l.at
       from jsonb_to_recordset($1::jsonb) as l("attemptId" bigint, at timestamptz)
       join attempt a on a.id = l."attemptId" join message m on m.id = a.message_id where m.source_kind = 'reminder')
     select g.id::text, g.person, g.at::text, s.step from gone g
     join reminder_step s on s.state = 'fired' and s.evidence->>'source' = 'reminder:' || g.source_id and s.evidence->'slots'->>g.person = g.slot
     join submission b on b.obligation_id = s.obligation_id where ${STANDS('g.at')}`,
    [JSON.stringify(world.left)],
  );

/** Steps that should have spoken by now. */
export const leftBehind = (world: YearWorld, now: Date): Promise<Row[]> =>
  list(
    world,
    `select s.step, s.audience, s.due_at::text, s.evidence::text, o.state from reminder_step s join obligation o on o.id = s.obligation_id
     where s.state = 'pending' and s.due_at <= $1`,
    [now],
  );

/** Steps that never spoke and do not say why. */
export const withoutReason = (world: YearWorld): Promise<Row[]> =>
  list(
    world,
    `select id, step from reminder_step where state = 'void' and coalesce(evidence->>'reason', evidence->>'ordered', '') = ''`,
  );

/** People who were told one step of one due day twice: within its record, or in messages of two days. */
export const toldTwice = (world: YearWorld): Promise<Row[]> =>
  list(
    world,
    `select 'record' as what, s.obligation_id::text || ' ' || s.step as step, p as person, count(*)::int as n
     from reminder_step s, jsonb_array_elements_text(s.evidence->'recipients') p
     where s.state = 'fired' group by s.obligation_id, s.version, s.step, p having count(*) > 1
     union all
     select 'message', slot, person, count(*)::int from message
     where source_kind = 'reminder' and slot ~ '^[0-9a-f]{8}-' group by slot, person having count(*) > 1`,
  );

const BY_DAY = `
  select m.person, (l.at at time zone 'Asia/Ho_Chi_Minh')::date::text as day, count(*)::int as n
  from jsonb_to_recordset($1::jsonb) as l("attemptId" bigint, at timestamptz)
  join attempt a on a.id = l."attemptId" join message m on m.id = a.message_id
  where m.source_kind = 'reminder' and m.class <> 'critical' and a.try = 1 group by 1, 2`;

/** People who got more reminders in a day than the province allows, apart from critical ones; nobody urges here. */
export const tooOften = (world: YearWorld, perDay: number): Promise<Row[]> =>
  list(world, `${BY_DAY} having count(*) > $2`, [JSON.stringify(world.left), perDay]);

/** On how many of a person's days that person got so many reminders; and how many steps had to wait. */
export async function perDays({ store, left }: YearWorld): Promise<Record<string, number>> {
  const { rows } = await store.pool.query<{ what: string; n: number }>(
    `select n || ' a day' as what, count(*)::int as n from (${BY_DAY}) x group by n
     union all select 'steps put off', count(*)::int from reminder_step where evidence ? 'deferred' order by 1`,
    [JSON.stringify(left)],
  );
  return Object.fromEntries(rows.map(({ what, n }) => [what, n]));
}

/** How the steps ended: by state and reason. */
export async function endings({ store }: YearWorld): Promise<Record<string, number>> {
  const { rows } = await store.pool.query<{ how: string; n: number }>(
    `select state || coalesce(' ' || (case when state = 'void' then evidence->>'reason' end), '') as how, count(*)::int as n
     from reminder_step group by 1 order by 1`,
  );
  return Object.fromEntries(rows.map(({ how, n }) => [how, n]));
}
