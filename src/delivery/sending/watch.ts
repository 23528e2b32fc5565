/** When an outcome must be looked at again, because the person may not have been reached. */
import type { Held } from './line.js';
import type { Outcome } from './outcome.js';
import { POLICIES } from '../policy.js';

/** Failures that are about the message: it would fare no better elsewhere. */
const SAME_EVERYWHERE: readonly string[] = ['rejected'];

/** Machine time of the next look; null for most: an announcement that left is done with. */
export function watchAt(held: Held, outcome: Outcome, nowMs: number): number | null {
  const { channel, seat, unprovenAfterMs } = POLICIES[held.messageClass].fallback;
  if (!channel && !seat) return null;
  if (outcome.state === 'failed') return SAME_EVERYWHERE.includes(outcome.reason ?? '') ? null : nowMs;
  if (unprovenAfterMs === null) return null;
  const isOpen =
    (outcome.state === 'sent' && held.line.channel.proof !== 'sent') ||
    // The first time it is told once more; after that nobody knows any better.
    (outcome.state === 'uncertain' && held.isRepeat);
  return isOpen ? nowMs + unprovenAfterMs : null;
}
