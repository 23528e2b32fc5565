/** Fresh backends for the contract, with what an operator or a bad day can do to them. */
import { Redis } from 'ioredis';
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

export async function startPostgres(): Promise<Server> {
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

export async function startRedis(): Promise<Server> {
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
