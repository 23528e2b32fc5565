/** "Nộp báo cáo": which one, what, a look at it, and a receipt. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  t,
  type Answer,
  type At,
  type Flow,
  type Move,
} from '../conversation/index.js';
import { fileProblemText } from '../conversation/builtins.js';
import type { StoredFile } from '../conversation/message.js';
import { seatFor, seatsOf } from '../units/index.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import { chooseAsk } from './choose.js';
import { submitReport } from './effects.js';
import { isLate, readField, type ObligationView } from './model.js';
import type { ReportingReadPort } from './reads.js';
import { bodyOf, confirmText, fieldText, introText, receiptSay } from './submit-texts.js';

const dataSchema = z.object({
  obligationId: z.string(),
  text: z.string().optional(),
  nil: z.boolean().optional(),
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  file: z.object({ fileId: z.string(), name: z.string(), type: z.string(), size: z.number() }).optional(),
  /** Which field of the form is asked. */
  field: z.number().optional(),
});
export type SubmitData = z.infer<typeof dataSchema>;

export interface SubmitLoaded {
  readonly obligation: ObligationView | null;
  readonly calendar: WorkingCalendar;
}
interface StartLoaded extends SubmitLoaded {
  readonly owed: readonly ObligationView[];
  readonly correctable: readonly ObligationView[];
}
export type SubmitAt = At<SubmitData, SubmitLoaded>;

/** Longer texts are better as a file, and no officer reads them in a chat. */
const TEXT_MAX = 10_000;

const loadOne = async (read: ReportingReadPort, at: { readonly data: SubmitData }): Promise<SubmitLoaded> => ({
  obligation: await read.reporting.obligation(at.data.obligationId),
  calendar: await read.reporting.calendar(),
});

const isReport = (one: ObligationView): boolean => one.kind !== 'registration';

async function loadMine(read: ReportingReadPort, unitIds: readonly string[]) {
  const owed = (await read.reporting.owed(unitIds)).filter(isReport);
  const correctable = (await read.reporting.correctable(unitIds)).filter(isReport);
  return { owed, correctable, calendar: await read.reporting.calendar() };
}

export const submitFlow: Flow<SubmitData, ReportingReadPort> = defineFlow<SubmitData, ReportingReadPort>({
  name: 'submit',
  version: 1,
  data: dataSchema,
  commands: [
    defineCommand<SubmitData, ReportingReadPort, StartLoaded>({
      name: 'submit',
      words: ['nộp báo cáo', 'nộp', 'gửi báo cáo', 'submit report'],
      load: async (read, { actor, arg }) => ({
        ...(await loadMine(
          read,
          seatsOf(actor).map((seat) => seat.unitId),
        )),
        obligation: arg === '' ? null : await read.reporting.obligation(arg),
      }),
      start: begin,
    }),
  ],
  steps: {
    choose: defineStep<SubmitData, ReportingReadPort, Omit<StartLoaded, 'obligation'>>({
      load: (read, { actor }) =>
        loadMine(
          read,
          seatsOf(actor).map((seat) => seat.unitId),
        ),
      ask: ({ loaded, today }) => {
        const owes = loaded.owed.length > 0;
        const list = owes ? loaded.owed : loaded.correctable;
        if (list.length === 0)
          return {
            end: true,
            say: [{ text: t('reporting.submit.none'), buttons: [{ label: t('button.owed'), command: 'owed' }] }],
          };
        return chooseAsk(
          t(owes ? 'reporting.submit.which' : 'reporting.submit.whichCorrect'),
          list,
          today,
          loaded.calendar,
        );
      },
      answer(at, answer) {
        const chosen = [...at.loaded.owed, ...at.loaded.correctable].find(
          (one) => answer.kind === 'option' && one.id === answer.value,
        );
        return chosen ? open(chosen, at.data.file) : { again: t('conversation.chooseOne') };
      },
    }),
    what: defineStep<SubmitData, ReportingReadPort, SubmitLoaded>({
      load: loadOne,
      ask: (at) =>
        withOpen(at, (obligation) => ({
          text: introText(obligation, at),
          free: true,
          files: true,
          options: [{ value: 'nil', label: t('reporting.submit.nil'), words: ['không có', 'nil'] }],
        })),
      answer: ({ data }, answer) => takeAnswer(data, answer),
    }),
    field: fieldStep(),
    confirm: confirmStep(),
  },
});

function begin(
  at: At<undefined, StartLoaded> & { readonly arg: string; readonly file?: StoredFile },
): Move<SubmitData> {
  const { actor, loaded, arg, file } = at;
  if (seatsOf(actor).length === 0)
    return {
      end: true,
      say: [
        {
          text: t(file ? 'reporting.fileNoSeat' : 'reporting.noSeat'),
          buttons: [{ label: t('button.person'), command: 'person' }],
        },
      ],
    };
  if (arg !== '') {
    if (!loaded.obligation)
      return {
        end: true,
        say: [{ text: t('reporting.gone'), buttons: [{ label: t('button.owed'), command: 'owed' }] }],
      };
    if (!seatFor(actor, loaded.obligation.unitId))
      return { end: true, say: [{ text: t('reporting.notYours', { unit: loaded.obligation.unitName }) }] };
    return open(loaded.obligation, file);
  }
  const [only] = loaded.owed;
  if (only && loaded.owed.length === 1) return open(only, file);
  return { to: 'choose', data: { obligationId: '', ...(file ? { file } : {}) } };
}

/** Begins with one obligation; a file that came first is kept for it. */
function open(obligation: ObligationView, file: StoredFile | undefined): Move<SubmitData> {
  if (obligation.kind === 'registration') return { begin: 'register', arg: obligation.campaignId ?? '' };
  const data: SubmitData = { obligationId: obligation.id, ...(file ? { file } : {}) };
  if (obligation.fields.length > 0) return { to: 'field', data: { ...data, field: 0 } };
  return { to: file ? 'confirm' : 'what', data };
}

