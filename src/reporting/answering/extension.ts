/** More time for one unit: which day can be asked for, and which can be given. */
import { t, type Text } from '../../conversation/index.js';
import type { WorkingCalendar } from '../../kernel/calendar.js';
import { formatMoment } from '../../kernel/format.js';
import { addDays, isLocalDate, type LocalDate } from '../../kernel/local-date.js';
import { parseDate } from '../../kernel/parse-date.js';
import type { ExtensionView } from './store-extensions.js';
import { dayText } from '../texts.js';

export const REASON_MAX = 500;
const REACH_DAYS = 180;
/** Working days that are offered, counted from the due day, or from today where that is over. */
const OFFERED = [3, 5, 10];

/** Days to choose from. */
export function offeredDays(dueOn: LocalDate, today: LocalDate, calendar: WorkingCalendar): LocalDate[] {
  const from = dueOn > today ? dueOn : today;
  return OFFERED.map((days) => calendar.addWorkingDays(from, days));
}

/** Why a day cannot be the new due day; null when it can. */
export function dayProblem(day: LocalDate, dueOn: LocalDate, today: LocalDate, calendar: WorkingCalendar): Text | null {
  if (day < today) return t('reporting.extend.past');
  if (day <= dueOn) return t('reporting.extend.notLater', { day: dayText(dueOn) });
  if (day > addDays(today, REACH_DAYS)) return t('reporting.extend.outOfReach');
  if (calendar.isWorkingDay(day)) return null;
  return t('reporting.extend.dayOff', { day: dayText(day), next: dayText(calendar.addWorkingDays(day, 0)) });
}

/** The day that somebody chose or typed, or why it does not do. */
export function readDay(
  said: string,
  {
    dueOn,
    today,
    calendar,
  }: { readonly dueOn: LocalDate; readonly today: LocalDate; readonly calendar: WorkingCalendar },
): { readonly day: LocalDate } | { readonly again: Text } {
  const day = isLocalDate(said) ? said : parseDate(said, today);
  if (day === null) return { again: t('reporting.badDay') };
  const problem = dayProblem(day, dueOn, today, calendar);
  return problem === null ? { day } : { again: problem };
}

/** The request that waits for an answer, of all that there were. */
export const openOf = (all: readonly ExtensionView[]): ExtensionView | null =>
  all.find((one) => one.state === 'asked') ?? null;

/** What became of a request. */
export function decidedText(one: ExtensionView): Text {
  const facts = {
    by: one.decidedBy ?? '–',
    at: one.decidedAt ? formatMoment(one.decidedAt) : '–',
    wanted: dayText(one.wantedOn),
  };
  if (one.state === 'granted')
    return t('reporting.extension.wasGranted', { ...facts, day: dayText(one.grantedOn ?? one.wantedOn) });
  if (one.state === 'refused') return t('reporting.extension.wasRefused', { ...facts, reason: one.refusal ?? '' });
  return t(one.state === 'asked' ? 'reporting.extension.waits' : 'reporting.extension.wasWithdrawn', {
    ...facts,
    at: formatMoment(one.state === 'asked' ? one.askedAt : (one.decidedAt ?? one.askedAt)),
  });
}
