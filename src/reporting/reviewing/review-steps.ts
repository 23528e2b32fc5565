/** Two questions to the officer: which report, and what exactly it lacks. */
import { defineStep, raw, t, type Ask, type Move, type Text } from '../../conversation/index.js';
import type { WorkingCalendar } from '../../kernel/calendar.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { missingChoices, readMissing } from '../submitting/missing.js';
import type { ReportingReadPort } from '../reads.js';
import { loadReview, withWaiting, type ReviewData, type ReviewLoaded } from './review-data.js';
import { reviewDueOn } from './review-term.js';
import type { WaitingReport } from '../submitting/store-submissions.js';
import { termText } from '../texts.js';

interface Waiting {
  readonly reports: readonly WaitingReport[];
  readonly calendar: WorkingCalendar;
  readonly days: number | null;
}

const LISTED = 10;

/** What waits, the oldest first. */
export function whichStep() {
  return defineStep<ReviewData, ReportingReadPort, Waiting>({
    load: async (read) => ({
      reports: await read.reporting.waiting(LISTED),
      calendar: await read.reporting.calendar(),
      days: await read.reporting.reviewDays(),
    }),
    ask({ loaded, today }): Ask | Move<ReviewData> {
      const { reports } = loaded;
      const [first] = reports;
      if (!first) {
        const buttons = [{ label: t('button.menu'), command: 'menu' }];
        return { end: true, say: [{ text: t('reporting.review.none'), buttons }] };
      }
      const rest = first.total - reports.length;
      return {
        text: [
          t('reporting.review.which'),
          ...reports.map((one, n) => waitingText(one, n + 1, loaded, today)),
          ...(rest > 0 ? [t('reporting.digest.more', { n: rest })] : []),
        ],
        options: reports.map((one, n) => ({
          value: one.id,
          label: raw(`${String(n + 1)}. ${one.code}`),
          words: [one.code],
        })),
      };
    },
    answer: (_at, answer) =>
      answer.kind === 'option'
        ? { to: 'decide', data: { submissionId: answer.value } }
        : { again: t('conversation.chooseOne') },
  });
}

/** A report in the list, with how long the office still has, where it set itself a term. */
function waitingText(one: WaitingReport, n: number, { days, calendar }: Waiting, today: LocalDate): Text {
  const line = { n, code: one.code, duty: one.dutyName, unit: one.unitName };
  if (days === null) return t('reporting.review.line', line);
  const term = termText(reviewDueOn(one.submittedAt, days, calendar), today, calendar);
  return t('reporting.review.lineTerm', { ...line, term });
}

/** What exactly is missing, where the duty asks for things that have names. */
export function missingStep() {
  return defineStep<ReviewData, ReportingReadPort, ReviewLoaded>({
    load: loadReview,
    ask: ({ loaded, data }) =>
      withWaiting<Ask | Move<ReviewData>>(loaded, ({ obligation, code }) => {
        const choices = missingChoices(obligation);
        if (choices.length === 0) return { to: 'term', data };
        return {
          text: [
            t('reporting.missing.ask', { code }),
            ...choices.map((choice, n) => t('reporting.missing.choice', { n: n + 1, choice })),
            t('reporting.missing.how'),
          ],
          free: true,
          numbersAreAnswers: true,
          options: [{ value: 'none', label: t('reporting.missing.none'), words: ['không', '0'] }],
        };
      }),
    answer: ({ loaded, data }, answer) =>
      withWaiting<Move<ReviewData>>(loaded, ({ obligation }) => {
        if (answer.kind === 'option') return { to: 'term', data: { ...data, missing: undefined } };
        const missing = answer.kind === 'text' ? readMissing(obligation, answer.text) : null;
        if (missing === null) return { again: t('reporting.missing.bad', { max: missingChoices(obligation).length }) };
        return { to: 'term', data: { ...data, missing } };
      }),
  });
}
