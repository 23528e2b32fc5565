/** Steps of the ladder in the database: claiming, marking, and what they leave behind. */
import { takeBack, type Audience, type PlannedStep } from '../../duties/index.js';
import { newId } from '../../kernel/ids.js';
import type { Db, Tx } from '../../store/index.js';
import type { ObligationView } from '../model.js';
import { dueInstantsSql, dueUnitsSql, forOfficeSql, ofUnitsSql } from './due-sql.js';
import type { DueStep, VoidStep } from './firing.js';
import { findObligations } from '../store-obligations.js';

/** The instants at which something is due, up to and including `upTo`, in order. */
export async function findDueInstants(db: Db | Tx, upTo: Date): Promise<Date[]> {
  const rows = await db.$queryRaw<{ due_at: Date }[]>(dueInstantsSql(upTo));
  return rows.map((row) => row.due_at);
}

/** Units that owe something of which somebody is to be told now, in the unit or above it. */
export async function findDueUnits(db: Db | Tx, now: Date): Promise<string[]> {
  const rows = await db.$queryRaw<{ unit_id: string }[]>(dueUnitsSql(now));
  return rows.map((row) => row.unit_id);
}

/**
 * The keys that this transaction now holds; those that another scheduler holds are left out. Units that share a
 * person are claimed under one key, so that two schedulers never cut one person's digest in two.
 */
export async function holdKeys(tx: Tx, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.$queryRaw<{ key: string; held: boolean }[]>`
    select key, pg_try_advisory_xact_lock(hashtextextended(key, 7407)) as held from unnest(${[...keys]}::text[]) as key`;
  return new Set(rows.filter((row) => row.held).map((row) => row.key));
}

/** Claims the due steps of these units. Their obligations stay as they are until the transaction ends. */
export async function claimOfUnits(tx: Tx, unitIds: readonly string[], now: Date): Promise<DueStep[]> {
  return withObligations(tx, await tx.$queryRaw<StepRow[]>(ofUnitsSql(unitIds, now)));
}

/** Claims due steps that speak to officers or leaders and may go up, the oldest first. */
export async function claimForOffice(
  tx: Tx,
  audience: 'officer' | 'leader',
  now: Date,
  limit: number,
): Promise<DueStep[]> {
  return withObligations(tx, await tx.$queryRaw<StepRow[]>(forOfficeSql(audience, now, limit)));
}

interface StepRow {
  readonly id: string;
  readonly obligation_id: string;
  readonly version: number;
  readonly step: string;
  readonly audience: Audience;
  readonly class: string;
  readonly due_at: Date;
  readonly by: string | null;
  readonly held: number;
  readonly cleared: boolean;
  readonly words: string | null;
}

async function withObligations(tx: Tx, rows: readonly StepRow[]): Promise<DueStep[]> {
  if (rows.length === 0) return [];
  const obligations = new Map(
    (await findObligations(tx, [...new Set(rows.map((row) => row.obligation_id))])).map((o) => [o.id, o]),
  );
  return rows.flatMap((row) => {
    const obligation = obligations.get(row.obligation_id);
    return obligation ? [toStep(row, obligation)] : [];
  });
}

const toStep = (row: StepRow, obligation: ObligationView): DueStep => ({
  id: row.id,
  version: row.version,
  step: row.step,
  audience: row.audience,
  class: row.class,
  dueAt: row.due_at,
  held: row.held,
  cleared: row.cleared,
  ...(row.by === null ? {} : { by: row.by }),
  ...(row.words === null ? {} : { words: row.words }),
  obligation,
});

