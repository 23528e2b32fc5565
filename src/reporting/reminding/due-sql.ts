/** The statements that look for what is due. Each goes by the index of pending steps: what waits costs nothing. */
import type { Audience } from '../../duties/index.js';
import { Prisma } from '../../store/index.js';

const UNIT_AUDIENCES: readonly Audience[] = ['seat', 'primary', 'deputy', 'head'];

/** The instants at which something is due. */
export const dueInstantsSql = (upTo: Date): Prisma.Sql => Prisma.sql`
  select distinct due_at from reminder_step where state = 'pending' and due_at <= ${upTo} order by due_at`;

/** The units of which somebody is to be told. */
export const dueUnitsSql = (now: Date): Prisma.Sql => Prisma.sql`
  select distinct o.unit_id from reminder_step s join obligation o on o.id = s.obligation_id
  where s.state = 'pending' and s.due_at <= ${now} and not (s.evidence ? 'proof')`;

const STEP = Prisma.sql`
  select s.id, s.obligation_id, s.version, s.step, s.audience, s.class, s.due_at, s.evidence->>'by' as by,
    coalesce((s.evidence->>'held')::int, 0) as held, s.evidence ? 'proof' as cleared,
    (select e->>'words' from duty d, jsonb_array_elements(d.ladder) e where d.id = o.duty_id and e->>'step' = regexp_replace(s.step, '^(L:)+', '') limit 1) as words
  from reminder_step s join obligation o on o.id = s.obligation_id`;

/** Claims the due steps of these units. */
export const ofUnitsSql = (unitIds: readonly string[], now: Date): Prisma.Sql => Prisma.sql`
  ${STEP} where s.state = 'pending' and s.due_at <= ${now} and o.unit_id = any(${[...unitIds]}::uuid[])
  for update of s skip locked for share of o skip locked`;

/** Claims due steps for those above the units, of what may go up. */
export const forOfficeSql = (audience: 'officer' | 'leader', now: Date, limit: number): Prisma.Sql => Prisma.sql`
  ${STEP} where s.state = 'pending' and s.due_at <= ${now} and s.audience = ${audience} and s.evidence ? 'proof'
  order by s.due_at, s.id limit ${limit}
  for update of s skip locked for share of o skip locked`;

/** Claims the steps of units that fell due before an instant. */
export const missedSql = (before: Date): Prisma.Sql => Prisma.sql`
  select s.id from reminder_step s join obligation o on o.id = s.obligation_id
  where s.state = 'pending' and s.due_at < ${before} and s.audience = any(${[...UNIT_AUDIENCES]}::text[])
  for update of s skip locked for share of o skip locked`;
