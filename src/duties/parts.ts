/** One question for each part of a duty: what is asked, and how the answer is read. */
import { isDeepStrictEqual } from 'node:util';
import { raw, t, type Option, type Text } from '../conversation/index.js';
import { formatDate } from '../kernel/format.js';
import type { LocalDate } from '../kernel/local-date.js';
import { parseDate } from '../kernel/parse-date.js';
import { fold } from '../kernel/text.js';
import type { Draft, Part } from './draft.js';
import { DEFAULT_LADDER } from './ladder.js';
import type { PeriodRule } from './periods.js';
import { readDue } from './read-due.js';
import {
  MOST_DATES,
  MOST_FIELDS,
  MOST_STEPS,
  readDates,
  readFields,
  readFiles,
  readLadder,
  type Lines,
} from './read-lines.js';
import { dueRuleText, fieldText, fileText, ladderText, listed, shiftText, spanText } from './texts.js';

/** What was read of an answer. */
export type PartRead = { readonly draft: Draft } | { readonly ask: Part } | { readonly again: Text };

interface PartQuestion {
  readonly options?: readonly Option[];
  /** What is kept so far. */
  readonly kept: (draft: Draft) => Text | null;
  readonly read: (text: string, draft: Draft, today: LocalDate) => PartRead;
}

const again = (text: Text): PartRead => ({ again: text });
const NONE = '-';
const none = (key: 'duties.none.form' | 'duties.none.files'): Option => ({
  value: NONE,
  label: t(key),
  words: ['không', 'không cần'],
});
const isNone = (text: string): boolean => text === NONE || ['khong', 'khong can'].includes(fold(text));

function words(field: 'name' | 'document' | 'number' | 'needs', limit: number): PartQuestion {
  return {
    kept: (draft) => (draft[field] === undefined ? null : raw(draft[field])),
    read: (text, draft) =>
      text.length > limit
        ? again(t('campaigns.tooLong', { limit, length: text.length }))
        : { draft: { ...draft, [field]: text } },
  };
}

/** Lines as they were read, or why not. */
function ofLines<T>(lines: Lines<T>, most: number, badKey: BadKey, set: (read: T[]) => Draft): PartRead {
  if ('bad' in lines) return again(t(lines.why === 'twice' ? 'duties.bad.twice' : badKey, { line: lines.bad }));
  const { read } = lines;
  if (read.length === 0) return again(t(badKey, { line: '' }));
  return read.length > most ? again(t('duties.bad.tooMany', { n: read.length, most })) : { draft: set([...read]) };
}

type BadKey = 'duties.bad.field' | 'duties.bad.ladder' | 'duties.bad.custom';

/** A whole number from 0 on, or nothing. */
const readCount = (text: string, most: number): number | null => {
  const found = /^(\d{1,3})(?: ngay(?: lam viec)?)?$/.exec(fold(text));
  return found && Number(found[1]) <= most ? Number(found[1]) : null;
};

const onQuestion: PartQuestion = {
  kept: ({ on }) => (on === undefined ? null : raw(formatDate(on))),
  read(text, draft, today) {
    const on = parseDate(text, today, 'past');
    if (on === null) return again(t('duties.bad.day'));
    return on > today ? again(t('duties.bad.docInFuture')) : { draft: { ...draft, on } };
  },
};

const PERIOD_OPTIONS: readonly Option[] = [
  { value: 'month', label: t('duties.ask.period.month'), words: ['tháng', 'hằng tháng', 'hàng tháng'] },
  { value: 'quarter', label: t('duties.ask.period.quarter'), words: ['quý', 'hằng quý', 'hàng quý'] },
  { value: 'half-year', label: t('duties.ask.period.halfYear'), words: ['6 tháng', 'nửa năm'] },
  { value: 'year', label: t('duties.ask.period.year'), words: ['năm', 'hằng năm', 'hàng năm'] },
  { value: 'school-year', label: t('duties.ask.period.schoolYear'), words: ['năm học'] },
  { value: 'once', label: t('duties.ask.period.once'), words: ['một lần', '1 lần'] },
  { value: 'custom', label: t('duties.ask.period.custom'), words: ['ngày ấn định', 'nhiều đợt'] },
];
const SCHOOL_YEAR = { kind: 'school-year', startMonth: 9, endMonth: 5 } as const;

