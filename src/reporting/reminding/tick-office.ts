/** The part of a tick that speaks to officers and leaders: of many units at once, only after proof. */
import { localDate } from '../../kernel/local-date.js';
import { remindAt } from '../../kernel/remind-at.js';
import { renderText } from '../../conversation/render.js';
import { translate } from '../../i18n/index.js';
import type { Recipient } from '../../delivery/ports.js';
import type { Tx } from '../../store/index.js';
import type { NewTask } from '../../tasks/index.js';
import { planFiring, type DueStep } from './firing.js';
import { sayToLeaders, sayToOfficers, type Setting } from './reminders.js';
import { claimForOffice, holdKeys, markFired, markVoid, putOff } from './store-steps.js';
import { dayText, pastText } from '../texts.js';
import { fired, loadSetting, slotOf, sourceOf, TASK_LANGUAGE, type Told } from './tick-units.js';
import { NOTHING, type Ticked, type TickParts } from './tick-parts.js';

/** One message of a tick a person: more than this does not fall due in the province at once; the rest comes with the next. */
const STEPS_AT_ONCE = 20_000;
const LEADERS_SLOT = 'leaders';

/** Opens a task for every obligation that nobody could bring in, and tells the officers once of all of them. */
export async function tellOfficers(deps: TickParts, tx: Tx, now: Date): Promise<Ticked> {
  const held = await holdKeys(tx, ['officers']);
  if (held.size === 0) return NOTHING;
  const { fire, voided } = planFiring(await claimForOffice(tx, 'officer', now, STEPS_AT_ONCE), now);
  await markVoid(tx, voided);
  if (fire.length === 0) return { ...NOTHING, voided: voided.length };

  const setting = await loadSetting(tx, fire, now);
  await deps.tasks.openTasks(
    tx,
    fire.map((step) => lateTask(step, setting)),
    now,
  );
  const to = await deps.seats.officers(tx);
  const slot = slotOf(fire);
  const source = sourceOf(setting);
  const told = await deps.outbox.tell(
    tx,
    { source, slot, class: 'deadline', to, say: [sayToOfficers(fire, setting)] },
    now,
  );
  await markFired(
    tx,
    fire.map((step) => fired(step, toldAll(told, to, slot, fire.length > 1), setting)),
    now,
  );
  return { fired: fire.length, voided: voided.length, told };
}

const toldAll = (messages: number, to: readonly Recipient[], slot: string, digest: boolean): Told => ({
  messages,
  recipients: to.map((one) => one.person),
  slots: Object.fromEntries(to.map((one) => [one.person, slot])),
  digest,
});

function lateTask({ obligation }: DueStep, setting: Setting): NewTask {
  const past = renderText(pastText(setting.past.get(obligation.id) ?? []), TASK_LANGUAGE);
  const day = renderText(dayText(obligation.dueOn), TASK_LANGUAGE);
  return {
    kind: 'late-report',
    refId: obligation.id,
    unitId: obligation.unitId,
    title: translate(TASK_LANGUAGE, 'reporting.task.late', { duty: obligation.dutyName, unit: obligation.unitName }),
    data: { text: translate(TASK_LANGUAGE, 'reporting.task.lateText', { day, past }) },
  };
}

/** The leaders' digest: once a day, of all units whose step has come; the officers get the same list. */
export async function tellLeaders(deps: TickParts, tx: Tx, now: Date): Promise<Ticked> {
  const held = await holdKeys(tx, ['officers']);
  if (held.size === 0) return NOTHING;
  const { fire, voided } = planFiring(await claimForOffice(tx, 'leader', now, STEPS_AT_ONCE), now);
  await markVoid(tx, voided);
  if (fire.length === 0) return { ...NOTHING, voided: voided.length };

  const setting = await loadSetting(tx, fire, now);
  const source = sourceOf(setting);
  const to = uniquePeople([...(await deps.seats.leaders(tx)), ...(await deps.seats.officers(tx))]);
  const before = await deps.proofs.told(
    tx,
    source,
    to.map((one) => one.person),
  );
  if (before.some((one) => one.slot === LEADERS_SLOT)) {
    const dueAt = remindAt(setting.calendar.addWorkingDays(localDate(now), 1));
    const evidence = { deferred: { at: now, why: 'digest-of-the-day' } };
    await putOff(
      tx,
      fire.map((step) => ({ id: step.id, dueAt, evidence })),
    );
    return { ...NOTHING, voided: voided.length };
  }
  const say = [sayToLeaders(fire, setting)];
  const told = await deps.outbox.tell(tx, { source, slot: LEADERS_SLOT, class: 'deadline', to, say }, now);
  await markFired(
    tx,
    fire.map((step) => fired(step, toldAll(told, to, LEADERS_SLOT, fire.length > 1), setting)),
    now,
  );
  return { fired: fire.length, voided: voided.length, told };
}

const uniquePeople = (all: readonly Recipient[]): Recipient[] => [
  ...new Map(all.map((one) => [one.person, { person: one.person }])).values(),
];
