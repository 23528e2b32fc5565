/** Carries out what officers decide on a report: accepted, or returned with a reason and a new term. */
import { refuse, t, type Refusal, type Say } from '../conversation/index.js';
import { setDue } from '../duties/index.js';
import { localDate, type LocalDate } from '../kernel/local-date.js';
import type { EffectContext, EffectHandler } from '../inbox/index.js';
import { audit, handleForOfficers, hearers, isRefusal } from './deciding.js';
import { acceptReport, returnReport } from './effects.js';
import type { ReportingDeps } from './ports.js';
import { closeObligation, lockObligation } from './store-obligations.js';
import { decideSubmission, findSubmission, type SubmissionView } from './store-submissions.js';
import { dayText } from './texts.js';

/** Handlers of what officers decide on reports. */
export const createReviewHandlers = (deps: ReportingDeps): EffectHandler[] => [
  handleForOfficers(acceptReport, ({ submissionId }, at) => accept(deps, submissionId, at)),
  handleForOfficers(returnReport, (payload, at) => giveBack(deps, payload, at)),
];

/** The submission with its obligation locked, or why it can no longer be decided. */
async function lockWaiting(submissionId: string, at: EffectContext): Promise<SubmissionView | Refusal> {
  const found = await findSubmission(at.tx, submissionId);
  const obligation = found && (await lockObligation(at.tx, found.obligation.id));
  const submission = obligation && (await findSubmission(at.tx, submissionId));
  if (!submission) return refuse('gone', t('reporting.gone'));
  if (submission.state !== 'received')
    return refuse('decided', t('reporting.review.decided', { code: submission.code }));
  const { latest } = submission.obligation;
  if (latest && latest.id !== submission.id) return refuse('newer', t('reporting.review.newer', { code: latest.code }));
  return submission;
}

async function accept(deps: ReportingDeps, submissionId: string, at: EffectContext): Promise<Refusal | undefined> {
  const submission = await lockWaiting(submissionId, at);
  if (isRefusal(submission)) return submission;
  const { obligation } = submission;
  await decideSubmission(at.tx, submission.id, { state: 'accepted', byId: at.actor.memberId, reason: null }, at.now);
  await closeObligation(at.tx, obligation.id, 'accepted', { reason: 'accepted' }, at.now);
  await deps.tasks.closeTask(
    at.tx,
    { kind: 'review', refId: submission.id },
    { byId: at.actor.memberId, result: 'accepted' },
    at.now,
  );
  await audit(at, 'submission.accepted', `submission:${submission.id}`, { version: submission.version });
  await at.outbox.tell(
    at.tx,
    {
      source: { kind: 'submission', id: submission.id },
      slot: 'accepted',
      class: 'announcement',
      to: await hearers(deps, at, obligation.unitId, submission.memberId),
      say: [
        {
          text: t('reporting.review.acceptedNotice', {
            code: submission.code,
            duty: obligation.dutyName,
            unit: obligation.unitName,
          }),
        },
      ],
    },
    at.now,
  );
  return undefined;
}

async function giveBack(
  deps: ReportingDeps,
  payload: { submissionId: string; reason: string; dueOn: LocalDate },
  at: EffectContext,
): Promise<Refusal | undefined> {
  const submission = await lockWaiting(payload.submissionId, at);
  if (isRefusal(submission)) return submission;
  const { obligation } = submission;
  if (payload.dueOn < localDate(at.now)) return refuse('past', t('reporting.review.termPast'));
  await decideSubmission(
    at.tx,
    submission.id,
    { state: 'returned', byId: at.actor.memberId, reason: payload.reason },
    at.now,
  );
  await setDue(
    at.tx,
    { dutyId: obligation.dutyId, ids: [obligation.id], dueOn: payload.dueOn, state: 'returned', reason: 'returned' },
    at.now,
  );
  await deps.tasks.closeTask(
    at.tx,
    { kind: 'review', refId: submission.id },
    { byId: at.actor.memberId, result: 'returned' },
    at.now,
  );
  await audit(at, 'submission.returned', `submission:${submission.id}`, {
    version: submission.version,
    reason: payload.reason,
    dueOn: payload.dueOn,
  });
  await at.outbox.tell(
    at.tx,
    {
      source: { kind: 'submission', id: submission.id },
      slot: `returned:${String(submission.version)}`,
      class: 'deadline',
      ordered: true,
      to: await hearers(deps, at, obligation.unitId, submission.memberId),
      say: [returnedSay(submission, payload)],
    },
    at.now,
  );
  return undefined;
}

const returnedSay = (submission: SubmissionView, payload: { reason: string; dueOn: LocalDate }): Say => ({
  text: [
    t('reporting.review.returnedNotice', {
      code: submission.code,
      duty: submission.obligation.dutyName,
      unit: submission.obligation.unitName,
    }),
    t('reporting.review.returnedWords', { reason: payload.reason }),
    t('reporting.review.returnedTerm', { day: dayText(payload.dueOn) }),
  ],
  buttons: [
    { label: t('reporting.button.complete'), command: 'submit', arg: submission.obligation.id },
    { label: t('reporting.button.askOfficer'), command: 'person' },
  ],
});
