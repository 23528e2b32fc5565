/** Carries out moving the due day of a period: exactly what the officer saw moves, whoever knew the old day is told. */
import { refuse, t, type Refusal } from '../../conversation/index.js';
import { shareCalendar } from '../../calendar/index.js';
import { moveCampaignDay } from '../../campaigns/index.js';
import { setDue, type DueMoved } from '../../duties/index.js';
import type { EffectContext, EffectHandler } from '../../inbox/index.js';
import { localDate } from '../../kernel/local-date.js';
import { audit, handleForOfficers } from '../deciding.js';
import { moveDue, type MoveDueOrder } from '../effects.js';
import { planMove, tellDueMoved } from './move-due.js';
import type { ReportingDeps } from '../ports.js';
import { lockOwingOf } from '../store-obligations.js';

/** Handlers of moving due days. */
export const createMoveDueHandlers = (deps: ReportingDeps): EffectHandler[] => [
  handleForOfficers(moveDue, (order, at) => move(deps, order, at)),
];

async function move(deps: ReportingDeps, order: MoveDueOrder, at: EffectContext): Promise<Refusal | undefined> {
  const { tx, now, actor, outbox } = at;
  const { dutyId, period, dueOn, basis, unitIds } = order;
  if (dueOn < localDate(now)) return refuse('past', t('reporting.moveDue.past'));
  await shareCalendar(tx);
  await lockOwingOf(tx, dutyId, period);
  const plan = await planMove(tx, deps.seats, order);
  if (plan.seen !== order.seen) return refuse('changed', t('reporting.moveDue.changed'));
  const ids = plan.obligations.map((one) => one.id);
  const reason = unitIds ? 'moved-alone' : 'due-day-moved';
  const wish = { dutyId, ids, dueOn, state: null, reason, basis, byId: actor.memberId };
  await setDue(tx, wish, now);
  const [first] = plan.obligations;
  // The campaign's own page says the day for all; a unit's own day stands with its obligation alone.
  if (first && first.campaignId !== null && first.kind !== 'periodic' && !unitIds) {
    const isInOrder = await moveCampaignDay(tx, first.campaignId, first.kind, dueOn);
    if (!isInOrder) return refuse('order', t('reporting.moveDue.order'));
  }
  const moves: DueMoved[] = [...new Set(plan.obligations.map((one) => one.dueOn))].map((from) => ({
    dutyId,
    period,
    from,
    to: dueOn,
    basis,
    obligationIds: plan.obligations.filter((one) => one.dueOn === from).map((one) => one.id),
  }));
  const told = await tellDueMoved({ seats: deps.seats, outbox }, tx, moves, now);
  const from = [...new Set(moves.map((one) => one.from))];
  const done = { period, from, to: dueOn, basis, units: ids.length, told, ...(unitIds ? { unitIds } : {}) };
  await audit(at, 'obligation.due-moved', `duty:${dutyId}`, done);
  return undefined;
}