const periodsQuestion: PartQuestion = {
  options: PERIOD_OPTIONS,
  kept: () => null,
  read(text, draft) {
    if (text === 'once' || text === 'custom') return { ask: text };
    const rule = readPeriods(text);
    return rule === null ? again(t('duties.bad.periods')) : { draft: withPeriods(draft, rule) };
  },
};

function readPeriods(text: string): PeriodRule | null {
  switch (text) {
    case 'month':
    case 'quarter':
    case 'half-year':
    case 'year':
      return { kind: text };
    case 'school-year':
      return SCHOOL_YEAR;
    default: {
      const months = /^nam hoc (?:tu )?(?:thang )?(\d{1,2})\s*(?:-|–|den(?: thang)?)\s*(\d{1,2})$/.exec(fold(text));
      const [startMonth, endMonth] = [Number(months?.[1]), Number(months?.[2])];
      // A school year ends in the year after the one in which it begins.
      const fits = startMonth <= 12 && endMonth >= 1 && endMonth < startMonth;
      return fits ? { kind: 'school-year', startMonth, endMonth } : null;
    }
  }
}

/** Other periods have another due rule; that of set days is to keep to them. */
function withPeriods(draft: Draft, periods: PeriodRule): Draft {
  if (isDeepStrictEqual(draft.periods, periods)) return draft;
  const isSet = periods.kind === 'once' || periods.kind === 'custom';
  if (isSet && draft.due?.kind === 'dates') return { ...draft, periods };
  const { due: _due, shift: _shift, ...rest } = draft;
  return { ...rest, periods, ...(isSet ? { due: { kind: 'dates' } } : {}) };
}

const onceQuestion: PartQuestion = {
  kept: ({ periods }) => (periods?.kind === 'once' ? raw(formatDate(periods.dueOn)) : null),
  read(text, draft, today) {
    const dueOn = parseDate(text, today);
    if (dueOn === null) return again(t('duties.bad.day'));
    return dueOn < today ? again(t('duties.bad.past')) : { draft: withPeriods(draft, { kind: 'once', dueOn }) };
  },
};

const customQuestion: PartQuestion = {
  kept: ({ periods }) =>
    periods?.kind === 'custom'
      ? listed(
          periods.periods.map(({ name, dueOn }) => raw(`${name}: ${formatDate(dueOn)}`)),
          'duties.how.list',
        )
      : null,
  read: (text, draft, today) =>
    ofLines(readDates(text, today), MOST_DATES, 'duties.bad.custom', (periods) =>
      withPeriods(draft, { kind: 'custom', periods }),
    ),
};

const DUE_OPTIONS: readonly Option[] = [
  { value: 'ngày 6 tháng sau', label: t('duties.ask.due.sixth') },
  { value: 'ngày cuối kỳ', label: t('duties.ask.due.last') },
  { value: '5 ngày làm việc', label: t('duties.ask.due.fiveDays') },
];

const dueQuestion: PartQuestion = {
  options: DUE_OPTIONS,
  kept: ({ due, shift = 'next' }) =>
    due === undefined ? null : dueRuleText(due.kind === 'working-days-after-end' ? due : { ...due, shift }),
  read(text, draft) {
    if (draft.periods === undefined) return { ask: 'periods' };
    const { periods } = draft;
    if (periods.kind === 'once' || periods.kind === 'custom') return { ask: periods.kind };
    const due = readDue(text, periods);
    return due === null ? again(t('duties.bad.due')) : { draft: { ...draft, due } };
  },
};

