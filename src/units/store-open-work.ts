/** What is open for a unit: told to whoever takes a seat over, and shown before it is handed on. */
import type { LocalDate } from '../kernel/local-date.js';
import type { Tx } from '../store/index.js';

/** One thing that the unit owes. */
export interface OpenDuty {
  readonly name: string;
  readonly dueOn: LocalDate;
  readonly promiseOn: LocalDate | null;
}

/** What waits in a unit, and what its holder has begun and not handed in. */
export interface OpenWork {
  /** The most urgent first. */
  readonly duties: readonly OpenDuty[];
  /** Questions to the office about this unit that are not settled. */
  readonly tasks: number;
  /** Forms begun by the person and not finished; they stay with that person. */
  readonly drafts: number;
}

// Forms in which a person does a unit's work.
const WORK_FLOWS = ['submit', 'register'];

/** The open work of a unit, with the drafts of one person. */
export async function findOpenWork(tx: Tx, unitId: string, memberId: string | null): Promise<OpenWork> {
  const duties = await tx.$queryRaw<OpenDuty[]>`
    select d.name || coalesce(' – ' || (o.how->>'period'), '') as name, to_char(o.due_on, 'YYYY-MM-DD') as "dueOn",
      to_char(o.promise_on, 'YYYY-MM-DD') as "promiseOn"
    from obligation o join duty d on d.id = o.duty_id
    where o.unit_id = ${unitId}::uuid and o.state in ('open', 'returned') order by o.due_at, 1, o.id`;
  const [counted] = await tx.$queryRaw<{ tasks: number; drafts: number }[]>`
    select
      (select count(*)::int from task where unit_id = ${unitId}::uuid and done_at is null and kind <> 'silent-seat') as tasks,
      (select count(*)::int from conversation c cross join jsonb_object_keys(c.drafts) k
        where c.member_id = ${memberId}::uuid and k = any(${WORK_FLOWS}::text[])) as drafts`;
  return { duties, tasks: counted?.tasks ?? 0, drafts: counted?.drafts ?? 0 };
}
