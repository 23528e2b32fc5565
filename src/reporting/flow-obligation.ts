/** The page of one obligation: for its unit what can be answered, for those who follow up what can be decided. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Ask,
  type At,
  type Flow,
  type Move,
  type Option,
  type Text,
} from '../conversation/index.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import { formatDate, formatMoment } from '../kernel/format.js';
import { addDays, isLocalDate } from '../kernel/local-date.js';
import { parseDate } from '../kernel/parse-date.js';
import { isLeader, isOfficer, seatFor, seatsOf } from '../units/index.js';
import { seatAnswers } from './answering/answer-options.js';
import { chooseAsk, chosen } from './choose.js';
import { confirmPaper, keepDuty, noteLate, waiveDuty } from './effects.js';
import { decidedText, openOf } from './answering/extension.js';
import { isOwing, type ObligationView } from './model.js';
import type { ReportingReadPort } from './reads.js';
import type { ExtensionView } from './answering/store-extensions.js';
import type { PastStep } from './reminding/store-steps.js';
import { receiptButton } from './submitting/submit-open.js';
import { dayText, pastText, signText, termText, wordsOf } from './texts.js';

const dataSchema = z.object({ obligationId: z.string(), page: z.number().optional() });
type Data = z.infer<typeof dataSchema>;

interface Loaded {
  readonly obligation: ObligationView | null;
  readonly past: readonly PastStep[];
  readonly request: ExtensionView | null;
  readonly calendar: WorkingCalendar;
}
type OneAt = At<Data, Loaded>;

const load = async (read: ReportingReadPort, at: { readonly data: Data }): Promise<Loaded> => {
  const obligation = await read.reporting.obligation(at.data.obligationId);
  return {
    obligation,
    past: obligation ? await read.reporting.past(obligation.id) : [],
    request: obligation ? openOf(await read.reporting.extensions(obligation.id)) : null,
    calendar: await read.reporting.calendar(),
  };
};

const step = (one: Omit<Parameters<typeof defineStep<Data, ReportingReadPort, Loaded>>[0], 'load'>) =>
  defineStep<Data, ReportingReadPort, Loaded>({ load, refused: ended, ...one });

const ended = (_at: unknown, refusal: { readonly text: Text }): Move<Data> => ({
  end: true,
  say: [{ text: refusal.text }],
});
const REASON_MAX = 500;
// A day without its year may be read as one of last year: nobody means that.
const PAPER_DAYS = 180;

export const obligationFlow: Flow<Data, ReportingReadPort> = defineFlow<Data, ReportingReadPort>({
  name: 'obligation',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, ReportingReadPort>({
      name: 'obligation',
      words: ['trả lời khác', 'trả lời nhắc việc', 'other answer'],
      allow: (actor) => seatsOf(actor).length > 0 || isOfficer(actor) || isLeader(actor),
      start: ({ actor, arg }) => {
        if (arg === '' && seatsOf(actor).length === 0) return { begin: isOfficer(actor) ? 'tasks' : 'numbers' };
        const [, page] = /^page:(\d{1,3})$/.exec(arg) ?? [];
        if (page !== undefined) return { to: 'which', data: { obligationId: '', page: Number(page) } };
        return { to: arg === '' ? 'which' : 'one', data: { obligationId: arg } };
      },
    }),
  ],
  steps: {
    which: whichStep(),
    one: step({
      ask: (at) =>
        withOne<Ask | Move<Data>>(at, (obligation) => {
          const options = choices(obligation, at);
          if (options.length === 0)
            return {
              end: true,
              say: [
                {
                  text: describe(obligation, at),
                  buttons: [...receiptButton(obligation), { label: t('button.numbers'), command: 'numbers' }],
                },
              ],
            };
          const text = [...describe(obligation, at), t('reporting.one.ask')];
          return { text, options, buttons: receiptButton(obligation) };
        }),
      answer: (at, answer) =>
        withOne<Move<Data>>(at, (obligation) => {
          if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
          const own = ownAnswers(obligation, at).find((one) => one.value === answer.value);
          return own ? { begin: own.command, arg: own.arg } : choose(answer.value, obligation, at.data);
        }),
    }),
    paper: step({
      ask: (at) =>
        withOne(at, (obligation) => ({
          text: t('reporting.one.paperAsk', { unit: obligation.unitName }),
          free: true,
          numbersAreAnswers: true,
          options: [at.today, addDays(at.today, -1)].map((day) => ({ value: day, label: raw(formatDate(day)) })),
        })),
      answer: (at, answer) =>
        withOne<Move<Data>>(at, (obligation) => {
          const said = answer.kind === 'option' ? answer.value : answer.kind === 'text' ? answer.text : '';
          const day = isLocalDate(said) ? said : parseDate(said, at.today, 'past');
          if (day === null || day > at.today || day < addDays(at.today, -PAPER_DAYS))
            return { again: t('reporting.one.paperBadDay') };
          const code = at.newCode('BC');
          return {
            ...done('reporting.one.paperDone', obligation, { code }),
            effects: [confirmPaper({ obligationId: obligation.id, day, code })],
          };
        }),
    }),
    waive: reasonStep('reporting.one.waiveAsk', 'reporting.one.waived', (obligationId, reason) =>
      waiveDuty({ obligationId, reason }),
    ),
    keep: reasonStep('reporting.one.keepAsk', 'reporting.one.kept', (obligationId, reason) =>
      keepDuty({ obligationId, reason }),
    ),
  },
});

/** Begun without saying of what: which of those that the person's units owe. */
function whichStep() {
  return defineStep<Data, ReportingReadPort, { owed: readonly ObligationView[]; calendar: WorkingCalendar }>({
    load: async (read, { actor }) => ({
      owed: await read.reporting.owed(seatsOf(actor).map((seat) => seat.unitId)),
      calendar: await read.reporting.calendar(),
    }),
    ask({ loaded, today, data: { page } }) {
      const [only] = loaded.owed;
      if (!only) return { end: true, say: [{ text: t('reporting.owed.noneMany') }] };
      if (loaded.owed.length === 1) return { to: 'one', data: { obligationId: only.id } };
      return chooseAsk(t('reporting.one.which'), loaded.owed, { today, calendar: loaded.calendar, page });
    },
    answer: ({ data }, answer) =>
      chosen<Data>(answer, { step: 'which', data }, (obligationId) => ({ to: 'one', data: { obligationId } })),
  });
}

