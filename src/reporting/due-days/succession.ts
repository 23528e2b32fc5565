/** What becomes of the obligations of a unit that another goes on for. */
import { replaceOwner, setDue, waiveObligations, type DueWish } from '../../duties/index.js';
import { shareCalendar } from '../../calendar/index.js';
import { localDate, type LocalDate } from '../../kernel/local-date.js';
import { remindAt } from '../../kernel/remind-at.js';
import type { Tx } from '../../store/index.js';
import type { Succession, SuccessionFacts } from '../../units/index.js';
import { heirStep, promiseInstant, promiseStep } from '../reminding/ladder.js';
import type { ObligationState } from '../model.js';
import type { Tasks } from '../ports.js';
import { addStep } from '../reminding/store-steps.js';

/** An obligation of the unit that ends. */
interface Passing {
  readonly id: string;
  readonly dutyId: string;
  readonly dueOn: LocalDate;
  readonly state: Extract<ObligationState, 'open' | 'returned' | 'submitted'>;
  readonly version: number;
  readonly how: NonNullable<DueWish['how']>;
  readonly promiseOn: LocalDate | null;
  /** The heir's own obligation of the same duty and period. */
  readonly twinId: string | null;
  /** The heir had been freed of its own: it owes it all the same now, for the unit that ends. */
  readonly isTwinFree: boolean;
}

const ABOUT_OBLIGATION = ['late-report', 'paper', 'not-ours', 'extension', 'unproven'] as const;

/**
 * Builds the hook that lets the heir go on for what is owed. What the heir owes itself is kept and the other waived
 * (what the heir had been freed of is open again); the rest moves, its reminders planned anew, and the heir's seat is told of it. What fell due before the change still
 * counts for the unit that owed it then, and what is settled stays where it is.
 */
export function createSuccession({ tasks }: { readonly tasks: Pick<Tasks, 'closeTask'> }) {
  return async function succeedObligations(tx: Tx, succession: Succession): Promise<SuccessionFacts | undefined> {
    const { fromUnitId, heirUnitId, now } = succession;
    if (heirUnitId === fromUnitId) return undefined;
    await shareCalendar(tx);
    const passing = await lockPassing(tx, fromUnitId, heirUnitId);
    const isOwed = ({ state }: Passing) => state !== 'submitted';
    const waived = passing.filter((one) => isOwed(one) && (one.twinId !== null || heirUnitId === null));
    const moving = heirUnitId === null ? [] : passing.filter(({ twinId }) => twinId === null);
    await waive(tx, waived, succession, tasks);
    for (const one of waived.filter(({ isTwinFree }) => isTwinFree)) await reopenTwin(tx, one, succession);
    if (heirUnitId !== null) {
      await move(tx, moving, heirUnitId, succession);
      await replan(tx, moving.filter(isOwed), succession);
      await replaceOwner(tx, fromUnitId, heirUnitId);
    }
    const moved = moving.filter(isOwed).length;
    await tx.auditEntry.create({
      data: {
        at: now,
        action: 'unit.succession',
        subject: `unit:${fromUnitId}`,
        data: {
          heir: heirUnitId,
          moved: moving.map(({ id }) => id),
          waived: waived.map(({ id, twinId }) => ({ id, keptAs: twinId })),
        },
      },
    });
    return { moved, waived: waived.length };
  };
}

/** What the unit owes or has handed in without an answer, held until the transaction ends. */
function lockPassing(tx: Tx, fromUnitId: string, heirUnitId: string | null): Promise<Passing[]> {
  return tx.$queryRaw<Passing[]>`
    select o.id, o.duty_id as "dutyId", to_char(o.due_on, 'YYYY-MM-DD') as "dueOn", o.state, o.version,
      coalesce(o.how->'parts', '[]'::jsonb) as how, to_char(o.promise_on, 'YYYY-MM-DD') as "promiseOn", h.id as "twinId",
      coalesce(h.state = 'waived', false) as "isTwinFree"
    from obligation o
    left join obligation h on h.duty_id = o.duty_id and h.period = o.period and h.unit_id = ${heirUnitId}::uuid
    where o.unit_id = ${fromUnitId}::uuid and o.state in ('open', 'returned', 'submitted')
    order by o.id for no key update of o`;
}

