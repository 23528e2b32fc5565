/** What a seat may answer to a reminder beside handing in: a day, "on paper", "not ours". */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Ask,
  type At,
  type Effect,
  type Flow,
  type Move,
  type Text,
} from '../../conversation/index.js';
import type { LocaleKey } from '../../i18n/index.js';
import type { WorkingCalendar } from '../../kernel/calendar.js';
import { formatDate, formatMoment } from '../../kernel/format.js';
import { isLocalDate } from '../../kernel/local-date.js';
import { parseDate } from '../../kernel/parse-date.js';
import { disownDuty, promiseReport, reportPaper } from '../effects.js';
import { promiseInstant } from '../reminding/ladder.js';
import type { ObligationView } from '../model.js';
import type { ReportingReadPort } from '../reads.js';
import { isPromisable } from '../service.js';
import { dayText, doButton } from '../texts.js';
import { endWith, startAbout, whichStep, withMine } from './mine.js';

const dataSchema = z.object({ obligationId: z.string(), page: z.number().optional() });
type Data = z.infer<typeof dataSchema>;
export type AnswerData = Data;

interface Loaded {
  readonly obligation: ObligationView | null;
  readonly calendar: WorkingCalendar;
  /** How often the reminders of the present due day were put off. */
  readonly snoozes: number;
}
export type AnswerAt = At<Data, Loaded>;

const load = async (read: ReportingReadPort, { data }: { readonly data: Data }): Promise<Loaded> => ({
  obligation: await read.reporting.obligation(data.obligationId),
  calendar: await read.reporting.calendar(),
  snoozes: await read.reporting.snoozes(data.obligationId),
});

interface AnswerFlow {
  readonly name: string;
  readonly words: readonly string[];
  readonly which: LocaleKey;
  /** The one question, about one obligation. */
  ask(obligation: ObligationView, at: AnswerAt): Ask | Move<AnswerData>;
  /** What the person's words mean; null when they mean nothing here. */
  take(
    said: string,
    obligation: ObligationView,
    at: AnswerAt,
  ): { readonly effect: Effect; readonly text: readonly Text[] } | { readonly again: Text };
}

/** Which obligation, then one question, then done. */
export function answerFlow(spec: AnswerFlow): Flow<Data, ReportingReadPort> {
  return defineFlow<Data, ReportingReadPort>({
    name: spec.name,
    version: 1,
    data: dataSchema,
    keepsDraft: false,
    commands: [
      defineCommand<Data, ReportingReadPort>({
        name: spec.name,
        words: spec.words,
        start: (at) => startAbout(at, 'say'),
      }),
    ],
    steps: {
      which: whichStep<Data>(spec.which, 'say', (obligationId) => ({ obligationId })),
      say: defineStep<Data, ReportingReadPort, Loaded>({
        load,
        ask: (at) => withMine<Ask | Move<Data>>(at, (obligation) => spec.ask(obligation, at)),
        answer: (at, answer) =>
          withMine<Move<Data>>(at, (obligation) => {
            const said = answer.kind === 'option' ? answer.value : answer.kind === 'text' ? answer.text : '';
            const taken = spec.take(said, obligation, at);
            if ('again' in taken) return taken;
            return { ...endWith(taken.text), effects: [taken.effect] };
          }),
        refused: (_at, refusal) => endWith(refusal.text),
      }),
    },
  });
}

export const named = (obligation: ObligationView) => ({ duty: obligation.dutyName, unit: obligation.unitName });

/** "Sẽ nộp ngày …": the promise becomes the next reminder. */
const promiseFlow = answerFlow({
  name: 'promise',
  words: ['sẽ nộp', 'hẹn nộp'],
  which: 'reporting.promise.which',
  ask(obligation, { today, loaded }) {
    const next = loaded.calendar.addWorkingDays(today, 1);
    const days = [...new Set([next, obligation.dueOn])].filter((day) => day >= today).sort();
    return {
      text: t('reporting.promise.ask', { ...named(obligation), day: dayText(obligation.dueOn) }),
      free: true,
      numbersAreAnswers: true,
      options: days.map((day) => ({ value: day, label: raw(formatDate(day)) })),
    };
  },
  take(said, obligation, { today, now }) {
    const day = isLocalDate(said) ? said : parseDate(said, today);
    if (day === null) return { again: t('reporting.badDay') };
    if (!isPromisable(day, today)) return { again: t('reporting.promise.outOfReach') };
    const instant = promiseInstant(day, now);
    return {
      effect: promiseReport({ obligationId: obligation.id, day }),
      text: [
        t('reporting.promise.done', { ...named(obligation), day: dayText(day) }),
        ...(instant === null ? [] : [t('reporting.promise.remind', { at: formatMoment(instant) })]),
        ...(day > obligation.dueOn ? [t('reporting.promise.afterDue', { day: dayText(obligation.dueOn) })] : []),
      ],
    };
  },
});

const NOTE_MAX = 500;

/** "Đã gửi bản giấy": an officer confirms it; until then the seat is left in peace. */
const paperFlow = answerFlow({
  name: 'paper',
  words: ['đã gửi bản giấy', 'gửi bản giấy', 'bản giấy'],
  which: 'reporting.paper.which',
  ask: (obligation) =>
    obligation.kind === 'registration'
      ? endWith(t('reporting.paper.registration', named(obligation)), [doButton(obligation)])
      : { text: t('reporting.paper.ask', named(obligation)) },
  take: (said, obligation) =>
    said.length > NOTE_MAX
      ? { again: t('reporting.noteTooLong', { max: NOTE_MAX }) }
      : {
          effect: reportPaper({ obligationId: obligation.id, note: said }),
          text: [t('reporting.paper.done', named(obligation)), t('reporting.passedOn')],
        },
});

/** "Không phải việc của đơn vị tôi": an officer decides. */
const notOursFlow = answerFlow({
  name: 'not-ours',
  words: ['không phải việc của đơn vị tôi', 'không phải việc của tôi'],
  which: 'reporting.notOurs.which',
  ask: (obligation) => ({
    text: t('reporting.notOurs.ask', named(obligation)),
    free: true,
    options: [{ value: '–', label: t('button.skip'), words: ['bỏ qua'] }],
  }),
  take: (said, obligation) =>
    said.length > NOTE_MAX
      ? { again: t('reporting.noteTooLong', { max: NOTE_MAX }) }
      : {
          effect: disownDuty({ obligationId: obligation.id, note: said }),
          text: [t('reporting.notOurs.done', named(obligation)), t('reporting.passedOn')],
        },
});

export const answerFlows: readonly Flow<Data, ReportingReadPort>[] = [promiseFlow, paperFlow, notOursFlow];
