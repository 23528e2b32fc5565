/** A PostgreSQL and a Redis of one test's own, to be killed and started again on the same port. */
import { chmod, chown, mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { findBinaries } from '../../src/store/embedded-binaries.js';
import { clusterUrl, freePort, initCluster, type Cluster } from '../../src/store/embedded-cluster.js';
import { chooseOwner } from '../../src/store/embedded-owner.js';
import { migrate } from '../../src/store/index.js';
import { startGuarded, type Guarded } from './guarded.js';
import { execute, launchPostgres, withDatabase } from './postgres-server.js';
import { waitFor } from './wait.js';

export interface KillablePostgres {
  /** A migrated database on it. */
  readonly url: string;
  /** What `pg_ctl stop -m immediate` does. */
  stopNow(): Promise<void>;
  start(): Promise<void>;
  /** Ends every connection but the caller's, from the server's side. Returns how many. */
  terminate(): Promise<number>;
  /** Takes every connection that is left, for so long; returns how many it got. */
  exhaust(forMs: number): Promise<number>;
  stop(): Promise<void>;
}

/** Starts it with so few connections that a test can take them all. */
export async function startKillablePostgres(): Promise<KillablePostgres> {
  const base = await mkdtemp(path.join(tmpdir(), 'neu-guong-own-pg-'));
  const data = path.join(base, 'data');
  const owner = await chooseOwner(data);
  await chmod(base, 0o755);
  if (owner) await chown(base, owner.uid, owner.gid);
  const binaries = await findBinaries(owner, '/var/lib/neu-guong');
  const cluster: Cluster = { folder: data, logFile: path.join(base, 'postgres.log'), binaries, owner };
  await initCluster(cluster, { sync: false });
  const keeper = await keepFolder(base);
  const port = await freePort();
  const adminUrl = await clusterUrl(data, port, 'postgres');
  let server: Guarded | null = null;

  const start = async (): Promise<void> => {
    // Inside the folder that the server's owner may empty.
    const folder = await mkdtemp(path.join(base, 'run-'));
    server = await launchPostgres(cluster, { port, maxConnections: 60, folder });
    await waitFor(() => execute(adminUrl, 'select 1').then(() => true), { timeoutMs: 30_000, what: 'PostgreSQL' });
  };
  const stopNow = async (): Promise<void> => {
    await server?.stop();
    server = null;
  };

  await start();
  await execute(adminUrl, 'create database own');
  const url = withDatabase(adminUrl, 'own');
  await migrate(url);
  return {
    url,
    stopNow,
    start,
    terminate: () => terminate(adminUrl),
    exhaust: (forMs) => exhaust(url, adminUrl, forMs),
    stop: async () => {
      await stopNow();
      await keeper.stop();
    },
  };
}

const OTHERS = `select count(*)::int as n from (
  select pg_terminate_backend(pid) from pg_stat_activity where datname = 'own' and pid <> pg_backend_pid()) ended`;

async function terminate(adminUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return (await client.query<{ n: number }>(OTHERS)).rows[0]?.n ?? 0;
  } finally {
    await client.end();
  }
}

async function exhaust(url: string, adminUrl: string, forMs: number): Promise<number> {
  const held: pg.Client[] = [];
  const until = Date.now() + forMs;
  await terminate(adminUrl);
  while (Date.now() < until) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    const got = await client.connect().then(
      () => true,
      () => false,
    );
    if (got) held.push(client);
    else await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await Promise.all(held.map((client) => client.end()));
  return held.length;
}

export interface KillableRedis {
  readonly url: string;
  /** kill -9; what it held is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it without any memory on disk. */
export async function startKillableRedis(): Promise<KillableRedis> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${String(port)}`;
  let server: Guarded | null = null;

  const start = async (): Promise<void> => {
    const folder = await mkdtemp(path.join(tmpdir(), 'neu-guong-own-redis-'));
    const log = await open(path.join(folder, 'redis.log'), 'a');
    const options = [
      '--bind',
      '127.0.0.1',
      '--port',
      String(port),
      '--dir',
      folder,
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    const command = ['redis-server', ...options, '--maxmemory-policy', 'noeviction'];
    server = await startGuarded({ command, signal: 'TERM', folder, owner: null, logFd: log.fd });
    await log.close();
    await waitFor(() => withRedis(url, (redis) => redis.ping()), { what: 'redis-server' });
  };

  await start();
  return {
    url,
    start,
    flush: async () => void (await withRedis(url, (redis) => redis.flushall())),
    kill: async () => {
      const info = await withRedis(url, (redis) => redis.info('server'));
      const pid = Number(/process_id:(\d+)/.exec(info)?.[1]);
      process.kill(pid, 'SIGKILL');
      await server?.stop();
      server = null;
    },
    stop: async () => server?.stop(),
  };
}

async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** Removes a folder when the test run ends, however it ends. */
async function keepFolder(folder: string): Promise<Guarded> {
  const log = await open('/dev/null', 'a');
  const command = ['sleep', 'infinity'];
  const keeper = await startGuarded({ command, signal: 'TERM', folder, owner: null, logFd: log.fd });
  await log.close();
  return keeper;
}
