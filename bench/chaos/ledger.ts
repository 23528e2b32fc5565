/** What the ledger says about a broadcast and about the workers that died, asked from outside the product. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';

/** One attempt of a broadcast. */
export interface AttemptFact {
  readonly id: string;
  readonly address: string;
  readonly person: string;
  readonly state: string;
  readonly repeat: boolean;
  readonly ended: boolean;
}

/** Members with one Telegram contact each, addressed from 1,000,001 up. */
export async function addPeople(pool: Pool, count: number): Promise<void> {
  const members = Array.from({ length: count }, () => randomUUID());
  const addresses = members.map((_, n) => String(1_000_001 + n));
  await pool.query(`insert into member (id, full_name) select id, 'Người mẫu' from unnest($1::uuid[]) as id`, [
    members,
  ]);
  await pool.query(
    `insert into contact (id, channel, external_id, member_id, language)
     select gen_random_uuid(), 'telegram', address, member, 'vi' from unnest($1::text[], $2::uuid[]) as c(address, member)`,
    [addresses, members],
  );
  await pool.query(
    'insert into conversation (id, member_id) select gen_random_uuid(), id from unnest($1::uuid[]) as id',
    [members],
  );
}

/** Attempts that were committed as `sending` by this worker and have no outcome yet. */
export async function inFlightOf(pool: Pool, worker: string): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select a.id from attempt a join lease l on l.id = a.lease_id where l.worker = $1 and a.state = 'sending'`,
    [worker],
  );
  return rows.map(({ id }) => id);
}

/** Connections of a worker that the server still knows. */
export async function connectionsOf(pool: Pool, worker: string): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    'select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = $1',
    [worker],
  );
  return rows[0]?.n ?? 0;
}

const ATTEMPTS = `from message m join attempt a on a.message_id = m.id
  where m.source_kind = 'broadcast' and m.source_id = $1`;

/** Attempts of the broadcast without a final state. */
export async function unfinished(pool: Pool, broadcastId: string): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n ${ATTEMPTS} and a.ended_at is null`, [
    broadcastId,
  ]);
  return rows[0]?.n ?? 0;
}

export async function stateOf(pool: Pool, broadcastId: string): Promise<string> {
  const { rows } = await pool.query<{ state: string }>('select state from broadcast where id = $1', [broadcastId]);
  return rows[0]?.state ?? 'none';
}

/** Every attempt of the broadcast, in the order made. */
export async function attemptsOf(pool: Pool, broadcastId: string): Promise<readonly AttemptFact[]> {
  const { rows } = await pool.query<AttemptFact>(
    `select a.id, coalesce(c.external_id, '') as address, m.person, a.state, a.repeat, a.ended_at is not null as ended
     from message m join attempt a on a.message_id = m.id left join contact c on c.id = a.contact_id
     where m.source_kind = 'broadcast' and m.source_id = $1 order by a.id`,
    [broadcastId],
  );
  return rows;
}
