/** Puts right what a dead process or a quiet night left behind. Every part may run at any time, in any process, twice. */
import type { Pool } from 'pg';
import { isCorrectingSql } from '../corrections/correcting.js';
import { FALLBACK_CLASSES, QUIET_CLASSES, unprovenAfterSql } from '../policy.js';
import { quietSince, quietUntil, type QuietHours } from '../quiet-hours.js';
import { IS_SAFE_SQL } from '../watching/safe-mode-row.js';
import { repeatSql } from './statements.js';
import { changeSql } from '../transitions.js';

export interface SweepStats {
  /** Leases that had run out. */
  readonly leases: number;
  /** Attempts that go back to wait. */
  readonly requeued: number;
  /** Attempts of which nobody knows whether they arrived. */
  readonly uncertain: number;
}

/**
 * Ends the leases that ran out. What was only held waits again; what was being sent is uncertain, never queued, except
 * on channels where a second call of one attempt changes nothing.
 */
export async function sweepLeases(pool: Pool, now: Date, harmless: readonly string[]): Promise<SweepStats> {
  const { rows } = await pool.query<SweepStats>(SWEEP, [now, harmless]);
  return rows[0] ?? { leases: 0, requeued: 0, uncertain: 0 };
}

const SWEEP = `with dead as (
    update lease set closed = true where not closed and until < $1 returning id
  ),
  ${changeSql({
    name: 'requeued',
    where: `a.lease_id = any(array(select id from dead)) and (a.state = 'leased' or (a.state = 'sending' and a.channel = any($2::text[])))`,
    set: `state = 'queued', waiting = true, lease_id = null`,
    at: '$1',
    reason: `'lease-expired'`,
  })},
  ${changeSql({
    name: 'lost',
    where: `a.lease_id = any(array(select id from dead)) and a.state = 'sending' and not (a.channel = any($2::text[]))`,
    // A proof may have come before its sender died.
    set: `state = case when a.seen_at is not null then 'seen' when a.delivered_at is not null then 'delivered' else 'uncertain' end,
      reason = case when a.delivered_at is null then 'worker-lost' end, ended_at = $1, sealed = false`,
    at: '$1',
    reason: `'worker-lost'`,
  })},
  repeated as (${repeatSql('lost', '$1')}),
  watched as (
    insert into attempt_watch (attempt_id, reason, due)
    select l.id, 'unproven', $1::timestamptz + ${unprovenAfterSql('m.class')} from lost l join message m on m.id = l.message_id
    where l.state = 'uncertain' and l.repeat and ${unprovenAfterSql('m.class')} is not null
    on conflict (attempt_id) do nothing
  )
  select (select count(*) from dead)::int as leases, (select count(*) from requeued)::int as requeued,
    (select count(*) from lost where state = 'uncertain')::int as uncertain`;

/** Lets go what was held until a time that has come, unless quiet hours hold it again or its broadcast rests. Returns how many. */
export async function releasePlanned(
  pool: Pool,
  businessNow: Date,
  now: Date,
  hours: QuietHours | null,
): Promise<number> {
  const { rows } = await pool.query<{ released: number }>(RELEASE, [
    businessNow,
    now,
    quietUntil(businessNow, hours),
    QUIET_CLASSES,
  ]);
  return rows[0]?.released ?? 0;
}

// Messages of a resting broadcast keep their attempts planned; resuming it frees them.
const RELEASE = `with come as (
    update message m set not_before = case when m.class = any($4::text[]) then $3::timestamptz end
    where m.not_before <= $1 and not ${IS_SAFE_SQL}
    returning m.id, m.source_kind, m.source_id, m.slot, m.not_before
  ),
  ${changeSql({
    name: 'freed',
    from: 'come',
    where: `a.message_id = come.id and a.state = 'planned' and come.not_before is null
      and not exists (
        select 1 from broadcast b
        where b.id = case when come.source_kind = 'broadcast' then come.source_id::uuid end and b.state in ('paused', 'cancelled') and not ${isCorrectingSql('come')}
      )`,
    set: `state = 'queued', waiting = true, due = $2`,
    at: '$2',
    reason: `'released'`,
  })}
  select count(*)::int as released from freed`;

/** Holds bulk messages that were still waiting when the quiet hours began. Returns how many. */
export async function holdForNight(
  pool: Pool,
  businessNow: Date,
  now: Date,
  hours: QuietHours | null,
): Promise<number> {
  const until = quietUntil(businessNow, hours);
  if (until === null) return 0;
  const values = [until, QUIET_CLASSES, quietSince(businessNow, hours), now];
  const { rows } = await pool.query<{ held: number }>(HOLD, values);
  return rows[0]?.held ?? 0;
}

const HOLD = `with ${changeSql({
  name: 'held',
  from: 'message m',
  // What was planned in the night was ordered by a person who knew the hour.
  where: `a.lane = 'bulk' and a.waiting and m.id = a.message_id and m.class = any($2::text[]) and m.planned_at < $3`,
  set: `state = 'planned', waiting = false`,
  at: '$4',
  reason: `'quiet-hours'`,
})},
  later as (update message m set not_before = $1 from held where m.id = held.message_id)
  select count(*)::int as held from held`;

/** When the next held message may leave (business clock); null when none is held. */
export async function nextRelease(pool: Pool): Promise<Date | null> {
  const { rows } = await pool.query<{ at: Date | null }>(
    'select min(not_before) as at from message where not_before is not null',
  );
  return rows[0]?.at ?? null;
}

/** Gives up what waits for a channel that is off here: a final state with its reason, for it would wait for ever. */
export async function failOff(pool: Pool, lane: string, off: readonly string[], now: Date): Promise<number> {
  if (off.length === 0) return 0;
  const { rows } = await pool.query<{ failed: number }>(FAIL_OFF, [lane, off, now, FALLBACK_CLASSES]);
  return rows[0]?.failed ?? 0;
}

const FAIL_OFF = `with failed as (
    update attempt set state = 'failed', reason = 'channel-off', waiting = false, ended_at = $3, sealed = false
    where lane = $1 and channel = any($2::text[]) and waiting and due <= $3
    returning id, message_id
  ),
  watched as (
    insert into attempt_watch (attempt_id, reason, due)
    select f.id, 'failed', $3 from failed f join message m on m.id = f.message_id where m.class = any($4::text[])
    on conflict (attempt_id) do nothing
  )
  select count(*)::int as failed from failed`;

/** Drops closed leases of the past days. */
export async function purgeLeases(pool: Pool, before: Date): Promise<void> {
  await pool.query('delete from lease where closed and until < $1', [before]);
}
