/** How a broadcast stands, as flows see it, and the lines that say so. */
import { t, type Text } from '../conversation/index.js';
import { ARRIVED_STATES, WAITING_STATES } from '../delivery/index.js';
import type { Actual, BroadcastState, CorrectionSummary, Missed, QuietHours, ResendOnly } from '../delivery/index.js';
import { formatDay, formatNumber } from '../kernel/format.js';
import { localDate, localTime } from '../kernel/local-date.js';
import { CHANNEL_LABELS } from '../kernel/people.js';
import { heldLine } from './reach.js';

/** A broadcast in a list. */
export interface BroadcastItem {
  readonly id: string;
  readonly title: string;
  readonly state: BroadcastState;
  /** Business clock: when it was ordered. */
  readonly at: Date;
}

/** What an order about a broadcast must know; `byState` adds up to `recipients`. */
export interface BroadcastBrief extends BroadcastItem {
  readonly kind: string;
  readonly startAt: Date | null;
  /** Messages have been written, or are being written now. */
  readonly isBegun: boolean;
  readonly isRecalled: boolean;
  readonly recipients: number;
  readonly byState: Readonly<Record<string, number>>;
  /** People whose every message is proven to have arrived. */
  readonly proven: number;
}

/** A broadcast's screen. All times are of the business clock. */
export interface BroadcastView extends BroadcastBrief {
  readonly ratePerSec: number;
  readonly eta: Date | null;
  /** Safe mode holds what has not left. */
  readonly isHeld: boolean;
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
  /** The province's quiet hours, where they are not the usual ones. */
  readonly quietHours?: QuietHours;
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
  /** Sent, and nobody knows whether they have it. */
  readonly unproven: number;
  readonly counts: Missed['counts'];
  readonly people: readonly MissedPerson[];
}

/** Reads about broadcasts; the composition answers from the ledger. */
export interface BroadcastReads {
  /** By its own id, or by what it is about. */
  find(id: string): Promise<BroadcastView | null>;
  /** The same without what only the screen shows. */
  brief(id: string): Promise<BroadcastBrief | null>;
  /** How many would be told again now. */
  resendable(id: string, only: ResendOnly): Promise<number>;
  /** True while safe mode holds what is sent. */
  isHeld(): Promise<boolean>;
  /** The newest first; with `states` only those. */
  latest(count: number, states?: readonly BroadcastState[]): Promise<readonly BroadcastItem[]>;
  planned(id: string): Promise<PlannedBroadcast | null>;
  missed(id: string, limit: number, offset: number): Promise<MissedView | null>;
}

export type BroadcastsRead = { readonly broadcasts: BroadcastReads };

const ARRIVED: readonly string[] = ARRIVED_STATES;
const WAITING: readonly string[] = WAITING_STATES;

type Counted = Pick<BroadcastBrief, 'byState'>;

const sum = (view: Counted, states: readonly string[]): number =>
  states.reduce((total, state) => total + (view.byState[state] ?? 0), 0);

export const waitingOf = (view: Counted): number => sum(view, WAITING);
export const arrivedOf = (view: Counted): number => sum(view, ARRIVED);
export const countOf = (view: Counted, state: string): number => view.byState[state] ?? 0;

/** `08:00, thứ Hai, 23/11/2026`. */
export const fullMoment = (at: Date): string => `${localTime(at)}, ${formatDay(localDate(at))}`;

export const stateText = (state: BroadcastState): Text => t(`notices.state.${state}`);

/** Everything about it, a line each. */
export function progressLines(view: BroadcastView): Text[] {
  const state = view.isRecalled ? t('notices.state.recalled') : stateText(view.state);
  const title = t('notices.progress.title', { title: view.title, state });
  const held = view.isHeld && !isOverState(view.state) ? [heldLine()] : [];
  if (!view.isBegun)
    return [
      title,
      ...(view.startAt && view.state === 'planned'
        ? [t('notices.progress.startAt', { at: fullMoment(view.startAt) })]
        : []),
      ...(view.state === 'paused' ? [t('notices.progress.notBegun')] : []),
      ...held,
    ];
  return [
    title,
    t(view.state === 'cancelled' ? 'notices.progress.numbersCancelled' : 'notices.progress.numbers', {
      people: view.recipients,
      arrived: arrivedOf(view),
      proven: view.proven,
      waiting: waitingOf(view),
      uncertain: countOf(view, 'uncertain'),
      failed: countOf(view, 'failed') + countOf(view, 'skipped'),
    }),
    ...held,
    ...speedLine(view),
    ...view.banned.map(({ channel, until }) =>
      t('notices.progress.banned', { channel: CHANNEL_LABELS[channel] ?? channel, at: fullMoment(until) }),
    ),
    ...(isOverState(view.state) ? routeLine(view.actual) : []),
    ...correctionLine(view.corrections),
  ];
}

const isOverState = (state: BroadcastState): boolean => state === 'finished' || state === 'cancelled';

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
