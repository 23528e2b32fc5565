/** Words for days and lists of days. */
import { raw, t, type Text } from '../conversation/index.js';
import type { LocaleKey } from '../i18n/index.js';
import { formatDate } from '../kernel/format.js';
import { weekday, type LocalDate } from '../kernel/local-date.js';
import type { DayRun } from './model.js';

const WEEKDAYS = [
  'reporting.weekday.0',
  'reporting.weekday.1',
  'reporting.weekday.2',
  'reporting.weekday.3',
  'reporting.weekday.4',
  'reporting.weekday.5',
  'reporting.weekday.6',
] as const;

const weekdayText = (day: LocalDate): Text => t(WEEKDAYS[weekday(day)] ?? WEEKDAYS[0]);

/** A day in the reader's language: "thứ Hai, 07/12/2026". */
export const dayText = (day: LocalDate): Text =>
  t('reporting.day', { weekday: weekdayText(day), date: formatDate(day) });

/** The same in the middle of a list: "thứ Bảy 02/05". */
export const shortDay = (day: LocalDate): Text =>
  t('calendar.shortDay', { weekday: weekdayText(day), day: formatDate(day).slice(0, 5) });

/** One day, or from one to another. */
export const spanText = (from: LocalDate, to: LocalDate): Text =>
  from === to ? dayText(from) : t('calendar.span', { from: dayText(from), to: dayText(to) });

/** Texts in one line. */
export const joined = (texts: readonly Text[], key: LocaleKey = 'calendar.list'): Text =>
  texts.length === 0 ? raw('') : texts.reduce((left, right) => t(key, { left, right }));

/** A line of the year's list; whoever runs the office also sees where a day comes from. */
export function runText(run: DayRun, isClerk: boolean): Text {
  const line = t(run.kind === 'off' ? 'calendar.line.off' : 'calendar.line.work', {
    days: spanText(run.from, run.to),
    name: run.name,
  });
  if (!isClerk) return line;
  if (run.note !== null) return t('calendar.line.note', { line, note: run.note });
  return run.source === 'proposed' ? t('calendar.line.proposed', { line }) : line;
}
