/** Finds incoming work that nobody is doing: unprocessed messages and open work whose bell was lost. */
import type { Clock } from '../kernel/clock.js';
import type { Store } from '../store/index.js';
import type { Bells } from './ports.js';

const GRACE_MS = 5_000;
const BATCH = 500;

/** Builds `reconcileInbox`; it rings bells and changes nothing, so it may run anywhere at any time. */
export function createReconcileInbox(deps: { store: Store; bells: Bells; clock: Clock }) {
  return async function reconcileInbox(): Promise<{ conversations: number; works: number }> {
    const now = deps.clock.now();
    const before = new Date(now.getTime() - GRACE_MS);
    const conversations = await deps.store.db.$queryRaw<{ conversation_id: string }[]>`
      select distinct conversation_id from inbound
      where processed_at is null and ready and received_at < ${before} limit ${BATCH}`;
    for (const row of conversations) deps.bells.conversation(row.conversation_id, 0);
    const works = await deps.store.db.work.findMany({
      where: { state: 'open', runAfter: { lt: now } },
      select: { id: true },
      take: BATCH,
    });
    for (const row of works) deps.bells.work(row.id);
    return { conversations: conversations.length, works: works.length };
  };
}
