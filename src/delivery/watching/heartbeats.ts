/** Heartbeats: when each part of each process last did its round (machine clock). */
import type { Pool } from 'pg';

export interface Heart {
  readonly name: string;
  readonly worker: string;
  readonly at: Date;
}

const HOUR_MS = 3_600_000;

/** Notes that a part is alive. */
export const beat = (pool: Pool, name: string, worker: string, now: Date): Promise<void> =>
  beatAll(pool, [name], worker, now);

/** Notes that some parts are alive, in one statement. */
export async function beatAll(pool: Pool, names: readonly string[], worker: string, now: Date): Promise<void> {
  // In one order, so that two processes do not wait for each other.
  await pool.query(
    `insert into heartbeat as h (name, at, worker) select name, $2, $3 from unnest($1::text[]) name order by name
     on conflict (name) do update set at = greatest(h.at, excluded.at), worker = excluded.worker`,
    [names, now, worker],
  );
}

/** When a part was last heard; null when never. */
export async function lastBeat(pool: Pool, name: string): Promise<Date | null> {
  const { rows } = await pool.query<{ at: Date }>('select at from heartbeat where name = $1', [name]);
  return rows[0]?.at ?? null;
}

/** When any process last did its round; null when none is running. */
export async function lastReconciled(pool: Pool): Promise<Date | null> {
  const all = await hearts(pool, 'reconciler:');
  return all.reduce<Date | null>((latest, { at }) => (latest === null || at > latest ? at : latest), null);
}

/** All hearts whose names begin so. */
export async function hearts(pool: Pool, prefix: string): Promise<readonly Heart[]> {
  const { rows } = await pool.query<Heart>(
    'select name, worker, at from heartbeat where starts_with(name, $1) order by name',
    [prefix],
  );
  return rows;
}

export async function forgetHeart(pool: Pool, name: string): Promise<void> {
  await pool.query('delete from heartbeat where name = $1', [name]);
}

/** Forgets processes that are known to be gone, and those that nobody has heard of for an hour. */
export async function forgetGone(pool: Pool, now: Date, isGone: (worker: string) => boolean): Promise<void> {
  for (const { name, worker, at } of await hearts(pool, 'reconciler:')) {
    if (isGone(worker) || silentFor(at, now) > HOUR_MS) await forgetHeart(pool, name);
  }
}

export const silentFor = (at: Date, now: Date): number => now.getTime() - at.getTime();
