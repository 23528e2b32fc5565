/** How a broadcast stands, as flows see it, and the lines that say so. */
import { t, type Text } from '../conversation/index.js';
import type { Actual, BroadcastState, CorrectionSummary, Missed } from '../delivery/index.js';
import { formatDay, formatNumber } from '../kernel/format.js';
import { localDate, localTime } from '../kernel/local-date.js';
import { CHANNEL_LABELS } from './reach.js';

/** A broadcast in a list. */
export interface BroadcastItem {
  readonly id: string;
  readonly title: string;
  readonly state: BroadcastState;
  /** Business clock: when it was ordered. */
  readonly at: Date;
}

/** A broadcast's numbers; `byState` adds up to `recipients`. All times are of the business clock. */
export interface BroadcastView extends BroadcastItem {
  readonly kind: string;
  readonly recipients: number;
  readonly byState: Readonly<Record<string, number>>;
  readonly ratePerSec: number;
  readonly eta: Date | null;
  readonly startAt: Date | null;
  /** Channels that wait because their platform said so. */
  readonly banned: readonly { readonly channel: string; readonly until: Date }[];
  /** Forecast and what happened; null where there is nothing to compare. */
  readonly actual: Actual | null;
  /** The first one first. */
  readonly corrections: readonly CorrectionSummary[];
}

/** One that has not started, with what may be changed. */
export interface PlannedBroadcast extends BroadcastItem {
  readonly kind: string;
  readonly version: number;
  readonly text: string;
  readonly startAt: Date | null;
}

export interface MissedPerson {
  readonly name: string;
  readonly unit: string;
  readonly channel: string;
  readonly state: string;
  readonly reason: string | null;
  readonly isStoodFor: boolean;
}

export interface MissedView {
  readonly title: string;
  readonly total: number;
  readonly counts: Missed['counts'];
  readonly people: readonly MissedPerson[];
}

/** Reads about broadcasts; the composition answers from the ledger. */
export interface BroadcastReads {
  /** By its own id, or by what it is about. */
  find(id: string): Promise<BroadcastView | null>;
  /** The newest first; with `states` only those. */
  latest(count: number, states?: readonly BroadcastState[]): Promise<readonly BroadcastItem[]>;
  planned(id: string): Promise<PlannedBroadcast | null>;
  missed(id: string, limit: number, offset: number): Promise<MissedView | null>;
}

export type BroadcastsRead = { readonly broadcasts: BroadcastReads };

const ARRIVED: readonly string[] = ['sent', 'delivered', 'seen'];
const WAITING: readonly string[] = ['planned', 'queued', 'leased', 'sending'];

const sum = (view: BroadcastView, states: readonly string[]): number =>
  states.reduce((total, state) => total + (view.byState[state] ?? 0), 0);

export const waitingOf = (view: BroadcastView): number => sum(view, WAITING);
export const arrivedOf = (view: BroadcastView): number => sum(view, ARRIVED);
export const countOf = (view: BroadcastView, state: string): number => view.byState[state] ?? 0;

/** `08:00, thứ Hai, 23/11/2026`. */
export const fullMoment = (at: Date): string => `${localTime(at)}, ${formatDay(localDate(at))}`;

export const stateText = (state: BroadcastState): Text => t(`notices.state.${state}`);

/** Everything about it, a line each. */
export function progressLines(view: BroadcastView): Text[] {
  const title = t('notices.progress.title', { title: view.title, state: stateText(view.state) });
  if (view.state === 'planned')
    return [title, ...(view.startAt ? [t('notices.progress.startAt', { at: fullMoment(view.startAt) })] : [])];
  return [
    title,
    t('notices.progress.numbers', {
      people: view.recipients,
      arrived: arrivedOf(view),
      waiting: waitingOf(view),
      uncertain: countOf(view, 'uncertain'),
      failed: countOf(view, 'failed'),
      skipped: countOf(view, 'skipped'),
    }),
    ...speedLine(view),
    ...view.banned.map(({ channel, until }) =>
      t('notices.progress.banned', { channel: CHANNEL_LABELS[channel] ?? channel, at: fullMoment(until) }),
    ),
    ...routeLine(view.actual),
    ...correctionLine(view.corrections),
  ];
}

function speedLine({ ratePerSec, eta }: BroadcastView): Text[] {
  if (eta === null) return [];
  const at = fullMoment(eta);
  return [
    ratePerSec > 0
      ? t('notices.progress.speed', { rate: formatNumber(ratePerSec), at })
      : t('notices.progress.eta', { at }),
  ];
}

/** What was forecast and what happened, way by way; only ways that are not empty. */
function routeLine(actual: Actual | null): Text[] {
  const forecast = actual?.forecast?.routes;
  if (!actual || !forecast) return [];
  const ways = (Object.keys(forecast) as (keyof typeof forecast)[])
    .filter((way) => forecast[way] > 0 || actual.routes[way] > 0)
    .map((way) =>
      t('notices.progress.way', { way: t(`notices.way.${way}`), forecast: forecast[way], actual: actual.routes[way] }),
    );
  const [first, ...others] = ways;
  if (!first) return [];
  return [
    t('notices.progress.ways', { ways: others.reduce((left, right) => t('campaigns.list', { left, right }), first) }),
  ];
}

/** The latest correction, or the recall: the one that people read now. */
function correctionLine(corrections: readonly CorrectionSummary[]): Text[] {
  const latest = corrections.at(-1);
  if (!latest) return [];
  const { edited, told, waiting, failed } = latest;
  const params = { at: fullMoment(latest.at), edited, told, waiting, failed };
  return [t(latest.kind === 'recall' ? 'notices.progress.recalled' : 'notices.progress.corrected', params)];
}
