/** A request for more time before an officer: who asks, why, and the answer. */
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
} from '../../conversation/index.js';
import type { WorkingCalendar } from '../../kernel/calendar.js';
import { formatDate, formatMoment } from '../../kernel/format.js';
import { shorten } from '../../kernel/text.js';
import { isOfficer } from '../../units/index.js';
import { dropExtension, grantExtension, refuseExtension } from '../effects.js';
import { dayProblem, decidedText, offeredDays, openOf, readDay, REASON_MAX } from './extension.js';
import { chosen, pageOptions } from '../choose.js';
import { isOwing, type ObligationView } from '../model.js';
import type { ReportingReadPort } from '../reads.js';
import type { ExtensionView, WaitingExtension } from './store-extensions.js';
import { dayText, signText, termText } from '../texts.js';

const dataSchema = z.object({ obligationId: z.string(), page: z.number().optional() });
type Data = z.infer<typeof dataSchema>;

interface Loaded {
  readonly obligation: ObligationView | null;
  readonly all: readonly ExtensionView[];
  readonly calendar: WorkingCalendar;
}
type OneAt = At<Data, Loaded>;

const LISTED = 8;
const NAMED = 40;
const tasksButton = { label: t('button.tasks'), command: 'tasks' };
const end = (text: Text | readonly Text[]) => ({ end: true, say: [{ text, buttons: [tasksButton] }] }) as const;

const load = async (read: ReportingReadPort, { data }: { readonly data: Data }): Promise<Loaded> => ({
  obligation: await read.reporting.obligation(data.obligationId),
  all: await read.reporting.extensions(data.obligationId),
  calendar: await read.reporting.calendar(),
});

const step = (one: Omit<Parameters<typeof defineStep<Data, ReportingReadPort, Loaded>>[0], 'load'>) =>
  defineStep<Data, ReportingReadPort, Loaded>({ load, refused: (_at, refusal) => end(refusal.text), ...one });

export const extensionFlow: Flow<Data, ReportingReadPort> = defineFlow<Data, ReportingReadPort>({
  name: 'extension',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, ReportingReadPort>({
      name: 'extension',
      words: ['duyệt lùi hạn', 'duyệt xin lùi hạn', 'duyệt gia hạn', 'extensions'],
      allow: isOfficer,
      start: ({ arg }) => ({ to: arg === '' ? 'which' : 'one', data: { obligationId: arg } }),
    }),
  ],
  steps: { which: whichStep(), one: oneStep(), day: dayStep(), refuse: refuseStep() },
});

function whichStep() {
  return defineStep<Data, ReportingReadPort, WaitingExtension[]>({
    load: (read) => read.reporting.waitingExtensions(),
    ask({ loaded, data: { page = 0 } }): Ask | Move<Data> {
      if (loaded.length === 0) return end(t('reporting.extension.none'));
      const from = page * LISTED < loaded.length ? page * LISTED : 0;
      const shown = loaded.slice(from, from + LISTED);
      const rest = loaded.length - from - shown.length;
      return {
        text: [
          t('reporting.extension.which'),
          ...shown.map((one, n) =>
            t('reporting.extension.line', {
              n: n + 1,
              duty: one.dutyName,
              unit: one.unitName,
              day: dayText(one.wantedOn),
            }),
          ),
          ...(rest > 0 ? [t('reporting.digest.more', { n: rest })] : []),
        ],
        options: [
          ...shown.map((one, n) => ({
            value: one.obligationId,
            label: raw(`${String(n + 1)}. ${shorten(one.unitName, NAMED)}`),
          })),
          ...pageOptions(from / LISTED, rest),
        ],
      };
    },
    answer: ({ data }, answer) =>
      chosen<Data>(answer, { step: 'which', data }, (obligationId) => ({ to: 'one', data: { obligationId } })),
  });
}

function oneStep() {
  return step({
    ask: (at) =>
      withOpen<Ask | Move<Data>>(at, (one, request) => ({
        text: describe(one, request, at),
        options: choices(one, request, at),
      })),
    answer: (at, answer) =>
      withOpen<Move<Data>>(at, (one, request) => {
        if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
        if (answer.value === 'grant') return grant(one, request, request.wantedOn);
        if (answer.value === 'owner') return { begin: 'obligation', arg: one.id };
        return { to: answer.value, data: at.data };
      }),
  });
}

