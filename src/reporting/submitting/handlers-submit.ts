/** Carries out what a unit hands in, and its wish to correct what is locked. */
import { refuse, t, type Refusal } from '../../conversation/index.js';
import { renderText } from '../../conversation/render.js';
import { loadCalendar } from '../../calendar/index.js';
import { formatMoment } from '../../kernel/format.js';
import { localDate } from '../../kernel/local-date.js';
import { handle, type EffectContext, type EffectHandler } from '../../inbox/index.js';
import { translate } from '../../i18n/index.js';
import { findTaskText, type NewTask } from '../../tasks/index.js';
import { seatFor, seatText } from '../../units/index.js';
import { audit, isRefusal } from '../deciding.js';
import { askReopening, submitReport, type SubmitReport } from '../effects.js';
import { lockMine } from '../answering/handlers-seat.js';
import { isLocked, lockDay } from './lock.js';
import { isLate, type ObligationView, type SubmissionBody } from '../model.js';
import type { ReportingDeps } from '../ports.js';
import { closeObligation } from '../store-obligations.js';
import { findSubmission, insertSubmission, loadFiles } from './store-submissions.js';
import { checkReport } from './submit-check.js';
import { problemText } from './submit-texts.js';
import { dayText } from '../texts.js';

/** Handlers of handing in. */
export const createSubmitHandlers = (deps: ReportingDeps): EffectHandler[] => [
  handle(submitReport, (payload, at) => submit(deps, payload, at)),
  handle(askReopening, (payload, at) => passOnReopening(deps, payload, at)),
];

async function submit(deps: ReportingDeps, payload: SubmitReport, at: EffectContext): Promise<Refusal | undefined> {
  const { tx, now, heardAt, actor } = at;
  const obligation = await lockMine(payload.obligationId, at);
  if (isRefusal(obligation)) return obligation;
  const closed = closedRefusal(obligation) ?? (await lockedRefusal(obligation, at));
  if (closed) return closed;
  const { latest } = obligation;
  // However long the message waited for its turn, it counts from when it came in.
  const late = isLate(heardAt, obligation.dueAt);
  if (payload.seen.version !== (latest?.version ?? 0) || payload.seen.late !== late)
    return refuse('changed', t('reporting.submit.changed'));
  const body = await checkedBody(obligation, payload.body, at);
  if (isRefusal(body)) return body;

  const id = at.newId();
  const seatId = seatFor(actor, obligation.unitId)?.seatId ?? null;
  const made = {
    ...body,
    id,
    code: payload.code,
    obligationId: obligation.id,
    version: payload.seen.version + 1,
    late,
  };
  const written = await insertSubmission(tx, { ...made, state: 'received', seatId, memberId: actor.memberId }, heardAt);
  if (!written) return refuse('code', t('reporting.submit.changed'));
  await closeObligation(tx, obligation.id, 'submitted', { reason: 'submitted', submission: payload.code }, heardAt);
  await settleTasks(deps, obligation, payload.code, at);
  await deps.tasks.openTasks(tx, [reviewTask(obligation, id, payload.code)], now);
  return undefined;
}

/** What was waiting for this report waits no longer. */
async function settleTasks(
  deps: ReportingDeps,
  { id, latest }: ObligationView,
  code: string,
  { tx, actor, now }: EffectContext,
): Promise<void> {
  const done = { byId: actor.memberId, result: code };
  for (const kind of ['late-report', 'paper', 'not-ours', 'extension', 'unproven'] as const)
    await deps.tasks.closeTask(tx, { kind, refId: id }, done, now);
  if (!latest) return;
  for (const kind of ['review', 'review-late', 'reopen'] as const)
    await deps.tasks.closeTask(tx, { kind, refId: latest.id }, done, now);
}

/** What the duty asks for may have changed since the person was asked; the types of files are those on record. */
async function checkedBody(
  obligation: ObligationView,
  body: SubmissionBody,
  { tx }: EffectContext,
): Promise<SubmissionBody | Refusal> {
  const files = (await loadFiles(tx, body.fileIds)).map(({ id, type }) => ({ fileId: id, type }));
  if (files.length < body.fileIds.length) return refuse('file-gone', t('reporting.submit.fileGone'));
  const { text, values } = body;
  const checked = checkReport(obligation, { nil: body.kind === 'nil', text, values, files });
  if (checked.ok) return checked.body;
  const [first] = checked.problems;
  return refuse('incomplete', first ? problemText(first) : t('reporting.submit.changed'));
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

async function lockedRefusal(obligation: ObligationView, { tx, heardAt }: EffectContext): Promise<Refusal | null> {
  const calendar = await loadCalendar(tx);
  if (!isLocked(obligation, localDate(heardAt), calendar)) return null;
  const day = dayText(lockDay(obligation, calendar) ?? obligation.dueOn);
  return refuse('locked', t('reporting.lock.lockedNow', { day, code: obligation.latest?.code ?? '' }));
}

const reviewTask = (obligation: ObligationView, submissionId: string, code: string): NewTask => ({
  kind: 'review',
  refId: submissionId,
  unitId: obligation.unitId,
  title: translate('vi', 'reporting.task.review', { code, duty: obligation.dutyName, unit: obligation.unitName }),
});

/** The officer who reads the report reopens it by returning it, or accepts it as it is. */
async function passOnReopening(
  deps: ReportingDeps,
  { submissionId, reason }: { submissionId: string; reason: string },
  at: EffectContext,
): Promise<Refusal | undefined> {
  const found = await findSubmission(at.tx, submissionId);
  const obligation = await lockMine(found?.obligation.id ?? '', at);
  if (isRefusal(obligation)) return obligation;
  const latest = obligation.latest;
  if (obligation.state !== 'submitted' || latest?.id !== submissionId)
    return refuse('changed', t('reporting.lock.notWaiting', { duty: obligation.dutyName }));
  if ((await findTaskText(at.tx, { kind: 'reopen', refId: submissionId })) !== null)
    return refuse('asked', t('reporting.lock.askedBefore', { code: latest.code }));
  const seat = seatFor(at.actor, obligation.unitId);
  const who = seat ? `${at.actor.name}, ${renderText(seatText(seat), 'vi')}` : at.actor.name;
  const names = { code: latest.code, duty: obligation.dutyName, unit: obligation.unitName };
  const task: NewTask = {
    kind: 'reopen',
    refId: submissionId,
    unitId: obligation.unitId,
    title: translate('vi', 'reporting.task.reopen', names),
    data: { text: translate('vi', 'reporting.task.said', { who, at: formatMoment(at.now), note: reason }) },
  };
  await deps.tasks.openTasks(at.tx, [task], at.now);
  await audit(at, 'submission.reopen-asked', `submission:${submissionId}`, { reason });
  return undefined;
}
