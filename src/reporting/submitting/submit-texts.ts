/** What is said while a report is handed in. */
import { raw, t, type Say, type Text } from '../../conversation/index.js';
import { fileText, type Field, type FileKind } from '../../duties/index.js';
import { formatMoment, formatNumber, formatSize } from '../../kernel/format.js';
import type { HeldSeat } from '../../kernel/people.js';
import { shorten } from '../../kernel/text.js';
import { heldKindText } from '../../units/index.js';
import { isLocked, lockDay } from './lock.js';
import { missingLines } from './missing.js';
import { DIGITS, isLate, type ObligationView, type SubmissionBody } from '../model.js';
import type { ReportProblem } from './submit-check.js';
import type { SubmitAt } from './submit-data.js';
import { hashOf, shortHash } from './submit-hash.js';
import { checkData } from './submit-path.js';
import { dayText, inLine, termText, wordsOf } from '../texts.js';

/** What is to be handed in, by when, and how. */
export function introText(obligation: ObligationView, { loaded, today }: Pick<SubmitAt, 'loaded' | 'today'>): Text[] {
  const { latest, fields } = obligation;
  return [
    t('reporting.submit.intro', { duty: obligation.dutyName, unit: obligation.unitName }),
    t('reporting.submit.due', {
      day: dayText(obligation.dueOn),
      term: termText(obligation.dueOn, today, loaded.calendar),
    }),
    ...(obligation.needs === '' ? [] : [t('reporting.remind.needs', { needs: wordsOf(obligation.needs) })]),
    ...(latest?.state === 'received'
      ? [
          t('reporting.submit.before', {
            code: latest.code,
            at: formatMoment(latest.submittedAt),
            by: latest.by ?? '–',
          }),
        ]
      : []),
    ...(latest?.state === 'returned' && latest.reason !== null
      ? [
          t('reporting.remind.returned', { code: latest.code, reason: latest.reason }),
          ...missingLines(fields, latest.missing),
        ]
      : []),
    ...(obligation.files.length > 0 ? [t('reporting.submit.wanted', { kinds: kindsText(obligation.files) })] : []),
    ...(fields.length > 0
      ? [t('reporting.submit.howForm')]
      : obligation.files.length > 0
        ? []
        : [t('reporting.submit.how')]),
  ];
}

/** One field of the form, with the range it allows. */
export function fieldText(field: Field, n: number, of: number): Text {
  const params = { n, of, label: field.label };
  if (field.type === 'text') return t('reporting.submit.fieldText', params);
  const { min, max } = field;
  if (min !== undefined && max !== undefined)
    return t('reporting.submit.fieldRange', { ...params, min: formatNumber(min), max: formatNumber(max) });
  return min === undefined
    ? t('reporting.submit.fieldNumber', params)
    : t('reporting.submit.fieldFrom', { ...params, min: formatNumber(min) });
}

/** Why an answer does not fit its field. */
export function badFieldText(field: Field): Text {
  const { label, min, max } = field;
  if (field.type === 'text') return t('reporting.submit.missingField', { label });
  if (min !== undefined && max !== undefined)
    return t('reporting.submit.badRange', { label, min: formatNumber(min), max: formatNumber(max) });
  return min === undefined
    ? t('reporting.submit.badField', { label, digits: DIGITS })
    : t('reporting.submit.badFrom', { label, min: formatNumber(min), digits: DIGITS });
}

const kindsText = (kinds: readonly FileKind[]): Text => inLine(kinds.map(fileText)) ?? raw('');

/** Asks for the files that are still missing. */
export const filesAskText = (missing: readonly FileKind[]): Text =>
  t('reporting.submit.filesAsk', { kinds: kindsText(missing) });

/** What is wrong with a report, in one sentence. */
export function problemText(problem: ReportProblem): Text {
  switch (problem.kind) {
    case 'empty':
      return t('reporting.submit.empty');
    case 'field-missing':
      return t('reporting.submit.missingField', { label: problem.field.label });
    case 'field-bad':
      return badFieldText(problem.field);
    case 'file-missing':
      return filesAskText([problem.file]);
    case 'too-many-files':
      return t('reporting.submit.tooManyFiles', { max: problem.max });
    case 'text-too-long':
      return t('reporting.submit.tooLong', { max: problem.max });
  }
}

