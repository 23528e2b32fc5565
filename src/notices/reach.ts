/** How many people a message would reach, in words. */
import { t, type Text } from '../conversation/index.js';
import type { Reach } from './flow-audience.js';

const CHANNEL_LABELS: Readonly<Record<string, string>> = { web: 'web', telegram: 'Telegram', zalo: 'Zalo' };

/** Params `people`, `units` and `channels` of texts about an audience. */
export function reachParams(reach: Reach | null): Record<string, string | number> {
  const channels = Object.entries(reach?.byChannel ?? {})
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${CHANNEL_LABELS[name] ?? name} ${String(count)}`);
  return { people: reach?.people ?? 0, units: reach?.units ?? 0, channels: channels.join(', ') };
}

/** Says how many units cannot be told because nobody sits in their seats. */
export function seatlessLine(reach: Reach | null): Text[] {
  return reach !== null && reach.unitsWithoutHolder > 0
    ? [t('campaigns.review.seatless', { count: reach.unitsWithoutHolder })]
    : [];
}
