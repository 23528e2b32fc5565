/** Makes the database slow where a test wants it. */
import type { WebWorld } from './web-world.js';

/** Makes the commit of events with this text, or this id, take its time. */
export async function slowCommits(at: WebWorld, mark: string): Promise<void> {
  await at.store.pool.query(
    `create or replace function take_time() returns trigger language plpgsql as
     $$ begin perform pg_sleep(0.5); return new; end $$`,
  );
  await at.store.pool.query(
    `create or replace trigger "slow ${mark}" after insert on web_event for each row
     when (new.text = '${mark}' or new.message_id = '${mark}') execute function take_time()`,
  );
}

/** How many commits are taking their time. */
export async function busy(at: WebWorld): Promise<number> {
  const { rows } = await at.store.pool.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
  );
  return rows[0]?.n ?? 0;
}
