/** "Thời hạn duyệt báo cáo": officers may ask, an administrator sets it. */
import { z } from 'zod';
import { defineCommand, defineFlow, defineStep, t, type Flow, type Move, type Text } from '../../conversation/index.js';
import { isAdmin, isOfficer } from '../../units/index.js';
import { setReviewDays } from '../effects.js';
import type { ReportingReadPort } from '../reads.js';
import { REVIEW_DAYS_MAX } from './review-term.js';

const noData = z.object({});
type None = z.infer<typeof noData>;
interface Loaded {
  readonly days: number | null;
}

const load = async (read: ReportingReadPort): Promise<Loaded> => ({ days: await read.reporting.reviewDays() });
const isText = (days: number | null): Text =>
  days === null ? t('reporting.reviewTerm.none') : t('reporting.reviewTerm.is', { n: days });
const toReviews = { label: t('reporting.review.others'), command: 'review-report' };

export const reviewTermFlow: Flow<None, ReportingReadPort> = defineFlow<None, ReportingReadPort>({
  name: 'review-term',
  version: 1,
  data: noData,
  keepsDraft: false,
  commands: [
    defineCommand<None, ReportingReadPort, Loaded>({
      name: 'review-term',
      words: ['thời hạn duyệt báo cáo', 'thời hạn duyệt', 'review term'],
      allow: (actor) => isOfficer(actor) || isAdmin(actor),
      load,
      start: ({ actor, loaded }): Move<None> =>
        isAdmin(actor)
          ? { to: 'days', data: {} }
          : { end: true, say: [{ text: isText(loaded.days), buttons: [toReviews] }] },
    }),
  ],
  steps: {
    days: defineStep<None, ReportingReadPort, Loaded>({
      load,
      ask: ({ loaded }) => ({
        text: [isText(loaded.days), t('reporting.reviewTerm.ask', { max: REVIEW_DAYS_MAX })],
        free: true,
        numbersAreAnswers: true,
        options: [{ value: 'none', label: t('reporting.reviewTerm.no'), words: ['không', 'bỏ'] }],
      }),
      answer(_at, answer) {
        const days = answer.kind === 'text' && /^\d{1,2}$/.test(answer.text.trim()) ? Number(answer.text) : 0;
        const isNone = answer.kind === 'option';
        if (!isNone && (days < 1 || days > REVIEW_DAYS_MAX))
          return { again: t('reporting.reviewTerm.bad', { max: REVIEW_DAYS_MAX }) };
        const value = isNone ? null : days;
        return {
          end: true,
          say: [{ text: [t('reporting.reviewTerm.saved'), isText(value)], buttons: [toReviews] }],
          effects: [setReviewDays({ days: value })],
        };
      },
    }),
  },
});