const SHIFTS = ['next', 'previous', 'none'] as const;
const shiftQuestion: PartQuestion = {
  options: [
    { value: 'next', label: t('duties.ask.shift.next'), words: ['kế tiếp', 'sau'] },
    { value: 'previous', label: t('duties.ask.shift.previous'), words: ['liền trước', 'trước'] },
    { value: 'none', label: t('duties.ask.shift.none'), words: ['giữ nguyên'] },
  ],
  kept: ({ shift }) => (shift === undefined ? null : shiftText(shift)),
  read(text, draft) {
    const shift = SHIFTS.find((one) => one === text);
    return shift === undefined ? again(t('conversation.chooseOne')) : { draft: { ...draft, shift } };
  },
};

const fieldsQuestion: PartQuestion = {
  options: [none('duties.none.form')],
  kept: ({ fields }) => (fields && fields.length > 0 ? listed(fields.map(fieldText), 'duties.how.list') : null),
  read: (text, draft) =>
    isNone(text)
      ? { draft: { ...draft, fields: [] } }
      : ofLines(readFields(text), MOST_FIELDS, 'duties.bad.field', (fields) => ({ ...draft, fields })),
};

const filesQuestion: PartQuestion = {
  options: [none('duties.none.files')],
  kept: ({ files }) => (files && files.length > 0 ? listed(files.map(fileText), 'duties.list') : null),
  read(text, draft) {
    const files = isNone(text) ? [] : readFiles(text);
    return files === null ? again(t('duties.bad.files')) : { draft: { ...draft, files } };
  },
};

const ladderQuestion: PartQuestion = {
  options: [{ value: NONE, label: t('duties.ask.ladder.usual'), words: ['mặc định'] }],
  kept: ({ ladder }) => (ladder ? ladderText(ladder) : null),
  read: (text, draft) =>
    text === NONE
      ? { draft: { ...draft, ladder: [...DEFAULT_LADDER] } }
      : ofLines(readLadder(text), MOST_STEPS, 'duties.bad.ladder', (ladder) => ({ ...draft, ladder })),
};

const graceQuestion: PartQuestion = {
  kept: ({ graceDays = 0 }) => raw(String(graceDays)),
  read(text, draft) {
    const graceDays = readCount(text, 30);
    return graceDays === null ? again(t('duties.bad.count', { most: 30 })) : { draft: { ...draft, graceDays } };
  },
};

const lockQuestion: PartQuestion = {
  options: [{ value: NONE, label: t('duties.ask.lock.accepted'), words: ['không', 'không khóa'] }],
  kept: ({ lockDays = null }) => (lockDays === null ? t('duties.ask.lock.accepted') : raw(String(lockDays))),
  read(text, draft) {
    const lockDays = isNone(text) ? null : readCount(text, 60);
    if (lockDays === null && !isNone(text)) return again(t('duties.bad.count', { most: 60 }));
    return { draft: { ...draft, lockDays } };
  },
};

const spanQuestion: PartQuestion = {
  kept: ({ startsOn = '', endsOn = null }) => spanText({ startsOn, endsOn }),
  read(text, draft, today) {
    const [first = '', last, more] = text.replace(/^\s*từ\s+/iu, '').split(/\s+(?:-|–|đến|den)\s+/iu);
    const startsOn = parseDate(first, today);
    const endsOn = last === undefined ? null : parseDate(last, startsOn ?? today);
    const isRead = startsOn !== null && more === undefined && (last === undefined || endsOn !== null);
    if (!isRead) return again(t('duties.bad.span'));
    if (endsOn !== null && endsOn < startsOn) return again(t('duties.bad.spanBackwards'));
    return { draft: { ...draft, startsOn, endsOn } };
  },
};

/** Who owes has steps of its own. */
export type QuestionPart = Exclude<Part, 'owners'>;

/** The questions. */
export const QUESTIONS: Readonly<Record<QuestionPart, PartQuestion>> = {
  name: words('name', 200),
  document: words('document', 150),
  number: words('number', 60),
  on: onQuestion,
  periods: periodsQuestion,
  once: onceQuestion,
  custom: customQuestion,
  due: dueQuestion,
  shift: shiftQuestion,
  needs: words('needs', 2_000),
  fields: fieldsQuestion,
  files: filesQuestion,
  ladder: ladderQuestion,
  grace: graceQuestion,
  lock: lockQuestion,
  span: spanQuestion,
};
