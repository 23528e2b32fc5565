/** How many people a message would reach, in words. */
import { CHANNEL_LABELS } from '../kernel/people.js';
import { t, type Text } from '../conversation/index.js';
import { formatMoney } from '../kernel/format.js';
import type { Reach, ToldPlan } from './flow-audience.js';

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

/** Which way they go where that is not plain: only what is not zero, cost and time only where there are any. */
export function planLines(plan: ToldPlan | undefined): Text[] {
  if (plan === undefined) return [];
  const { zaloFree, zaloBilled, zaloTemplate, otherChannel, otherSeat, unreachable } = plan.routes;
  const counted = (n: number, key: CountKey): Text[] => (n > 0 ? [t(key, { n })] : []);
  return [
    ...(zaloBilled + zaloTemplate > 0
      ? [t('notices.plan.zalo', { free: zaloFree, billed: zaloBilled, template: zaloTemplate })]
      : []),
    ...counted(otherChannel, 'notices.plan.otherChannel'),
    ...counted(otherSeat, 'notices.plan.otherSeat'),
    ...counted(unreachable, 'notices.plan.unreachable'),
    ...(plan.costVnd > 0
      ? [t(plan.isGuessed ? 'notices.plan.costGuessed' : 'notices.plan.cost', { cost: formatMoney(plan.costVnd) })]
      : []),
    ...(plan.seconds > MINUTE_S ? [t('notices.plan.time', { minutes: Math.ceil(plan.seconds / MINUTE_S) })] : []),
    ...(plan.isHeld === true ? [heldLine()] : []),
  ];
}

/** Why nothing leaves although it was ordered. */
export const heldLine = (): Text => t('notices.held');

type CountKey = 'notices.plan.otherChannel' | 'notices.plan.otherSeat' | 'notices.plan.unreachable';
const MINUTE_S = 60;
