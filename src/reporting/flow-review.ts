/** "Duyệt báo cáo": an officer reads what came in and accepts it, or returns it with a reason and a new term. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Flow,
  type Move,
  type Say,
  type Text,
} from '../conversation/index.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import { formatDate, formatMoment, formatSize } from '../kernel/format.js';
import { isLocalDate, type LocalDate } from '../kernel/local-date.js';
import { parseDate } from '../kernel/parse-date.js';
import { isOfficer } from '../units/index.js';
import { acceptReport, returnReport } from './effects.js';
import type { ReportingReadPort } from './reads.js';
import type { SubmissionView } from './store-submissions.js';
import { contentLines } from './submit-texts.js';
import { dayText } from './texts.js';

const dataSchema = z.object({ submissionId: z.string(), reason: z.string().optional(), dueOn: z.string().optional() });
type Data = z.infer<typeof dataSchema>;

interface Loaded {
  readonly submission: SubmissionView | null;
  readonly calendar: WorkingCalendar;
}
interface Waiting {
  readonly id: string;
  readonly code: string;
  readonly dutyName: string;
  readonly unitName: string;
}

const LISTED = 10;
const REASON_MAX = 1_000;

const load = async (read: ReportingReadPort, at: { readonly data: Data }): Promise<Loaded> => ({
  submission: await read.reporting.submission(at.data.submissionId),
  calendar: await read.reporting.calendar(),
});

export const reviewFlow: Flow<Data, ReportingReadPort> = defineFlow<Data, ReportingReadPort>({
  name: 'review-report',
  version: 1,
  data: dataSchema,
  commands: [
    defineCommand<Data, ReportingReadPort>({
      name: 'review-report',
      words: ['duyệt báo cáo', 'báo cáo chờ duyệt', 'review reports'],
      allow: isOfficer,
      start: ({ arg }) =>
        arg === '' ? { to: 'which', data: { submissionId: '' } } : { to: 'decide', data: { submissionId: arg } },
    }),
  ],
  steps: {
    which: defineStep<Data, ReportingReadPort, readonly Waiting[]>({
      load: (read) => read.reporting.waiting(LISTED),
      ask: ({ loaded }) =>
        loaded.length === 0
          ? {
              end: true,
              say: [{ text: t('reporting.review.none'), buttons: [{ label: t('button.menu'), command: 'menu' }] }],
            }
          : {
              text: [
                t('reporting.review.which'),
                ...loaded.map((one, n) =>
                  t('reporting.review.line', { n: n + 1, code: one.code, duty: one.dutyName, unit: one.unitName }),
                ),
              ],
              options: loaded.map((one, n) => ({
                value: one.id,
                label: raw(`${String(n + 1)}. ${one.code}`),
                words: [one.code],
              })),
            },
      answer: (_at, answer) =>
        answer.kind === 'option'
          ? { to: 'decide', data: { submissionId: answer.value } }
          : { again: t('conversation.chooseOne') },
    }),
    decide: decideStep(),
    reason: defineStep<Data, ReportingReadPort, Loaded>({
      load,
      ask: (at) =>
        withWaiting(at.loaded, (submission) => ({ text: t('reporting.review.reasonAsk', { code: submission.code }) })),
      answer({ data }, answer) {
        if (answer.kind !== 'text') return { again: t('conversation.chooseOne') };
        if (answer.text.length > REASON_MAX) return { again: t('reporting.noteTooLong', { max: REASON_MAX }) };
        return { to: 'term', data: { ...data, reason: answer.text } };
      },
    }),
    term: termStep(),
    confirm: confirmStep(),
  },
});

function withWaiting<A>(loaded: Loaded, then: (submission: SubmissionView) => A): A | Move<Data> {
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
function about(submission: SubmissionView): Text[] {
  const { obligation, file } = submission;
  return [
    t('reporting.review.title', { code: submission.code, duty: obligation.dutyName, unit: obligation.unitName }),
    t(submission.late ? 'reporting.review.metaLate' : 'reporting.review.meta', {
      at: formatMoment(submission.submittedAt),
      by: submission.by ?? '–',
      version: submission.version,
      day: dayText(obligation.dueOn),
    }),
    ...contentLines(obligation.fields, submission),
    ...(file ? [t('reporting.submit.file', { name: file.name, size: formatSize(file.size) })] : []),
  ];
}

function decideStep() {
  return defineStep<Data, ReportingReadPort, Loaded>({
    load,
    ask: ({ loaded }) =>
      withWaiting(loaded, (submission) => ({
        text: [...about(submission), t('reporting.review.ask')],
        ...(submission.file ? { fileId: submission.file.id } : {}),
        options: [
          { value: 'accept', label: t('reporting.review.accept'), words: ['chấp nhận', 'đồng ý', 'nhận'] },
          { value: 'return', label: t('reporting.review.return'), words: ['trả lại', 'trả'] },
        ],
      })),
    answer: ({ loaded, data }, answer) =>
      withWaiting<Move<Data>>(loaded, (submission) => {
        if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
        if (answer.value === 'return') return { to: 'reason', data };
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
  { loaded }: { readonly loaded: Loaded },
  refusal: { readonly refused: string; readonly text: Text },
): Move<Data> {
  const newer = refusal.refused === 'newer' ? loaded.submission?.obligation.latest : null;
  if (newer) return { to: 'decide', data: { submissionId: newer.id }, say: [{ text: refusal.text }] };
  return {
    end: true,
    say: [{ text: refusal.text, buttons: [{ label: t('reporting.review.others'), command: 'review-report' }] }],
  };
}

const TERMS = [3, 5] as const;

function termStep() {
  return defineStep<Data, ReportingReadPort, Loaded>({
    load,
    ask: ({ loaded, today }) =>
      withWaiting(loaded, (submission) => {
        const days = [
          ...new Set([...TERMS.map((n) => loaded.calendar.addWorkingDays(today, n)), submission.obligation.dueOn]),
        ]
          .filter((day) => day > today)
          .sort();
        return {
          text: t('reporting.review.termAsk'),
          free: true,
          numbersAreAnswers: true,
          options: days.map((day) => ({ value: day, label: raw(formatDate(day)) })),
        };
      }),
    answer({ data, today }, answer) {
      const day = answer.kind === 'option' ? answer.value : answer.kind === 'text' ? readDay(answer.text, today) : null;
      if (day === null) return { again: t('reporting.badDay') };
      return day < today ? { again: t('reporting.review.termPast') } : { to: 'confirm', data: { ...data, dueOn: day } };
    },
  });
}

const readDay = (text: string, today: LocalDate): LocalDate | null =>
  isLocalDate(text) ? text : parseDate(text, today);

function confirmStep() {
  return defineStep<Data, ReportingReadPort, Loaded>({
    load,
    ask: ({ loaded, data }) =>
      withWaiting(loaded, (submission) => ({
        text: [
          t('reporting.review.confirm', { code: submission.code, unit: submission.obligation.unitName }),
          t('reporting.review.returnedWords', { reason: data.reason ?? '' }),
          t('reporting.review.returnedTerm', { day: dayText(data.dueOn ?? '') }),
        ],
        options: [
          { value: 'send', label: t('button.send'), words: ['gửi', 'đồng ý'] },
          { value: 'edit', label: t('button.edit'), words: ['sửa'] },
        ],
      })),
    answer: ({ loaded, data }, answer) =>
      withWaiting<Move<Data>>(loaded, (submission) => {
        if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
        if (answer.value === 'edit') return { to: 'reason', data };
        const { reason = '', dueOn = '' } = data;
        const say = {
          text: t('reporting.review.returned', {
            code: submission.code,
            unit: submission.obligation.unitName,
            day: dayText(dueOn),
          }),
          buttons: [{ label: t('reporting.review.others'), command: 'review-report' }],
        };
        return { end: true, say: [say], effects: [returnReport({ submissionId: submission.id, reason, dueOn })] };
      }),
    refused,
  });
}
