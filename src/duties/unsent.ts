/** Reminders that spoke, but whose messages have not left: what is no longer owed must not leave with them. */
import { MAY_LEAVE_SQL, withdraw } from '../delivery/index.js';
import { machineClock } from '../kernel/clock.js';
import { BUSINESS_MOMENT, Prisma, type Tx } from '../store/index.js';
import type { Audience } from './ladder.js';

/** Names steps that speak once more; whoever reads steps knows them so (reporting/reminding/ladder.ts). */
const LATER_STEP = 'L';

const OF_UNITS: readonly Audience[] = ['seat', 'primary', 'deputy', 'head'];

/** The message of a person that speaks of an obligation; its slot is the first of the steps that it speaks for. */
interface Unsent {
  readonly kind: string;
  readonly id: string;
  readonly person: string;
  readonly slot: string;
}

/**
 * Takes back every reminder of these obligations that has not left: held overnight, waiting for its platform, or looking
 * for another way. What else stood in such a message is told anew by steps of its own. Called by whoever holds the
 * obligations, once they are closed or have another day; `audiences`: only what these were told.
 */
export async function takeBack(tx: Tx, ids: readonly string[], audiences = OF_UNITS): Promise<void> {
  const found = await findUnsent(tx, ids, audiences);
  if (found.length === 0) return;
  // Two who close what stands in one message go one after the other: the second finds what the first told anew.
  for (const person of [...new Set(found.map((one) => one.person))].sort())
    await tx.$queryRaw`select 1 from (select pg_advisory_xact_lock(hashtextextended(${person}, 7408))) held`;
  const unsent = await findUnsent(tx, ids, audiences);
  const others = await findOthers(tx, unsent, ids);
  const messages = unsent.map(({ kind, id, person, slot }, n) => ({
    source: { kind, id },
    person,
    slot,
    alone: !others.some((one) => one.n === n),
  }));
  const taken = new Set(await withdraw(tx, messages, machineClock.now()));
  await tellAnew(
    tx,
    others.filter(({ n }) => taken.has(n)).map(({ stepId }) => stepId),
  );
}

function findUnsent(tx: Tx, ids: readonly string[], audiences: readonly Audience[]): Promise<Unsent[]> {
  return tx.$queryRaw<Unsent[]>`
    select distinct r.kind, r.id, r.person, r.slot
    from reminder_step s
    cross join lateral (
      select split_part(s.evidence->>'source', ':', 1) as kind, split_part(s.evidence->>'source', ':', 2) as id, e.key as person, e.value as slot
      from jsonb_each_text(s.evidence->'slots') e
    ) r
    where s.obligation_id = any(${[...ids]}::uuid[]) and s.state = 'fired' and s.audience = any(${[...audiences]}::text[])
      and ${MAY_LEAVE_SQL}`;
}

/** Steps of other obligations that these messages speak for, as far as those are still owed. */
async function findOthers(
  tx: Tx,
  unsent: readonly Unsent[],
  ids: readonly string[],
): Promise<{ readonly n: number; readonly stepId: string }[]> {
  return tx.$queryRaw`
    select r.n, s.id as "stepId"
    from jsonb_to_recordset(${JSON.stringify(unsent.map(({ person, slot }, n) => ({ n, person, slot })))}::jsonb) as r(n int, person text, slot uuid)
    join reminder_step first on first.id = r.slot
    cross join lateral jsonb_array_elements_text(coalesce(first.evidence->'with'->r.person, '[]')) other
    join reminder_step s on s.id = other::uuid
    join obligation o on o.id = s.obligation_id and o.version = s.version and o.state in ('open', 'returned')
    where o.id <> all(${[...ids]}::uuid[])`;
}

/** They speak once more, at the next moment at which their people may be told. */
async function tellAnew(tx: Tx, stepIds: readonly string[]): Promise<void> {
  if (stepIds.length === 0) return;
  await tx.$executeRaw`
    insert into reminder_step (id, obligation_id, version, step, audience, class, due_at, evidence)
    select gen_random_uuid(), s.obligation_id, s.version, ${`${LATER_STEP}:`} || s.step, s.audience, s.class, ${Prisma.raw(BUSINESS_MOMENT)},
      jsonb_strip_nulls(jsonb_build_object('by', s.evidence->'by'))
    from reminder_step s where s.id = any(${[...stepIds]}::uuid[])
    on conflict (obligation_id, version, step) do nothing`;
}
