/** Carries out what officers decide on a report: accepted, or returned with a reason and a new term. */
import { notForYou, refuse, t, type Refusal, type Say } from '../../conversation/index.js';
import { shareCalendar } from '../../calendar/index.js';
import { setDue } from '../../duties/index.js';
import { localDate } from '../../kernel/local-date.js';
import { handle, type EffectContext, type EffectHandler } from '../../inbox/index.js';
import { isAdmin } from '../../units/index.js';
import { audit, handleForOfficers, hearers, isRefusal } from '../deciding.js';
import { acceptReport, returnReport, setReviewDays, type ReturnOrder } from '../effects.js';
import { hasEnded } from '../model.js';
import { missingLines } from '../submitting/missing.js';
import type { ReportingDeps } from '../ports.js';
import { endedText } from './review-data.js';
import { readReviewDays, termProblem, writeReviewDays } from './review-term.js';
import { closeObligation, lockObligation } from '../store-obligations.js';
import { decideSubmission, findSubmission, type SubmissionView } from '../submitting/store-submissions.js';
import { dayText } from '../texts.js';

/** Handlers of what officers decide on reports. */
export const createReviewHandlers = (deps: ReportingDeps): EffectHandler[] => [
  handleForOfficers(acceptReport, ({ submissionId }, at) => accept(deps, submissionId, at)),
  handleForOfficers(returnReport, (payload, at) => giveBack(deps, payload, at)),
  handle(setReviewDays, ({ days }, at) => setTerm(days, at)),
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

/** Everything that waited for a decision on this report. */
async function closeTasks(deps: ReportingDeps, refId: string, result: string, at: EffectContext): Promise<void> {
  for (const kind of ['review', 'review-late', 'reopen'] as const)
    await deps.tasks.closeTask(at.tx, { kind, refId }, { byId: at.actor.memberId, result }, at.now);
}

async function accept(deps: ReportingDeps, submissionId: string, at: EffectContext): Promise<Refusal | undefined> {
  const submission = await lockWaiting(submissionId, at);
  if (isRefusal(submission)) return submission;
  const { obligation } = submission;
  await decideSubmission(at.tx, submission.id, { state: 'accepted', byId: at.actor.memberId, reason: null }, at.now);
  await closeObligation(at.tx, obligation.id, 'accepted', { reason: 'accepted' }, at.now);
  await closeTasks(deps, submission.id, 'accepted', at);
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

async function giveBack(deps: ReportingDeps, payload: ReturnOrder, at: EffectContext): Promise<Refusal | undefined> {
  await shareCalendar(at.tx);
  const submission = await lockWaiting(payload.submissionId, at);
  if (isRefusal(submission)) return submission;
  const { obligation } = submission;
  // What is returned is owed again, and here by nobody: what could move to an heir has moved there.
  if (hasEnded(obligation, localDate(at.now))) return refuse('ended', endedText(submission));
  const problem = termProblem(payload.dueOn, obligation.dueOn, localDate(at.now));
  if (problem) return refuse('term', problem);
  const { reason, missing } = payload;
  await decideSubmission(at.tx, submission.id, { state: 'returned', byId: at.actor.memberId, reason, missing }, at.now);
  await setDue(
    at.tx,
    { dutyId: obligation.dutyId, ids: [obligation.id], dueOn: payload.dueOn, state: 'returned', reason: 'returned' },
    at.now,
  );
  await closeTasks(deps, submission.id, 'returned', at);
  await audit(at, 'submission.returned', `submission:${submission.id}`, {
    version: submission.version,
    reason: payload.reason,
    dueOn: payload.dueOn,
    ...(missing ? { missing } : {}),
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

const returnedSay = (submission: SubmissionView, payload: ReturnOrder): Say => ({
  text: [
    t('reporting.review.returnedNotice', {
      code: submission.code,
      duty: submission.obligation.dutyName,
      unit: submission.obligation.unitName,
    }),
    t('reporting.review.returnedWords', { reason: payload.reason }),
    ...missingLines(submission.obligation.fields, payload.missing),
    t('reporting.review.returnedTerm', { day: dayText(payload.dueOn) }),
  ],
  buttons: [
    { label: t('reporting.button.complete'), command: 'complete', arg: submission.obligation.id },
    { label: t('reporting.button.askOfficer'), command: 'person' },
  ],
});

async function setTerm(days: number | null, at: EffectContext): Promise<Refusal | undefined> {
  if (!isAdmin(at.actor)) return refuse('not-admin', notForYou(isAdmin, at.actor));
  const before = await readReviewDays(at.tx);
  await writeReviewDays(at.tx, days);
  await audit(at, 'reporting.review-days', 'setting:review.days', { before, days });
  return undefined;
}
