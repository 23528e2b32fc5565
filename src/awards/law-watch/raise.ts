/** Tells officers and administrators, in good time and once, that a document or a parameter ends. */
import { raw, renderText, t, type Say, type Text } from '../../conversation/index.js';
import type { Outbox, Recipient } from '../../delivery/ports.js';
import { localDate } from '../../kernel/local-date.js';
import type { Store, Tx } from '../../store/index.js';
import type { closeTask, NewTask } from '../../tasks/index.js';
import type { Knowledge } from '../model.js';
import { dueAlarms, endingsOf, keysOf, type Alarm, type Ending } from './endings.js';
import { claimAlarms, forgetAlarms, openAlarmTasks, raisedKeys } from './store.js';
import { alarmText, cardLines } from './texts.js';
import { cardsTouchedBy } from './touched.js';

type CloseTask = typeof closeTask;

export interface LawWatchDeps {
  readonly outbox: Pick<Outbox, 'tell'>;
  /** The knowledge as it is now, officers' corrections included. */
  knowledge(): Knowledge;
  openTasks(tx: Tx, tasks: readonly NewTask[], now: Date): Promise<void>;
  closeTask: CloseTask;
  /** Officers and administrators. */
  inCharge(tx: Tx): Promise<readonly Recipient[]>;
}

const BUTTONS = 3;
const LISTED = 10;

/** Raises what is due in the caller's transaction; returns how many alarms that were. Twice raises nothing more. */
export async function raiseLawAlarms(deps: LawWatchDeps, tx: Tx, now: Date): Promise<number> {
  const knowledge = deps.knowledge();
  const endings = endingsOf(knowledge);
  await closeMoved(deps, tx, endings, now);
  const raised = await raisedKeys(
    tx,
    endings.flatMap(({ id }) => keysOf(id)),
  );
  const due = dueAlarms(endings, localDate(now), raised);
  if (due.length === 0) return 0;
  const mine = await claimAlarms(
    tx,
    due.map(({ key }) => key),
    now,
  );
  const alarms = due.filter(({ key }) => mine.has(key));
  const [first] = alarms;
  if (!first) return 0;
  await deps.openTasks(
    tx,
    alarms.map((alarm) => taskOf(alarm, knowledge)),
    now,
  );
  await deps.outbox.tell(
    tx,
    {
      source: { kind: 'law', id: first.key },
      slot: 'alarm',
      class: 'announcement',
      to: await deps.inCharge(tx),
      say: [alarmSay(alarms, knowledge)],
    },
    now,
  );
  return alarms.length;
}

/** Tasks of days that are no more, because an officer corrected them, are done; should such a day come back, it is told anew. */
async function closeMoved(deps: LawWatchDeps, tx: Tx, endings: readonly Ending[], now: Date): Promise<void> {
  const known = new Set(endings.map(({ id }) => id));
  const moved = (await openAlarmTasks(tx)).filter((id) => !known.has(id));
  for (const refId of moved) await deps.closeTask(tx, { kind: 'law', refId }, { byId: null, result: 'moved' }, now);
  await forgetAlarms(tx, moved.flatMap(keysOf));
}

/** One message for all that is due, however much that is. */
function alarmSay(alarms: readonly Alarm[], knowledge: Knowledge): Say {
  const [only] = alarms;
  const listed =
    only && alarms.length === 1 ? cardLines(cardsTouchedBy(knowledge, only.ending.number), LISTED) : ([] as Text[]);
  const numbers = [...new Set(alarms.map(({ ending }) => ending.number))];
  return {
    text: [
      t('awards.law.alarm.title', { n: alarms.length }),
      ...alarms.map((one) => alarmText(one, knowledge)),
      ...listed,
    ],
    buttons: [
      ...numbers.slice(0, BUTTONS).map((number) => ({ label: raw(number), command: 'law-document', arg: number })),
      { label: t('awards.law.button.list'), command: 'law' },
    ],
  };
}

/** Steps of the same ending share a task: whoever has not dealt with it at 180 days need not do so twice. */
function taskOf(alarm: Alarm, knowledge: Knowledge): NewTask {
  const text = renderText(alarmText(alarm, knowledge), 'vi');
  return { kind: 'law', refId: alarm.ending.id, title: `📌 ${text}`, data: { text } };
}

/** The watch of one process: cheap while neither the day nor the knowledge has changed. */
export function createLawWatch(deps: LawWatchDeps & { readonly store: Store; refresh(): Promise<void> }) {
  let looked: { readonly day: string; readonly knowledge: Knowledge } | null = null;
  return async (now: Date): Promise<number> => {
    await deps.refresh();
    const seen = { day: localDate(now), knowledge: deps.knowledge() };
    if (looked?.day === seen.day && looked.knowledge === seen.knowledge) return 0;
    const raised = await deps.store.transaction((tx) => raiseLawAlarms(deps, tx, now));
    looked = seen;
    return raised;
  };
}
