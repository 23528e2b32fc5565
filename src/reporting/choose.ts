/** Choosing one of several obligations, for the flows that were begun without saying which. */
import { t, type Ask, type Option } from '../conversation/index.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import type { LocalDate } from '../kernel/local-date.js';
import type { Text } from '../conversation/index.js';
import { shorten } from '../kernel/text.js';
import { raw } from '../conversation/index.js';
import { lineText } from './flow-owed.js';
import type { ObligationView } from './model.js';

const CHOICES = 12;
const LABEL_LENGTH = 40;

/** The question "which of these?", each with its due day and, where there are several units, its unit. */
export function chooseAsk(
  title: Text,
  list: readonly ObligationView[],
  today: LocalDate,
  calendar: WorkingCalendar,
): Ask {
  const withUnit = new Set(list.map((one) => one.unitId)).size > 1;
  const shown = list.slice(0, CHOICES);
  const rest = list.length - shown.length;
  return {
    text: [
      title,
      ...shown.map((one, at) => lineText(one, at + 1, { today, calendar, withUnit })),
      ...(rest > 0 ? [t('reporting.digest.more', { n: rest })] : []),
      t('reporting.choose'),
    ],
    options: shown.map((one, at): Option => ({
      value: one.id,
      label: raw(`${String(at + 1)}. ${shorten(one.dutyName, LABEL_LENGTH)}`),
      words: [one.dutyName],
    })),
    ...(rest > 0 ? { buttons: [{ label: t('button.owed'), command: 'owed' }] } : {}),
  };
}
