/** The questions of handing in: what, field by field, the files, a look at it, and off it goes. */
import { defineStep, raw, t, type Answer, type Ask, type Move } from '../../conversation/index.js';
import { fileProblemText } from '../../conversation/builtins.js';
import { seatFor } from '../../units/index.js';
import { submitReport } from '../effects.js';
import { isLate, readField } from '../model.js';
import type { ReportingReadPort } from '../reads.js';
import { TEXT_MAX } from './submit-check.js';
import type { SubmitAt, SubmitData, SubmitLoaded } from './submit-data.js';
import { missingKinds } from './submit-files.js';
import { withOpen } from './submit-open.js';
import { checkData, nextQuestion, takeFile, unansweredField } from './submit-path.js';
import {
  badFieldText,
  confirmText,
  fieldText,
  fileLines,
  filesAskText,
  introText,
  problemText,
  receiptSay,
} from './submit-texts.js';

const loadOne = async (read: ReportingReadPort, at: { readonly data: SubmitData }): Promise<SubmitLoaded> => {
  const { obligationId, files = [] } = at.data;
  const loaded = {
    obligation: await read.reporting.obligation(obligationId),
    calendar: await read.reporting.calendar(),
  };
  return files.length === 0
    ? loaded
    : { ...loaded, hashes: await read.reporting.fileHashes(files.map((file) => file.fileId)) };
};

const NIL = { value: 'nil', label: t('reporting.submit.nil'), words: ['không có', 'nil'] };
const DROP = { value: 'drop', label: t('reporting.submit.drop'), words: ['bớt tệp', 'xóa tệp', 'bỏ tệp'] };

const toNil = ({ obligationId }: SubmitData): Move<SubmitData> => ({
  to: 'confirm',
  data: { obligationId, nil: true },
});

/** The report in words, as files, or "không phát sinh". */
export function whatStep() {
  return defineStep<SubmitData, ReportingReadPort, SubmitLoaded>({
    load: loadOne,
    ask: (at) =>
      withOpen<Ask>(at, (obligation) => ({ text: introText(obligation, at), free: true, files: true, options: [NIL] })),
    answer: ({ data }, answer) => takeAnswer(data, answer),
  });
}

function takeAnswer(data: SubmitData, answer: Answer): Move<SubmitData> {
  if (answer.kind === 'bad-file') return { again: fileProblemText(answer.problem) };
  if (answer.kind === 'option') return toNil(data);
  if (answer.kind === 'file')
    return takeFile(data, answer.file, (more) => ({ to: 'confirm', data: withWords(more, answer.caption) }));
  if (answer.kind !== 'text') return { again: t('conversation.chooseOne') };
  if (answer.text.length > TEXT_MAX) return { again: t('reporting.submit.tooLong', { max: TEXT_MAX }) };
  return { to: 'confirm', data: { ...data, nil: false, text: answer.text } };
}

/** Words that came with a file are part of the report. */
const withWords = (data: SubmitData, words: string): SubmitData => (words === '' ? data : { ...data, text: words });

/** One field of the form. */
export function fieldStep() {
  return defineStep<SubmitData, ReportingReadPort, SubmitLoaded>({
    load: loadOne,
    ask: (at) =>
      withOpen<Ask | Move<SubmitData>>(at, (obligation) => {
        const field = unansweredField(at.data, obligation);
        if (!field) return nextQuestion(at.data, obligation);
        const isFirst = Object.keys(at.data.values ?? {}).length === 0;
        const n = obligation.fields.indexOf(field) + 1;
        return {
          text: [...(isFirst ? introText(obligation, at) : []), fieldText(field, n, obligation.fields.length)],
          free: true,
          files: true,
          numbersAreAnswers: true,
          // "Không có" answers a question in words; only of a number does it say that there was nothing.
          options: isFirst ? [field.type === 'text' ? { ...NIL, words: ['nil'] } : NIL] : [],
          buttons: isFirst ? [{ label: t('reporting.button.sheet'), command: 'sheet', arg: obligation.id }] : [],
        };
      }),
    answer: (at, answer) =>
      withOpen<Move<SubmitData>>(at, (obligation) => {
        const { data } = at;
        if (answer.kind === 'option') return toNil(data);
        if (answer.kind === 'bad-file') return { again: fileProblemText(answer.problem) };
        if (answer.kind === 'file')
          return takeFile(data, answer.file, (more) => ({
            ...nextQuestion(more, obligation),
            say: [{ text: t('reporting.submit.fileKept', { name: answer.file.name }) }],
          }));
        const field = unansweredField(data, obligation);
        if (answer.kind !== 'text' || !field) return { again: t('conversation.chooseOne') };
        if (answer.text.length > TEXT_MAX) return { again: t('reporting.submit.tooLong', { max: TEXT_MAX }) };
        const value = readField(field, answer.text);
        if (value === null) return { again: badFieldText(field) };
        return nextQuestion({ ...data, nil: false, values: { ...data.values, [field.name]: value } }, obligation);
      }),
  });
}

