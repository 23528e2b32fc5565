/** Planning: the obligations of what is coming, made from the rules of each duty. */
import { addDays, localDate, type LocalDate } from '../kernel/local-date.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import { translate } from '../i18n/index.js';
import { isOutage, type Store, type Tx } from '../store/index.js';
import type { NewTask, TaskKind } from '../tasks/index.js';
import { dueOf, type Due } from './due.js';
import { firstStepDay } from './ladder.js';
import { loadCalendar, shareCalendar } from '../calendar/index.js';
import type { DutyContent } from './model.js';
import { findOwing, findOwners } from './owners.js';
import { periodsBetween, type Period } from './periods.js';
import { createObligations } from './service.js';
import { findPlanned, lockDuty, setPlannedTo, type KeptDuty } from './store-duties.js';
import { periodName } from './texts.js';

/** The officers' list of tasks. The tasks room fulfils it. */
export interface DutyTasks {
  openTasks(tx: Tx, tasks: readonly NewTask[], now: Date): Promise<void>;
  closeTask(
    tx: Tx,
    about: { kind: TaskKind; refId: string },
    done: { byId: string | null; result: string },
    now: Date,
  ): Promise<boolean>;
}

export interface PlanDeps {
  readonly store: Store;
  readonly tasks: DutyTasks;
}

/** How far ahead obligations are made. */
const AHEAD_DAYS = 60;
const DUTY_TIMEOUT_MS = 60_000;

/** A period with its due day. */
export interface DuePeriod extends Due {
  readonly period: Period;
}

/** Further than any rule puts a due day after its period, or the first step of a ladder before it. */
const REACH_DAYS = 500;

/** The periods of a duty that are due from `from` on, and whose first step or due day comes no later than `to`. */
export function duePeriods(
  content: Pick<DutyContent, 'periods' | 'due' | 'ladder' | 'startsOn' | 'endsOn'>,
  calendar: WorkingCalendar,
  from: LocalDate,
  to: LocalDate,
): DuePeriod[] {
  const first = later(content.startsOn, addDays(from, -REACH_DAYS));
  return periodsBetween(content.periods, first, addDays(to, REACH_DAYS))
    .filter(({ endsOn }) => content.endsOn === null || endsOn <= content.endsOn)
    .map((period) => ({ period, ...dueOf(content.due, period, calendar) }))
    .filter(({ dueOn }) => dueOn >= from && firstStepDay(content.ladder, dueOn, calendar) <= to);
}

/** Three years: three periods of any rule. */
const LOOK_DAYS = 1_100;

/** The next due days. */
export const nextDues = (
  content: Parameters<typeof duePeriods>[0],
  calendar: WorkingCalendar,
  today: LocalDate,
  count: number,
): DuePeriod[] => duePeriods(content, calendar, today, addDays(today, LOOK_DAYS)).slice(0, count);

const later = (a: LocalDate, b: LocalDate): LocalDate => (a > b ? a : b);
const earlier = (a: LocalDate, b: LocalDate): LocalDate => (a < b ? a : b);

/** Builds `planDuties`. It may run twice, and in any number of processes at once. */
export function createPlanDuties(deps: PlanDeps) {
  const { store } = deps;

  /**
   * Makes what comes within the next 60 days, of one duty or of all; `through`: as if it were already that day, for
   * a clock that is about to be moved. Returns how many obligations are new.
   */
  return async function planDuties(
    now: Date,
    { dutyId, through }: { readonly dutyId?: string; readonly through?: LocalDate } = {},
  ): Promise<number> {
    let made = 0;
    const failed: unknown[] = [];
    const ahead = addDays(later(through ?? '', localDate(now)), AHEAD_DAYS);
    for (const id of dutyId === undefined ? await findPlanned(store.db) : [dutyId]) {
      try {
        made += await store.transaction((tx) => planDuty(deps, tx, id, { now, ahead }), { timeoutMs: DUTY_TIMEOUT_MS });
      } catch (error) {
        // One duty that cannot be planned must not keep what comes after it from being owed.
        if (isOutage(error)) throw error;
        failed.push(error);
      }
    }
    if (failed.length > 0) throw failed[0];
    return made;
  };
}

/** One duty in one transaction: one statement a period, whatever the number of units. */
async function planDuty(
  { tasks }: PlanDeps,
  tx: Tx,
  id: string,
  { now, ahead }: { readonly now: Date; readonly ahead: LocalDate },
): Promise<number> {
  // Days that are entered meanwhile wait until this is written, and date it anew.
  await shareCalendar(tx);
  const duty = await lockDuty(tx, id, 'skip');
  if (!duty?.active) return 0;
  const today = localDate(now);
  // What fell due while nobody planned is made too: a unit owes it all the same.
  const from = earlier(duty.plannedTo ?? today, today);
  let made = 0;
  let owners = 0;
  const calendar = await loadCalendar(tx);
  for (const due of duePeriods(duty.content, calendar, from, ahead)) {
    const { key: period, endsOn } = due.period;
    const unitIds = await findOwing(tx, duty.content.owners, { dutyId: id, period, endsOn }, today);
    owners += unitIds.length;
    made += await createObligations(tx, { dutyId: id, unitIds, ...wishOf(due) }, now);
  }
  if (owners === 0) owners = (await findOwners(tx, duty.content.owners, today)).length;
  if (owners === 0) await tasks.openTasks(tx, [ownerlessTask(duty)], now);
  else await tasks.closeTask(tx, { kind: 'duty-owners', refId: id }, { byId: null, result: 'owners' }, now);
  if (duty.plannedTo === null || duty.plannedTo < ahead) await setPlannedTo(tx, id, ahead);
  return made;
}

/** What is kept of a period with its obligations. */
export function wishOf({ period, dueOn, how }: DuePeriod) {
  const name = periodName(period.name);
  return { period: period.key, dueOn, how: { ...(name === undefined ? {} : { period: name }), parts: how } };
}

const ownerlessTask = ({ id, code, content }: KeptDuty): NewTask => ({
  kind: 'duty-owners',
  refId: id,
  title: translate('vi', 'duties.task.owners', { duty: content.name }),
  data: { text: translate('vi', 'duties.task.ownersText', { code }) },
});
