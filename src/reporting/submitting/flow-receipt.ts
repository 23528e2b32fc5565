/** "Xem biên nhận": one version of a report with its whole fingerprint, its files, and all versions beside it. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Ask,
  type Flow,
  type Move,
  type Say,
  type Text,
} from '../../conversation/index.js';
import { formatMoment, formatSize } from '../../kernel/format.js';
import type { Actor } from '../../kernel/people.js';
import { shorten } from '../../kernel/text.js';
import { isLeader, isOfficer, seatFor, seatsOf } from '../../units/index.js';
import type { ReportingReadPort } from '../reads.js';
import type { HandedIn, SubmissionView, VersionLine } from './store-submissions.js';
import { contentLines } from './submit-texts.js';

const dataSchema = z.object({ code: z.string() });
type Data = z.infer<typeof dataSchema>;

interface Loaded {
  readonly submission: SubmissionView | null;
  readonly versions: readonly VersionLine[];
}

const LISTED = 10;
const MENU = { label: t('button.menu'), command: 'menu' };

async function load(read: ReportingReadPort, at: { readonly data: Data }): Promise<Loaded> {
  const submission = await read.reporting.submission(at.data.code.toUpperCase());
  return { submission, versions: submission ? await read.reporting.versions(submission.obligation.id) : [] };
}

export const receiptFlow: Flow<Data, ReportingReadPort> = defineFlow<Data, ReportingReadPort>({
  name: 'receipt',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, ReportingReadPort>({
      name: 'receipt',
      words: ['xem biên nhận', 'biên nhận', 'receipt'],
      takesText: true,
      start: ({ arg }) =>
        arg === '' ? { to: 'which', data: { code: '' } } : { to: 'one', data: { code: arg.trim() } },
    }),
  ],
  steps: {
    which: defineStep<Data, ReportingReadPort, readonly HandedIn[]>({
      load: (read, { actor }) =>
        read.reporting.handedIn(
          seatsOf(actor).map((seat) => seat.unitId),
          LISTED,
        ),
      ask: ({ loaded }): Ask | Move<Data> =>
        loaded.length === 0
          ? { end: true, say: [{ text: t('reporting.receipt.noneYet'), buttons: [MENU] }] }
          : {
              text: [
                t('reporting.receipt.which'),
                ...loaded.map(({ code, dutyName, unitName }, n) =>
                  t('reporting.review.line', { n: n + 1, code, duty: dutyName, unit: unitName }),
                ),
              ],
              options: loaded.map(({ code }, n) => ({
                value: code,
                label: raw(`${String(n + 1)}. ${code}`),
                words: [code],
              })),
            },
      answer: (_at, answer) =>
        answer.kind === 'option' ? { to: 'one', data: { code: answer.value } } : { again: t('conversation.chooseOne') },
    }),
    one: defineStep<Data, ReportingReadPort, Loaded>({
      load,
      ask: ({ loaded: { submission, versions }, actor }): Ask | Move<Data> => {
        if (!submission || !maySee(actor, submission))
          return { end: true, say: [{ text: t('reporting.receipt.unknown'), buttons: [MENU] }] };
        const text = describe(submission, versions);
        const others = versions.filter((one) => one.id !== submission.id).slice(0, LISTED);
        const options = [
          ...(submission.files.length > 0
            ? [{ value: 'files', label: t('reporting.receipt.files'), words: ['tệp'] }]
            : []),
          ...others.map(({ code }) => ({ value: code, label: t('reporting.receipt.see', { code }), words: [code] })),
        ];
        return options.length === 0
          ? { end: true, say: [{ text, buttons: [MENU] }] }
          : { text, options, buttons: [MENU] };
      },
      answer: ({ loaded: { submission }, actor }, answer) => {
        if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
        if (answer.value !== 'files') return { to: 'one', data: { code: answer.value } };
        const isAllowed = submission !== null && maySee(actor, submission);
        return { end: true, say: isAllowed ? fileSays(submission) : [{ text: t('reporting.receipt.unknown') }] };
      },
    }),
  },
});

const maySee = (actor: Actor, { obligation }: SubmissionView): boolean =>
  isOfficer(actor) || isLeader(actor) || seatFor(actor, obligation.unitId) !== null;

/** Every file as a message of its own. */
export const fileSays = ({ files }: SubmissionView): Say[] =>
  files.map((file) => ({ text: raw(shorten(file.name, 80)), fileId: file.id }));

function describe(submission: SubmissionView, versions: readonly VersionLine[]): Text[] {
  const { obligation, files } = submission;
  return [
    t('reporting.receipt.head', { code: submission.code, duty: obligation.dutyName, unit: obligation.unitName }),
    t(submission.late ? 'reporting.receipt.metaLate' : 'reporting.receipt.meta', {
      at: formatMoment(submission.submittedAt),
      by: submission.by ?? '–',
      n: submission.version,
      of: versions.length,
    }),
    t('reporting.receipt.stateLine', { state: t(`reporting.receipt.state.${submission.state}`) }),
    ...contentLines(obligation.fields, submission),
    ...files.map(({ name, size, sha256 }) =>
      t('reporting.receipt.fileLine', { name: shorten(name, 80), size: formatSize(size), sha: sha256 }),
    ),
    t('reporting.receipt.shaWhole', { sha: submission.sha256 }),
    ...(versions.length > 1 ? [t('reporting.receipt.versions'), ...versions.map(versionLine)] : []),
  ];
}

const versionLine = ({ version, code, submittedAt, by, late, state }: VersionLine): Text =>
  t(late ? 'reporting.receipt.versionLate' : 'reporting.receipt.versionLine', {
    n: version,
    code,
    at: formatMoment(submittedAt),
    by: by ?? '–',
    state: t(`reporting.receipt.state.${state}`),
  });
