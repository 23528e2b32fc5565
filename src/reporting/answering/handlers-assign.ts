/** Carries out handing a report to a colleague of the unit, and back. */
import { refuse, t, type Refusal, type Text } from '../../conversation/index.js';
import { handle, type EffectContext, type EffectHandler } from '../../inbox/index.js';
import { audit, isRefusal } from '../deciding.js';
import { assignReport } from '../effects.js';
import { lockMine } from './handlers-seat.js';
import { isOwing, type ObligationView } from '../model.js';
import { ALL_SEATS, type ReportingDeps } from '../ports.js';
import { setAssignee } from '../store-obligations.js';
import { dayText, doButton } from '../texts.js';

/** Handlers of handing over within a unit. */
export const createAssignHandlers = (deps: ReportingDeps): EffectHandler[] => [
  handle(assignReport, (payload, at) => assign(deps, payload, at)),
];

async function assign(
  deps: ReportingDeps,
  { obligationId, memberId }: { readonly obligationId: string; readonly memberId: string | null },
  at: EffectContext,
): Promise<Refusal | undefined> {
  const obligation = await lockMine(obligationId, at);
  if (isRefusal(obligation)) return obligation;
  if (!isOwing(obligation.state)) return refuse('closed', t('reporting.notOwing', { duty: obligation.dutyName }));
  const holders = await deps.seats.holdersOf(at.tx, [obligation.unitId], ALL_SEATS);
  const chosen = memberId === null ? null : (holders.find((one) => one.personKey === `m:${memberId}`) ?? null);
  if (memberId !== null && chosen === null) return refuse('left', t('reporting.assign.left'));
  const before = obligation.assignee?.memberId ?? null;
  if (before === memberId) return refuse('same', sameText(obligation));
  await setAssignee(at.tx, obligation.id, memberId);
  await audit(at, 'obligation.assigned', `obligation:${obligation.id}`, { from: before, to: memberId });
  const facts = {
    duty: obligation.dutyName,
    unit: obligation.unitName,
    by: at.actor.name,
    day: dayText(obligation.dueOn),
  };
  // Whoever had it before, and still belongs to the unit, must not go on with it.
  const primary = holders.find((one) => one.kind === 'primary');
  const next = chosen ?? primary ?? null;
  if (next)
    await tell(obligation, next, t(chosen ? 'reporting.assign.notice' : 'reporting.assign.backNotice', facts), at);
  const old = before === null ? primary : holders.find((one) => one.personKey === `m:${before}`);
  if (old && old.personKey !== next?.personKey) await tell(obligation, old, t('reporting.assign.gone', facts), at);
  return undefined;
}

const sameText = (obligation: ObligationView): Text =>
  obligation.assignee
    ? t('reporting.assign.already', { name: obligation.assignee.name })
    : t('reporting.assign.alreadySeat', { unit: obligation.unitName });

/** One message for each hand-over; whoever did it has the answer already. */
async function tell(
  obligation: ObligationView,
  to: { readonly personKey: `m:${string}` | `c:${string}`; readonly seatId: string },
  text: Text,
  at: EffectContext,
): Promise<void> {
  if (to.personKey === `m:${at.actor.memberId ?? ''}`) return;
  const more = { label: t('reporting.button.more'), command: 'obligation', arg: obligation.id };
  const source = { kind: 'obligation', id: obligation.id };
  const say = [{ text, buttons: [doButton(obligation), more] }];
  const whom = [{ person: to.personKey, seatId: to.seatId }];
  await at.outbox.tell(at.tx, { source, slot: `assigned:${at.inboundId}`, class: 'deadline', to: whom, say }, at.now);
}