export interface FiredStep {
  readonly id: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** Keeps that these steps spoke, and to whom. */
export async function markFired(tx: Tx, steps: readonly FiredStep[], now: Date): Promise<void> {
  if (steps.length === 0) return;
  await tx.$executeRaw`
    update reminder_step s set state = 'fired', fired_at = ${now}, evidence = s.evidence || r.evidence
    from jsonb_to_recordset(${JSON.stringify(steps)}::jsonb) as r(id uuid, evidence jsonb)
    where s.id = r.id and s.state = 'pending'`;
}

/** A step that speaks later, and why. */
export interface LaterStep {
  readonly id: string;
  readonly dueAt: Date;
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** Puts steps off; what they knew stays. */
export async function putOff(tx: Tx, steps: readonly LaterStep[]): Promise<void> {
  if (steps.length === 0) return;
  await tx.$executeRaw`
    update reminder_step s set due_at = r."dueAt", evidence = s.evidence || r.evidence
    from jsonb_to_recordset(${JSON.stringify(steps)}::jsonb) as r(id uuid, "dueAt" timestamptz, evidence jsonb)
    where s.id = r.id and s.state = 'pending'`;
}

/** Keeps what lets these steps go up. */
export async function markCleared(
  tx: Tx,
  steps: readonly { readonly id: string; readonly evidence: Readonly<Record<string, unknown>> }[],
): Promise<void> {
  if (steps.length === 0) return;
  await tx.$executeRaw`
    update reminder_step s set evidence = s.evidence || r.evidence
    from jsonb_to_recordset(${JSON.stringify(steps)}::jsonb) as r(id uuid, evidence jsonb)
    where s.id = r.id and s.state = 'pending'`;
}

/** Adds steps beside the ladder and returns the ids of those that are new. */
export async function addBeside(
  tx: Tx,
  steps: readonly Pick<DueStep, 'id' | 'version' | 'step' | 'audience' | 'class' | 'dueAt' | 'obligation'>[],
): Promise<ReadonlySet<string>> {
  if (steps.length === 0) return new Set();
  const asked = steps.map(({ obligation, ...step }) => ({ ...step, obligationId: obligation.id }));
  const rows = await tx.$queryRaw<{ id: string }[]>`
    insert into reminder_step (id, obligation_id, version, step, audience, class, due_at)
    select r.id, r."obligationId", r.version, r.step, r.audience, r.class, r."dueAt"
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
      as r(id uuid, "obligationId" uuid, version int, step text, audience text, class text, "dueAt" timestamptz)
    on conflict (obligation_id, version, step) do nothing
    returning id`;
  return new Set(rows.map((row) => row.id));
}

/** An officer's word that the unit was reached: what stopped or waits for proof goes on at once. Returns how many. */
export async function reviveStopped(
  tx: Tx,
  obligation: Pick<ObligationView, 'id' | 'version'>,
  reached: { readonly by: string; readonly at: Date },
  now: Date,
): Promise<number> {
  return tx.$executeRaw`
    update reminder_step set state = 'pending', due_at = ${now},
      evidence = (evidence - 'reason') || ${JSON.stringify({ reached })}::jsonb
    where obligation_id = ${obligation.id}::uuid and version = ${obligation.version}
      and ((state = 'void' and evidence->>'reason' = 'unproven') or (state = 'pending' and evidence ? 'held'))`;
}

/** Proof came after all: what stopped for want of it is judged again. */
export async function reviveProven(tx: Tx, obligationIds: readonly string[], now: Date): Promise<void> {
  if (obligationIds.length === 0) return;
  await tx.$executeRaw`
    update reminder_step s set state = 'pending', due_at = ${now}, evidence = s.evidence - 'reason'
    from obligation o where o.id = any(${[...obligationIds]}::uuid[]) and s.obligation_id = o.id and s.version = o.version
      and s.state = 'void' and s.evidence->>'reason' = 'unproven'`;
}

/** Keeps why these steps never spoke. */
export async function markVoid(tx: Tx, steps: readonly VoidStep[]): Promise<void> {
  if (steps.length === 0) return;
  await tx.$executeRaw`
    update reminder_step s set state = 'void', evidence = r.evidence
    from jsonb_to_recordset(${JSON.stringify(steps)}::jsonb) as r(id uuid, evidence jsonb)
    where s.id = r.id and s.state = 'pending'`;
}

const SEATS: readonly Audience[] = ['seat', 'primary', 'deputy'];

/** Voids the pending steps of one obligation that speak to the seat before an instant; what has not left does not leave. */
export async function voidSeatSteps(
  tx: Tx,
  obligationId: string,
  before: Date,
  evidence: Readonly<Record<string, unknown>>,
): Promise<void> {
  await tx.$executeRaw`
    update reminder_step set state = 'void', evidence = ${JSON.stringify(evidence)}::jsonb
    where obligation_id = ${obligationId}::uuid and state = 'pending'
      and audience = any(${[...SEATS]}::text[]) and due_at < ${before}`;
  await takeBack(tx, [obligationId], SEATS);
}

/** Voids a promise that a newer one replaces; what it had silenced and still lies ahead waits again. */
export async function voidPromises(
  tx: Tx,
  { id, version }: Pick<ObligationView, 'id' | 'version'>,
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    update reminder_step set state = 'void', evidence = '{"reason": "new-promise"}'
    where obligation_id = ${id}::uuid and state = 'pending' and step like 'P:%'`;
  await tx.$executeRaw`
    update reminder_step set state = 'pending', evidence = '{}'
    where obligation_id = ${id}::uuid and version = ${version} and state = 'void' and evidence->>'reason' = 'promised' and due_at > ${now}`;
}

/** How often a promise of this day was called to mind already. */
export async function countPromised(
  tx: Tx,
  { id, version }: Pick<ObligationView, 'id' | 'version'>,
  step: string,
): Promise<number> {
  const [row] = await tx.$queryRaw<{ n: number }[]>`
    select count(*)::int as n from reminder_step
    where obligation_id = ${id}::uuid and version = ${version} and state = 'fired' and (step = ${step} or step like ${`${step}/%`})`;
  return row?.n ?? 0;
}

/** Plans one more step beside the ladder; one of that name that was void waits again. */
export async function addStep(tx: Tx, obligationId: string, version: number, step: PlannedStep): Promise<void> {
  await tx.$executeRaw`
    insert into reminder_step (id, obligation_id, version, step, audience, class, due_at)
    values (${newId()}::uuid, ${obligationId}::uuid, ${version}, ${step.step}, ${step.audience}, ${step.class}, ${step.dueAt})
    on conflict (obligation_id, version, step)
      do update set state = 'pending', due_at = excluded.due_at, evidence = '{}' where reminder_step.state = 'void'`;
}

/** Plans that units are urged now, once under one name; one that never spoke does again. What was closed meanwhile is left out. */
export async function addUrged(
  tx: Tx,
  obligationIds: readonly string[],
  urged: { readonly step: string; readonly by: string },
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    insert into reminder_step (id, obligation_id, version, step, audience, class, due_at, evidence)
    select u.id, o.id, o.version, ${urged.step}, 'seat', 'deadline', ${now}, ${JSON.stringify({ by: urged.by })}::jsonb
    from unnest(${obligationIds.map(() => newId())}::uuid[], ${[...obligationIds]}::uuid[]) as u(id, obligation_id)
    join obligation o on o.id = u.obligation_id and o.state in ('open', 'returned')
    where not exists (
      select 1 from reminder_step s where s.obligation_id = o.id and s.step = ${urged.step} and s.state <> 'void')
    on conflict (obligation_id, version, step)
      do update set state = 'pending', due_at = excluded.due_at, evidence = excluded.evidence where reminder_step.state = 'void'`;
}

/** Obligations that were urged already under this name. */
export async function findUrged(tx: Tx, obligationIds: readonly string[], step: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ obligation_id: string }[]>`
    select obligation_id from reminder_step where obligation_id = any(${[...obligationIds]}::uuid[]) and step = ${step} and state <> 'void'`;
  return rows.map((row) => row.obligation_id);
}

/** What was said before about an obligation, oldest first. */
export interface PastStep {
  readonly obligationId: string;
  readonly step: string;
  readonly audience: Audience;
  readonly at: Date;
  /** People for whom a message was made. */
  readonly told: number;
}

export async function findPast(tx: Tx, obligationIds: readonly string[]): Promise<PastStep[]> {
  const rows = await tx.$queryRaw<
    { obligation_id: string; step: string; audience: Audience; fired_at: Date; told: number }[]
  >`
    select obligation_id, step, audience, fired_at, coalesce((evidence->>'messages')::int, 0) as told
    from reminder_step where obligation_id = any(${[...obligationIds]}::uuid[]) and state = 'fired' order by fired_at, step`;
  return rows.map((row) => ({
    obligationId: row.obligation_id,
    step: row.step,
    audience: row.audience,
    at: row.fired_at,
    told: row.told,
  }));
}
