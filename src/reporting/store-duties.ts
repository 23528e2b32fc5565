/** Duties, and obligations made from them: one statement for any number of units. */
import { toDbDate, type LocalDate } from '../kernel/local-date.js';
import { newId } from '../kernel/ids.js';
import type { Tx } from '../store/index.js';
import { DEFAULT_LADDER, ladderSchema, type LadderStep, type PlannedStep } from './ladder.js';
import { dueMoment, type DutyKind, type Field } from './model.js';

export interface NewDuty {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly kind: DutyKind;
  readonly campaignId?: string | null;
  /** Document, number, date. */
  readonly basis: string;
  /** What must be handed in, in words. */
  readonly needs: string;
  readonly fields?: readonly Field[];
  readonly ladder?: readonly LadderStep[];
}

/** Writes a duty; one that is there already stays as it is. */
export async function insertDuty(tx: Tx, duty: NewDuty): Promise<void> {
  await tx.$executeRaw`
    insert into duty (id, code, name, kind, campaign_id, basis, needs, fields, ladder)
    values (${duty.id}::uuid, ${duty.code}, ${duty.name}, ${duty.kind}, ${duty.campaignId ?? null}::uuid, ${duty.basis}, ${duty.needs},
            ${JSON.stringify(duty.fields ?? [])}::jsonb, ${JSON.stringify(duty.ladder ?? DEFAULT_LADDER)}::jsonb)
    on conflict do nothing`;
}

/** The ladder of a duty; null when there is no such duty. */
export async function findLadder(tx: Tx, dutyId: string): Promise<LadderStep[] | null> {
  const duty = await tx.duty.findUnique({ where: { id: dutyId }, select: { ladder: true } });
  return duty && ladderSchema.parse(duty.ladder);
}

export interface NewObligations {
  readonly dutyId: string;
  readonly unitIds: readonly string[];
  readonly period: string;
  readonly dueOn: LocalDate;
  readonly steps: readonly PlannedStep[];
}

/** Makes the obligations of a period with their steps; units that have theirs already keep it. Returns how many are new. */
export async function insertObligations(tx: Tx, wish: NewObligations, now: Date): Promise<number> {
  if (wish.unitIds.length === 0) return 0;
  const { steps } = wish;
  const made = await tx.$queryRaw<{ made: number }[]>`
    with made as (
      insert into obligation (id, duty_id, unit_id, period, due_on, due_at, created_at)
      select u.id, ${wish.dutyId}::uuid, u.unit_id, ${wish.period}, ${toDbDate(wish.dueOn)}::date, ${dueMoment(wish.dueOn)}::timestamptz, ${now}::timestamptz
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
  readonly state: 'open' | 'returned';
  readonly steps: readonly PlannedStep[];
  /** Kept with the steps that will never speak. */
  readonly reason: string;
}

/** Gives obligations a new due day: a new version, the old one's pending steps void, the new one's planned. */
export async function moveObligations(tx: Tx, ids: readonly string[], moved: MovedDue): Promise<void> {
  const { steps } = moved;
  await tx.$executeRaw`
    update reminder_step set state = 'void', evidence = ${JSON.stringify({ reason: moved.reason })}::jsonb
    where obligation_id = any(${[...ids]}::uuid[]) and state = 'pending'`;
  await tx.$executeRaw`
    with moved as (
      update obligation set version = version + 1, state = ${moved.state}, due_on = ${toDbDate(moved.dueOn)}::date,
        due_at = ${dueMoment(moved.dueOn)}::timestamptz
      where id = any(${[...ids]}::uuid[])
      returning id, version
    )
    insert into reminder_step (id, obligation_id, version, step, audience, class, due_at)
    select gen_random_uuid(), moved.id, moved.version, s.step, s.audience, s.class, s.due_at
    from moved cross join unnest(${steps.map((s) => s.step)}::text[], ${steps.map((s) => s.audience)}::text[],
      ${steps.map((s) => s.class)}::text[], ${steps.map((s) => s.dueAt.toISOString())}::timestamptz[]) as s(step, audience, class, due_at)`;
}
