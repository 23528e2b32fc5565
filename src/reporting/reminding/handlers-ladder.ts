/** Carries out what keeps ladders going: an officer's word that a unit was reached, and when people are reminded. */
import { refuse, t, type Refusal } from '../../conversation/index.js';
import { localDate } from '../../kernel/local-date.js';
import { handle, type EffectContext, type EffectHandler } from '../../inbox/index.js';
import { isAdmin } from '../../units/index.js';
import { notForYou } from '../../conversation/index.js';
import { loadQuietHours } from '../../calendar/index.js';
import { hoursProblem, type OwnHours } from './cap.js';
import { audit, handleForOfficers } from '../deciding.js';
import { confirmReached, setPerDay, setRemindHours } from '../effects.js';
import { keepPerDay, keepRemindHours, MOST_PER_DAY } from './listening-store.js';
import { isOwing } from '../model.js';
import type { ReportingDeps } from '../ports.js';
import { lockObligation } from '../store-obligations.js';
import { reviveStopped } from './store-steps.js';

/** Handlers of what keeps ladders going. */
export const createLadderHandlers = (deps: ReportingDeps): EffectHandler[] => [
  handleForOfficers(confirmReached, ({ obligationId }, at) => reached(deps, obligationId, at)),
  handle(setRemindHours, ({ hours }, at) => keepHours(hours, at)),
  handle(setPerDay, async ({ count }, at) => {
    if (!isAdmin(at.actor)) return refuse('not-admin', notForYou(isAdmin, at.actor));
    if (count < 1 || count > MOST_PER_DAY) return refuse('bad', t('reporting.perDay.bad', { max: MOST_PER_DAY }));
    await keepPerDay(at.tx, count);
    await audit(at, 'reminders.per-day', 'setting:reminders.perDay', { count });
    return undefined;
  }),
];

async function reached(deps: ReportingDeps, obligationId: string, at: EffectContext): Promise<Refusal | undefined> {
  const obligation = await lockObligation(at.tx, obligationId);
  if (!obligation) return refuse('gone', t('reporting.gone'));
  const about = { kind: 'unproven', refId: obligation.id } as const;
  const done = { byId: at.actor.memberId, result: isOwing(obligation.state) ? 'reached' : 'closed' };
  const wasOpen = await deps.tasks.closeTask(at.tx, about, done, at.now);
  if (!isOwing(obligation.state)) return refuse('closed', t('reporting.notOwing', { duty: obligation.dutyName }));
  if (!wasOpen) return refuse('done', t('reporting.unproven.gone'));
  const steps = await reviveStopped(at.tx, obligation, { by: at.actor.name, at: at.now }, at.now);
  await audit(at, 'obligation.reached', `obligation:${obligation.id}`, { on: localDate(at.now), steps });
  return undefined;
}

async function keepHours(hours: OwnHours | null, at: EffectContext): Promise<Refusal | undefined> {
  const { memberId } = at.actor;
  if (memberId === null) return refuse('visitor', t('reporting.hours.members'));
  if (hours !== null && hoursProblem(hours, await loadQuietHours(at.tx)) !== null)
    return refuse('changed', t('reporting.hours.changed'));
  await keepRemindHours(at.tx, memberId, hours);
  await audit(at, 'reminders.hours', `member:${memberId}`, { hours });
  return undefined;
}
