/** A transaction on raw connections, for the rooms that speak SQL. */
import type { Pool, PoolClient } from 'pg';

/**
 * Runs `work` on a connection of its own and commits it. `begin` may set what holds inside, e.g. `begin isolation level
 * repeatable read`. A connection in an unknown state does not go back to the pool.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  begin = 'begin',
): Promise<T> {
  const client = await pool.connect();
  let isBroken = true;
  try {
    await client.query(begin);
    try {
      const result = await work(client);
      await client.query('commit');
      isBroken = false;
      return result;
    } catch (error) {
      await client.query('rollback').then(
        () => (isBroken = false),
        () => undefined,
      );
      throw error;
    }
  } finally {
    client.release(isBroken);
  }
}
