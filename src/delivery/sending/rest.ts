/** Keeps pauses and cancels of broadcasts true for what was under way when they came. */
import type { Pool } from 'pg';
import { isCorrectingSql } from '../corrections/correcting.js';
import { changeSql } from '../transitions.js';

const resting = (name: string, state: string, set: string, reason: string) =>
  changeSql({
    name,
    from: 'message m, broadcast b',
    where: `a.message_id = any(array(select message_id from attempt where id = any($1::bigint[]))) and a.waiting and m.id = a.message_id
      and b.id = case when m.source_kind = 'broadcast' then m.source_id::uuid end and b.state = '${state}' and not ${isCorrectingSql('m')}`,
    set,
    at: '$2',
    reason: `'${reason}'`,
  });

/**
 * Holds or drops what began to wait again while its broadcast was being paused or cancelled: a call under way then may
 * end in "once more". $1 attempts; other tries of the same messages are looked at too. $2 machine time.
 */
export const REST = {
  name: 'delivery-rest',
  text: `with ${resting('paused', 'paused', `state = 'planned', waiting = false`, 'paused')},
  ${resting('cancelled', 'cancelled', `state = 'skipped', reason = 'cancelled', waiting = false, ended_at = $2, sealed = false`, 'cancelled')}
  select ((select count(*) from paused) + (select count(*) from cancelled))::int as changed`,
} as const;

/** `REST` on any connection. Returns how many were held or dropped. */
export async function holdResting(pool: Pool, attemptIds: readonly string[], now: Date): Promise<number> {
  const { rows } = await pool.query<{ changed: number }>(REST.text, [attemptIds, now]);
  return rows[0]?.changed ?? 0;
}
