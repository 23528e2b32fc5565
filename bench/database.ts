/** A database for one benchmark, on the server that the product uses, apart from the product's own. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import pg from 'pg';
import { readConfig } from '../src/config.js';
import { migrate, openEmbedded } from '../src/store/index.js';

export interface BenchDatabase {
  readonly url: string;
  /** What the queue would run on with this configuration. */
  readonly backend: 'redis' | 'postgres';
  readonly redisUrl: string | undefined;
  query(sql: string, values?: readonly unknown[]): Promise<void>;
  select<T extends object>(sql: string): Promise<readonly T[]>;
  drop(): Promise<void>;
}

/** Makes an empty, migrated database; on the embedded server unless DATABASE_URL names another. */
export async function createBenchDatabase(): Promise<BenchDatabase> {
  const config = readConfig();
  const { database } = config;
  const embedded =
    database.kind === 'embedded'
      ? await openEmbedded({ dataDir: path.resolve(database.dataDir), server: false })
      : null;
  const serverUrl = database.kind === 'server' ? database.url : (embedded?.url ?? '');
  const name = `neu_guong_bench_${randomBytes(4).toString('hex')}`;
  await execute(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate(url.toString());
  return {
    url: url.toString(),
    backend: config.redisUrl === undefined ? 'postgres' : 'redis',
    redisUrl: config.redisUrl,
    query: async (sql, values) => void (await execute(url.toString(), sql, values)),
    select: (sql) => execute(url.toString(), sql),
    drop: async () => {
      await execute(serverUrl, `drop database ${name} with (force)`);
      await embedded?.stop();
    },
  };
}

async function execute<T extends object>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}
