/** Carries out requests for more time: asking, taking back, deciding. Of two officers at once the second is told. */
import { refuse, t, type Refusal, type Say } from '../../conversation/index.js';
import { renderText } from '../../conversation/render.js';
import type { Recipient } from '../../delivery/ports.js';
import { setDue } from '../../duties/index.js';
import { handle, type EffectContext, type EffectHandler } from '../../inbox/index.js';
import { translate } from '../../i18n/index.js';
import { formatMoment } from '../../kernel/format.js';
import { localDate, type LocalDate } from '../../kernel/local-date.js';
import { loadCalendar, shareCalendar } from '../../calendar/index.js';
import { seatFor, seatText } from '../../units/index.js';
import { audit, handleForOfficers, hearers, isRefusal } from '../deciding.js';
import { askExtension, dropExtension, grantExtension, refuseExtension, withdrawExtension } from '../effects.js';
import { dayProblem, decidedText, openOf } from './extension.js';
import { lockMine } from './handlers-seat.js';
import { isOwing, type ObligationView } from '../model.js';
import type { ReportingDeps } from '../ports.js';
import { noteTold } from '../due-days/store-due-changes.js';
import { closeExtension, findExtensions, insertExtension, type ExtensionView } from './store-extensions.js';
import { lockObligation } from '../store-obligations.js';
import { dayText, doButton } from '../texts.js';

/** Handlers of requests for more time. */
export const createExtensionHandlers = (deps: ReportingDeps): EffectHandler[] => [
  handle(askExtension, (payload, at) => ask(deps, payload, at)),
  handle(withdrawExtension, ({ obligationId }, at) => withdraw(deps, obligationId, at)),
  handleForOfficers(grantExtension, (payload, at) => grant(deps, payload, at)),
  handleForOfficers(refuseExtension, (payload, at) => turnDown(deps, payload, at)),
  handleForOfficers(dropExtension, async ({ obligationId }, at) => {
    await closeTask(deps, obligationId, 'dropped', at);
    return undefined;
  }),
];

async function ask(
  deps: ReportingDeps,
  said: { readonly obligationId: string; readonly day: LocalDate; readonly reason: string },
  at: EffectContext,
): Promise<Refusal | undefined> {
  const { tx, now, actor } = at;
  const obligation = await lockMine(said.obligationId, at);
  if (isRefusal(obligation)) return obligation;
  if (!isOwing(obligation.state)) return refuse('closed', t('reporting.notOwing', { duty: obligation.dutyName }));
  const open = openOf(await findExtensions(tx, obligation.id));
  if (open) return refuse('asked', t('reporting.extend.askedMeanwhile', { by: open.askedBy ?? '–' }));
  const problem = dayProblem(said.day, obligation.dueOn, localDate(now), await loadCalendar(tx));
  if (problem) return refuse('day', problem);
  const seat = seatFor(actor, obligation.unitId);
  const { day: wantedOn, reason } = said;
  const wish = { obligationId: obligation.id, wantedOn, reason, askedById: actor.memberId };
  await insertExtension(tx, { ...wish, seatId: seat?.seatId ?? null }, now);
  const who = seat ? `${actor.name}, ${renderText(seatText(seat), 'vi')}` : actor.name;
  const names = { duty: obligation.dutyName, unit: obligation.unitName };
  const note = translate('vi', 'reporting.task.extensionNote', { day: renderText(dayText(wantedOn), 'vi'), reason });
  const task = {
    kind: 'extension',
    refId: obligation.id,
    unitId: obligation.unitId,
    title: translate('vi', 'reporting.task.extension', names),
    data: { text: translate('vi', 'reporting.task.said', { who, at: formatMoment(now), note }) },
  } as const;
  await deps.tasks.openTasks(tx, [task], now);
  await audit(at, 'extension.asked', `obligation:${obligation.id}`, { day: wantedOn, reason });
  return undefined;
}

async function withdraw(deps: ReportingDeps, obligationId: string, at: EffectContext): Promise<Refusal | undefined> {
  const obligation = await lockMine(obligationId, at);
  if (isRefusal(obligation)) return obligation;
  const all = await findExtensions(at.tx, obligation.id);
  const open = openOf(all);
  if (!open) return refuse('decided', all[0] ? decidedText(all[0]) : t('reporting.extension.nothing'));
  await closeExtension(at.tx, open.id, { state: 'withdrawn', decidedById: at.actor.memberId }, at.now);
  await closeTask(deps, obligation.id, 'withdrawn', at);
  await audit(at, 'extension.withdrawn', `obligation:${obligation.id}`, {});
  return undefined;
}

