/** "Duyệt báo cáo": an officer reads what came in and accepts it, or returns it with a reason and a new term. */
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Ask,
  type Flow,
  type Move,
  type Text,
} from '../../conversation/index.js';
import { formatDate } from '../../kernel/format.js';
import { addDays, isLocalDate, type LocalDate } from '../../kernel/local-date.js';
import { parseDate } from '../../kernel/parse-date.js';
import { isOfficer } from '../../units/index.js';
import { acceptReport, returnReport } from '../effects.js';
import { fileSays } from '../submitting/flow-receipt.js';
import { missingLines } from '../submitting/missing.js';
import { hasEnded } from '../model.js';
import type { ReportingReadPort } from '../reads.js';
import {
  about,
  endedText,
  loadReview,
  officeTerm,
  reviewData,
  withWaiting,
  type ReviewData,
  type ReviewLoaded,
} from './review-data.js';
import { missingStep, whichStep } from './review-steps.js';
import { termProblem } from './review-term.js';
import { dayText } from '../texts.js';

const REASON_MAX = 1_000;

export const reviewFlow: Flow<ReviewData, ReportingReadPort> = defineFlow<ReviewData, ReportingReadPort>({
  name: 'review-report',
  version: 1,
  data: reviewData,
  commands: [
    defineCommand<ReviewData, ReportingReadPort>({
      name: 'review-report',
      words: ['duyệt báo cáo', 'báo cáo chờ duyệt', 'review reports'],
      allow: isOfficer,
      start: ({ arg }) =>
        arg === '' ? { to: 'which', data: { submissionId: '' } } : { to: 'decide', data: { submissionId: arg } },
    }),
  ],
  steps: {
    which: whichStep(),
    decide: decideStep(),
    reason: defineStep<ReviewData, ReportingReadPort, ReviewLoaded>({
      load: loadReview,
      ask: (at) =>
        withWaiting(at.loaded, (submission) => ({ text: t('reporting.review.reasonAsk', { code: submission.code }) })),
      answer({ data }, answer) {
        if (answer.kind !== 'text') return { again: t('conversation.chooseOne') };
        if (answer.text.length > REASON_MAX) return { again: t('reporting.noteTooLong', { max: REASON_MAX }) };
        return { to: 'missing', data: { ...data, reason: answer.text } };
      },
    }),
    missing: missingStep(),
    term: termStep(),
    confirm: confirmStep(),
  },
});

function decideStep() {
  return defineStep<ReviewData, ReportingReadPort, ReviewLoaded>({
    load: loadReview,
    ask: ({ loaded, today }) =>
      withWaiting<Ask>(loaded, (submission) => ({
        text: [
          ...about(submission),
          ...(loaded.reopening === null ? [] : [t('reporting.review.reopening', { said: raw(loaded.reopening) })]),
          ...officeTerm(submission, loaded, today),
          t('reporting.review.ask'),
        ],
        ...(submission.files[0] && submission.files.length === 1 ? { fileId: submission.files[0].id } : {}),
        buttons: [{ label: t('reporting.button.versions'), command: 'receipt', arg: submission.code }],
        options: [
          { value: 'accept', label: t('reporting.review.accept'), words: ['chấp nhận', 'đồng ý', 'nhận'] },
          { value: 'return', label: t('reporting.review.return'), words: ['trả lại', 'trả'] },
          ...(submission.files.length > 1
            ? [{ value: 'files', label: t('reporting.review.files', { n: submission.files.length }), words: ['tệp'] }]
            : []),
        ],
      })),
    answer: ({ loaded, data, today }, answer) =>
      withWaiting<Move<ReviewData>>(loaded, (submission) => {
        if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
        if (answer.value === 'return')
          return hasEnded(submission.obligation, today) ? { again: endedText(submission) } : { to: 'reason', data };
        if (answer.value === 'files') return { to: 'decide', data, say: fileSays(submission) };
        const say = {
          text: t('reporting.review.accepted', { code: submission.code, unit: submission.obligation.unitName }),
          buttons: [{ label: t('reporting.review.others'), command: 'review-report' }],
        };
        return { end: true, say: [say], effects: [acceptReport({ submissionId: submission.id })] };
      }),
    refused,
  });
}

