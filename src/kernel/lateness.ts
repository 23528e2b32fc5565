/** The one meaning of "late" and "overdue": what comes, or is still owed, after the last second of a due day. */

// The whole last second is on time: a due moment is 23:59:59, and a day ends with its last thousandth.
const LAST_SECOND_MS = 999;

/** True for what comes after a due moment. */
export const isLate = (at: Date, dueAt: Date): boolean => at.getTime() > dueAt.getTime() + LAST_SECOND_MS;

/** What was due before this instant is overdue at `now`: the same for a whole list. */
export const overdueBefore = (now: Date): Date => new Date(now.getTime() - LAST_SECOND_MS);