/** What the person may answer for the unit; those of a button that says the same as an officer's give way to it. */
const ownAnswers = (obligation: ObligationView, { actor }: Pick<OneAt, 'actor'>) =>
  seatFor(actor, obligation.unitId) === null
    ? []
    : seatAnswers(obligation).filter((one) => one.value !== 'paper' || !isOfficer(actor));

function choices(obligation: ObligationView, at: OneAt): Option[] {
  const own = ownAnswers(obligation, at);
  if (!isOfficer(at.actor)) return own;
  const decided = decisions(obligation, at.loaded.request !== null);
  const why = { value: 'why', label: t('reporting.button.why'), words: ['vì sao'] };
  return [...own, ...decided, ...(own.length > 0 ? [] : [why])];
}

function decisions(obligation: ObligationView, isAsked: boolean): Option[] {
  if (!isOwing(obligation.state))
    return obligation.state === 'submitted' && obligation.kind !== 'registration'
      ? [{ value: 'review', label: t('reporting.one.review'), words: ['duyệt'] }]
      : [];
  return [
    ...(isAsked ? [{ value: 'extension', label: t('reporting.one.extension'), words: ['duyệt lùi hạn'] }] : []),
    { value: 'move', label: t('reporting.one.move'), words: ['đổi hạn'] },
    { value: 'urge', label: t('reporting.one.urge'), words: ['đôn đốc', 'nhắc'] },
    { value: 'paper', label: t('reporting.one.paper'), words: ['bản giấy'] },
    { value: 'keep', label: t('reporting.one.keep') },
    { value: 'waive', label: t('reporting.one.waive'), words: ['miễn'] },
    { value: 'noted', label: t('reporting.one.noted'), words: ['xong'] },
  ];
}

