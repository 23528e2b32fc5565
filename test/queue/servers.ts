/** Fresh backends for the contract, with what an operator or a bad day can do to them. */
import { Redis } from 'ioredis';
import type { Backend } from '../../src/queue/backend.js';
import type { OutageLog } from '../../src/queue/logger.js';
import { openPostgresBackend } from '../../src/queue/postgres-backend.js';
import { openRedisBackend } from '../../src/queue/redis-backend.js';
import { createEmptyDatabase } from '../support/database.js';
import { execute } from '../support/postgres-server.js';
import { startRedis as startRedisServer } from '../support/redis-server.js';

export interface Server {
  readonly kind: 'redis' | 'postgres';
  readonly url: string;
  /** Ends every connection from the server's side. */
  terminate(): Promise<void>;
  /** Empties the queue. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

async function startPostgres(): Promise<Server> {
  const database = await createEmptyDatabase();
  const others =
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
  return {
    kind: 'postgres',
    url: database.url,
    terminate: () => execute(database.url, others),
    flush: () => execute(database.url, 'truncate bullmq.job cascade'),
    stop: () => database.drop(),
  };
}

async function startRedis(): Promise<Server> {
  const server = await startRedisServer();
  const { url } = server;
  const run = async (work: (client: Redis) => Promise<unknown>): Promise<void> => {
    const client = new Redis(url);
    await work(client);
    client.disconnect();
  };
  return {
    kind: 'redis',
    url,
    terminate: () => run((client) => client.call('client', 'kill', 'type', 'normal', 'skipme', 'yes')),
    flush: () => run((client) => client.flushdb()),
    stop: () => server.stop(),
  };
}

/** The bare backend of a server, as another process would open it. */
export const openBackend = ({ kind, url }: Server, log: OutageLog): Promise<Backend> =>
  kind === 'redis' ? openRedisBackend(url, log) : openPostgresBackend(url, log);

/** Both backends, for `describe.each`. */
export const BACKENDS = [
  { kind: 'postgres', start: startPostgres },
  { kind: 'redis', start: startRedis },
];