function choices(one: ObligationView, request: ExtensionView, { today, loaded }: OneAt): Option[] {
  const isGood = dayProblem(request.wantedOn, one.dueOn, today, loaded.calendar) === null;
  return [
    ...(isGood ? [{ value: 'grant', label: t('reporting.extension.grant'), words: ['đồng ý'] }] : []),
    { value: 'day', label: t('reporting.extension.other'), words: ['ngày khác'] },
    { value: 'refuse', label: t('reporting.extension.refuse'), words: ['từ chối', 'không đồng ý'] },
    { value: 'owner', label: t('reporting.extension.page') },
  ];
}

function describe(one: ObligationView, request: ExtensionView, { loaded, today }: OneAt): Text[] {
  const problem = dayProblem(request.wantedOn, one.dueOn, today, loaded.calendar);
  const earlier = loaded.all.filter((other) => other.state === 'granted').length;
  return [
    t('reporting.extension.title', { duty: one.dutyName, unit: one.unitName }),
    t('reporting.extension.facts', {
      sign: signText(one.dueOn, today),
      due: dayText(one.dueOn),
      term: termText(one.dueOn, today, loaded.calendar),
      day: dayText(request.wantedOn),
    }),
    t('reporting.extension.said', {
      by: request.askedBy ?? '–',
      at: formatMoment(request.askedAt),
      reason: shorten(request.reason, REASON_MAX),
    }),
    ...(earlier === 0 ? [] : [t('reporting.extension.earlier', { n: earlier })]),
    ...(problem === null ? [] : [t('reporting.extension.problem', { problem })]),
  ];
}

function grant(one: ObligationView, request: ExtensionView, day: string): Move<Data> {
  return {
    ...end(
      t('reporting.extension.granted', {
        duty: one.dutyName,
        unit: one.unitName,
        from: dayText(one.dueOn),
        day: dayText(day),
      }),
    ),
    effects: [grantExtension({ extensionId: request.id, obligationId: one.id, day })],
  };
}

function dayStep() {
  return step({
    ask: (at) =>
      withOpen(at, (one) => ({
        text: t('reporting.extension.askDay', { unit: one.unitName, day: dayText(one.dueOn) }),
        free: true,
        numbersAreAnswers: true,
        options: offeredDays(one.dueOn, at.today, at.loaded.calendar).map((day) => ({
          value: day,
          label: raw(formatDate(day)),
        })),
      })),
    answer: (at, answer) =>
      withOpen<Move<Data>>(at, (one, request) => {
        const said = answer.kind === 'option' ? answer.value : answer.kind === 'text' ? answer.text : '';
        const read = readDay(said, { dueOn: one.dueOn, today: at.today, calendar: at.loaded.calendar });
        return 'again' in read ? read : grant(one, request, read.day);
      }),
  });
}

function refuseStep() {
  return step({
    ask: (at) =>
      withOpen(at, (one) => ({
        text: t('reporting.extension.askReason', { unit: one.unitName, duty: one.dutyName }),
        free: true,
      })),
    answer: (at, answer) =>
      withOpen<Move<Data>>(at, (one, request) => {
        if (answer.kind !== 'text') return { again: t('conversation.chooseOne') };
        if (answer.text.length > REASON_MAX) return { again: t('reporting.noteTooLong', { max: REASON_MAX }) };
        return {
          ...end(t('reporting.extension.refused', { duty: one.dutyName, unit: one.unitName, day: dayText(one.dueOn) })),
          effects: [refuseExtension({ extensionId: request.id, obligationId: one.id, reason: answer.text })],
        };
      }),
  });
}

/** With the request that waits; without one, what became of it, and the task is cleared away. */
function withOpen<A>(at: OneAt, then: (one: ObligationView, request: ExtensionView) => A): A | Move<Data> {
  const { obligation, all } = at.loaded;
  if (!obligation) return end(t('reporting.gone'));
  const request = openOf(all);
  if (request && isOwing(obligation.state)) return then(obligation, request);
  const [latest] = all;
  const why = isOwing(obligation.state)
    ? [latest ? decidedText(latest) : t('reporting.extension.nothing')]
    : [t('reporting.extension.closed', { duty: obligation.dutyName, unit: obligation.unitName })];
  return { ...end(why), effects: [dropExtension({ obligationId: obligation.id })] };
}
