/**
 * How long the office takes to decide on a report: a rule of the office's own, in working days from receipt. No law at
 * hand sets one for reports, so there is none until an administrator enters it.
 */
import { z } from 'zod';
import { t, type Text } from '../../conversation/index.js';
import type { WorkingCalendar } from '../../kernel/calendar.js';
import { localDate, type LocalDate } from '../../kernel/local-date.js';
import type { Tx } from '../../store/index.js';
import { dayText } from '../texts.js';

const REVIEW_DAYS = 'review.days';
export const REVIEW_DAYS_MAX = 60;

const daysSchema = z.number().int().min(1).max(REVIEW_DAYS_MAX).nullable();

/** The working days set; null where there is no term. */
export async function readReviewDays(tx: Pick<Tx, 'setting'>): Promise<number | null> {
  const row = await tx.setting.findUnique({ where: { key: REVIEW_DAYS } });
  return row ? daysSchema.parse(row.value) : null;
}

/** Keeps a term, or that there is none. */
export async function writeReviewDays(tx: Tx, days: number | null): Promise<void> {
  const value = daysSchema.parse(days);
  if (value === null) await tx.setting.deleteMany({ where: { key: REVIEW_DAYS } });
  else await tx.setting.upsert({ where: { key: REVIEW_DAYS }, create: { key: REVIEW_DAYS, value }, update: { value } });
}

/** The last day on which a report can be decided in term. */
export const reviewDueOn = (receivedAt: Date, days: number, calendar: WorkingCalendar): LocalDate =>
  calendar.addWorkingDays(localDate(receivedAt), days);

/** What came before this day is out of term today, a working day. */
export const outOfTermBefore = (today: LocalDate, days: number, calendar: WorkingCalendar): LocalDate =>
  calendar.addWorkingDays(today, -days);

/** Why a returned report cannot be owed again by a day; null when it can. Nobody loses days that the unit still has. */
export function termProblem(day: LocalDate, dueOn: LocalDate, today: LocalDate): Text | null {
  if (day < today) return t('reporting.review.termPast');
  return day < dueOn ? t('reporting.review.termBeforeDue', { day: dayText(dueOn) }) : null;
}
