/** Durations as ISO 8601 writes them: `P1D`, `PT36H`, `P1M15D`. */

const FORM =
  /^P(?!$)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?!$)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?$/;

/** The instant a duration after `from`; null when the text is no duration. */
export function addDuration(from: Date, text: string): Date | null {
  const match = FORM.exec(text);
  if (!match) return null;
  const [years, months, weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  const at = addMonths(from, (years ?? 0) * 12 + (months ?? 0));
  const wholeDays = (weeks ?? 0) * 7 + (days ?? 0);
  const wholeSeconds = ((wholeDays * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
  return new Date(at.getTime() + wholeSeconds * 1000);
}

/** The same day of a later month, or that month's last day. */
function addMonths(from: Date, count: number): Date {
  const at = new Date(from);
  at.setUTCMonth(at.getUTCMonth() + count, 1);
  const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  at.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return at;
}