/** The files, a line each. */
export const fileLines = (files: readonly { readonly name: string; readonly size: number }[]): Text[] =>
  files.map(({ name, size }) => t('reporting.submit.file', { name: shorten(name, 80), size: formatSize(size) }));

const QUOTED = 300;

/** The report as it will be handed in. */
export function confirmText(obligation: ObligationView, { data, now, today, loaded }: SubmitAt): Text[] {
  const checked = checkData(data, obligation);
  const files = data.files ?? [];
  const isFinal = isLocked({ ...obligation, state: 'submitted' }, today, loaded.calendar);
  return [
    t('reporting.submit.confirm', { duty: obligation.dutyName, unit: obligation.unitName }),
    ...(checked.ok ? contentLines(obligation.fields, checked.body) : []),
    ...fileLines(files),
    ...(checked.ok ? [] : checked.problems.slice(0, 1).map(problemText)),
    ...(isLate(now, obligation.dueAt) ? [t('reporting.submit.willBeLate', { day: dayText(obligation.dueOn) })] : []),
    ...(isFinal ? [t('reporting.lock.final')] : []),
    t(files.length > 0 || data.nil === true ? 'reporting.submit.sendAsk' : 'reporting.submit.sendAskFile'),
  ];
}

/** The content of a report, line by line. */
export function contentLines(fields: readonly Field[], body: Pick<SubmissionBody, 'kind' | 'text' | 'values'>): Text[] {
  if (body.kind === 'nil') return [t('reporting.submit.nilLine')];
  const values = fields
    .filter((field) => field.name in body.values)
    .map((field) => t('reporting.submit.value', { label: field.label, value: valueOf(body.values[field.name]) }));
  return [...values, ...(body.text === null || body.text === '' ? [] : [raw(`“${shorten(body.text, QUOTED)}”`)])];
}

const valueOf = (value: string | number | undefined): string =>
  typeof value === 'number' ? formatNumber(value, 4) : shorten(value ?? '', QUOTED);

export interface ReceiptFacts {
  readonly code: string;
  readonly seat: HeldSeat;
  readonly at: SubmitAt;
  readonly late: boolean;
  readonly body: SubmissionBody;
}

/** The receipt: what was taken in, for whom, when, under which code and fingerprint, and until when it can be corrected. */
export function receiptSay(obligation: ObligationView, { code, seat, at, late, body }: ReceiptFacts): Say {
  const { latest } = obligation;
  const hashes = at.loaded.hashes ?? new Map<string, string>();
  const sha256 = hashOf(
    body,
    body.fileIds.map((id) => hashes.get(id) ?? ''),
  );
  const isFinal = isLocked({ ...obligation, state: 'submitted' }, at.today, at.loaded.calendar);
  return {
    text: [
      t('reporting.receipt.title', {
        duty: obligation.dutyName,
        unit: obligation.unitName,
        seat: heldKindText(seat),
      }),
      codeText(code, at),
      t('reporting.receipt.sha', { sha: shortHash(sha256) }),
      ...(latest
        ? [t('reporting.receipt.version', { n: latest.version + 1, code: latest.code, by: latest.by ?? '–' })]
        : []),
      ...(late ? [t('reporting.receipt.late', { day: dayText(obligation.dueOn) })] : []),
      isFinal ? t('reporting.receipt.final') : editableText(obligation, at),
    ],
    buttons: [
      { label: t('button.owed'), command: 'owed' },
      ...(isFinal ? [] : [{ label: t('reporting.button.correct'), command: 'submit', arg: obligation.id }]),
      { label: t('reporting.button.receipt'), command: 'receipt', arg: code },
    ],
  };
}

function codeText(code: string, { heardAt, data }: SubmitAt): Text {
  const { files = [] } = data;
  const size = formatSize(files.reduce((sum, file) => sum + file.size, 0));
  return files.length === 0
    ? t('reporting.receipt.code', { at: formatMoment(heardAt), code })
    : t('reporting.receipt.codeFile', { at: formatMoment(heardAt), code, n: files.length, size });
}

function editableText(obligation: ObligationView, { loaded }: SubmitAt): Text {
  const last = lockDay(obligation, loaded.calendar);
  return last === null ? t('reporting.receipt.editable') : t('reporting.receipt.editableTo', { day: dayText(last) });
}