function choose(value: string, obligation: ObligationView, data: Data): Move<Data> {
  if (value === 'urge') return { begin: 'urge', arg: `one:${obligation.id}` };
  if (value === 'extension') return { begin: 'extension', arg: obligation.id };
  if (value === 'move') return { begin: 'move-due', arg: `one:${obligation.id}` };
  if (value === 'why') return { begin: 'why-due', arg: obligation.id };
  if (value === 'review') return { begin: 'review-report', arg: obligation.latest?.id ?? '' };
  if (value === 'noted')
    return { ...done('reporting.one.notedDone', obligation), effects: [noteLate({ obligationId: obligation.id })] };
  return { to: value, data };
}

function reasonStep(
  askKey: 'reporting.one.waiveAsk' | 'reporting.one.keepAsk',
  doneKey: 'reporting.one.waived' | 'reporting.one.kept',
  effect: (obligationId: string, reason: string) => ReturnType<typeof waiveDuty>,
) {
  return step({
    ask: (at) =>
      withOne(at, (obligation) => ({ text: t(askKey, { unit: obligation.unitName, duty: obligation.dutyName }) })),
    answer: (at, answer) =>
      withOne<Move<Data>>(at, (obligation) => {
        if (answer.kind !== 'text') return { again: t('conversation.chooseOne') };
        if (answer.text.length > REASON_MAX) return { again: t('reporting.noteTooLong', { max: REASON_MAX }) };
        return { ...done(doneKey, obligation), effects: [effect(obligation.id, answer.text)] };
      }),
  });
}

type DoneKey = 'reporting.one.paperDone' | 'reporting.one.waived' | 'reporting.one.kept' | 'reporting.one.notedDone';
const done = (key: DoneKey, obligation: ObligationView, more: Readonly<Record<string, string>> = {}) =>
  ({
    end: true,
    say: [
      {
        text: t(key, { unit: obligation.unitName, duty: obligation.dutyName, ...more }),
        buttons: [{ label: t('button.tasks'), command: 'tasks' }],
      },
    ],
  }) as const;

function withOne<A>(at: OneAt, then: (obligation: ObligationView) => A): A | Move<Data> {
  const { obligation } = at.loaded;
  if (!obligation) return { end: true, say: [{ text: t('reporting.gone') }] };
  const mayRead = seatFor(at.actor, obligation.unitId) !== null || isOfficer(at.actor) || isLeader(at.actor);
  if (mayRead) return then(obligation);
  return { end: true, say: [{ text: t('reporting.notYours', { unit: obligation.unitName }) }] };
}

function describe(obligation: ObligationView, { loaded, today }: OneAt): Text[] {
  const { latest, assignee } = obligation;
  const due = {
    sign: signText(obligation.dueOn, today),
    day: dayText(obligation.dueOn),
    basis: wordsOf(obligation.basis),
  };
  return [
    t('reporting.one.title', { duty: obligation.dutyName, unit: obligation.unitName }),
    isOwing(obligation.state)
      ? t('reporting.one.owing', { ...due, term: termText(obligation.dueOn, today, loaded.calendar) })
      : t(`reporting.one.state.${obligation.state}`, { day: due.day }),
    ...(obligation.promiseOn === null ? [] : [t('reporting.remind.promised', { day: dayText(obligation.promiseOn) })]),
    ...(assignee && isOwing(obligation.state) ? [t('reporting.assign.now', { name: assignee.name })] : []),
    ...(loaded.request ? [decidedText(loaded.request)] : []),
    ...(latest
      ? [
          t(`reporting.one.latest.${latest.state}`, {
            code: latest.code,
            at: formatMoment(latest.submittedAt),
            by: latest.by ?? '–',
            n: latest.version,
          }),
        ]
      : []),
    ...(isOwing(obligation.state) ? [pastText(loaded.past)] : []),
  ];
}
