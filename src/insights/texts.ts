/** How numbers are put into words: "156/170 đã nộp (91,8 %), đúng hạn 141 (82,9 %)". */
import { t, type Text } from '../conversation/index.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import { formatDate, formatMoment, formatNumber, formatShare } from '../kernel/format.js';
import type { LocalDate } from '../kernel/local-date.js';
import { dayText, signText, termText } from '../reporting/index.js';
import type { ClusterNumbers, Entries, Entry, Line, Measure, Numbers, Overall } from './model.js';

const whole = (value: number): string => formatNumber(value, 0);

/** Shares are of what is expected, so that they can be compared. */
const shares = (numbers: Numbers) => ({
  submitted: whole(numbers.submitted),
  expected: whole(numbers.expected),
  share: formatShare(numbers.submitted, numbers.expected),
  onTime: whole(numbers.onTime),
  onTimeShare: formatShare(numbers.onTime, numbers.expected),
  late: whole(numbers.late),
  overdue: whole(numbers.overdue),
  owing: whole(numbers.owing),
});

/** The whole, in two numbers, with what is wrong below. */
export function overallText(overall: Overall, today: LocalDate): Text[] {
  return [
    t('insights.title', { day: dayText(today) }),
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
  ];
}

/** One duty in one line of the overview. */
export function lineLine(line: Line, n: number, today: LocalDate, calendar: WorkingCalendar): Text {
  const params = {
    ...shares(line),
    n,
    duty: line.dutyName,
    sign: signText(line.dueOn, today),
    term: termText(line.dueOn, today, calendar),
    day: formatDate(line.dueOn),
  };
  return t(line.owing === 0 ? 'insights.lineDone' : 'insights.line', params);
}

/** One duty in full. */
export function lineText(line: Line, today: LocalDate, calendar: WorkingCalendar): Text[] {
  return [
    t('insights.lineTitle', { duty: line.dutyName }),
    t('insights.lineDue', { day: dayText(line.dueOn), term: termText(line.dueOn, today, calendar) }),
    t('insights.lineNumbers', shares(line)),
    t('insights.lineRest', shares(line)),
  ];
}

export function clusterLine(cluster: ClusterNumbers, n: number): Text {
  return t('insights.cluster', { ...shares(cluster), n, name: cluster.name, units: whole(cluster.units) });
}

const LABELS = {
  submitted: 'insights.label.submitted',
  onTime: 'insights.label.onTime',
  late: 'insights.label.late',
  owing: 'insights.label.owing',
  overdue: 'insights.label.overdue',
} as const satisfies Record<Measure, string>;

const TITLES = {
  submitted: 'insights.list.submitted',
  onTime: 'insights.list.onTime',
  late: 'insights.list.late',
  owing: 'insights.list.owing',
  overdue: 'insights.list.overdue',
} as const satisfies Record<Measure, string>;

export const measureLabel = (measure: Measure, n: number): Text => t(LABELS[measure], { n: whole(n) });

/** The head of a list: how many, of how many units, and of which duty. */
export function listTitle(measure: Measure, entries: Entries, oneDuty: boolean): Text {
  const duty = oneDuty ? entries.entries[0]?.dutyName : undefined;
  const params = { measure: t(TITLES[measure]), total: whole(entries.total), units: whole(entries.units) };
  return duty === undefined ? t('insights.list.title', params) : t('insights.list.titleDuty', { ...params, duty });
}

/** One row: the unit, what, due when, and what came when. */
export function entryLine(entry: Entry, n: number, oneDuty: boolean): Text {
  const came = entry.submittedAt !== null && (entry.state === 'submitted' || entry.state === 'accepted');
  const end = came
    ? t('insights.entry.came', { at: formatMoment(entry.submittedAt ?? new Date(0)), code: entry.code ?? '' })
    : t(entry.state === 'returned' ? 'insights.entry.returned' : 'insights.entry.due', {
        day: formatDate(entry.dueOn),
      });
  return oneDuty
    ? t('insights.entry.unit', { n, unit: entry.unitName, end })
    : t('insights.entry.unitDuty', { n, unit: entry.unitName, duty: entry.dutyName, end });
}
