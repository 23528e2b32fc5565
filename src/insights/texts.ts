/** How numbers are put into words: "156/170 đã nộp (91,8 %), đúng hạn 141 (82,9 %)". */
import { raw, t, type Text } from '../conversation/index.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import { formatDate, formatMoment, formatNumber, formatShare } from '../kernel/format.js';
import type { LocalDate } from '../kernel/local-date.js';
import { ALL_SPAN, NOW_SPAN, type TimeSpan } from '../kernel/time-span.js';
import { dayText, signText, termText } from '../reporting/index.js';
import { unitLevelText, UNIT_LEVELS } from '../units/index.js';
import type { Entries, Entry, Group, Grouping, Measure, Numbers, Overall } from './model.js';

const whole = (value: number): string => formatNumber(value, 0);

/** Shares are of what is expected, so that they can be compared. */
const shares = (numbers: Numbers) => ({
  submitted: whole(numbers.submitted),
  expected: whole(numbers.expected),
  share: formatShare(numbers.submitted, numbers.expected),
  onTime: whole(numbers.onTime),
  onTimeShare: formatShare(numbers.onTime, numbers.expected),
  late: whole(numbers.late),
  accepted: whole(numbers.accepted),
  overdue: whole(numbers.overdue),
  owing: whole(numbers.owing),
  returned: whole(numbers.returned),
  waived: whole(numbers.waived),
});

/** "năm 2026 và việc cũ còn nợ", "quý 3/2026", "tháng 11/2026". */
export function spanText(span: TimeSpan, today: LocalDate): Text {
  if (span === ALL_SPAN) return t('insights.span.all');
  if (span === NOW_SPAN) return t('insights.span.now', { year: today.slice(0, 4) });
  const [year = '', part] = span.split('-');
  if (part === undefined) return t('insights.span.year', { year });
  return part.startsWith('Q')
    ? t('insights.span.quarter', { n: part.slice(1), year })
    : t('insights.span.month', { n: part, year });
}

const titleOf = (span: TimeSpan, today: LocalDate): Text =>
  span === NOW_SPAN
    ? t('insights.title', { day: dayText(today) })
    : t('insights.titleOf', { day: dayText(today), span: spanText(span, today) });

/** The whole, in two numbers, with what is wrong below. */
export function overallText(overall: Overall, span: TimeSpan, today: LocalDate): Text[] {
  return [
    titleOf(span, today),
    t('insights.units', {
      clear: whole(overall.unitsClear),
      units: whole(overall.units),
      share: formatShare(overall.unitsClear, overall.units),
    }),
    t('insights.overall', shares(overall)),
    t(overall.overdue > 0 ? 'insights.overdue' : 'insights.noOverdue', {
      ...shares(overall),
      units: whole(overall.unitsOverdue),
    }),
    ...aside(overall),
  ];
}

/** What is worth a line only where there is something. */
const aside = (numbers: Numbers): Text[] =>
  numbers.returned + numbers.waived > 0 ? [t('insights.aside', shares(numbers))] : [];

/** One duty in one line of the overview. */
export function lineLine(line: Group, n: number, today: LocalDate, calendar: WorkingCalendar): Text {
  const dueOn = line.dueOn ?? today;
  const params = {
    ...shares(line),
    n,
    duty: line.name,
    sign: signText(dueOn, today),
    term: termText(dueOn, today, calendar),
    day: formatDate(dueOn),
  };
  return t(line.owing === 0 ? 'insights.lineDone' : 'insights.line', params);
}

interface Scene {
  readonly span: TimeSpan;
  readonly today: LocalDate;
  readonly calendar: WorkingCalendar;
}

/** One row in full. */
export function groupText(by: Grouping, row: Group, { span, today, calendar }: Scene): Text[] {
  const counts = [t('insights.lineRest', shares(row)), ...aside(row)];
  if (by === 'line') {
    const dueOn = row.dueOn ?? today;
    return [
      t('insights.lineTitle', { duty: row.name }),
      t('insights.lineDue', { day: dayText(dueOn), term: termText(dueOn, today, calendar) }),
      t('insights.lineNumbers', shares(row)),
      ...counts,
    ];
  }
  return [
    t('insights.groupTitle', { name: groupName(by, row), span: spanText(span, today) }),
    t('insights.overall', shares(row)),
    ...counts,
  ];
}

const TITLES_BY = {
  line: 'insights.by.line',
  duty: 'insights.by.duty',
  cluster: 'insights.clusters',
  level: 'insights.by.level',
  unit: 'insights.by.unit',
} as const satisfies Record<Grouping, string>;

