/** Steps of ladders whose time has come and that have not spoken, for the watchdog and after a restored backup. */
import type { Db, Tx } from '../../store/index.js';

/** Steps that are due, and since when (business clock). */
export async function overdueSteps(
  db: Db | Tx,
  now: Date,
): Promise<{ readonly count: number; readonly oldest: Date | null }> {
  const [row] = await db.$queryRaw<{ count: number; oldest: Date | null }[]>`
    select count(*)::int as count, min(due_at) as oldest from reminder_step where state = 'pending' and due_at <= ${now}`;
  return row ?? { count: 0, oldest: null };
}

/** Gives up the steps that fell due up to now: an administrator decided so after a backup was restored. */
export async function skipOverdue(db: Db | Tx, now: Date): Promise<number> {
  return db.$executeRaw`
    update reminder_step set state = 'void', evidence = evidence || '{"reason": "restored"}'::jsonb
    where state = 'pending' and due_at <= ${now}`;
}
