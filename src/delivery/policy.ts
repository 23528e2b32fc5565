/** What the class of a message means for its delivery. */
import type { MessageClass } from './ports.js';

export type DeliveryLane = 'reply' | 'bulk';
export const DELIVERY_LANES: readonly DeliveryLane[] = ['reply', 'bulk'];

interface Policy {
  readonly lane: DeliveryLane;
  /** Waits for the morning in quiet hours, unless a person ordered it knowing the hour. */
  readonly quiet: boolean;
  /** May be told a second time, marked as a repeat, when nobody knows whether the first try arrived. */
  readonly repeats: boolean;
}

/**
 * Announcements and honours leave when an officer says so, and the officer is told the hour; only what the product
 * sends by itself keeps to quiet hours.
 * A person who waits for an answer, or may miss a deadline, is better told twice than not at all.
 */
export const POLICIES: Readonly<Record<MessageClass, Policy>> = {
  reply: { lane: 'reply', quiet: false, repeats: true },
  announcement: { lane: 'bulk', quiet: false, repeats: false },
  deadline: { lane: 'bulk', quiet: true, repeats: true },
  critical: { lane: 'bulk', quiet: false, repeats: true },
  honour: { lane: 'bulk', quiet: false, repeats: false },
};

/** Classes whose uncertain messages are told once more. */
export const REPEATED_CLASSES: readonly string[] = classesWith('repeats');
/** Classes that quiet hours hold back. */
export const QUIET_CLASSES: readonly string[] = classesWith('quiet');

function classesWith(trait: 'repeats' | 'quiet'): readonly string[] {
  return Object.entries(POLICIES).flatMap(([name, policy]) => (policy[trait] ? [name] : []));
}
