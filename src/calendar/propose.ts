/** A year's days off as the rules have them, for an administrator to confirm. */
import { translate } from '../i18n/index.js';
import type { Language } from '../kernel/format.js';
import type { LocalDate } from '../kernel/local-date.js';
import { lunarYearName } from '../kernel/lunar.js';
import type { NewDay } from './model.js';
import { certainDays } from './rules.js';

// Days are rows for the office, which works in Vietnamese.
const OFFICE_LANGUAGE: Language = 'vi';

/** The days from `today` on that the rules are sure of and that nobody has entered yet. */
export function proposeYear(year: number, today: LocalDate, known: readonly LocalDate[]): NewDay[] {
  const lunarYear = lunarYearName(year);
  return certainDays(year)
    .filter(({ on }) => on >= today && !known.includes(on))
    .map(({ on, holiday, isMadeUp }) => {
      const name = translate(OFFICE_LANGUAGE, holiday, { year: lunarYear });
      return {
        on,
        kind: 'off',
        name: isMadeUp ? translate(OFFICE_LANGUAGE, 'calendar.holiday.madeUp', { name }) : name,
      };
    });
}
