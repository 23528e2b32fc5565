/** How due days came about and moved, and who was told of the old ones. */
import type { HowPart } from '../../duties/index.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { PersonKey } from '../../kernel/people.js';
import type { Tx } from '../../store/index.js';

/** One move of an obligation's due day. */
export interface DueChange {
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly reason: string;
  readonly basis: string | null;
  readonly by: string | null;
  readonly at: Date;
  /** People who were told that an earlier word no longer holds. */
  readonly told: number;
}

/** Why an obligation is due on its day. */
export interface WhyDue {
  /** How the first due day was computed. */
  readonly how: readonly HowPart[];
  /** The first due day. */
  readonly firstOn: LocalDate;
  readonly changes: readonly DueChange[];
}

/** How the due day of an obligation came about, from the first one on. */
export async function findWhyDue(tx: Tx, obligationId: string): Promise<WhyDue> {
  const rows = await tx.$queryRaw<(DueChange & { readonly fromHow: readonly HowPart[] })[]>`
    select to_char(c.from_on, 'YYYY-MM-DD') as "from", to_char(c.to_on, 'YYYY-MM-DD') as "to", c.from_how as "fromHow",
      c.reason, c.basis, m.full_name as by, c.at, c.told
    from due_change c left join member m on m.id = c.by_id
    where c.obligation_id = ${obligationId}::uuid order by c.version`;
  const [first] = rows;
  const changes = rows.map(({ fromHow: _fromHow, ...change }) => change);
  if (first) return { how: first.fromHow, firstOn: first.from, changes };
  const [now] = await tx.$queryRaw<{ how: readonly HowPart[]; on: LocalDate }[]>`
    select coalesce(how->'parts', '[]') as how, to_char(due_on, 'YYYY-MM-DD') as "on" from obligation where id = ${obligationId}::uuid`;
  return { how: now?.how ?? [], firstOn: now?.on ?? '', changes };
}

/** An obligation whose old due day somebody in the unit has heard of. */
export interface ToldOld {
  readonly obligationId: string;
  readonly people: readonly PersonKey[];
}

/**
 * Which of these obligations' units know a due day already, and who heard it: by a reminder, by the announcement of the
 * campaign, or by word of an earlier move.
 */
export async function findToldOld(tx: Tx, ids: readonly string[]): Promise<ToldOld[]> {
  return tx.$queryRaw`
    select o.id as "obligationId", coalesce(heard.people, '{}') as people
    from obligation o join duty d on d.id = o.duty_id
    left join lateral (
      select array_agg(distinct person) filter (where person is not null) as people, count(*) as steps
      from reminder_step s left join lateral jsonb_array_elements_text(s.evidence->'recipients') as person on true
      where s.obligation_id = o.id and s.state = 'fired' and s.audience not in ('officer', 'leader')
        and coalesce((s.evidence->>'messages')::int, 0) > 0
    ) heard on true
    where o.id = any(${[...ids]}::uuid[]) and (heard.steps > 0 or d.campaign_id is not null
      or exists (select 1 from due_change c where c.obligation_id = o.id and c.told > 0))
    order by o.id`;
}

/** Keeps how many people were told of the latest move of these obligations. */
export async function noteTold(
  tx: Tx,
  told: readonly { readonly obligationId: string; readonly people: number }[],
): Promise<void> {
  if (told.length === 0) return;
  await tx.$executeRaw`
    update due_change c set told = r.people
    from jsonb_to_recordset(${JSON.stringify(told)}::jsonb) as r("obligationId" uuid, people int)
    join obligation o on o.id = r."obligationId"
    where c.obligation_id = o.id and c.version = o.version`;
}

/** Obligations whose due day was put where it is for their unit alone; passing to an heir changes nothing of that. */
export async function findMovedAlone(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select o.id from obligation o
    join lateral (
      select reason from due_change where obligation_id = o.id and reason <> 'unit-changed' order by version desc limit 1
    ) c on c.reason <> 'due-day-moved'
    where o.id = any(${[...ids]}::uuid[])`;
  return rows.map((row) => row.id);
}
