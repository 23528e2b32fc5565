/** What becomes of steps that want to go up: they go, wait while the unit is told once more, or stop for a person to telephone. */
import { groupBy } from '../../kernel/group.js';
import { localDate } from '../../kernel/local-date.js';
import type { WorkingCalendar } from '../../kernel/calendar.js';
import { newId } from '../../kernel/ids.js';
import { remindAt } from '../../kernel/remind-at.js';
import { rankOf } from '../../duties/index.js';
import type { Tx } from '../../store/index.js';
import type { DueStep } from './firing.js';
import { isOfUnit, sidewaysStep, type SeatHolder } from './ladder.js';
import { judge, type Known, type Proof, type Verdict } from './proof.js';
import { loadKnown } from './proof-store.js';
import { unprovenTasks } from './proof-tasks.js';
import { addBeside, markCleared, markVoid, putOff, reviveProven } from './store-steps.js';
import type { TickParts } from './tick-parts.js';

export interface Rising {
  readonly steps: readonly DueStep[];
  readonly holders: readonly SeatHolder[];
  readonly calendar: WorkingCalendar;
}

export interface Risen {
  /** What speaks in units now: the seats' own steps, those that may go up, and those that go sideways. */
  readonly speaking: readonly DueStep[];
  /** What each step that went up rests on. */
  readonly proofs: ReadonlyMap<string, Proof>;
  readonly voided: number;
}

interface Judged {
  readonly step: DueStep;
  readonly verdict: Verdict;
}

/** Judges every step above the seats' and writes what follows. Those for the office go on in a part of their own. */
export async function goUp(deps: TickParts, tx: Tx, rising: Rising, now: Date): Promise<Risen> {
  const own = rising.steps.filter((step) => rankOf(step.audience) === 0);
  const up = rising.steps.filter((step) => rankOf(step.audience) > 0 && step.cleared !== true);
  if (up.length === 0) return { speaking: own, proofs: new Map(), voided: 0 };
  const known = await loadKnown(tx, deps.proofs, up);
  const byUnit = groupBy(rising.holders, (holder) => holder.unitId);
  const judged = up.map((step) => ({ step, verdict: judge(step, byUnit.get(step.obligation.unitId) ?? [], known) }));

  const going = judged.flatMap(({ step, verdict }) => (verdict.kind === 'go' ? [{ step, proof: verdict.proof }] : []));
  await markCleared(
    tx,
    going
      .filter(({ step }) => !isOfUnit(step.audience))
      .map(({ step, proof }) => ({ id: step.id, evidence: { proof } })),
  );
  await closeProven(
    deps,
    tx,
    going.map(({ step }) => step),
    known,
    now,
  );
  const aside = await goSideways(tx, judged, rising.calendar, now);
  const voided = await stop(deps, tx, judged, known, now);
  return {
    speaking: [...own, ...going.map(({ step }) => step).filter((step) => isOfUnit(step.audience)), ...aside],
    proofs: new Map(going.map(({ step, proof }) => [step.id, proof])),
    voided,
  };
}

/** The step above waits for the next working morning; in the unit it is told once more, now. */
async function goSideways(tx: Tx, judged: readonly Judged[], calendar: WorkingCalendar, now: Date): Promise<DueStep[]> {
  const dueAt = remindAt(calendar.addWorkingDays(localDate(now), 1));
  const holds = judged.flatMap(({ step, verdict }) => (verdict.kind === 'hold' ? [{ step, ...verdict }] : []));
  await putOff(
    tx,
    holds.map(({ step, times }) => ({
      id: step.id,
      dueAt,
      evidence: { held: times, heldAt: now, heldWhy: 'unproven' },
    })),
  );
  const aside = holds.map(({ step, times, audience }): DueStep => ({
    id: newId(),
    version: step.version,
    step: sidewaysStep(step.step, times),
    audience,
    class: step.class,
    dueAt: now,
    obligation: step.obligation,
  }));
  const added = await addBeside(tx, aside);
  return aside.filter((step) => added.has(step.id));
}

/** What waited in vain goes no further: an officer is asked to telephone. */
async function stop(deps: TickParts, tx: Tx, judged: readonly Judged[], known: Known, now: Date): Promise<number> {
  const stopped = judged.filter(({ verdict }) => verdict.kind === 'stop').map(({ step }) => step);
  const nobody = judged.filter(({ verdict }) => verdict.kind === 'nobody').map(({ step }) => step);
  await markVoid(tx, [
    ...stopped.map((step) => ({ id: step.id, evidence: { reason: 'unproven', held: step.held ?? 0 } })),
    ...nobody.map((step) => ({ id: step.id, evidence: { reason: 'nobody-holds-the-seat' } })),
  ]);
  await deps.tasks.openTasks(tx, await unprovenTasks(tx, stopped, known), now);
  return stopped.length + nobody.length;
}

/** Proof came after all: nobody needs to telephone, and what had stopped goes on. */
async function closeProven(deps: TickParts, tx: Tx, going: readonly DueStep[], known: Known, now: Date): Promise<void> {
  const stopped = going.filter((step) => known.hasStopped(step.obligation.id, step.version));
  const ids = [...new Set(stopped.map((step) => step.obligation.id))];
  await reviveProven(tx, ids, now);
  for (const refId of ids)
    await deps.tasks.closeTask(tx, { kind: 'unproven', refId }, { byId: null, result: 'proven' }, now);
}
