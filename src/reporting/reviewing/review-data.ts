/** What the flow of deciding on a report carries and reads, and what it shows of the report. */
import { z } from 'zod';
import { t, type Move, type Say, type Text } from '../../conversation/index.js';
import type { WorkingCalendar } from '../../kernel/calendar.js';
import { formatMoment } from '../../kernel/format.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { missingSchema } from '../submitting/missing.js';
import type { ReportingReadPort } from '../reads.js';
import { reviewDueOn } from './review-term.js';
import type { SubmissionView } from '../submitting/store-submissions.js';
import { contentLines, fileLines } from '../submitting/submit-texts.js';
import { dayText, termText } from '../texts.js';

export const reviewData = z.object({
  submissionId: z.string(),
  reason: z.string().optional(),
  missing: missingSchema.optional(),
  dueOn: z.string().optional(),
});
export type ReviewData = z.infer<typeof reviewData>;

export interface ReviewLoaded {
  readonly submission: SubmissionView | null;
  readonly calendar: WorkingCalendar;
  /** Working days of the office's own term; null where it set none. */
  readonly days: number | null;
  /** Why the unit asks to reopen it; null when it does not. */
  readonly reopening: string | null;
}

export async function loadReview(read: ReportingReadPort, at: { readonly data: ReviewData }): Promise<ReviewLoaded> {
  const submission = await read.reporting.submission(at.data.submissionId);
  return {
    submission,
    calendar: await read.reporting.calendar(),
    days: await read.reporting.reviewDays(),
    reopening: submission && (await read.reporting.reopening(submission.id)),
  };
}

/** Goes on while the report waits; says what became of it otherwise. */
export function withWaiting<A>(loaded: ReviewLoaded, then: (submission: SubmissionView) => A): A | Move<ReviewData> {
  const { submission } = loaded;
  const buttons: Say['buttons'] = [{ label: t('reporting.review.others'), command: 'review-report' }];
  if (!submission) return { end: true, say: [{ text: t('reporting.review.gone'), buttons }] };
  if (submission.state !== 'received')
    return {
      end: true,
      say: [{ text: [...about(submission), t('reporting.review.decided', { code: submission.code })], buttons }],
    };
  return then(submission);
}

/** Who handed in what, when, in what words. */
export function about(submission: SubmissionView): Text[] {
  const { obligation, files } = submission;
  return [
    t('reporting.review.title', { code: submission.code, duty: obligation.dutyName, unit: obligation.unitName }),
    t(submission.late ? 'reporting.review.metaLate' : 'reporting.review.meta', {
      at: formatMoment(submission.submittedAt),
      by: submission.by ?? '–',
      version: submission.version,
      day: dayText(obligation.dueOn),
    }),
    ...contentLines(obligation.fields, submission),
    ...fileLines(files),
  ];
}

/** Why a report of a unit that is no more cannot be returned, and what can be done. */
export const endedText = ({ code, obligation }: SubmissionView): Text =>
  t('reporting.review.unitEnded', { code, unit: obligation.unitName });

/** Until when the office decides by its own rule, where it has one. */
export function officeTerm(
  submission: SubmissionView,
  { days, calendar }: Pick<ReviewLoaded, 'days' | 'calendar'>,
  today: LocalDate,
): Text[] {
  if (days === null) return [];
  const dueOn = reviewDueOn(submission.submittedAt, days, calendar);
  return [t('reporting.review.officeTerm', { day: dayText(dueOn), term: termText(dueOn, today, calendar) })];
}
