/** How a term in working days comes to its day. */
import type { WorkingCalendar } from '../kernel/calendar.js';
import { t, type Text } from '../conversation/index.js';
import { formatDate } from '../kernel/format.js';
import { addDays, type LocalDate } from '../kernel/local-date.js';
import { daysFrom, isWeekend } from './model.js';
import { dayText, joined, shortDay } from './texts.js';

/** A day on the way that is not what its weekday says, or a weekend. */
export interface TermDay {
  readonly on: LocalDate;
  /** weekend: skipped. holiday: skipped, by name. make-up: a day of the weekend that counted. */
  readonly kind: 'weekend' | 'holiday' | 'make-up';
  readonly name: string | null;
}

export interface ExplainedTerm {
  readonly from: LocalDate;
  /** Negative for a term that is counted back. */
  readonly workingDays: number;
  readonly dueOn: LocalDate;
  readonly days: readonly TermDay[];
}

/** The day `workingDays` after `from` (before it, when negative), with every day on the way that made it so. */
export function explainTerm(calendar: WorkingCalendar, from: LocalDate, workingDays: number): ExplainedTerm {
  const dueOn = calendar.addWorkingDays(from, workingDays);
  const step = dueOn < from ? -1 : 1;
  const days: TermDay[] = [];
  // With no days at all it is the day itself that may be skipped.
  const start = workingDays === 0 ? from : addDays(from, step);
  for (let on = start; step === 1 ? on <= dueOn : on >= dueOn; on = addDays(on, step)) {
    const kind = kindOf(calendar, on);
    if (kind !== null) days.push({ on, kind, name: calendar.nameOf(on) });
  }
  return { from, workingDays, dueOn, days: step === 1 ? days : days.reverse() };
}

function kindOf(calendar: WorkingCalendar, on: LocalDate): TermDay['kind'] | null {
  if (calendar.isWorkingDay(on)) return isWeekend(on) ? 'make-up' : null;
  return calendar.nameOf(on) === null ? 'weekend' : 'holiday';
}

/** Weekends beyond this many are counted, not named. */
const NAMED_WEEKENDS = 4;

/** "5 ngày làm việc sau 30/04/2026: thứ Sáu, 08/05/2026 (nghỉ 01/05 Ngày Quốc tế Lao động, thứ Bảy 02/05 …)". */
export function termText({ from, workingDays, dueOn, days }: ExplainedTerm): Text {
  const key = workingDays < 0 ? 'calendar.term.before' : 'calendar.term.after';
  const off = offTexts(days);
  const madeUp = days.filter((day) => day.kind === 'make-up').map((day) => shortDay(day.on));
  const reasons = [
    ...(off.length === 0 ? [] : [t('calendar.term.off', { days: joined(off) })]),
    ...(madeUp.length === 0 ? [] : [t('calendar.term.madeUp', { days: joined(madeUp) })]),
  ];
  const term = t(key, { n: Math.abs(workingDays), from: formatDate(from), day: dayText(dueOn) });
  return reasons.length === 0 ? term : t('calendar.term.why', { term, reasons: joined(reasons, 'calendar.and') });
}

/** Days off in their order: holidays by name, one line a run; weekends by day, or by number when there are many. */
function offTexts(days: readonly TermDay[]): Text[] {
  const weekends = days.filter((day) => day.kind === 'weekend').length;
  const areCounted = weekends > NAMED_WEEKENDS;
  const texts = runsOf(days).flatMap(({ from, to, name }) => {
    if (name !== null) return [t('calendar.term.holiday', { days: runText(from, to), name })];
    return areCounted ? [] : daysFrom(from, to).map(shortDay);
  });
  return areCounted ? [...texts, t('calendar.term.weekends', { n: weekends })] : texts;
}

/** Days off that follow one another under one name; weekends have none. */
function runsOf(days: readonly TermDay[]): { from: LocalDate; to: LocalDate; name: string | null }[] {
  const runs: { from: LocalDate; to: LocalDate; name: string | null }[] = [];
  for (const { on, kind, name } of days) {
    const last = runs.at(-1);
    if (kind === 'make-up') continue;
    if (last && last.name === name && addDays(last.to, 1) === on) last.to = on;
    else runs.push({ from: on, to: on, name });
  }
  return runs;
}

const runText = (from: LocalDate, to: LocalDate): string =>
  from === to ? dayMonth(from) : `${dayMonth(from)}–${dayMonth(to)}`;
const dayMonth = (day: LocalDate): string => formatDate(day).slice(0, 5);
