/** An obligation's form as an Excel sheet: filled in beforehand, or with the errors of the one that came back. */
import type { Text } from '../../conversation/index.js';
import { renderText } from '../../conversation/render.js';
import type { FormSheet } from '../../documents/index.js';
import { translate } from '../../i18n/index.js';
import { formatDay } from '../../kernel/format.js';
import { fold } from '../../kernel/text.js';
import type { ObligationView } from '../model.js';
import { faultText, ruleText, type SheetProblem } from './sheet-check.js';
import { TEXT_MAX, type FieldValue } from '../submitting/submit-check.js';

export interface FormContent {
  /** Field name → what stands in its cell. */
  readonly values: Readonly<Record<string, FieldValue>>;
  readonly problems?: readonly SheetProblem[];
  readonly mark: string;
  /** Puts the sample-data mark on the sheet. */
  readonly demo: boolean;
}

const word = (text: Text): string => renderText(text, 'vi');

/** The form, always in Vietnamese: it goes from hand to hand in the unit. */
export function formOf(obligation: ObligationView, { values, problems = [], mark, demo }: FormContent): FormSheet {
  const { dutyName, unitName, basis, dueOn, latest } = obligation;
  const fact = (label: string, value: string) => ({ label, value });
  return {
    mark,
    name: translate('vi', 'reporting.sheet.name'),
    ...(demo ? { stamp: translate('vi', 'honours.demoMark') } : {}),
    title: dutyName,
    facts: [
      fact(translate('vi', 'reporting.sheet.unit'), unitName),
      fact(translate('vi', 'reporting.sheet.due'), formatDay(dueOn)),
      ...(basis === '' ? [] : [fact(translate('vi', 'reporting.sheet.basis'), basis)]),
      ...(latest ? [fact(translate('vi', 'reporting.sheet.before'), latest.code)] : []),
    ],
    notes: [
      problems.length === 0
        ? translate('vi', 'reporting.sheet.how')
        : translate('vi', 'reporting.sheet.howErrors', { n: problems.length }),
      translate('vi', 'reporting.sheet.keep'),
    ],
    head: {
      number: translate('vi', 'reporting.sheet.head.number'),
      label: translate('vi', 'reporting.sheet.head.label'),
      rule: translate('vi', 'reporting.sheet.head.rule'),
      value: translate('vi', 'reporting.sheet.head.value'),
      error: translate('vi', 'reporting.sheet.head.error'),
    },
    rows: obligation.fields.map((field) => {
      const { name, label, type, min, max } = field;
      const problem = problems.find((one) => one.field.name === name);
      return {
        key: name,
        label,
        rule: word(ruleText(field)),
        value: values[name] ?? null,
        input: type === 'number' ? { kind: 'number', min, max } : { kind: 'text', maxLength: TEXT_MAX },
        ...(problem ? { error: word(faultText(problem)) } : {}),
      };
    }),
  };
}

const NAME_LENGTH = 60;

/** A file's name without marks, which not every program keeps. */
export function sheetFileName({ dutyName, unitName }: ObligationView): string {
  const plain = fold(`${dutyName} ${unitName}`)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `${plain.slice(0, NAME_LENGTH).replace(/-+$/, '')}.xlsx`;
}
