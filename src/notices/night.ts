/** Sending in quiet hours: the officer is told the hour and may choose the morning. */
import { t, type Option, type Text } from '../conversation/index.js';
import { DEFAULT_QUIET_HOURS, quietUntil } from '../delivery/index.js';
import { formatMoment } from '../kernel/format.js';
import { localTime } from '../kernel/local-date.js';

export const MORNING = 'morning';

/** When the quiet hours around this moment end; null by day. */
export const morningAfter = (now: Date): Date | null => quietUntil(now, DEFAULT_QUIET_HOURS);

/** Says that it is late; nothing by day. */
export function nightLine(now: Date): Text[] {
  return morningAfter(now) === null
    ? []
    : [t('campaigns.night', { time: localTime(now), from: DEFAULT_QUIET_HOURS.from, to: DEFAULT_QUIET_HOURS.to })];
}

/** Offers to send in the morning; nothing by day. */
export function morningOption(now: Date): Option[] {
  const morning = morningAfter(now);
  if (morning === null) return [];
  return [
    { value: MORNING, label: t('campaigns.inTheMorning', { at: formatMoment(morning) }), words: ['sáng mai', 'sáng'] },
  ];
}
