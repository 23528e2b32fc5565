/** Carries out what officers decide on duties: urging, confirming paper, freeing a unit or not. */
import { refuse, t, type Refusal, type Say } from '../conversation/index.js';
import { shareCalendar } from '../calendar/index.js';
import { setDue } from '../duties/index.js';
import { formatMoment } from '../kernel/format.js';
import { endOfDay, localDate, type LocalDate } from '../kernel/local-date.js';
import type { EffectContext, EffectHandler } from '../inbox/index.js';
import { audit, handleForOfficers, hearers, isRefusal } from './deciding.js';
import { confirmPaper, keepDuty, noteLate, urgeUnits, waiveDuty } from './effects.js';
import { isLate, isOwing, type ObligationView } from './model.js';
import type { ReportingDeps } from './ports.js';
import { correctionDay } from './service.js';
import { closeObligation, lockObligation } from './store-obligations.js';
import { insertSubmission } from './submitting/store-submissions.js';
import { dayText, doButton } from './texts.js';
import { planUrge, urge, type UrgeScope } from './reminding/urge.js';

/** Handlers of what officers decide on duties. */
export const createOfficerHandlers = (deps: ReportingDeps): EffectHandler[] => [
  handleForOfficers(urgeUnits, ({ scope }, at) => send(deps, scope, at)),
  handleForOfficers(confirmPaper, (payload, at) => takePaper(deps, payload, at)),
  handleForOfficers(waiveDuty, (payload, at) => waive(deps, payload, at)),
  handleForOfficers(keepDuty, (payload, at) => keep(deps, payload, at)),
  handleForOfficers(noteLate, async ({ obligationId }, at) => {
    const about = { kind: 'late-report', refId: obligationId } as const;
    await deps.tasks.closeTask(at.tx, about, { byId: at.actor.memberId, result: 'noted' }, at.now);
    return undefined;
  }),
];

async function send(deps: ReportingDeps, scope: UrgeScope, at: EffectContext): Promise<undefined> {
  const { tx, now, actor } = at;
  const plan = await planUrge(tx, deps.seats, scope, now);
  await urge(tx, plan, actor.name, now);
  await audit(at, 'reporting.urge', `urge:${localDate(now)}`, { ...scope, units: plan.units, people: plan.people });
}

/** The locked obligation, or why nothing is left to decide. */
async function lockOpen(obligationId: string, at: EffectContext): Promise<ObligationView | Refusal> {
  const obligation = await lockObligation(at.tx, obligationId);
  if (!obligation) return refuse('gone', t('reporting.gone'));
  return isOwing(obligation.state)
    ? obligation
    : refuse('closed', t('reporting.notOwing', { duty: obligation.dutyName }));
}

async function closeTasks(deps: ReportingDeps, obligationId: string, result: string, at: EffectContext): Promise<void> {
  for (const kind of ['paper', 'not-ours', 'late-report', 'extension', 'unproven'] as const) {
    await deps.tasks.closeTask(at.tx, { kind, refId: obligationId }, { byId: at.actor.memberId, result }, at.now);
  }
}

async function takePaper(
  deps: ReportingDeps,
  payload: { obligationId: string; day: LocalDate; code: string },
  at: EffectContext,
): Promise<Refusal | undefined> {
  const obligation = await lockOpen(payload.obligationId, at);
  if (isRefusal(obligation)) return obligation;
  // The paper counts from the day it came; what came today counts from the officer's word.
  const dayEnd = endOfDay(payload.day);
  const came = dayEnd < at.heardAt ? dayEnd : at.heardAt;
  const written = await insertSubmission(
    at.tx,
    {
      id: at.newId(),
      code: payload.code,
      obligationId: obligation.id,
      version: (obligation.latest?.version ?? 0) + 1,
      kind: 'text',
      text: null,
      values: {},
      fileIds: [],
      state: 'accepted',
      late: isLate(came, obligation.dueAt),
      seatId: null,
      memberId: null,
      extra: { paper: true, confirmedBy: at.actor.memberId },
    },
    came,
  );
  if (!written) return refuse('code', t('reporting.submit.changed'));
  await closeObligation(at.tx, obligation.id, 'accepted', { reason: 'paper' }, came);
  await closeTasks(deps, obligation.id, payload.code, at);
  await audit(at, 'obligation.paper', `obligation:${obligation.id}`, { day: payload.day });
  await tellUnit(
    deps,
    obligation,
    'paper',
    { text: t('reporting.paper.confirmedNotice', names(obligation, { code: payload.code, at: formatMoment(at.now) })) },
    at,
  );
  return undefined;
}

async function waive(
  deps: ReportingDeps,
  payload: { obligationId: string; reason: string },
  at: EffectContext,
): Promise<Refusal | undefined> {
  const obligation = await lockOpen(payload.obligationId, at);
  if (isRefusal(obligation)) return obligation;
  await closeObligation(at.tx, obligation.id, 'waived', { reason: 'waived' }, null);
  await closeTasks(deps, obligation.id, 'waived', at);
  await audit(at, 'obligation.waived', `obligation:${obligation.id}`, { reason: payload.reason });
  await tellUnit(
    deps,
    obligation,
    'waived',
    { text: t('reporting.waivedNotice', names(obligation, { reason: payload.reason })) },
    at,
  );
  return undefined;
}

async function keep(
  deps: ReportingDeps,
  payload: { obligationId: string; reason: string },
  at: EffectContext,
): Promise<Refusal | undefined> {
  await shareCalendar(at.tx);
  const obligation = await lockOpen(payload.obligationId, at);
  if (isRefusal(obligation)) return obligation;
  const state = obligation.state === 'returned' ? 'returned' : 'open';
  const dueOn = await correctionDay(at.tx, obligation.dueOn, at.now);
  // Whoever waited for an answer gets time to act on it; a due day still ahead stays.
  const by = { basis: payload.reason, byId: at.actor.memberId };
  const wish = { dutyId: obligation.dutyId, ids: [obligation.id], dueOn, state, reason: 'kept', ...by } as const;
  await setDue(at.tx, wish, at.now);
  await closeTasks(deps, obligation.id, 'kept', at);
  await audit(at, 'obligation.kept', `obligation:${obligation.id}`, { reason: payload.reason });
  const text = [
    t('reporting.keptNotice', names(obligation, { reason: payload.reason })),
    t('reporting.review.returnedTerm', { day: dayText(dueOn) }),
  ];
  await tellUnit(deps, obligation, `kept:${String(obligation.version)}`, { text, buttons: [doButton(obligation)] }, at);
  return undefined;
}

const names = (obligation: ObligationView, more: Readonly<Record<string, string>>) => ({
  duty: obligation.dutyName,
  unit: obligation.unitName,
  ...more,
});

async function tellUnit(
  deps: ReportingDeps,
  obligation: ObligationView,
  slot: string,
  say: Say,
  at: EffectContext,
): Promise<void> {
  const to = await hearers(deps, at, obligation.unitId, null);
  await at.outbox.tell(
    at.tx,
    { source: { kind: 'obligation', id: obligation.id }, slot, class: 'deadline', ordered: true, to, say: [say] },
    at.now,
  );
}
