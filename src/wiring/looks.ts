/** What the watchdog looks at: everything that may be due and not begun, and whether each part of the work is heard of. */
import {
  hearts,
  lastBeat,
  lookAtBroadcasts,
  lookAtLines,
  lookAtSending,
  type Look,
  type Measure,
} from '../delivery/index.js';
import { findOverdue } from '../inbox/index.js';
import type { Clock } from '../kernel/clock.js';
import { overdueSteps } from '../reporting/index.js';
import type { Store } from '../store/index.js';
import type { Channels } from './channels.js';

/** Parts of a round that some process must get done. */
const PARTS = ['stamp', 'sweep', 'release', 'inbox', 'expand', 'missed', 'ways', 'settle', 'record'] as const;
export type Part = (typeof PARTS)[number];
/** Before the name of a part, among heartbeats. */
export const PART = 'part:';
/** Heartbeat of the queue: a bell that found its worker. */
export const QUEUE = 'queue';

export interface LooksDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly channels: Channels['byName'];
}

/** Everything that may be due and not begun. */
export function looksOf(deps: LooksDeps): Look[] {
  const { store, clock } = deps;
  const accounts = [...deps.channels.values()].map(({ name, account }) => ({ channel: name, account }));
  const ledger = { pool: store.pool, accounts };
  const startedAt = clock.now();
  return [
    lookAtLines(ledger),
    lookAtSending(ledger),
    lookAtBroadcasts(ledger),
    async ({ now, isSafe }) => {
      const { inbound, work } = await findOverdue(store.db, now);
      return [late('inbound', inbound, now), ...(isSafe ? [] : [late('work', work, now)])];
    },
    async ({ now }) => {
      const done = new Map((await hearts(store.pool, PART)).map(({ name, at }) => [name, at]));
      return PARTS.map((part): Measure => {
        const since = done.get(PART + part) ?? startedAt;
        return { kind: 'stuck', subject: part, count: 1, oldestMs: now.getTime() - since.getTime() };
      });
    },
    async ({ businessNow, isSafe }) =>
      isSafe ? [] : [late('steps', await overdueSteps(store.db, businessNow), businessNow)],
    async ({ now }) => {
      // The ticks prove that a bell finds its worker. Before the first one everybody gets time to start.
      const last = await lastBeat(store.pool, QUEUE);
      const since = Math.max(last?.getTime() ?? 0, startedAt.getTime());
      return [{ kind: 'stuck', subject: QUEUE, count: 1, oldestMs: now.getTime() - since }];
    },
  ];
}

const late = (subject: string, { count, oldest }: { count: number; oldest: Date | null }, now: Date): Measure => ({
  kind: 'late',
  subject,
  count,
  oldestMs: oldest === null ? 0 : Math.max(0, now.getTime() - oldest.getTime()),
});
