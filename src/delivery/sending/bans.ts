/** Who may not be called for now. */
import type { Pool } from 'pg';

export interface Ban {
  /** Key of the rate budget, e.g. `telegram:123456`. */
  readonly account: string;
  /** Machine time. */
  readonly until: Date;
}

/** The accounts that a platform has told to wait, and until when. A ban stands in Postgres, so nothing lifts it early. */
export async function bans(pool: Pool, now: Date): Promise<readonly Ban[]> {
  const { rows } = await pool.query<Ban>(
    `select account, banned_until as until from rate_budget where banned_until > $1 order by account`,
    [now],
  );
  return rows;
}
