/** The part of a tick that speaks to units: seats and heads, one message a person. */
import { groupBy } from '../../kernel/group.js';
import type { Language } from '../../kernel/format.js';
import { localDate } from '../../kernel/local-date.js';
import type { Recipient } from '../../delivery/ports.js';
import { translate } from '../../i18n/index.js';
import { loadCalendar } from '../../calendar/index.js';
import { rankOf } from '../../duties/index.js';
import type { Tx } from '../../store/index.js';
import type { NewTask } from '../../tasks/index.js';
import { planFiring, type DueStep } from './firing.js';
import { hearersOf, type SeatHolder } from './ladder.js';
import { spread, type Hearing } from './listening.js';
import { ALL_SEATS } from '../ports.js';
import type { Proof } from './proof.js';
import { gatherDigests, sayDigest, type Digest, type Setting } from './reminders.js';
import { goUp } from './sideways.js';
import {
  addBeside,
  claimOfUnits,
  findPast,
  holdKeys,
  markFired,
  markVoid,
  putOff,
  type FiredStep,
} from './store-steps.js';
import { NOTHING, type Ticked, type TickParts } from './tick-parts.js';

/** Reminds the units of a pack, each group of units that share a person under one key. */
export async function remindUnits(
  deps: TickParts,
  tx: Tx,
  pack: readonly (readonly string[])[],
  now: Date,
): Promise<Ticked> {
  const held = await holdKeys(
    tx,
    pack.flatMap((group) => group.slice(0, 1)),
  );
  const unitIds = pack.filter((group) => held.has(group[0] ?? '')).flat();
  if (unitIds.length === 0) return NOTHING;
  const { fire, voided } = planFiring(await claimOfUnits(tx, unitIds, now), now);
  await markVoid(tx, voided);
  if (fire.length === 0) return { ...NOTHING, voided: voided.length };

  const holders = await deps.seats.holdersOf(tx, unitIds, ALL_SEATS);
  const risen = await goUp(deps, tx, { steps: fire, holders, calendar: await loadCalendar(tx) }, now);
  const { hearings, later, aside } = await spread(deps, tx, { steps: risen.speaking, holders }, now);
  await putOff(tx, later);
  await addBeside(tx, aside);
  const waiting = new Set(later.map((step) => step.id));
  const speaking = risen.speaking.filter((step) => !waiting.has(step.id));
  const told = await tellUnits(deps, tx, { speaking, holders, hearings, proofs: risen.proofs }, now);
  return { fired: speaking.length, voided: voided.length + risen.voided, told };
}

interface Speaking {
  readonly speaking: readonly DueStep[];
  readonly holders: readonly SeatHolder[];
  readonly hearings: readonly Hearing[];
  readonly proofs: ReadonlyMap<string, Proof>;
}

async function tellUnits(deps: TickParts, tx: Tx, plan: Speaking, now: Date): Promise<number> {
  const { speaking: steps, holders, hearings, proofs } = plan;
  if (steps.length === 0) return 0;
  const setting = await loadSetting(tx, steps, now);
  const heard = new Map<string, Told>();
  let told = 0;
  for (const digest of gatherDigests(steps, holders, hearings)) {
    const notice = noticeOf(digest, setting);
    const messages = await deps.outbox.tell(tx, notice, now);
    told += messages;
    noteTold(heard, digest, { messages, slot: notice.slot });
  }
  await deps.tasks.openTasks(tx, tasksForSilent(steps, holders), now);
  await markFired(
    tx,
    steps.map((step) => fired(step, heard.get(step.id), setting, proofs.get(step.id))),
    now,
  );
  return told;
}

/** What texts depend on: the day, its calendar, and what was said before. */
export async function loadSetting(tx: Tx, steps: readonly DueStep[], now: Date): Promise<Setting> {
  const escalated = steps.filter((step) => rankOf(step.audience) > 0).map((step) => step.obligation.id);
  const past = escalated.length === 0 ? [] : await findPast(tx, escalated);
  return {
    now,
    today: localDate(now),
    calendar: await loadCalendar(tx),
    past: groupBy(past, (step) => step.obligationId),
  };
}

