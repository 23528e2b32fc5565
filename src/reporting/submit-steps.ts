/** The questions of handing in: what, field by field, a look at it, and off it goes. */
import { defineStep, t, type Answer, type Move } from '../conversation/index.js';
import { fileProblemText } from '../conversation/builtins.js';
import { seatFor } from '../units/index.js';
import { submitReport } from './effects.js';
import { isLate, readField, type ObligationView } from './model.js';
import type { ReportingReadPort } from './reads.js';
import type { SubmitAt, SubmitData, SubmitLoaded } from './submit-data.js';
import { bodyOf, confirmText, fieldText, introText, receiptSay } from './submit-texts.js';

/** Longer texts are better as a file, and no officer reads them in a chat. */
const TEXT_MAX = 10_000;

const loadOne = async (read: ReportingReadPort, at: { readonly data: SubmitData }): Promise<SubmitLoaded> => ({
  obligation: await read.reporting.obligation(at.data.obligationId),
  calendar: await read.reporting.calendar(),
});

/** The report in words, as a file, or "không phát sinh". */
export function whatStep() {
  return defineStep<SubmitData, ReportingReadPort, SubmitLoaded>({
    load: loadOne,
    ask: (at) =>
      withOpen(at, (obligation) => ({
        text: introText(obligation, at),
        free: true,
        files: true,
        options: [{ value: 'nil', label: t('reporting.submit.nil'), words: ['không có', 'nil'] }],
      })),
    answer: ({ data }, answer) => takeAnswer(data, answer),
  });
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

/** Fields take turns in two steps: `lùi` goes back from one step to another, and so to the field before. */
export const toField = (data: SubmitData) => ({ to: (data.field ?? 0) % 2 === 0 ? 'field' : 'field-odd', data });

/** One field of the form. */
export function fieldStep() {
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
          ...toField({ ...data, file: answer.file }),
          say: [{ text: t('reporting.submit.fileKept', { name: answer.file.name }) }],
        };
      if (answer.kind !== 'text' || !field) return { again: t('conversation.chooseOne') };
      const value = answer.text.length > TEXT_MAX ? null : readField(field, answer.text);
      if (value === null) return { again: t('reporting.submit.badField', { label: field.label }) };
      return toField({ ...data, nil: false, values: { ...data.values, [field.name]: value }, field: n + 1 });
    },
  });
}

/** A last look. */
export function confirmStep() {
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
        ? toField({ obligationId, field: 0 })
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
