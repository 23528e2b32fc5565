/** What a change of the calendar leaves for the officers: duties that are due on a day off now. Nothing is moved silently. */
import type { WorkingCalendar } from '../kernel/calendar.js';
import { renderText, t } from '../conversation/index.js';
import type { Language } from '../kernel/format.js';
import { localDate, type LocalDate } from '../kernel/local-date.js';
import type { Tx } from '../store/index.js';
import type { closeTask, NewTask, openTasks } from '../tasks/index.js';
import type { CalendarListener, OwedOn } from './ports.js';
import { dayText } from './texts.js';

export interface AfterDeps {
  readonly listener: CalendarListener;
  readonly openTasks: typeof openTasks;
  readonly closeTask: typeof closeTask;
}

interface Change {
  readonly tx: Tx;
  readonly now: Date;
  readonly actor: { readonly memberId: string | null };
}

// Tasks are rows for the office, which works in Vietnamese.
const TASK_LANGUAGE: Language = 'vi';
const KIND = 'calendar-change';
/** Lines of a task; the rest is counted. */
const LISTED = 10;

/** Opens a task for each of these days that is off now and on which something is due; closes that of a day that is not. */
export async function tellOfficers(
  deps: AfterDeps,
  calendar: WorkingCalendar,
  changed: readonly LocalDate[],
  { tx, now, actor }: Change,
): Promise<void> {
  const done = { byId: actor.memberId, result: 'working-day-again' };
  for (const day of changed.filter((one) => calendar.isWorkingDay(one)))
    await deps.closeTask(tx, { kind: KIND, refId: day }, done, now);
  const off = changed.filter((day) => day >= localDate(now) && !calendar.isWorkingDay(day));
  const owed = off.length === 0 ? [] : await deps.listener.owedOn(tx, off);
  const tasks = off.flatMap((day) => {
    const due = owed.filter(({ on }) => on === day);
    return due.length === 0 ? [] : [taskOf(day, due)];
  });
  await deps.openTasks(tx, tasks, now);
}

function taskOf(day: LocalDate, due: readonly OwedOn[]): NewTask {
  const lines = due.slice(0, LISTED).map(({ dutyName, units }) => t('calendar.task.line', { duty: dutyName, units }));
  const more = due.length - lines.length;
  const text = [t('calendar.task.text'), ...lines, ...(more > 0 ? [t('calendar.task.more', { n: more })] : [])];
  const title = t('calendar.task.title', { day: dayText(day), duties: due.length });
  return {
    kind: KIND,
    refId: day,
    title: renderText(title, TASK_LANGUAGE),
    data: { text: renderText(text, TASK_LANGUAGE) },
  };
}
