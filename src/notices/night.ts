/** Sending in quiet hours: the officer is told the hour and may choose the morning. */
import { t, type Option, type Text } from '../conversation/index.js';
import { DEFAULT_QUIET_HOURS, quietUntil, type QuietHours } from '../delivery/index.js';
import { formatMoment } from '../kernel/format.js';
import { localTime } from '../kernel/local-date.js';

export const MORNING = 'morning';

/** When the quiet hours around this moment end; null by day. */
export const morningAfter = (now: Date, hours: QuietHours = DEFAULT_QUIET_HOURS): Date | null => quietUntil(now, hours);

/** Says that it is late; nothing by day. */
export function nightLine(now: Date, hours: QuietHours = DEFAULT_QUIET_HOURS): Text[] {
  return morningAfter(now, hours) === null
    ? []
    : [t('campaigns.night', { time: localTime(now), from: hours.from, to: hours.to })];
}

/** Offers to send in the morning; nothing by day. */
export function morningOption(now: Date, hours: QuietHours = DEFAULT_QUIET_HOURS): Option[] {
  const morning = morningAfter(now, hours);
  if (morning === null) return [];
  return [
    { value: MORNING, label: t('campaigns.inTheMorning', { at: formatMoment(morning) }), words: ['sáng mai', 'sáng'] },
  ];
}
