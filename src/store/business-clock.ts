/** The business clock: one row, moved forward only, shared by all processes, surviving restarts. */
import { Prisma } from './generated/client.js';
import type { Db, Store, Tx } from './client.js';

const BUSINESS_NOW = Prisma.sql`greatest(clock_timestamp() + offset_ms * interval '1 millisecond', floor_at)`;

const momentOf = (machine: string): string =>
  `(select greatest(${machine} + offset_ms * interval '1 millisecond', floor_at) from business_clock where id = 1)`;

/** The business time of this moment, as an expression of SQL. */
export const BUSINESS_MOMENT = momentOf('clock_timestamp()');
/** The business time of a past moment of the machine clock, as an expression of SQL: never before the clock was last moved. */
export const businessTimeOf = (machine: string): string => `least(${BUSINESS_MOMENT}, ${momentOf(machine)})`;
/** The business day in Việt Nam (UTC+7), as an expression of SQL. */
export const BUSINESS_TODAY = `((${BUSINESS_MOMENT} at time zone 'UTC') + interval '7 hours')::date`;

/** The business time of this moment. */
export async function readBusinessClock(db: Db | Tx): Promise<Date> {
  const [row] = await db.$queryRaw<{ at: Date }[]>`select ${BUSINESS_NOW} as at from business_clock where id = 1`;
  if (!row) throw new Error('the business clock has no row: the database was not migrated');
  return row.at;
}

/** The business clock as a clock; every reading asks the database, for another process may have moved it. */
export function createBusinessClock(store: Pick<Store, 'db'>): { now(): Promise<Date> } {
  return { now: () => readBusinessClock(store.db) };
}

/** Moves the business clock forward to `to`, from where it goes on; an earlier `to` changes nothing. Returns the time after. */
export async function moveBusinessClock(db: Db | Tx, to: Date): Promise<Date> {
  await db.$executeRaw`
    update business_clock
    set offset_ms = ceil(extract(epoch from (${to}::timestamptz - clock_timestamp())) * 1000), floor_at = ${to}
    where id = 1 and ${to}::timestamptz > ${BUSINESS_NOW}`;
  return readBusinessClock(db);
}
