/** Whether anything is there to be changed: one statement, asked every second whatever else happens. */
import type { Pool } from 'pg';

export interface ChangesDue {
  readonly cards: boolean;
  readonly corrections: boolean;
  readonly edits: boolean;
}

/** `businessNow` may be an earlier one: what ended a little too long ago is looked at in vain. */
export async function changesDue(pool: Pool, now: Date, businessNow: Date): Promise<ChangesDue> {
  const { rows } = await pool.query<ChangesDue>({ name: 'changes-due', text: DUE, values: [now, businessNow] });
  return rows[0] ?? { cards: true, corrections: true, edits: true };
}

// Cards: those of `progress-card.ts`, which looks closer.
const DUE = `select
  exists (select 1 from broadcast where created_by_id is not null and (
    state in ('expanding', 'sending', 'paused') or (state = 'cancelled' and finished_at is null)
    or (state in ('finished', 'cancelled') and finished_at > $2::timestamptz - interval '1 day'))) as cards,
  exists (select 1 from correction where state <> 'finished') as corrections,
  exists (select 1 from message_edit where state = 'queued' and due <= $1::timestamptz) as edits`;
