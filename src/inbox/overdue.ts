/** Incoming work that is due and not done, for the watchdog. */
import type { Db } from '../store/index.js';

/** How many wait, and since when (machine clock). */
export interface Overdue {
  readonly count: number;
  readonly oldest: Date | null;
}

const NONE: Overdue = { count: 0, oldest: null };

/** Messages that are not answered yet, and slow work whose time has come. */
export async function findOverdue(db: Db, now: Date): Promise<{ readonly inbound: Overdue; readonly work: Overdue }> {
  const [inbound] = await db.$queryRaw<Overdue[]>`
    select count(*)::int as count, min(received_at) as oldest from inbound
    where processed_at is null and ready and received_at <= ${now}`;
  const [work] = await db.$queryRaw<Overdue[]>`
    select count(*)::int as count, min(run_after) as oldest from work where state = 'open' and run_after <= ${now}`;
  return { inbound: inbound ?? NONE, work: work ?? NONE };
}
