/** Reads the days of a leave as people type them: "25/11 - 30/11", "từ mai đến thứ sáu", "28/11". */
import { daysBetween, type LocalDate } from '../kernel/local-date.js';
import { parseDate } from '../kernel/parse-date.js';
import { fold } from '../kernel/text.js';

export interface Span {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** A day without a year that is so far ahead was meant to be one that is past. */
const SLIP_DAYS = 300;
/** "5/5 - 1/5" means no eleven months. */
const TURNED_DAYS = 183;

const hasYear = (typed: string): boolean => /\d{4}|\d{1,2}\D+\d{1,2}\D+\d{2}$/.test(typed);

/** The two days; null when there are none. They may be in the wrong order: that is for whoever asks to say. */
export function readSpan(typed: string, today: LocalDate): Span | null {
  const text = fold(typed)
    .replace(/^.*?\btu(?= ngay| \d| hom| mai| thu| chu)(?: ngay)?\s+/, '')
    .trim();
  const parts =
    /^(\d{1,2}\/\d{1,2}(?:\/\d{2,4})?)\s*-\s*(\d{1,2}\/\d{1,2}(?:\/\d{2,4})?)$/.exec(text) ??
    /^(.+?)\s*(?:–|—|→|\s-\s|\s(?:den|toi)\s(?:ngay\s|het\s)*)\s*(.+)$/.exec(text);
  const [first, second] = parts ? [parts[1] ?? '', parts[2] ?? ''] : [text, text];
  const from = near(first, today);
  if (from === null) return null;
  if (!parts) return { from, to: from };
  const to = parseDate(second, hasYear(second) ? today : from);
  if (to === null) return null;
  // Without a year the second day was looked for after the first: so far away it stands before it.
  const isTurned = !hasYear(second) && daysBetween(from, to) > TURNED_DAYS;
  return { from, to: isTurned ? (parseDate(second, from, 'past') ?? to) : to };
}

function near(typed: string, today: LocalDate): LocalDate | null {
  const day = parseDate(typed, today);
  if (day === null || hasYear(typed) || daysBetween(today, day) < SLIP_DAYS) return day;
  return parseDate(typed, today, 'past');
}
