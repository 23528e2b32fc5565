/** What the card says that shows an officer how a broadcast goes. */
import { t, type Text } from '../../conversation/text.js';
import { formatMoment, formatNumber } from '../../kernel/format.js';
import { localDate, localTime } from '../../kernel/local-date.js';
import { CHANNEL_LABELS } from '../../kernel/people.js';
import type { BroadcastProgress } from '../ledger.js';
import { ARRIVED_STATES, WAITING_STATES, type AttemptState } from '../states.js';

/** The two clocks at one moment: what platforms and the ledger say is machine time, what people read is business time. */
export interface Moments {
  readonly business: Date;
  readonly machine: Date;
}

/** The lines of the card. */
export function cardLines(title: string, progress: BroadcastProgress, at: Moments): readonly Text[] {
  const { state, recipients: people } = progress;
  const sum = (states: readonly AttemptState[]) =>
    states.reduce((total, one) => total + (progress.byState[one] ?? 0), 0);
  return [
    t(headOf(state), { title, people, arrived: sum(ARRIVED_STATES) }),
    t(state === 'cancelled' ? 'delivery.card.numbersCancelled' : 'delivery.card.numbers', {
      arrived: sum(ARRIVED_STATES),
      waiting: sum(WAITING_STATES),
      uncertain: sum(['uncertain']),
      failed: sum(['failed', 'skipped']),
    }),
    ...(isMoving(state) ? movement(progress, at) : []),
  ];
}

const isMoving = (state: string) => state === 'expanding' || state === 'sending';

function headOf(state: string) {
  if (state === 'paused') return 'delivery.card.paused';
  if (state === 'cancelled') return 'delivery.card.cancelled';
  return state === 'finished' ? 'delivery.card.finished' : 'delivery.card.running';
}

function movement({ ratePerSec, eta, channels }: BroadcastProgress, at: Moments): Text[] {
  const bans = channels.filter(({ left, bannedUntil }) => left > 0 && bannedUntil !== null && bannedUntil > at.machine);
  const rate = formatNumber(ratePerSec);
  return [
    ...(eta === null ? [] : [t('delivery.card.eta', { rate, at: shown(new Date(eta), at) })]),
    ...bans.map(({ channel, bannedUntil }) =>
      t('delivery.card.ban', {
        channel: CHANNEL_LABELS[channel] ?? channel,
        at: shown(bannedUntil ?? at.machine, at),
      }),
    ),
  ];
}

/** The hour; the day with it when it is another one. */
function shown(instant: Date, at: Moments): string {
  const then = new Date(at.business.getTime() + instant.getTime() - at.machine.getTime());
  return localDate(then) === localDate(at.business) ? localTime(then) : formatMoment(then);
}