/** The head of a page of rows. */
export const groupTitle = (by: Grouping, span: TimeSpan, today: LocalDate): Text =>
  span === NOW_SPAN ? t(TITLES_BY[by]) : t('insights.by.of', { title: t(TITLES_BY[by]), span: spanText(span, today) });

/** What a row is called. */
export function groupName(by: Grouping, row: Group): Text {
  const level = by === 'level' ? UNIT_LEVELS.find((one) => one === row.key) : undefined;
  return level === undefined ? raw(row.name) : unitLevelText(level);
}

export function groupLine(by: Grouping, row: Group, n: number): Text {
  const params = { ...shares(row), n, name: groupName(by, row) };
  return row.units === null
    ? t('insights.groupLine', params)
    : t('insights.cluster', { ...params, units: whole(row.units) });
}

const LABELS = {
  submitted: 'insights.label.submitted',
  onTime: 'insights.label.onTime',
  late: 'insights.label.late',
  accepted: 'insights.label.accepted',
  owing: 'insights.label.owing',
  returned: 'insights.label.returned',
  overdue: 'insights.label.overdue',
  waived: 'insights.label.waived',
} as const satisfies Record<Measure, string>;

const TITLES = {
  submitted: 'insights.list.submitted',
  onTime: 'insights.list.onTime',
  late: 'insights.list.late',
  accepted: 'insights.list.accepted',
  owing: 'insights.list.owing',
  returned: 'insights.list.returned',
  overdue: 'insights.list.overdue',
  waived: 'insights.list.waived',
} as const satisfies Record<Measure, string>;

export const measureLabel = (measure: Measure, n: number): Text => t(LABELS[measure], { n: whole(n) });
export const measureTitle = (measure: Measure): Text => t(TITLES[measure]);

/** The head of a list: how many, of how many units, of which duty, and of what time. */
export function listTitle(
  measure: Measure,
  entries: Entries,
  { oneDuty, span, today }: { readonly oneDuty: boolean; readonly span: TimeSpan; readonly today: LocalDate },
): Text {
  const duty = oneDuty ? entries.entries[0]?.dutyName : undefined;
  const title = t(TITLES[measure]);
  const params = {
    measure: span === NOW_SPAN ? title : t('insights.list.of', { measure: title, span: spanText(span, today) }),
    total: whole(entries.total),
    units: whole(entries.units),
  };
  return duty === undefined ? t('insights.list.title', params) : t('insights.list.titleDuty', { ...params, duty });
}

/** Enough to compare by eye; the whole stands in the file and in the receipt. */
const SHA_LENGTH = 12;

/** One row: the unit, what, due when, and what came when, or who was reminded. */
export function entryLine(entry: Entry, n: number, oneDuty: boolean): Text {
  const end = endText(entry);
  return oneDuty
    ? t('insights.entry.unit', { n, unit: entry.unitName, end })
    : t('insights.entry.unitDuty', { n, unit: entry.unitName, duty: entry.dutyName, end });
}

function endText(entry: Entry): Text {
  if (entry.state === 'waived') return t('insights.entry.waived', { day: formatDate(entry.dueOn) });
  const came = entry.submittedAt !== null && (entry.state === 'submitted' || entry.state === 'accepted');
  if (came) {
    const params = { at: formatMoment(entry.submittedAt), code: entry.code ?? '' };
    return entry.sha256 === null
      ? t('insights.entry.came', params)
      : t('insights.entry.cameSha', { ...params, sha: entry.sha256.slice(0, SHA_LENGTH) });
  }
  const due = t(entry.state === 'returned' ? 'insights.entry.returned' : 'insights.entry.due', {
    day: formatDate(entry.dueOn),
  });
  if (entry.reminded === 0 || entry.remindedAt === null) return due;
  const params = { due, n: entry.reminded, at: formatMoment(entry.remindedAt) };
  return t(entry.proven ? 'insights.entry.remindedProven' : 'insights.entry.reminded', params);
}

const MEANINGS = [
  'insights.meaning.title',
  'insights.meaning.expected',
  'insights.meaning.submitted',
  'insights.meaning.onTime',
  'insights.meaning.owing',
  'insights.meaning.waived',
  'insights.meaning.where',
  'insights.meaning.sums',
] as const;

/** What each number means. */
export const definitionTexts = (): Text[] => MEANINGS.map((key) => t(key));
