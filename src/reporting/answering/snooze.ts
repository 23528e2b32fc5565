/** "Nhắc lại sau": the unit says when it wants to hear of something again. */
import { refuse, t, type Refusal } from '../../conversation/index.js';
import { isId } from '../../kernel/ids.js';
import { localDate, type LocalDate } from '../../kernel/local-date.js';
import { remindAt } from '../../kernel/remind-at.js';
import type { EffectContext } from '../../inbox/index.js';
import type { Tx } from '../../store/index.js';
import { promiseInstant, SNOOZE_STEP, snoozeStep } from '../reminding/ladder.js';
import { isOwing, type ObligationView } from '../model.js';
import { addStep, voidSeatSteps } from '../reminding/store-steps.js';

/** How often one due day may be put off: more would be a way of never hearing of it. */
export const SNOOZES = 3;

/** When a reminder put off at `now` comes again: that morning, or this afternoon; null when that is over. */
export const snoozeInstant = (day: LocalDate, now: Date): Date | null => promiseInstant(day, now);

/** How often the present due day was put off already. */
export async function countSnoozes(tx: Tx, obligationId: string): Promise<number> {
  if (!isId(obligationId)) return 0;
  const [row] = await tx.$queryRaw<{ n: number }[]>`
    select count(*)::int as n from reminder_step s join obligation o on o.id = s.obligation_id and o.version = s.version
    where o.id = ${obligationId}::uuid and s.step like ${`${SNOOZE_STEP}:%`}`;
  return row?.n ?? 0;
}

/** Why a reminder cannot be put off to a day; null when it can. */
export function snoozeProblem(obligation: ObligationView, day: LocalDate, taken: number, now: Date) {
  const due = { day: obligation.dueOn };
  if (obligation.dueOn < localDate(now)) return { kind: 'overdue', ...due } as const;
  if (taken >= SNOOZES) return { kind: 'often', ...due } as const;
  if (day > obligation.dueOn) return { kind: 'afterDue', ...due } as const;
  return snoozeInstant(day, now) === null ? ({ kind: 'past', ...due } as const) : null;
}

/** Leaves the seat in peace until then; what is told on the due day is told in any case. */
export async function snooze(
  obligation: ObligationView,
  day: LocalDate,
  { tx, now }: EffectContext,
): Promise<Refusal | undefined> {
  if (!isOwing(obligation.state)) return refuse('closed', t('reporting.notOwing', { duty: obligation.dutyName }));
  const taken = await countSnoozes(tx, obligation.id);
  const at = snoozeInstant(day, now);
  if (at === null || snoozeProblem(obligation, day, taken, now) !== null)
    return refuse('changed', t('reporting.snooze.changed'));
  const dueMorning = remindAt(obligation.dueOn);
  await voidSeatSteps(tx, obligation.id, at < dueMorning ? at : dueMorning, { reason: 'snoozed', day });
  await addStep(tx, obligation.id, obligation.version, {
    step: snoozeStep(taken + 1),
    audience: 'seat',
    class: 'deadline',
    dueAt: at,
  });
  return undefined;
}