async function waive(
  tx: Tx,
  waived: readonly Passing[],
  { heirUnitId, now }: Succession,
  tasks: Pick<Tasks, 'closeTask'>,
): Promise<void> {
  if (waived.length === 0) return;
  const reason = heirUnitId === null ? 'unit-dissolved' : 'unit-merged';
  const ids = waived.map(({ id }) => id);
  await waiveObligations(tx, ids, reason);
  // The heir's own row is named, so that whoever looks at this one finds where the work is done.
  await tx.$executeRaw`
    update obligation o set how = o.how || jsonb_build_object('waived', jsonb_build_object('reason', ${reason}::text, 'keptAs', k.kept))
    from unnest(${ids}::uuid[], ${waived.map(({ twinId }) => twinId)}::uuid[]) as k(id, kept) where o.id = k.id`;
  await tx.extension.updateMany({
    where: { obligationId: { in: ids }, state: 'asked' },
    data: { state: 'withdrawn', decidedAt: now },
  });
  for (const refId of ids)
    for (const kind of ABOUT_OBLIGATION)
      await tasks.closeTask(tx, { kind, refId }, { byId: null, result: reason }, now);
}

/** Else nobody would owe it: the heir was freed as the unit that it was. */
async function reopenTwin(tx: Tx, { dutyId, twinId, dueOn, how }: Passing, { now }: Succession): Promise<void> {
  const ids = twinId === null ? [] : [twinId];
  await setDue(
    tx,
    { dutyId, ids, dueOn, state: 'open', reason: 'unit-changed', ...(how.length === 0 ? {} : { how }) },
    now,
  );
}

async function move(
  tx: Tx,
  moving: readonly Passing[],
  heirUnitId: string,
  { fromUnitId, effectiveOn }: Succession,
): Promise<void> {
  // Whoever was to do it sat in the unit that is no more.
  await tx.$executeRaw`
    update obligation set unit_id = ${heirUnitId}::uuid, assignee_id = null,
      counted_unit_id = coalesce(counted_unit_id,
        case when due_on < ${effectiveOn}::date or state = 'submitted' then ${fromUnitId}::uuid end)
    where id = any(${moving.map(({ id }) => id)}::uuid[])`;
}

/** The ladder begins anew with the heir: nothing that the other unit heard stands as proof against it. */
async function replan(tx: Tx, moving: readonly Passing[], { effectiveOn, now }: Succession): Promise<void> {
  const groups = new Map<string, Passing[]>();
  for (const one of moving) {
    const key = JSON.stringify([one.dutyId, one.dueOn, one.state, one.how]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  for (const group of groups.values()) {
    const [first] = group;
    if (!first || first.state === 'submitted') continue;
    const { dutyId, dueOn, state, how } = first;
    const wish = { dutyId, ids: group.map(({ id }) => id), dueOn, state, reason: 'unit-changed' };
    await setDue(tx, how.length === 0 ? wish : { ...wish, how }, now);
  }
  const morning = remindAt(localDate(now));
  for (const { id, version, promiseOn } of moving) {
    const told = { step: heirStep(effectiveOn), dueAt: morning > now ? morning : now };
    await addStep(tx, id, version + 1, { ...told, audience: 'seat', class: 'deadline' });
    const promised = promiseOn === null ? null : promiseInstant(promiseOn, now);
    if (promiseOn === null || promised === null) continue;
    const step = { step: promiseStep(promiseOn), dueAt: promised, audience: 'seat', class: 'deadline' } as const;
    await addStep(tx, id, version + 1, step);
  }
}
