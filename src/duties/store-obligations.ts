/** Obligations made from duties, and moved: one statement for any number of units. */
import { newId } from '../kernel/ids.js';
import { toDbDate, type LocalDate } from '../kernel/local-date.js';
import type { Tx } from '../store/index.js';
import type { PlannedStep } from './ladder.js';
import { dueMoment, type How } from './model.js';
import { takeBack } from './unsent.js';

export interface NewObligations {
  readonly dutyId: string;
  readonly unitIds: readonly string[];
  readonly period: string;
  readonly dueOn: LocalDate;
  readonly how: How;
  readonly steps: readonly PlannedStep[];
}

/** Makes the obligations of a period with their steps; units that have theirs already keep it. Returns how many are new. */
export async function insertObligations(tx: Tx, wish: NewObligations, now: Date): Promise<number> {
  if (wish.unitIds.length === 0) return 0;
  const { steps } = wish;
  const made = await tx.$queryRaw<{ made: number }[]>`
    with made as (
      insert into obligation (id, duty_id, unit_id, period, due_on, due_at, how, created_at)
      select u.id, ${wish.dutyId}::uuid, u.unit_id, ${wish.period}, ${toDbDate(wish.dueOn)}::date, ${dueMoment(wish.dueOn)}::timestamptz,
        ${JSON.stringify(wish.how)}::jsonb, ${now}::timestamptz
      from unnest(${wish.unitIds.map(() => newId())}::uuid[], ${[...wish.unitIds]}::uuid[]) as u(id, unit_id)
      on conflict (duty_id, unit_id, period) do nothing
      returning id
    ), planned as (
      insert into reminder_step (id, obligation_id, version, step, audience, class, due_at)
      select gen_random_uuid(), made.id, 1, s.step, s.audience, s.class, s.due_at
      from made cross join unnest(${steps.map((s) => s.step)}::text[], ${steps.map((s) => s.audience)}::text[],
        ${steps.map((s) => s.class)}::text[], ${steps.map((s) => s.dueAt.toISOString())}::timestamptz[]) as s(step, audience, class, due_at)
      on conflict do nothing
    )
    select count(*)::int as made from made`;
  return made[0]?.made ?? 0;
}

export interface MovedDue {
  readonly dueOn: LocalDate;
  /** Null: each stays what it was. */
  readonly state: 'open' | 'returned' | null;
  readonly how: How['parts'];
  readonly steps: readonly PlannedStep[];
  /** Kept with the steps that will never speak. */
  readonly reason: string;
  /** In the words of whoever moved it, and who that was. */
  readonly basis?: string;
  readonly byId?: string | null;
}

/**
 * Gives obligations a new due day: a new version, the old one's pending steps void, the new one's planned. The old day,
 * and how it came about, stay on record.
 */
export async function moveObligations(tx: Tx, ids: readonly string[], moved: MovedDue, now: Date): Promise<void> {
  const { steps, basis = null, byId = null } = moved;
  await voidSteps(tx, ids, moved.reason);
  await tx.$executeRaw`
    with old as (
      select id, due_on, coalesce(how->'parts', '[]') as parts from obligation where id = any(${[...ids]}::uuid[])
    ), moved as (
      update obligation set version = version + 1, state = coalesce(${moved.state}::text, state), due_on = ${toDbDate(moved.dueOn)}::date,
        due_at = ${dueMoment(moved.dueOn)}::timestamptz, how = how || ${JSON.stringify({ parts: moved.how })}::jsonb
      where id = any(${[...ids]}::uuid[])
      returning id, version
    ), kept as (
      insert into due_change (id, obligation_id, version, from_on, to_on, from_how, reason, basis, by_id, at)
      select gen_random_uuid(), moved.id, moved.version, old.due_on, ${toDbDate(moved.dueOn)}::date, old.parts,
        ${moved.reason}, ${basis}::text, ${byId}::uuid, ${now}::timestamptz
      from moved join old on old.id = moved.id where old.due_on <> ${toDbDate(moved.dueOn)}::date
    )
    insert into reminder_step (id, obligation_id, version, step, audience, class, due_at)
    select gen_random_uuid(), moved.id, moved.version, s.step, s.audience, s.class, s.due_at
    from moved cross join unnest(${steps.map((s) => s.step)}::text[], ${steps.map((s) => s.audience)}::text[],
      ${steps.map((s) => s.class)}::text[], ${steps.map((s) => s.dueAt.toISOString())}::timestamptz[]) as s(step, audience, class, due_at)`;
}

/** Frees units of obligations: their reminders will never speak. */
export async function waiveObligations(tx: Tx, ids: readonly string[], reason: string): Promise<void> {
  await voidSteps(tx, ids, reason);
  await tx.$executeRaw`update obligation set state = 'waived' where id = any(${[...ids]}::uuid[])`;
}

/** What waits will never speak, and what spoke and has not left does not leave. */
async function voidSteps(tx: Tx, ids: readonly string[], reason: string): Promise<void> {
  await tx.$executeRaw`
    update reminder_step set state = 'void', evidence = ${JSON.stringify({ reason })}::jsonb
    where obligation_id = any(${[...ids]}::uuid[]) and state = 'pending'`;
  await takeBack(tx, ids);
}

/** Ids of those obligations that still owe, held until the transaction ends, so that none is handed in meanwhile. */
export async function lockOwing(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select id from obligation where id = any(${[...ids]}::uuid[]) and state in ('open', 'returned') order by id for no key update`;
  return rows.map((row) => row.id);
}

/** Holds everything that is still owed of a duty until the transaction ends. */
export async function lockOwingOfDuty(tx: Tx, dutyId: string): Promise<void> {
  await tx.$queryRaw`
    select id from obligation where duty_id = ${dutyId}::uuid and state in ('open', 'returned') order by id for no key update`;
}

/** What units owe of one period by one day. */
export interface OpenPeriod {
  readonly period: string;
  readonly dueOn: LocalDate;
  /** Put there by hand: it no longer follows the rules of the duty. */
  readonly isMoved: boolean;
  readonly unitIds: readonly string[];
  readonly ids: readonly string[];
}

/** Obligations of a duty that are due from a day on and that nobody has handed in, by period and due day. */
export async function findOpenPeriods(tx: Tx, dutyId: string, from: LocalDate): Promise<OpenPeriod[]> {
  return tx.$queryRaw<OpenPeriod[]>`
    select period, to_char(due_on, 'YYYY-MM-DD') as "dueOn", coalesce(how->'parts'->0->>'kind', '') = 'moved' as "isMoved",
      array_agg(unit_id::text order by unit_id) as "unitIds", array_agg(id::text order by unit_id) as ids
    from obligation where duty_id = ${dutyId}::uuid and state = 'open' and due_on >= ${toDbDate(from)}::date
    group by period, due_on, 3 order by due_on, period`;
}

/** By when a unit registers in these campaigns, where it owes that: its own day may be another than the campaign's. */
export async function findRegistrationDues(
  tx: Tx,
  unitId: string,
  campaignIds: readonly string[],
): Promise<ReadonlyMap<string, LocalDate>> {
  const rows = await tx.$queryRaw<{ campaign_id: string; on: LocalDate }[]>`
    select d.campaign_id, to_char(o.due_on, 'YYYY-MM-DD') as "on" from obligation o join duty d on d.id = o.duty_id
    where d.kind = 'registration' and d.campaign_id = any(${[...campaignIds]}::uuid[]) and o.unit_id = ${unitId}::uuid and o.state <> 'waived'`;
  return new Map(rows.map((row) => [row.campaign_id, row.on]));
}
