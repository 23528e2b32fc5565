/** What must hold of the reminder ladder whatever happens to a province; the short and the long run share it. */
import fc from 'fast-check';
import { loadCalendar } from '../../src/calendar/index.js';
import { rankOf } from '../../src/duties/ladder.js';
import { addDays, atLocal, fromDbDate, localDate } from '../../src/kernel/local-date.js';
import { isLaterStep } from '../../src/reporting/reminding/ladder.js';
import { act } from './properties-acts.js';
import { plans, type Plan } from './properties-plan.js';
import { Province, type Owed } from './properties-province.js';
import { loadSteps, Watch, type Step } from './properties-watch.js';
import type { World } from './world.js';

/** Longer than any ladder, with everything that puts it off. */
const LONG_DAYS = 120;

/** What the runs met, so that a run that met nothing is seen. */
export class Figures {
  runs = 0;
  ticks = 0;
  readonly steps = new Map<string, number>();

  add(steps: readonly Step[], ticks: number): void {
    this.runs += 1;
    this.ticks += ticks;
    for (const { step, state, audience, evidence } of steps) {
      const what = state === 'fired' && rankOf(audience) > 0 ? `fired on ${evidence.proof?.kind ?? 'nothing'}` : state;
      const which = isLaterStep(step) ? `later ${what}` : what;
      const key = evidence.reason === undefined ? which : `${which} ${evidence.reason}`;
      this.steps.set(key, (this.steps.get(key) ?? 0) + 1);
    }
  }

  toString(): string {
    const sorted = [...this.steps].sort(([a], [b]) => a.localeCompare(b));
    return JSON.stringify({ runs: this.runs, ticks: this.ticks, steps: Object.fromEntries(sorted) });
  }
}

/** Drives random provinces; fast-check names seed and path of what fails, and makes it small. */
export async function holdAlways(world: World, runs: number, seed: number): Promise<Figures> {
  const figures = new Figures();
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const { province, watch } = await drive(world, plan);
      const steps = await loadSteps(province);
      const problems = await endProblems(province, watch, steps);
      figures.add(steps, watch.ticks);
      if (problems.length > 0) throw new Error(problems.join('; '));
    }),
    { numRuns: runs, seed },
  );
  return figures;
}

/** Plays a plan, and then walks past everything. */
export async function drive(world: World, plan: Plan): Promise<{ province: Province; watch: Watch }> {
  const watch = new Watch();
  const province = new Province(world, plan, watch.observe);
  await province.open();
  for (const action of plan.actions) {
    await act(province, action);
    await watch.observe(province, 'action');
  }
  await province.walk(atLocal(addDays(localDate(province.now), LONG_DAYS), '12:00'));
  return { province, watch };
}

/** 2. Nobody who owes is forgotten; and no step ever comes back once it spoke. */
async function endProblems(province: Province, watch: Watch, steps: readonly Step[]): Promise<string[]> {
  const { db } = province.world.store;
  const again = await db.$queryRaw<{ id: string }[]>`
    select id::text from step_log where was = 'fired' union select id::text from step_log where now = 'fired' group by id having count(*) > 1`;
  const problems = again.map(({ id }) => `step ${id} spoke and came back`);
  for (const owed of province.owed) {
    const mine = steps.filter((step) => step.obligationId === owed.id);
    const row = await db.obligation.findUniqueOrThrow({ where: { id: owed.id } });
    if (owed.owing !== ['open', 'returned'].includes(row.state)) problems.push(`${owed.id} is ${row.state}`);
    const forgotten = mine.flatMap((step) => forgottenProblem(province, owed, step, { mine, now: row.version }));
    problems.push(...forgotten);
    if (owed.owing) problems.push(...(await rungProblems(province, owed, mine, watch)));
  }
  return problems;
}

/** What may have become of a step, by the reason that it gives, given what happened. */
function forgottenProblem(
  province: Province,
  { owing, past }: Owed,
  { step, state, version, audience, dueAt, evidence }: Step,
  { mine, now }: { readonly mine: readonly Step[]; readonly now: number },
): string[] {
  if (state === 'fired') return [];
  const { reason = '', into } = evidence;
  const never = [`v${String(version)} ${step} is ${state} ${JSON.stringify(evidence)}`];
  if (state === 'pending') return never;
  const emptied =
    province.gone.size > 0 || province.past.has('vacated') || province.plan.seats.some(([a, b]) => !a && !b);
  const excuses: Readonly<Record<string, boolean>> = {
    missed: province.past.has('outage'),
    promised: past.has('promise'),
    'new-promise': past.has('promise'),
    snoozed: past.has('snooze'),
    // An outage also swallows what goes sideways in hours of their own.
    unproven: province.past.has('deaf') || province.past.has('outage'),
    'nobody-holds-the-seat': emptied,
    merged:
      mine.some((one) => one.step === into && one.version === version && one.evidence.reason !== 'missed') &&
      // What speaks for others at the same moment takes nobody's place.
      mine.some(
        (one) =>
          one.version === version &&
          (one.audience === audience ? one.dueAt >= dueAt : one.dueAt > dueAt) &&
          one.step !== step,
      ),
  };
  if (excuses[reason] === true) return [];
  // What is over with its due day, or with the obligation, gives the name of what ended it.
  return version < now || !owing ? [] : never;
}

/** Every rung of the ladder that lay ahead is there, on its day. */
async function rungProblems(
  { world, plan }: Province,
  { id, duty, plannedAt }: Owed,
  mine: readonly Step[],
  { planned }: Watch,
): Promise<string[]> {
  const { version, dueOn } = await world.store.db.obligation.findUniqueOrThrow({ where: { id } });
  const calendar = await world.store.transaction((tx) => loadCalendar(tx));
  const due = fromDbDate(dueOn);
  return (plan.duties[duty]?.ladder ?? []).flatMap(({ step, offset, audience }) => {
    const at = atLocal(offset === 0 ? due : calendar.addWorkingDays(due, offset), '08:00');
    const found = mine.find((one) => one.step === step && one.version === version);
    if (at <= plannedAt) return found ? [`${step} was planned though it was over`] : [];
    if (found?.audience !== audience) return [`${step} was never planned`];
    return planned.get(found.id)?.getTime() === at.getTime() ? [] : [`${step} was planned for another time`];
  });
}