/** The files that the duty wants, one after another, until there is one of every kind. */
export function filesStep() {
  return defineStep<SubmitData, ReportingReadPort, SubmitLoaded>({
    load: loadOne,
    ask: (at) =>
      withOpen<Ask | Move<SubmitData>>(at, (obligation) => {
        const files = at.data.files ?? [];
        const missing = missingKinds(obligation.files, files);
        if (missing.length === 0) return { to: 'confirm', data: at.data };
        const isFirst = files.length === 0 && Object.keys(at.data.values ?? {}).length === 0;
        return {
          text: [...(isFirst ? introText(obligation, at) : []), ...fileLines(files), filesAskText(missing)],
          free: true,
          files: true,
          options: [...(isFirst ? [NIL] : []), ...(files.length > 0 ? [DROP] : [])],
        };
      }),
    answer: (at, answer) =>
      withOpen<Move<SubmitData>>(at, (obligation) => {
        const { data } = at;
        if (answer.kind === 'bad-file') return { again: fileProblemText(answer.problem) };
        if (answer.kind === 'option') return answer.value === 'drop' ? { to: 'drop', data } : toNil(data);
        if (answer.kind === 'file')
          return takeFile(data, answer.file, (more) => nextQuestion(withWords(more, answer.caption), obligation));
        if (answer.kind !== 'text') return { again: t('conversation.chooseOne') };
        if (answer.text.length > TEXT_MAX) return { again: t('reporting.submit.tooLong', { max: TEXT_MAX }) };
        const say = [{ text: t('reporting.submit.wordsKept') }];
        return { to: 'files', data: { ...data, nil: false, text: answer.text }, say };
      }),
  });
}

/** One file less. */
export function dropStep() {
  return defineStep<SubmitData, ReportingReadPort, SubmitLoaded>({
    load: loadOne,
    ask: (at) =>
      withOpen<Ask>(at, () => ({
        text: t('reporting.submit.dropAsk'),
        options: [
          ...(at.data.files ?? []).map((file, n) => ({
            value: file.fileId,
            label: raw(`${String(n + 1)}. ${file.name}`),
          })),
          { value: 'keep', label: t('reporting.submit.keepAll'), words: ['không', 'giữ'] },
        ],
      })),
    answer: (at, answer) =>
      withOpen<Move<SubmitData>>(at, (obligation) => {
        if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
        const files = (at.data.files ?? []).filter((file) => file.fileId !== answer.value);
        return nextQuestion({ ...at.data, files }, obligation);
      }),
  });
}

/** A last look. */
export function confirmStep() {
  return defineStep<SubmitData, ReportingReadPort, SubmitLoaded>({
    load: loadOne,
    ask: (at) =>
      withOpen<Ask>(at, (obligation) => ({
        text: confirmText(obligation, at),
        files: true,
        options: [
          { value: 'send', label: t('button.send'), words: ['gửi', 'nộp', 'đồng ý', 'có', 'ok'] },
          { value: 'edit', label: t('button.edit'), words: ['sửa', 'làm lại'] },
          ...((at.data.files ?? []).length > 0 ? [DROP] : []),
        ],
      })),
    answer(at, answer) {
      const { data } = at;
      if (answer.kind === 'bad-file') return { again: fileProblemText(answer.problem) };
      if (answer.kind === 'file') return takeFile(data, answer.file, (more) => ({ to: 'confirm', data: more }));
      if (answer.kind === 'option' && answer.value === 'send') return send(at);
      if (answer.kind === 'option' && answer.value === 'drop') return { to: 'drop', data };
      const { obligationId, files: given = [] } = data;
      return withOpen<Move<SubmitData>>(at, ({ fields, files }) => ({
        to: fields.length > 0 ? 'field' : files.length > 0 ? 'files' : 'what',
        // Whoever corrects a number of the form need not look for the files again; one that is wrong can be dropped.
        data: { obligationId, ...(fields.length > 0 && given.length > 0 ? { files: given } : {}) },
      }));
    },
    // A colleague was faster, or the due day has just passed: it is handed in as the next version, and its receipt
    // says so. Only a closed duty ends here.
    refused(at, refusal) {
      if (refusal.refused === 'changed' || refusal.refused === 'code') return send(at);
      const { obligation } = at.loaded;
      if (refusal.refused === 'incomplete' && obligation)
        return { ...nextQuestion(at.data, obligation), say: [{ text: refusal.text }] };
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
    const checked = checkData(at.data, obligation);
    // What the duty asks for has changed since it was answered.
    if (!checked.ok) {
      const say = checked.problems.slice(0, 1).map((problem) => ({ text: problemText(problem) }));
      return { ...nextQuestion(at.data, obligation), say };
    }
    const code = at.newCode('BC');
    const seen = { version: obligation.latest?.version ?? 0, late: isLate(at.heardAt, obligation.dueAt) };
    const seat = seatFor(at.actor, obligation.unitId);
    if (!seat) return { end: true, say: [{ text: t('reporting.notYours', { unit: obligation.unitName }) }] };
    const { body } = checked;
    return {
      end: true,
      say: [receiptSay(obligation, { code, seat, at, late: seen.late, body })],
      effects: [submitReport({ obligationId: obligation.id, code, body, seen })],
    };
  });
}
