/** Obligations as they stand: reading, locking, closing. */
import { z } from 'zod';
import { isId } from '../kernel/ids.js';
import { overdueBefore } from '../kernel/lateness.js';
import { toDbDate, type LocalDate } from '../kernel/local-date.js';
import { Prisma, type Tx } from '../store/index.js';
import { FILE_KINDS, fieldSchema, takeBack, type DutyKind } from '../duties/index.js';
import { toMissing } from './submitting/missing.js';
import { boundsOf, owedBy, within, type OwedList } from './counted.js';
import type { LatestSubmission, ObligationState, ObligationView } from './model.js';

interface Row {
  readonly id: string;
  readonly duty_id: string;
  readonly duty_name: string;
  readonly kind: DutyKind;
  readonly campaign_id: string | null;
  readonly basis: string;
  readonly needs: string;
  readonly fields: unknown;
  readonly files: unknown;
  readonly lock_days: number | null;
  readonly unit_id: string;
  readonly unit_name: string;
  readonly unit_until: string | null;
  readonly period: string;
  readonly due_on: string;
  readonly due_at: Date;
  readonly state: ObligationState;
  readonly version: number;
  readonly promise_on: string | null;
  readonly assignee_id: string | null;
  readonly assignee_name: string | null;
  readonly submission_id: string | null;
  readonly code: string;
  readonly submission_version: number;
  readonly submission_state: LatestSubmission['state'];
  readonly submitted_at: Date;
  readonly reason: string | null;
  readonly missing: unknown;
  readonly submitted_by: string | null;
}

/** What a duty is called in one period: "Báo cáo tháng – tháng 11/2026". */
const DUTY_NAME = Prisma.sql`d.name || coalesce(' – ' || (o.how->>'period'), '')`;

/** What the unit was called when it handed in; what is still owed is owed under the name of today. */
const UNIT_NAME = Prisma.sql`case when o.state in ('open', 'returned') or o.first_submitted_at is null then u.name
  else unit_name_on(u.id, ((o.first_submitted_at at time zone 'UTC') + interval '7 hours')::date) end`;

const VIEW = Prisma.sql`
  select o.id, o.duty_id, ${DUTY_NAME} as duty_name, d.kind, d.campaign_id, d.basis, d.needs, d.fields, d.files, d.lock_days, o.unit_id, ${UNIT_NAME} as unit_name, to_char(u.valid_to, 'YYYY-MM-DD') as unit_until, o.period,
    to_char(o.due_on, 'YYYY-MM-DD') as due_on, o.due_at, o.state, o.version, to_char(o.promise_on, 'YYYY-MM-DD') as promise_on,
    o.assignee_id, a.full_name as assignee_name,
    l.id as submission_id, l.code, l.version as submission_version, l.state as submission_state, l.submitted_at, l.reason, l.missing, l.submitted_by
  from obligation o
  join duty d on d.id = o.duty_id
  join unit u on u.id = o.unit_id
  left join member a on a.id = o.assignee_id
  left join lateral (
    select s.id, s.code, s.version, s.state, s.submitted_at, s.reason, s.missing, m.full_name as submitted_by
    from submission s left join member m on m.id = s.member_id
    where s.obligation_id = o.id order by s.version desc limit 1
  ) l on true`;

/** One obligation, or null. */
export async function findObligation(tx: Tx, id: string): Promise<ObligationView | null> {
  if (!isId(id)) return null;
  const rows = await tx.$queryRaw<Row[]>`${VIEW} where o.id = ${id}::uuid`;
  return rows[0] ? toView(rows[0]) : null;
}

/** These obligations, the most urgent first. */
export async function findObligations(tx: Tx, ids: readonly string[]): Promise<ObligationView[]> {
  const rows = await tx.$queryRaw<Row[]>`${VIEW} where o.id = any(${[...ids]}::uuid[]) order by o.due_at, d.name, o.id`;
  return rows.map(toView);
}

/** What these units owe, or have handed in and may still correct, the most urgent first. */
export async function findOfUnits(
  tx: Tx,
  unitIds: readonly string[],
  states: readonly ObligationState[],
): Promise<ObligationView[]> {
  if (unitIds.length === 0) return [];
  const rows = await tx.$queryRaw<Row[]>`
    ${VIEW} where o.unit_id = any(${[...unitIds]}::uuid[]) and o.state = any(${[...states]}::text[]) order by o.due_at, d.name, o.id`;
  return rows.map(toView);
}

/** The units that still owe one period of a duty, by name. */
export async function findOwingOf(tx: Tx, dutyId: string, period: string): Promise<ObligationView[]> {
  if (!isId(dutyId)) return [];
  const rows = await tx.$queryRaw<Row[]>`
    ${VIEW} where o.duty_id = ${dutyId}::uuid and o.period = ${period} and o.state in ('open', 'returned') order by u.name, o.id`;
  return rows.map(toView);
}

/** Everything that is overdue, by unit. */
export async function findOverdue(tx: Tx, now: Date): Promise<ObligationView[]> {
  const rows = await tx.$queryRaw<
    Row[]
  >`${VIEW} where o.state in ('open', 'returned') and o.due_at < ${overdueBefore(now)} order by u.name, o.due_at, o.id`;
  return rows.map(toView);
}