/** All reminders of a day stand under one source; the slot is the first step, so that one digest is one message. */
function noticeOf(digest: Digest, setting: Setting) {
  const seats = new Set(digest.items.map((item) => item.seatId));
  const [seatId] = seats;
  const to: Recipient =
    seats.size === 1 && seatId !== undefined ? { person: digest.person, seatId } : { person: digest.person };
  const isCritical = digest.items.some((item) => item.step.class === 'critical');
  return {
    source: sourceOf(setting),
    slot: slotOf(digest.items.map((item) => item.step)),
    class: isCritical ? 'critical' : 'deadline',
    to: [to],
    // Whoever urges at night is asked whether it should leave at once.
    ...(digest.items.some(({ step }) => step.by !== undefined) ? { ordered: true } : {}),
    say: [sayDigest(digest, setting)],
  } as const;
}

export const sourceOf = (setting: Pick<Setting, 'today'>) => ({ kind: 'reminder', id: setting.today });
export const slotOf = (steps: readonly DueStep[]): string => steps.map((step) => step.id).sort()[0] ?? '';

/** What is kept of a step that spoke: enough to find its messages. */
export interface Told {
  readonly messages: number;
  readonly recipients: readonly string[];
  /** Person → slot, under the source of the day. */
  readonly slots: Readonly<Record<string, string>>;
  readonly digest: boolean;
  /** Person → all steps of that person's digest; kept with the step that names the slot. */
  readonly with?: Readonly<Record<string, readonly string[]>>;
}

const NOBODY: Told = { messages: 0, recipients: [], slots: {}, digest: false };

function noteTold(
  heard: Map<string, Told>,
  digest: Digest,
  { messages, slot }: { messages: number; slot: string },
): void {
  const ids = digest.items.map(({ step }) => step.id);
  for (const item of digest.items) {
    for (const step of [item.step, ...item.also]) {
      const known = heard.get(step.id) ?? NOBODY;
      heard.set(step.id, {
        messages: known.messages + messages,
        recipients: [...known.recipients, digest.person],
        slots: { ...known.slots, [digest.person]: slot },
        digest: known.digest || ids.length > 1,
        ...(step.id === slot && ids.length > 1 ? { with: { ...known.with, [digest.person]: ids } } : {}),
      });
    }
  }
}

/** The evidence of a step that spoke. */
export function fired(step: DueStep, told: Told | undefined, setting: Setting, proof?: Proof): FiredStep {
  const lateMinutes = Math.floor((setting.now.getTime() - step.dueAt.getTime()) / 60_000);
  const facts = told ?? { ...NOBODY, reason: 'nobody-holds-the-seat' };
  const { kind, id } = sourceOf(setting);
  return { id: step.id, evidence: { ...facts, source: `${kind}:${id}`, lateMinutes, ...(proof ? { proof } : {}) } };
}

/** A unit without anybody to remind is the officers' business. */
function tasksForSilent(steps: readonly DueStep[], holders: readonly SeatHolder[]): NewTask[] {
  const byUnit = groupBy(holders, (holder) => holder.unitId);
  const silent = new Map<string, DueStep>();
  for (const step of steps) {
    const of = byUnit.get(step.obligation.unitId) ?? [];
    const audience = rankOf(step.audience) === 0 ? 'seat' : step.audience;
    if (hearersOf(audience, of, step.obligation.assignee?.memberId).holders.length === 0)
      silent.set(step.obligation.unitId, step);
  }
  return [...silent.values()].map(({ obligation }) => ({
    kind: 'silent-seat',
    refId: obligation.unitId,
    unitId: obligation.unitId,
    title: translate(TASK_LANGUAGE, 'reporting.task.silent', { unit: obligation.unitName }),
  }));
}

// Tasks are rows for the office, which works in Vietnamese.
export const TASK_LANGUAGE: Language = 'vi';
