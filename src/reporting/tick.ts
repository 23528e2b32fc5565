/** The tick: what is due now is told, once, to those who still owe. */
import type { Outbox, Recipient } from '../delivery/ports.js';
import type { Language } from '../kernel/format.js';
import { localDate } from '../kernel/local-date.js';
import { translate } from '../i18n/index.js';
import { renderText } from '../conversation/render.js';
import type { Store, Tx } from '../store/index.js';
import type { NewTask } from '../tasks/index.js';
import { packUnits, planFiring, type DueStep } from './firing.js';
import { hearersOf, type SeatHolder } from './ladder.js';
import { ALL_SEATS, type ReportingDeps } from './ports.js';
import { gatherDigests, sayDigest, sayToOfficers, type Digest, type Setting } from './reminders.js';
import { loadCalendar } from '../calendar/index.js';
import {
  claimForOfficers,
  claimOfUnits,
  findDueUnits,
  findPast,
  holdKeys,
  markFired,
  markVoid,
  type FiredStep,
} from './store-steps.js';
import { dayText, pastText } from './texts.js';

export interface TickDeps extends ReportingDeps {
  readonly store: Store;
  readonly outbox: Outbox;
}

/** What a tick did. */
export interface Ticked {
  readonly fired: number;
  readonly voided: number;
  /** People for whom a message was planned. */
  readonly told: number;
}

const UNITS_A_BATCH = 50;
const STEPS_A_BATCH = 500;
const BATCH_TIMEOUT_MS = 20_000;
const NOTHING: Ticked = { fired: 0, voided: 0, told: 0 };

/** Builds `reminderTick`. It may run twice, and in any number of processes at once. */
export function createReminderTick(deps: TickDeps) {
  const { store } = deps;

  /** Tells what is due at `now` (business clock). */
  return async function reminderTick(now: Date): Promise<Ticked> {
    let sum = NOTHING;
    const dueUnits = await findDueUnits(store.db, now);
    const holders = dueUnits.length === 0 ? [] : await deps.seats.holdersOf(store.db, dueUnits, ALL_SEATS);
    for (const pack of packUnits(dueUnits, holders, UNITS_A_BATCH)) {
      sum = add(
        sum,
        await store.transaction((tx) => remindUnits(deps, tx, pack, now), { timeoutMs: BATCH_TIMEOUT_MS }),
      );
    }
    for (;;) {
      const done = await store.transaction((tx) => tellOfficers(deps, tx, now), { timeoutMs: BATCH_TIMEOUT_MS });
      sum = add(sum, done);
      if (done.fired + done.voided < STEPS_A_BATCH) return sum;
    }
  };
}

const add = (a: Ticked, b: Ticked): Ticked => ({
  fired: a.fired + b.fired,
  voided: a.voided + b.voided,
  told: a.told + b.told,
});

/** Reminds the units of a pack, each group of units that share a person under one key. */
async function remindUnits(deps: TickDeps, tx: Tx, pack: readonly (readonly string[])[], now: Date): Promise<Ticked> {
  const held = await holdKeys(
    tx,
    pack.flatMap((group) => group.slice(0, 1)),
  );
  const unitIds = pack.filter((group) => held.has(group[0] ?? '')).flat();
  if (unitIds.length === 0) return NOTHING;
  const { fire, voided } = planFiring(await claimOfUnits(tx, unitIds, now), now);
  await markVoid(tx, voided);
  // The officers' steps have a message of their own.
  const steps = fire.filter((step) => step.audience !== 'officer');
  if (steps.length === 0) return { ...NOTHING, voided: voided.length };

  const holders = await deps.seats.holdersOf(tx, unitIds, ALL_SEATS);
  const digests = gatherDigests(steps, holders);
  const setting = await loadSetting(tx, steps, now);
  const evidence = new Map<string, { messages: number; recipients: string[]; digest: boolean }>();
  let told = 0;
  for (const digest of digests) {
    const count = await deps.outbox.tell(tx, noticeOf(digest, setting), now);
    told += count;
    noteEvidence(evidence, digest, count);
  }
  await deps.tasks.openTasks(tx, tasksForSilent(steps, holders), now);
  await markFired(
    tx,
    steps.map((step) => fired(step, evidence.get(step.id), setting, now)),
    now,
  );
  return { fired: steps.length, voided: voided.length, told };
}

