/** One connection pool for Prisma, one for raw statements, and transactions over them. */
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient, type Prisma } from './generated/client.js';

/** The Prisma client. */
export type Db = PrismaClient;

/** The Prisma client inside a transaction. */
export type Tx = Prisma.TransactionClient;

/** What the store says about itself; pino's logger fits. */
export interface StoreLogger {
  warn(details: Readonly<Record<string, unknown>>, message: string): void;
}

export interface StoreOptions {
  readonly url: string;
  /** Connections of Prisma (10). */
  readonly poolSize?: number;
  /** Connections of the raw pool (8). */
  readonly rawPoolSize?: number;
  readonly logger?: StoreLogger;
}

/** An open store. */
export interface Store {
  readonly db: Db;
  /** Raw connections, for delivery's prepared statements and for LISTEN. */
  readonly pool: pg.Pool;
  /** Runs `fn` in one transaction; it rolls back when `fn` throws or takes longer than `timeoutMs` (5 s). */
  transaction<T>(fn: (tx: Tx) => Promise<T>, options?: { readonly timeoutMs?: number }): Promise<T>;
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 5_000;

/** Opens the store and checks that the database answers. */
export async function createStore(options: StoreOptions): Promise<Store> {
  const prismaPool = openPool(options.url, options.poolSize ?? 10, 'neu-guong', options.logger);
  const pool = openPool(options.url, options.rawPoolSize ?? 8, 'neu-guong-raw', options.logger);
  const db = new PrismaClient({ adapter: new PrismaPg(prismaPool) });

  const close = async (): Promise<void> => {
    await db.$disconnect();
    await Promise.all([prismaPool.end(), pool.end()]);
  };
  try {
    await pool.query('select 1');
  } catch (error) {
    await close();
    throw error;
  }
  return {
    db,
    pool,
    transaction: (fn, { timeoutMs = DEFAULT_TIMEOUT_MS } = {}) =>
      db.$transaction(fn, { timeout: timeoutMs, maxWait: DEFAULT_TIMEOUT_MS }),
    close,
  };
}

function openPool(url: string, max: number, name: string, logger: StoreLogger | undefined): pg.Pool {
  const pool = new pg.Pool({ ...connectionConfig(url), max, application_name: name });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  // Only the words: the error carries the whole connection, with its secret and its statements.
  pool.on('error', (error) => logger?.warn({ reason: error.message, pool: name }, 'an idle database connection broke'));
  // One in use tells its holder by a failed query; the event itself must not end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** What `pg` needs to reach a database the way this product wants it. */
export function connectionConfig(url: string): pg.ClientConfig & { idleTimeoutMillis: number } {
  const target = new URL(url);
  // Prisma's adapter reads a timestamptz as UTC whatever zone stands behind it, so the session must be in UTC.
  const given = target.searchParams.get('options');
  target.searchParams.set('options', `${given ?? ''} -c TimeZone=UTC`.trim());
  return {
    connectionString: target.toString(),
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  };
}
