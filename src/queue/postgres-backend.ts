/** The queue on PostgreSQL, in a schema and a pool of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, Queue, runMigrations, Worker, type PgPool } from 'bullmq';
import pg from 'pg';
import { LANES } from './catalog.js';
import { WORKER_SETTINGS, type Backend, type LaneWorkerOptions } from './backend.js';
import { isOutage, QueueUnavailableError } from './errors.js';
import type { OutageLog } from './logger.js';

/** Every worker keeps one connection to listen on; the others are shared by all calls. */
const SHARED_CONNECTIONS = 6;
const CONNECT_AGAIN_MS = 500;

/** Brings the queue's schema up to date and opens its pool. */
export async function openPostgresBackend(url: string, log: OutageLog): Promise<Backend> {
  const pool = openPool(url, log);
  try {
    await migrate(pool);
  } catch (error) {
    await pool.end();
    throw isOutage(error) ? new QueueUnavailableError('the queue database cannot be reached', { cause: error }) : error;
  }
  const connection = guard(pool, log);
  return {
    kind: 'postgres',
    isReady: () => true,
    openQueue: (lane) => {
      const queue = new Queue(lane, { connection }, createPostgresBackend);
      queue.on('error', log.away);
      return queue;
    },
    openWorker: (lane, processor, { onError, onFailed, ...options }: LaneWorkerOptions) => {
      const worker = new Worker(lane, processor, { ...options, ...WORKER_SETTINGS, connection }, createPostgresBackend);
      worker.on('error', onError).on('failed', onFailed);
      return worker;
    },
    notes: null,
    close: () => pool.end(),
  };
}

function openPool(url: string, log: OutageLog): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    options: '-c search_path=bullmq',
    application_name: 'neu-guong-queue',
    max: LANES.length + SHARED_CONNECTIONS,
    connectionTimeoutMillis: 3000,
    keepAlive: true,
  });
  pool.on('error', log.away);
  pool.on('connect', (client) => client.on('error', log.away));
  return pool;
}

/**
 * Makes every outage look to BullMQ like a closed connection. Only then does it wait before the next try, and only
 * then does it keep on until the outcome of a finished job is written; any other error counts as the job's failure.
 */
function guard(pool: pg.Pool, log: OutageLog): PgPool {
  const client = pool as unknown as PgPool;
  const query: PgPool['query'] = async (text, params) => {
    try {
      const result = await client.query(text, params);
      log.back();
      return result as never;
    } catch (error) {
      if (!isOutage(error)) throw error;
      log.away(error);
      // BullMQ knows an outage by exactly this message.
      throw new Error('Connection is closed.', { cause: error });
    }
  };
  const guarded: PgPool = {
    query,
    connect: () => patiently(pool),
    end: () => pool.end(),
    // The pool's own errors are logged where it is made; BullMQ would only add a listener for each lane.
    on: () => guarded,
    removeAllListeners: () => guarded,
  };
  return guarded;
}

/** BullMQ keeps a failed first connection for ever, so the first one is waited for. */
async function patiently(pool: pg.Pool): Promise<never> {
  for (;;) {
    try {
      return (await pool.connect()) as never;
    } catch (error) {
      if (!isOutage(error) || pool.ending) throw error;
      await sleep(CONNECT_AGAIN_MS);
    }
  }
}

async function migrate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client);
  } finally {
    client.release();
  }
}