/** The obligation and the request, both held; or what became of them meanwhile. */
async function lockOpen(
  { extensionId, obligationId }: { readonly extensionId: string; readonly obligationId: string },
  at: EffectContext,
): Promise<{ readonly obligation: ObligationView; readonly request: ExtensionView } | Refusal> {
  const obligation = await lockObligation(at.tx, obligationId);
  if (!obligation) return refuse('gone', t('reporting.gone'));
  const names = { duty: obligation.dutyName, unit: obligation.unitName };
  if (!isOwing(obligation.state)) return refuse('closed', t('reporting.extension.closed', names));
  const request = (await findExtensions(at.tx, obligation.id)).find((one) => one.id === extensionId);
  if (!request) return refuse('gone', t('reporting.extension.nothing'));
  return request.state === 'asked' ? { obligation, request } : refuse('decided', decidedText(request));
}

async function grant(
  deps: ReportingDeps,
  payload: { readonly extensionId: string; readonly obligationId: string; readonly day: LocalDate },
  at: EffectContext,
): Promise<Refusal | undefined> {
  const { tx, now, actor } = at;
  await shareCalendar(tx);
  const open = await lockOpen(payload, at);
  if (isRefusal(open)) return open;
  const { obligation, request } = open;
  const problem = dayProblem(payload.day, obligation.dueOn, localDate(now), await loadCalendar(tx));
  if (problem) return refuse('day', problem);
  const why = { reason: 'extended', basis: request.reason, byId: actor.memberId } as const;
  const wish = { dutyId: obligation.dutyId, ids: [obligation.id], dueOn: payload.day, state: null, ...why };
  await setDue(tx, wish, now);
  await closeExtension(tx, request.id, { state: 'granted', grantedOn: payload.day, decidedById: actor.memberId }, now);
  await closeTask(deps, obligation.id, 'granted', at);
  const days = { from: obligation.dueOn, to: payload.day };
  await audit(at, 'extension.granted', `obligation:${obligation.id}`, { ...days, extension: request.id });
  const names = { duty: obligation.dutyName, unit: obligation.unitName };
  const text = t('reporting.extension.grantedNotice', { ...names, from: dayText(days.from), day: dayText(days.to) });
  const say = { text, buttons: [doButton(obligation), ownButton(obligation)] };
  const people = await tell(deps, { obligation, request, slot: `extended:${String(obligation.version + 1)}`, say }, at);
  await noteTold(tx, [{ obligationId: obligation.id, people }]);
  return undefined;
}

async function turnDown(
  deps: ReportingDeps,
  payload: { readonly extensionId: string; readonly obligationId: string; readonly reason: string },
  at: EffectContext,
): Promise<Refusal | undefined> {
  const open = await lockOpen(payload, at);
  if (isRefusal(open)) return open;
  const { obligation, request } = open;
  const { reason } = payload;
  await closeExtension(
    at.tx,
    request.id,
    { state: 'refused', refusal: reason, decidedById: at.actor.memberId },
    at.now,
  );
  await closeTask(deps, obligation.id, 'refused', at);
  await audit(at, 'extension.refused', `obligation:${obligation.id}`, { reason, extension: request.id });
  const names = { duty: obligation.dutyName, unit: obligation.unitName };
  const text = t('reporting.extension.refusedNotice', { ...names, day: dayText(obligation.dueOn), reason });
  const say = { text, buttons: [doButton(obligation), ownButton(obligation)] };
  await tell(deps, { obligation, request, slot: `extension-refused:${request.id}`, say }, at);
  return undefined;
}

const ownButton = (obligation: ObligationView) => ({
  label: t('reporting.button.more'),
  command: 'obligation',
  arg: obligation.id,
});

interface Told {
  readonly obligation: ObligationView;
  readonly request: ExtensionView;
  readonly slot: string;
  readonly say: Say;
}

/** Tells the seat, whoever asked, and the colleague who does the work. */
async function tell(deps: ReportingDeps, told: Told, at: EffectContext): Promise<number> {
  const { obligation, request, slot, say } = told;
  const to = new Map<string, Recipient>();
  for (const memberId of [request.askedById, obligation.assignee?.memberId ?? null])
    for (const one of await hearers(deps, at, obligation.unitId, memberId)) to.set(one.person, one);
  const source = { kind: 'obligation', id: obligation.id };
  const notice = { source, slot, class: 'deadline', ordered: true, to: [...to.values()], say: [say] } as const;
  return at.outbox.tell(at.tx, notice, at.now);
}

const closeTask = (deps: ReportingDeps, obligationId: string, result: string, at: EffectContext): Promise<boolean> =>
  deps.tasks.closeTask(at.tx, { kind: 'extension', refId: obligationId }, { byId: at.actor.memberId, result }, at.now);
