/** Who hears a step now and who later: a few messages a day, in the hours that each person chose. */
import { groupBy } from '../../kernel/group.js';
import { loadCalendar } from '../../calendar/index.js';
import { quietHoursOf } from '../../delivery/index.js';
import { newId } from '../../kernel/ids.js';
import { localDate } from '../../kernel/local-date.js';
import type { PersonKey } from '../../kernel/people.js';
import type { Tx } from '../../store/index.js';
import { deferredUntil, type DayRules, type DeferReason } from './cap.js';
import type { DueStep } from './firing.js';
import { hearersOf, laterStep, type SeatHolder } from './ladder.js';
import { loadOwnHours, readPerDay } from './listening-store.js';
import type { LaterStep } from './store-steps.js';
import type { TickParts } from './tick-parts.js';

/** One person hears one step. */
export interface Hearing {
  readonly stepId: string;
  readonly person: PersonKey;
}

export interface Spread {
  /** Who hears them now. */
  readonly hearings: readonly Hearing[];
  /** Steps that nobody hears now. */
  readonly later: readonly LaterStep[];
  /** Steps for whoever hears one later than the others do: a message that waited could not be taken back in time. */
  readonly aside: readonly DueStep[];
}

/** What is critical, or ordered by an officer, does not wait. */
const isPressing = (step: DueStep): boolean => step.class === 'critical' || step.by !== undefined;

/**
 * Puts off what all who would hear it hear later. Where one may hear it now and another may not, it speaks now, and a
 * step of its own waits for the other: handing in meanwhile silences that one.
 */
export async function spread(
  deps: TickParts,
  tx: Tx,
  { steps, holders }: { readonly steps: readonly DueStep[]; readonly holders: readonly SeatHolder[] },
  now: Date,
): Promise<Spread> {
  const byUnit = groupBy(holders, (holder) => holder.unitId);
  const asked = steps.map((step) => {
    const { unitId, assignee } = step.obligation;
    return { step, people: hearersOf(step.audience, byUnit.get(unitId) ?? [], assignee?.memberId).holders };
  });
  const patient = asked.filter(({ step }) => !isPressing(step)).flatMap((one) => one.people.map((p) => p.personKey));
  const until = await loadWaits(deps, tx, [...new Set(patient)], now);
  const hearings: Hearing[] = [];
  const later: LaterStep[] = [];
  const aside: DueStep[] = [];
  for (const { step, people } of asked) {
    const waits = people.map(({ personKey }) => (isPressing(step) ? null : (until.get(personKey) ?? null)));
    const first = soonest(waits);
    if (first) later.push({ id: step.id, dueAt: first.at, evidence: { deferred: { at: now, why: first.why } } });
    else
      people.forEach(({ personKey: person, kind }, n) => {
        const wait = waits[n];
        if (!wait) hearings.push({ stepId: step.id, person });
        else aside.push({ ...step, id: newId(), step: laterStep(step.step), audience: kind, dueAt: wait.at });
      });
  }
  return { hearings, later, aside };
}

interface Wait {
  readonly at: Date;
  readonly why: DeferReason;
}

/** The first moment at which one of them may hear it; null when one may now, or there is nobody. */
function soonest(waits: readonly (Wait | null)[]): Wait | null {
  const sorted = waits.filter((wait) => wait !== null).sort((a, b) => a.at.getTime() - b.at.getTime());
  return sorted.length === waits.length ? (sorted[0] ?? null) : null;
}

async function loadWaits(
  deps: TickParts,
  tx: Tx,
  people: readonly PersonKey[],
  now: Date,
): Promise<Map<PersonKey, Wait>> {
  if (people.length === 0) return new Map();
  const source = { kind: 'reminder', id: localDate(now) };
  const told = groupBy(await deps.proofs.told(tx, source, people), (one) => one.person);
  const hours = await loadOwnHours(tx, people);
  const rules: DayRules = {
    now,
    perDay: await readPerDay(tx),
    calendar: await loadCalendar(tx),
    quiet: await quietHoursOf(deps.quietHours, tx),
  };
  return new Map(
    people.flatMap((person) => {
      const wait = deferredUntil({ heard: told.get(person)?.length ?? 0, hours: hours.get(person) ?? null }, rules);
      return wait ? [[person, wait] as const] : [];
    }),
  );
}