/** A colleague was faster, or a newer version came: said, and the newer one offered. */
function refused(
  { data, loaded }: { readonly data: ReviewData; readonly loaded: ReviewLoaded },
  refusal: { readonly refused: string; readonly text: Text },
): Move<ReviewData> {
  const newer = refusal.refused === 'newer' ? loaded.submission?.obligation.latest : null;
  if (newer) return { to: 'decide', data: { submissionId: newer.id }, say: [{ text: refusal.text }] };
  // The day was right when it was chosen: the rest stays as it was written.
  if (refusal.refused === 'term') return { to: 'term', data, say: [{ text: refusal.text }] };
  return {
    end: true,
    say: [{ text: refusal.text, buttons: [{ label: t('reporting.review.others'), command: 'review-report' }] }],
  };
}

const TERMS = [3, 5] as const;
const REACH_DAYS = 180;

function termStep() {
  return defineStep<ReviewData, ReportingReadPort, ReviewLoaded>({
    load: loadReview,
    ask: ({ loaded, today }) =>
      withWaiting(loaded, (submission) => {
        const days = [
          ...new Set([...TERMS.map((n) => loaded.calendar.addWorkingDays(today, n)), submission.obligation.dueOn]),
        ]
          .filter((day) => day > today && day >= submission.obligation.dueOn)
          .sort();
        return {
          text: t('reporting.review.termAsk'),
          free: true,
          numbersAreAnswers: true,
          options: days.map((day) => ({ value: day, label: raw(formatDate(day)) })),
        };
      }),
    answer: ({ data, today, loaded }, answer) =>
      withWaiting<Move<ReviewData>>(loaded, ({ obligation: { dueOn } }) => {
        const day =
          answer.kind === 'option' ? answer.value : answer.kind === 'text' ? readDay(answer.text, today) : null;
        if (day === null) return { again: t('reporting.badDay') };
        const problem = termProblem(day, dueOn, today);
        if (problem) return { again: problem };
        if (day !== dueOn && day > addDays(today, REACH_DAYS)) return { again: t('reporting.extend.outOfReach') };
        // The day that the duty is due on anyway stays, whatever day it is.
        if (answer.kind === 'text' && day !== dueOn && !loaded.calendar.isWorkingDay(day)) {
          const next = dayText(loaded.calendar.addWorkingDays(day, 0));
          return { again: t('reporting.extend.dayOff', { day: dayText(day), next }) };
        }
        return { to: 'confirm', data: { ...data, dueOn: day } };
      }),
  });
}

const readDay = (text: string, today: LocalDate): LocalDate | null =>
  isLocalDate(text) ? text : parseDate(text, today);

function confirmStep() {
  return defineStep<ReviewData, ReportingReadPort, ReviewLoaded>({
    load: loadReview,
    ask: ({ loaded, data }) =>
      withWaiting(loaded, (submission) => ({
        text: [
          t('reporting.review.confirm', { code: submission.code, unit: submission.obligation.unitName }),
          t('reporting.review.returnedWords', { reason: data.reason ?? '' }),
          ...missingLines(submission.obligation.fields, data.missing ?? null),
          t('reporting.review.returnedTerm', { day: dayText(data.dueOn ?? '') }),
        ],
        options: [
          { value: 'send', label: t('button.send'), words: ['gửi', 'đồng ý'] },
          { value: 'edit', label: t('button.edit'), words: ['sửa'] },
        ],
      })),
    answer: ({ loaded, data }, answer) =>
      withWaiting<Move<ReviewData>>(loaded, (submission) => {
        if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
        if (answer.value === 'edit') return { to: 'reason', data };
        const { reason = '', dueOn = '' } = data;
        const missing = data.missing ?? null;
        const say = {
          text: t('reporting.review.returned', {
            code: submission.code,
            unit: submission.obligation.unitName,
            day: dayText(dueOn),
          }),
          buttons: [{ label: t('reporting.review.others'), command: 'review-report' }],
        };
        return {
          end: true,
          say: [say],
          effects: [returnReport({ submissionId: submission.id, reason, dueOn, missing })],
        };
      }),
    refused,
  });
}
