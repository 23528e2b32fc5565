/** A connection of the engine's own, on which prepared statements always walk an index. */
import type { Pool, PoolClient } from 'pg';

export interface Statement {
  readonly name: string;
  readonly text: string;
}

export interface EngineConnection {
  /** One statement after the other, in the order asked for. */
  run<T extends object>(statement: Statement, values: readonly unknown[]): Promise<readonly T[]>;
  close(): Promise<void>;
}

// The tables grow from nothing to a hundred thousand rows in seconds, faster than statistics follow, and a plan made
// on an empty table would scan. These statements touch single rows by key, so an index is right at every size.
const SETTINGS = `set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;
  set plan_cache_mode = force_generic_plan; set jit = off; set statement_timeout = 30000`;

/** Connects at the first statement, and again after a failure. */
export function createEngineConnection(pool: Pool): EngineConnection {
  let client: PoolClient | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function connect(): Promise<PoolClient> {
    const opened = await pool.connect();
    // A connection that breaks while idle says so here; the next statement finds out by failing.
    opened.on('error', () => undefined);
    try {
      await opened.query(SETTINGS);
      return opened;
    } catch (error) {
      opened.release(true);
      throw error;
    }
  }

  // The settings must not go back into the pool with it.
  function drop(): void {
    client?.release(true);
    client = null;
  }

  async function runNow<T extends object>(statement: Statement, values: readonly unknown[]): Promise<readonly T[]> {
    client ??= await connect();
    try {
      return (await client.query<T>({ ...statement, values: [...values] })).rows;
    } catch (error) {
      drop();
      throw error;
    }
  }

  return {
    run: <T extends object>(statement: Statement, values: readonly unknown[]) => {
      const result = last.then(() => runNow<T>(statement, values));
      last = result.catch(() => undefined);
      return result;
    },
    close: async () => {
      await last;
      drop();
    },
  };
}
