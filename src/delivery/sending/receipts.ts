/** "Delivered" and "seen", as the platforms tell it. */
import type { Pool } from 'pg';
import { again } from '../../store/index.js';
import type { ReceiptEvent } from '../../conversation/message.js';

/**
 * Stores receipts and marks the attempts they belong to. One that comes before our own outcome is written waits for it.
 * Returns how many attempts changed.
 */
export async function applyReceipts(pool: Pool, events: readonly ReceiptEvent[]): Promise<number> {
  const rows = events.flatMap(({ channel, platformMessageIds, kind, at }) =>
    platformMessageIds.map((id) => ({ channel, id, kind, at })),
  );
  if (rows.length > 0) {
    await pool.query(
      `insert into receipt (channel, platform_message_id, kind, at)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
       on conflict (channel, platform_message_id, kind) do nothing`,
      [
        rows.map(({ channel }) => channel),
        rows.map(({ id }) => id),
        rows.map(({ kind }) => kind),
        rows.map(({ at }) => at.toISOString()),
      ],
    );
  }
  return matchReceipts(pool);
}

/** Joins receipts and attempts that have found each other since. */
export async function matchReceipts(pool: Pool): Promise<number> {
  const done = await again(() => pool.query(MATCH));
  return done.rowCount ?? 0;
}

/** Joins what came before. */
export const MATCH = `with found as (
    select r.id, p.attempt_id, r.kind, r.at, p.platform_message_id
    from receipt r join platform_message p on p.channel = r.channel and p.platform_message_id = r.platform_message_id
    where not r.matched
  ),
  marked as (update receipt set matched = true where id in (select id from found)),
  proof as (
    select attempt_id, min(at) filter (where kind = 'delivered') as delivered_at, min(at) filter (where kind = 'seen') as seen_at,
      min(platform_message_id) as platform_message_id
    from found group by attempt_id
  )
  ${markSql('proof')}`;

/** Marks attempts whose ids a channel knows itself (web). They may still be on their way: the outcome then says it. */
export async function prove(
  pool: Pool,
  attemptIds: readonly string[],
  kind: ReceiptEvent['kind'],
  at: Date,
): Promise<number> {
  if (attemptIds.length === 0) return 0;
  const mark = () =>
    pool.query(
      `with proof as (
       select id as attempt_id, case when $2 = 'delivered' then $3::timestamptz end as delivered_at, case when $2 = 'seen' then $3::timestamptz end as seen_at,
         null::text as platform_message_id
       from unnest($1::bigint[]) as id
     )
     ${markSql('proof')}`,
      [attemptIds, kind, at],
    );
  return (await again(mark)).rowCount ?? 0;
}

/**
 * Proof only adds certainty: seen implies delivered, and an uncertain attempt that was delivered is certain. Its id is
 * the message's where nobody lived to write it down. What an attempt becomes so is not in the record yet.
 */
function markSql(proof: string): string {
  const delivered = 'coalesce(a.delivered_at, p.delivered_at, p.seen_at)';
  const seen = 'coalesce(a.seen_at, p.seen_at)';
  const state = `case when a.state not in ('sent', 'delivered', 'seen', 'uncertain') then a.state when ${seen} is not null then 'seen' else 'delivered' end`;
  return `update attempt a set delivered_at = ${delivered}, seen_at = ${seen}, state = ${state},
      platform_message_id = coalesce(a.platform_message_id, p.platform_message_id),
      sealed = a.sealed and a.state = ${state},
      reason = case when a.state <> 'uncertain' then a.reason end, detail = case when a.state <> 'uncertain' then a.detail end
    from ${proof} p where a.id = p.attempt_id and a.state <> 'skipped'`;
}
