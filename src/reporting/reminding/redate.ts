/** What follows for reminders and due days when the province's calendar changes. */
import { loadCalendar, REDATE_WORK, shareCalendar, type OwedOn } from '../../calendar/index.js';
import { ladderSchema, planSteps } from '../../duties/index.js';
import type { WorkHandler } from '../../inbox/index.js';
import { fromDbDate, toDbDate, type LocalDate } from '../../kernel/local-date.js';
import { Prisma, type Store, type Tx } from '../../store/index.js';

/** A due day of a duty, for which steps wait. */
interface DueDay {
  readonly dutyId: string;
  readonly dueOn: Date;
}

const BEGINNING = new Date(0);
const SECOND_MS = 1000;
const PIECE_TIMEOUT_MS = 20_000;

/** The work that follows a change of the calendar; nobody waits for its outcome. */
export const createRedateWork = (store: Store, businessNow: () => Promise<Date>): WorkHandler => ({
  kind: REDATE_WORK,
  finish: 'self',
  run: async () => redateSteps(store, await businessNow()),
});

/**
 * Dates the ladder steps that still wait anew, by the calendar as it is. Steps that spoke, or whose hour has come, stay;
 * so does what people set by hand (promises, urging). A transaction for each due day, so that whoever hands in meanwhile
 * waits for one of them at most. May run twice. Returns how many moved.
 */
export async function redateSteps(store: Store, now: Date): Promise<number> {
  const due = await store.db.$queryRaw<DueDay[]>`
    select distinct o.duty_id as "dutyId", o.due_on as "dueOn"
    from reminder_step s join obligation o on o.id = s.obligation_id and o.version = s.version
    where s.state = 'pending' and s.due_at > ${now} and o.state in ('open', 'returned')`;
  let moved = 0;
  for (const day of due)
    moved += await store.transaction((tx) => redateDay(tx, day, now), { timeoutMs: PIECE_TIMEOUT_MS });
  return moved;
}

async function redateDay(tx: Tx, day: DueDay, now: Date): Promise<number> {
  await shareCalendar(tx);
  const duty = await tx.duty.findUniqueOrThrow({
    where: { id: day.dutyId },
    select: { ladder: true, graceDays: true },
  });
  const dueOn = fromDbDate(day.dueOn);
  const ladder = ladderSchema.parse(duty.ladder);
  const steps = notBefore(planSteps(ladder, dueOn, await loadCalendar(tx), BEGINNING, duty.graceDays), now);
  const moving = movingSql(day, steps, now);
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
function movingSql(
  { dutyId, dueOn }: DueDay,
  steps: readonly { readonly step: string; readonly dueAt: Date }[],
  now: Date,
): Prisma.Sql {
  return Prisma.sql`
    select s.id, s.obligation_id, p.due_at
    from unnest(${steps.map((one) => one.step)}::text[], ${steps.map((one) => one.dueAt.toISOString())}::timestamptz[]) as p(step, due_at)
    join obligation o on o.duty_id = ${dutyId}::uuid and o.due_on = ${dueOn}::date and o.state in ('open', 'returned')
    join reminder_step s on s.obligation_id = o.id and s.version = o.version and s.step = p.step
    where s.state = 'pending' and s.due_at > ${now} and s.due_at <> p.due_at and not s.evidence ?| array['held', 'deferred']`;
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