/** Asks while the report can still be handed in; says why not otherwise. */
function withOpen<A>(at: SubmitAt, ask: (obligation: ObligationView) => A): A | Move<SubmitData> {
  const { obligation } = at.loaded;
  if (!obligation)
    return { end: true, say: [{ text: t('reporting.gone'), buttons: [{ label: t('button.owed'), command: 'owed' }] }] };
  if (obligation.state === 'waived')
    return { end: true, say: [{ text: t('reporting.submit.waived', { unit: obligation.unitName }) }] };
  if (obligation.state !== 'accepted') return ask(obligation);
  const buttons = [
    { label: t('button.owed'), command: 'owed' },
    { label: t('button.person'), command: 'person' },
  ];
  return {
    end: true,
    say: [
      {
        text: t('reporting.submit.acceptedAlready', {
          duty: obligation.dutyName,
          unit: obligation.unitName,
          code: obligation.latest?.code ?? '',
        }),
        buttons,
      },
    ],
  };
}

function takeAnswer(data: SubmitData, answer: Answer): Move<SubmitData> {
  if (answer.kind === 'bad-file') return { again: fileProblemText(answer.problem) };
  if (answer.kind === 'option') return { to: 'confirm', data: { obligationId: data.obligationId, nil: true } };
  if (answer.kind === 'file')
    return {
      to: 'confirm',
      data: { ...data, nil: false, file: answer.file, ...(answer.caption === '' ? {} : { text: answer.caption }) },
    };
  if (answer.kind !== 'text') return { again: t('conversation.chooseOne') };
  if (answer.text.length > TEXT_MAX) return { again: t('reporting.submit.tooLong', { max: TEXT_MAX }) };
  return { to: 'confirm', data: { ...data, nil: false, text: answer.text } };
}

function fieldStep() {
  return defineStep<SubmitData, ReportingReadPort, SubmitLoaded>({
    load: loadOne,
    ask: (at) =>
      withOpen(at, (obligation) => {
        const n = at.data.field ?? 0;
        const field = obligation.fields[n];
        if (!field) return { to: 'confirm', data: at.data };
        const first = n === 0 ? introText(obligation, at) : [];
        return {
          text: [...first, fieldText(field, n + 1, obligation.fields.length)],
          free: true,
          files: true,
          numbersAreAnswers: true,
          options: n === 0 ? [{ value: 'nil', label: t('reporting.submit.nil'), words: ['nil'] }] : [],
        };
      }),
    answer({ data, loaded }, answer) {
      const n = data.field ?? 0;
      const field = loaded.obligation?.fields[n];
      if (answer.kind === 'option') return { to: 'confirm', data: { obligationId: data.obligationId, nil: true } };
      if (answer.kind === 'bad-file') return { again: fileProblemText(answer.problem) };
      if (answer.kind === 'file')
        return {
          to: 'field',
          data: { ...data, file: answer.file },
          say: [{ text: t('reporting.submit.fileKept', { name: answer.file.name }) }],
        };
      if (answer.kind !== 'text' || !field) return { again: t('conversation.chooseOne') };
      const value = answer.text.length > TEXT_MAX ? null : readField(field, answer.text);
      if (value === null) return { again: t('reporting.submit.badField', { label: field.label }) };
      return {
        to: 'field',
        data: { ...data, nil: false, values: { ...data.values, [field.name]: value }, field: n + 1 },
      };
    },
  });
}

function confirmStep() {
  return defineStep<SubmitData, ReportingReadPort, SubmitLoaded>({
    load: loadOne,
    ask: (at) =>
      withOpen(at, (obligation) => ({
        text: confirmText(obligation, at),
        files: true,
        options: [
          { value: 'send', label: t('button.send'), words: ['gửi', 'nộp', 'đồng ý', 'có', 'ok'] },
          { value: 'edit', label: t('button.edit'), words: ['sửa', 'làm lại'] },
        ],
      })),
    answer(at, answer) {
      if (answer.kind === 'bad-file') return { again: fileProblemText(answer.problem) };
      if (answer.kind === 'file') return { to: 'confirm', data: { ...at.data, nil: false, file: answer.file } };
      if (answer.kind === 'option' && answer.value === 'send') return send(at);
      const { obligation } = at.loaded;
      const { obligationId } = at.data;
      return obligation && obligation.fields.length > 0
        ? { to: 'field', data: { obligationId, field: 0 } }
        : { to: 'what', data: { obligationId } };
    },
    // Shown anew with what a colleague did meanwhile; only a closed duty ends here.
    refused(at, refusal) {
      if (refusal.refused === 'changed' || refusal.refused === 'code') return send(at);
      return {
        end: true,
        say: [
          {
            text: refusal.text,
            buttons: [
              { label: t('button.owed'), command: 'owed' },
              { label: t('button.person'), command: 'person' },
            ],
          },
        ],
      };
    },
  });
}

function send(at: SubmitAt): Move<SubmitData> {
  return withOpen<Move<SubmitData>>(at, (obligation) => {
    const code = at.newCode('BC');
    const seen = { version: obligation.latest?.version ?? 0, late: isLate(at.now, obligation.dueAt) };
    const seat = seatFor(at.actor, obligation.unitId);
    if (!seat) return { end: true, say: [{ text: t('reporting.notYours', { unit: obligation.unitName }) }] };
    return {
      end: true,
      say: [receiptSay(obligation, { code, seat, at, late: seen.late })],
      effects: [submitReport({ obligationId: obligation.id, code, body: bodyOf(at.data), seen })],
    };
  });
}
