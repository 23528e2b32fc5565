/** A group takes twenty messages a minute, whoever sends them; kept in Postgres for all processes of the bot. */
import type { Pool } from 'pg';

/** Takes the next place of a group; returns 0, or how many milliseconds to wait for one. */
export type GroupBudget = (address: string) => Promise<number>;

/** Groups and channels have negative ids. */
export const isGroup = (address: string): boolean => address.startsWith('-');

// Evenly spaced, so that no minute holds more, however two of them overlap.
const SPACING_MS = 3_000;

/** The budget of one bot's groups. */
export function createGroupBudget(pool: Pool, account: string, now: () => Date): GroupBudget {
  return async (address) => {
    const at = now();
    const key = `${account}/chat:${address}`;
    const taken = await pool.query(TAKE, [key, at, SPACING_MS]);
    if (taken.rowCount !== 0) return 0;
    const { rows } = await pool.query<{ tat_at: Date }>('select tat_at from rate_budget where account = $1', [key]);
    return Math.max(1, (rows[0]?.tat_at.getTime() ?? at.getTime()) - at.getTime());
  };
}

const TAKE = `insert into rate_budget as r (account, tat_at) values ($1::text, $2::timestamptz + $3::int * interval '1 ms')
  on conflict (account) do update set tat_at = $2::timestamptz + $3::int * interval '1 ms' where r.tat_at <= $2::timestamptz
  returning tat_at`;
