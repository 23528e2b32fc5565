/** What the class of a message means for its delivery. */
import type { MessageClass } from './ports.js';

export type DeliveryLane = 'reply' | 'bulk';
export const DELIVERY_LANES: readonly DeliveryLane[] = ['reply', 'bulk'];

/** Where a message goes that reached nobody. */
export interface Fallback {
  /** The person's other contact. */
  readonly channel: boolean;
  /** The unit's other contact person: for the primary the deputy, for the deputy the primary. */
  readonly seat: boolean;
  /** So long after it was sent it counts as not arrived, where arrivals are proven. Null: never. */
  readonly unprovenAfterMs: number | null;
}

/** How much must be proven to have arrived, and when somebody is told that it is not. */
export interface ProofDemand {
  readonly share: number;
  readonly afterMs: number;
}

interface Policy {
  readonly lane: DeliveryLane;
  /** Waits for the morning in quiet hours, unless a person ordered it knowing the hour. */
  readonly quiet: boolean;
  /** May be told a second time, marked as a repeat, when nobody knows whether the first try arrived. */
  readonly repeats: boolean;
  readonly fallback: Fallback;
  readonly proof: ProofDemand | null;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOWHERE: Fallback = { channel: false, seat: false, unprovenAfterMs: null };
const MOST_IN_AN_HOUR: ProofDemand = { share: 0.9, afterMs: HOUR_MS };

/**
 * Announcements and honours leave when an officer says so, and the officer is told the hour; only what the product
 * sends by itself keeps to quiet hours.
 * A person who waits for an answer, or may miss a deadline, is better told twice than not at all; an announcement that
 * may have arrived goes nowhere else.
 */
export const POLICIES: Readonly<Record<MessageClass, Policy>> = {
  reply: { lane: 'reply', quiet: false, repeats: true, fallback: NOWHERE, proof: null },
  announcement: {
    lane: 'bulk',
    quiet: false,
    repeats: false,
    fallback: { channel: true, seat: true, unprovenAfterMs: null },
    proof: null,
  },
  deadline: {
    lane: 'bulk',
    quiet: true,
    repeats: true,
    fallback: { channel: true, seat: true, unprovenAfterMs: 24 * HOUR_MS },
    proof: null,
  },
  critical: {
    lane: 'bulk',
    quiet: false,
    repeats: true,
    fallback: { channel: true, seat: true, unprovenAfterMs: 30 * MINUTE_MS },
    proof: MOST_IN_AN_HOUR,
  },
  honour: {
    lane: 'bulk',
    quiet: false,
    repeats: false,
    fallback: { channel: true, seat: false, unprovenAfterMs: null },
    proof: null,
  },
};

/** Classes whose uncertain messages are told once more. */
export const REPEATED_CLASSES: readonly string[] = classesWith(({ repeats }) => repeats);
/** Classes that quiet hours hold back. */
export const QUIET_CLASSES: readonly string[] = classesWith(({ quiet }) => quiet);
/** Classes that go elsewhere when they reach nobody. */
export const FALLBACK_CLASSES: readonly string[] = classesWith(({ fallback }) => fallback.channel || fallback.seat);
/** Classes that may go to the unit's other contact person. */
export const SEAT_CLASSES: readonly string[] = classesWith(({ fallback }) => fallback.seat);

function classesWith(isSo: (policy: Policy) => boolean): readonly string[] {
  return Object.entries(POLICIES).flatMap(([name, policy]) => (isSo(policy) ? [name] : []));
}

/** How long after sending a class is looked at again, as an SQL interval of its column; null where never. */
export function unprovenAfterSql(column: string): string {
  const cases = Object.entries(POLICIES).flatMap(([name, { fallback }]) =>
    fallback.unprovenAfterMs === null
      ? []
      : [`when '${name}' then interval '${String(fallback.unprovenAfterMs / 1000)} s'`],
  );
  return `case ${column} ${cases.join(' ')} end`;
}