async function loadSetting(tx: Tx, steps: readonly DueStep[], now: Date): Promise<Setting> {
  const past = new Map<string, Awaited<ReturnType<typeof findPast>>>();
  const escalated = steps.filter((step) => step.audience !== 'seat').map((step) => step.obligation.id);
  for (const step of escalated.length === 0 ? [] : await findPast(tx, escalated))
    past.set(step.obligationId, [...(past.get(step.obligationId) ?? []), step]);
  return { today: localDate(now), calendar: await loadCalendar(tx), past };
}

/** All reminders of a day stand under one source; the slot is the first step, so that one digest is one message. */
function noticeOf(digest: Digest, setting: Setting): Parameters<Outbox['tell']>[1] {
  const seats = new Set(digest.items.map((item) => item.seatId));
  const [seatId] = seats;
  const to: Recipient =
    seats.size === 1 && seatId !== undefined ? { person: digest.person, seatId } : { person: digest.person };
  return {
    source: sourceOf(setting),
    slot: slotOf(digest),
    class: digest.items.some((item) => item.step.class === 'critical') ? 'critical' : 'deadline',
    to: [to],
    // Whoever urges at night is asked whether it should leave at once.
    ...(digest.items.some(({ step }) => step.by !== undefined) ? { ordered: true } : {}),
    say: [sayDigest(digest, setting)],
  };
}

const sourceOf = (setting: Setting) => ({ kind: 'reminder', id: setting.today });
const slotOf = (digest: Digest): string => digest.items.map((item) => item.step.id).sort()[0] ?? '';

function noteEvidence(
  evidence: Map<string, { messages: number; recipients: string[]; digest: boolean }>,
  digest: Digest,
  count: number,
): void {
  for (const { step } of digest.items) {
    const known = evidence.get(step.id) ?? { messages: 0, recipients: [], digest: false };
    evidence.set(step.id, {
      messages: known.messages + count,
      recipients: [...known.recipients, digest.person],
      digest: known.digest || digest.items.length > 1,
    });
  }
}

function fired(
  step: DueStep,
  told: { messages: number; recipients: string[]; digest: boolean } | undefined,
  setting: Setting,
  now: Date,
): FiredStep {
  const lateMinutes = Math.floor((now.getTime() - step.dueAt.getTime()) / 60_000);
  const facts = told ?? { messages: 0, recipients: [], digest: false, reason: 'nobody-holds-the-seat' };
  return { id: step.id, evidence: { ...facts, source: `reminder:${setting.today}`, lateMinutes } };
}

/** A unit without anybody to remind is the officers' business. */
function tasksForSilent(steps: readonly DueStep[], holders: readonly SeatHolder[]): NewTask[] {
  const silent = new Map<string, DueStep>();
  for (const step of steps) {
    const of = holders.filter((holder) => holder.unitId === step.obligation.unitId);
    if (hearersOf(step.audience, of).holders.length === 0) silent.set(step.obligation.unitId, step);
  }
  return [...silent.values()].map(({ obligation }) => ({
    kind: 'silent-seat',
    refId: obligation.unitId,
    unitId: obligation.unitId,
    title: translate(TASK_LANGUAGE, 'reporting.task.silent', { unit: obligation.unitName }),
  }));
}

// Tasks are rows for the office, which works in Vietnamese.
const TASK_LANGUAGE: Language = 'vi';

/** Opens a task for every obligation that nobody could bring in, and tells the officers once of all of them. */
async function tellOfficers(deps: TickDeps, tx: Tx, now: Date): Promise<Ticked> {
  const held = await holdKeys(tx, ['officers']);
  if (held.size === 0) return NOTHING;
  const { fire, voided } = planFiring(await claimForOfficers(tx, now, STEPS_A_BATCH), now);
  await markVoid(tx, voided);
  if (fire.length === 0) return { ...NOTHING, voided: voided.length };

  const setting = await loadSetting(tx, fire, now);
  await deps.tasks.openTasks(
    tx,
    fire.map((step) => lateTask(step, setting)),
    now,
  );
  const to = await deps.seats.officers(tx);
  const slot = fire.map((step) => step.id).sort()[0] ?? '';
  const told = await deps.outbox.tell(
    tx,
    { source: sourceOf(setting), slot, class: 'deadline', to, say: [sayToOfficers(fire, setting)] },
    now,
  );
  const evidence = { messages: told, recipients: to.map((one) => one.person), digest: fire.length > 1 };
  await markFired(
    tx,
    fire.map((step) => fired(step, evidence, setting, now)),
    now,
  );
  return { fired: fire.length, voided: voided.length, told };
}

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
