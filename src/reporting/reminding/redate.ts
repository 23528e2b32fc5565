/** What follows for reminders and due days when the province's calendar changes. */
import { loadCalendar, type OwedOn } from '../../calendar/index.js';
import { ladderSchema, planSteps } from '../../duties/index.js';
import { fromDbDate, toDbDate, type LocalDate } from '../../kernel/local-date.js';
import { Prisma, type Tx } from '../../store/index.js';

/** A step of all obligations of one duty that are due on one day. */
interface DatedStep {
  readonly dutyId: string;
  readonly dueOn: LocalDate;
  readonly step: string;
  readonly dueAt: Date;
}

const BEGINNING = new Date(0);
const SECOND_MS = 1000;

/**
 * Dates the ladder steps that still wait anew, by the calendar as it is in this transaction. Steps that spoke, or whose
 * hour has come, stay; so does what people set by hand (promises, urging). Returns how many moved.
 */
export async function redateSteps(tx: Tx, now: Date): Promise<number> {
  const steps = await datedSteps(tx, now);
  if (steps.length === 0) return 0;
  const moving = movingSql(steps, now);
  // The obligations first, as everybody takes them: whoever hands in meanwhile waits, or is waited for.
  const held = await tx.$queryRaw<object[]>`
    select id from obligation where id in (select m.obligation_id from (${moving}) m) order by id for no key update`;
  if (held.length === 0) return 0;
  return tx.$executeRaw`
    update reminder_step s set due_at = m.due_at,
      evidence = s.evidence || jsonb_build_object('redatedFrom', coalesce(s.evidence->'redatedFrom', to_jsonb(s.due_at)))
    from (${moving}) m where s.id = m.id and s.state = 'pending'`;
}

/** One row for each step that waits and does not stand where the calendar has it. */
function movingSql(steps: readonly DatedStep[], now: Date): Prisma.Sql {
  return Prisma.sql`
    select s.id, s.obligation_id, p.due_at
    from unnest(${steps.map((one) => one.dutyId)}::uuid[], ${steps.map((one) => one.dueOn)}::date[],
      ${steps.map((one) => one.step)}::text[], ${steps.map((one) => one.dueAt.toISOString())}::timestamptz[])
      as p(duty_id, due_on, step, due_at)
    join obligation o on o.duty_id = p.duty_id and o.due_on = p.due_on and o.state in ('open', 'returned')
    join reminder_step s on s.obligation_id = o.id and s.version = o.version and s.step = p.step
    where s.state = 'pending' and s.due_at > ${now} and s.due_at <> p.due_at and not s.evidence ?| array['held', 'deferred']`;
}

/** Where the calendar has the steps of everything that still waits. */
async function datedSteps(tx: Tx, now: Date): Promise<DatedStep[]> {
  const due = await tx.$queryRaw<{ duty_id: string; due_on: Date }[]>`
    select distinct o.duty_id, o.due_on
    from reminder_step s join obligation o on o.id = s.obligation_id and o.version = s.version
    where s.state = 'pending' and s.due_at > ${now} and o.state in ('open', 'returned')`;
  if (due.length === 0) return [];
  const duties = await tx.duty.findMany({
    where: { id: { in: [...new Set(due.map((one) => one.duty_id))] } },
    select: { id: true, ladder: true, graceDays: true },
  });
  const ladders = new Map(
    duties.map(({ id, ladder, graceDays }) => [id, { ladder: ladderSchema.parse(ladder), graceDays }]),
  );
  const calendar = await loadCalendar(tx);
  return due.flatMap(({ duty_id: dutyId, due_on: on }) => {
    const { ladder = [], graceDays = 0 } = ladders.get(dutyId) ?? {};
    const dueOn = fromDbDate(on);
    const steps = planSteps(ladder, dueOn, calendar, BEGINNING, graceDays);
    return notBefore(steps, now).map(({ step, dueAt }) => ({ dutyId, dueOn, step, dueAt }));
  });
}

/** What would have been due by now is due at once, in the order in which it would have been: the newest speaks. */
function notBefore<S extends { readonly dueAt: Date }>(steps: readonly S[], now: Date): S[] {
  const sorted = [...steps].sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
  const past = sorted.filter((step) => step.dueAt <= now).length;
  return sorted.map((step, n) =>
    n < past ? { ...step, dueAt: new Date(now.getTime() - (past - 1 - n) * SECOND_MS) } : step,
  );
}

/** What is still owed by these days, in their order. */
export async function owedOn(tx: Tx, days: readonly LocalDate[]): Promise<OwedOn[]> {
  return tx.$queryRaw`
    select to_char(o.due_on, 'YYYY-MM-DD') as "on", d.name as "dutyName", count(distinct o.unit_id)::int as units
    from obligation o join duty d on d.id = o.duty_id
    where o.state in ('open', 'returned') and o.due_on = any(${days.map(toDbDate)}::date[])
    group by o.due_on, d.id, d.name order by o.due_on, d.name, d.id`;
}