/** What stands in a list of the numbers, by unit. */
export async function findListed(tx: Tx, { scope, measure, span }: OwedList, now: Date): Promise<ObligationView[]> {
  const bounds = boundsOf({ now, span });
  const rows = await tx.$queryRaw<
    Row[]
  >`${VIEW} where ${owedBy(measure, bounds)} and ${within(scope, bounds)} order by u.name, o.due_at, o.id`;
  return rows.map(toView);
}

/** A period of a duty that somebody still owes. */
export interface OwingLine {
  readonly dutyId: string;
  readonly period: string;
  readonly dutyName: string;
  /** The nearest due day of those who owe. */
  readonly dueOn: LocalDate;
  readonly owing: number;
  readonly overdue: number;
}

/** Duties that somebody still owes: the longest overdue first, then the next to come. */
export async function findOwingLines(tx: Tx, now: Date): Promise<OwingLine[]> {
  return tx.$queryRaw`
    select d.id as "dutyId", o.period, ${DUTY_NAME} as "dutyName", to_char(min(o.due_on), 'YYYY-MM-DD') as "dueOn",
      count(*)::int as owing, (count(*) filter (where o.due_at < ${overdueBefore(now)}))::int as overdue
    from obligation o join duty d on d.id = o.duty_id
    where o.state in ('open', 'returned')
    group by d.id, o.period, 3
    order by min(o.due_at), 3, o.period`;
}

/**
 * The obligation, held until the transaction ends. Steps may be added to it meanwhile (they ask for its key only): a colleague
 * who holds another of the same message tells it anew. Read after the lock, in a statement of its own: what a colleague
 * handed in while we waited must be seen.
 */
export async function lockObligation(tx: Tx, id: string): Promise<ObligationView | null> {
  if (!isId(id)) return null;
  await tx.$queryRaw`select id from obligation where id = ${id}::uuid for no key update`;
  return findObligation(tx, id);
}

/** Holds everything that is still owed of one period of a duty until the transaction ends. */
export async function lockOwingOf(tx: Tx, dutyId: string, period: string): Promise<void> {
  await tx.$queryRaw`
    select id from obligation where duty_id = ${dutyId}::uuid and period = ${period} and state in ('open', 'returned') order by id for no key update`;
}

/** The registration obligation of a unit in a campaign, held until the transaction ends. */
export async function lockRegistrationDuty(tx: Tx, campaignId: string, unitId: string): Promise<ObligationView | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select o.id from obligation o join duty d on d.id = o.duty_id
    where d.campaign_id = ${campaignId}::uuid and d.kind = 'registration' and o.unit_id = ${unitId}::uuid
    for no key update of o`;
  return rows[0] ? findObligation(tx, rows[0].id) : null;
}

/** Settles the state: the steps that still wait will never speak, what has not left does not leave, and nobody waits for more time. */
export async function closeObligation(
  tx: Tx,
  id: string,
  state: 'submitted' | 'accepted' | 'waived',
  evidence: Readonly<Record<string, unknown>>,
  at: Date | null,
): Promise<void> {
  await tx.$executeRaw`
    update obligation set state = ${state}, first_submitted_at = coalesce(first_submitted_at, ${at}::timestamptz) where id = ${id}::uuid`;
  // Before its steps are voided: whoever took back a message at this moment may have told this one anew.
  await takeBack(tx, [id]);
  await tx.$executeRaw`
    update reminder_step set state = 'void', evidence = ${JSON.stringify(evidence)}::jsonb where obligation_id = ${id}::uuid and state = 'pending'`;
  await tx.$executeRaw`update extension set state = 'withdrawn', decided_at = ${at}::timestamptz where obligation_id = ${id}::uuid and state = 'asked'`;
}

/** Keeps who in the unit does the work; null: whoever holds the seat. */
export async function setAssignee(tx: Tx, id: string, memberId: string | null): Promise<void> {
  await tx.obligation.update({ where: { id }, data: { assigneeId: memberId } });
}

/** Keeps the day that the unit promised. */
export async function setPromise(tx: Tx, id: string, day: LocalDate): Promise<void> {
  await tx.obligation.update({ where: { id }, data: { promiseOn: toDbDate(day) } });
}

const fieldsSchema = z.array(fieldSchema);
const filesSchema = z.array(z.enum(FILE_KINDS));

function toView(row: Row): ObligationView {
  return {
    id: row.id,
    dutyId: row.duty_id,
    dutyName: row.duty_name,
    kind: row.kind,
    campaignId: row.campaign_id,
    basis: row.basis,
    needs: row.needs,
    fields: fieldsSchema.parse(row.fields),
    files: filesSchema.parse(row.files),
    lockDays: row.lock_days,
    unitId: row.unit_id,
    unitName: row.unit_name,
    unitUntil: row.unit_until,
    period: row.period,
    dueOn: row.due_on,
    dueAt: row.due_at,
    state: row.state,
    version: row.version,
    promiseOn: row.promise_on,
    assignee: row.assignee_id === null ? null : { memberId: row.assignee_id, name: row.assignee_name ?? '–' },
    latest:
      row.submission_id === null
        ? null
        : {
            id: row.submission_id,
            code: row.code,
            version: row.submission_version,
            state: row.submission_state,
            submittedAt: row.submitted_at,
            reason: row.reason,
            missing: toMissing(row.missing),
            by: row.submitted_by,
          },
  };
}
