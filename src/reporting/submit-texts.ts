/** What is said while a report is handed in. */
import { raw, t, type Say, type Text } from '../conversation/index.js';
import { formatMoment, formatNumber, formatSize } from '../kernel/format.js';
import type { HeldSeat } from '../kernel/people.js';
import { shorten } from '../kernel/text.js';
import { seatKindText } from '../units/index.js';
import type { SubmitAt, SubmitData } from './submit-data.js';
import type { Field } from '../duties/index.js';
import { isLate, type ObligationView, type SubmissionBody } from './model.js';
import { dayText, termText, wordsOf } from './texts.js';

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
      ? [t('reporting.remind.returned', { code: latest.code, reason: latest.reason })]
      : []),
    t(fields.length > 0 ? 'reporting.submit.howForm' : 'reporting.submit.how'),
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

const QUOTED = 300;

/** The report as it will be handed in. */
export function confirmText(obligation: ObligationView, { data, now }: SubmitAt): Text[] {
  return [
    t('reporting.submit.confirm', { duty: obligation.dutyName, unit: obligation.unitName }),
    ...contentLines(obligation.fields, bodyOf(data)),
    ...(data.file
      ? [t('reporting.submit.file', { name: shorten(data.file.name, 80), size: formatSize(data.file.size) })]
      : []),
    ...(isLate(now, obligation.dueAt) ? [t('reporting.submit.willBeLate', { day: dayText(obligation.dueOn) })] : []),
    t(data.file || data.nil === true ? 'reporting.submit.sendAsk' : 'reporting.submit.sendAskFile'),
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

/** What goes into the store. */
export function bodyOf(data: SubmitData): SubmissionBody {
  const values = data.values ?? {};
  const text = data.text ?? null;
  const fileId = data.file?.fileId ?? null;
  if (data.nil === true) return { kind: 'nil', text: null, values: {}, fileId: null };
  if (Object.keys(values).length > 0) return { kind: 'form', text, values, fileId };
  return { kind: fileId === null ? 'text' : 'file', text, values, fileId };
}

export interface ReceiptFacts {
  readonly code: string;
  readonly seat: HeldSeat;
  readonly at: SubmitAt;
  readonly late: boolean;
}

/** The receipt: what was taken in, for whom, when, under which code, and until when it can be corrected. */
export function receiptSay(obligation: ObligationView, { code, seat, at, late }: ReceiptFacts): Say {
  const { file } = at.data;
  const { latest } = obligation;
  return {
    text: [
      t('reporting.receipt.title', {
        duty: obligation.dutyName,
        unit: obligation.unitName,
        seat: seatKindText(seat.kind),
      }),
      file
        ? t('reporting.receipt.codeFile', { at: formatMoment(at.now), code, size: formatSize(file.size) })
        : t('reporting.receipt.code', { at: formatMoment(at.now), code }),
      ...(latest
        ? [t('reporting.receipt.version', { n: latest.version + 1, code: latest.code, by: latest.by ?? '–' })]
        : []),
      ...(late ? [t('reporting.receipt.late', { day: dayText(obligation.dueOn) })] : []),
      t('reporting.receipt.editable'),
    ],
    buttons: [
      { label: t('button.owed'), command: 'owed' },
      { label: t('reporting.button.correct'), command: 'submit', arg: obligation.id },
    ],
  };
}
