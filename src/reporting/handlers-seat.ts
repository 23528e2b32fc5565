/** Carries out what seats ask: handing in, promising, saying that it went on paper or is not theirs. */
import { refuse, t, type Refusal } from '../conversation/index.js';
import { renderText } from '../conversation/render.js';
import { formatMoment } from '../kernel/format.js';
import { remindAt } from '../kernel/remind-at.js';
import { handle, type EffectContext, type EffectHandler } from '../inbox/index.js';
import { translate } from '../i18n/index.js';
import type { NewTask } from '../tasks/index.js';
import { seatFor, seatText } from '../units/index.js';
import { disownDuty, promiseReport, reportPaper, submitReport, type SubmitReport } from './effects.js';
import { isPromiseInTerm, promiseInstant, promiseStep } from './ladder.js';
import { isLate, isOwing, type ObligationView } from './model.js';
import type { ReportingDeps } from './ports.js';
import { closeObligation, lockObligation, setPromise } from './store-obligations.js';
import { addStep, voidPromises, voidSeatSteps } from './store-steps.js';
import { insertSubmission } from './store-submissions.js';

/** Handlers of what seats ask. */
export function createSeatHandlers(deps: ReportingDeps): EffectHandler[] {
  return [
    handle(submitReport, (payload, at) => submit(deps, payload, at)),
    handle(promiseReport, ({ obligationId, day }, at) => promise(obligationId, day, at)),
    handle(reportPaper, ({ obligationId, note }, at) => passOn(deps, { kind: 'paper', obligationId, note }, at)),
    handle(disownDuty, ({ obligationId, note }, at) => passOn(deps, { kind: 'not-ours', obligationId, note }, at)),
  ];
}

/** The locked obligation, or why this person may not act on it. */
async function lockMine(obligationId: string, at: EffectContext): Promise<ObligationView | Refusal> {
  const obligation = await lockObligation(at.tx, obligationId);
  if (!obligation) return refuse('gone', t('reporting.gone'));
  return seatFor(at.actor, obligation.unitId)
    ? obligation
    : refuse('not-yours', t('reporting.notYours', { unit: obligation.unitName }));
}

const isRefusal = (value: ObligationView | Refusal): value is Refusal => 'refused' in value;

async function submit(deps: ReportingDeps, payload: SubmitReport, at: EffectContext): Promise<Refusal | undefined> {
  const { tx, now, actor } = at;
  const obligation = await lockMine(payload.obligationId, at);
  if (isRefusal(obligation)) return obligation;
  const closed = closedRefusal(obligation);
  if (closed) return closed;
  const { latest } = obligation;
  const seen = payload.seen.version === (latest?.version ?? 0) && payload.seen.late === isLate(now, obligation.dueAt);
  if (!seen) return refuse('changed', t('reporting.submit.changed'));

  const id = at.newId();
  const seatId = seatFor(actor, obligation.unitId)?.seatId ?? null;
  const made = {
    ...payload.body,
    id,
    code: payload.code,
    obligationId: obligation.id,
    version: payload.seen.version + 1,
    late: payload.seen.late,
  };
  const written = await insertSubmission(tx, { ...made, state: 'received', seatId, memberId: actor.memberId }, now);
  if (!written) return refuse('code', t('reporting.submit.changed'));
  await closeObligation(tx, obligation.id, 'submitted', { reason: 'submitted', submission: payload.code }, now);
  const done = { byId: actor.memberId, result: payload.code };
  for (const kind of ['late-report', 'paper', 'not-ours'] as const)
    await deps.tasks.closeTask(tx, { kind, refId: obligation.id }, done, now);
  if (latest) await deps.tasks.closeTask(tx, { kind: 'review', refId: latest.id }, done, now);
  await deps.tasks.openTasks(tx, [reviewTask(obligation, id, payload.code)], now);
  return undefined;
}

function closedRefusal(obligation: ObligationView): Refusal | null {
  const { latest } = obligation;
  if (obligation.state === 'accepted') {
    return refuse(
      'accepted',
      t('reporting.submit.accepted', { code: latest?.code ?? '', at: latest ? formatMoment(latest.submittedAt) : '' }),
    );
  }
  if (obligation.state === 'waived')
    return refuse('waived', t('reporting.submit.waived', { unit: obligation.unitName }));
  return obligation.kind === 'registration' ? refuse('registration', t('reporting.submit.isRegistration')) : null;
}

const reviewTask = (obligation: ObligationView, submissionId: string, code: string): NewTask => ({
  kind: 'review',
  refId: submissionId,
  unitId: obligation.unitId,
  title: translate('vi', 'reporting.task.review', { code, duty: obligation.dutyName, unit: obligation.unitName }),
});

async function promise(obligationId: string, day: string, at: EffectContext): Promise<Refusal | undefined> {
  const { tx, now } = at;
  const obligation = await lockMine(obligationId, at);
  if (isRefusal(obligation)) return obligation;
  if (!isOwing(obligation.state)) return refuse('closed', t('reporting.notOwing', { duty: obligation.dutyName }));
  const instant = promiseInstant(day, now);
  await setPromise(tx, obligation.id, day);
  await voidPromises(tx, obligation.id);
  if (instant === null) return undefined;
  // The promise is the next reminder; the due day itself is told in any case.
  const quietUntil = isPromiseInTerm(day, obligation.dueOn) ? instant : remindAt(obligation.dueOn);
  await voidSeatSteps(tx, obligation.id, quietUntil, { reason: 'promised', day });
  await addStep(tx, obligation.id, obligation.version, {
    step: promiseStep(day),
    audience: 'seat',
    class: 'deadline',
    dueAt: instant,
  });
  return undefined;
}

/** Leaves the decision to an officer; until then the seat is not reminded of what it says is done or not its own. */
async function passOn(
  deps: ReportingDeps,
  said: { readonly kind: 'paper' | 'not-ours'; readonly obligationId: string; readonly note: string },
  at: EffectContext,
): Promise<Refusal | undefined> {
  const { tx, now, actor } = at;
  const obligation = await lockMine(said.obligationId, at);
  if (isRefusal(obligation)) return obligation;
  if (!isOwing(obligation.state)) return refuse('closed', t('reporting.notOwing', { duty: obligation.dutyName }));
  await voidSeatSteps(tx, obligation.id, FOREVER, { reason: said.kind, note: said.note });
  const names = { duty: obligation.dutyName, unit: obligation.unitName };
  const seat = seatFor(actor, obligation.unitId);
  const who = seat ? renderText(seatText(seat), 'vi') : actor.name;
  await deps.tasks.openTasks(
    tx,
    [
      {
        kind: said.kind,
        refId: obligation.id,
        unitId: obligation.unitId,
        title: translate('vi', said.kind === 'paper' ? 'reporting.task.paper' : 'reporting.task.notOurs', names),
        data: {
          text: translate('vi', 'reporting.task.said', {
            who: `${actor.name}, ${who}`,
            at: formatMoment(now),
            note: said.note,
          }),
        },
      },
    ],
    now,
  );
  return undefined;
}

const FOREVER = new Date('9999-01-01T00:00:00Z');
