/** The PostgreSQL of one test run: its own folder and port, or a template database on TEST_DATABASE_URL. */
import { chmod, chown, mkdtemp, open, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { findBinaries } from '../../src/store/embedded-binaries.js';
import { clusterUrl, freePort, initCluster, type Cluster } from '../../src/store/embedded-cluster.js';
import { chooseOwner } from '../../src/store/embedded-owner.js';
import { migrate } from '../../src/store/index.js';
import { startGuarded, type Guarded } from './guarded.js';
import { waitFor } from './wait.js';

export interface PostgresServer {
  /** A database from which tests clone theirs. */
  readonly templateUrl: string;
  /** Where CREATE DATABASE is said. */
  readonly adminUrl: string;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL for this run, or uses the one of TEST_DATABASE_URL, and migrates a template database. */
export async function startPostgres(runId: string): Promise<PostgresServer> {
  const given = process.env['TEST_DATABASE_URL'];
  const server = given ? { adminUrl: given, stop: async () => {} } : await startOwn();
  const template = `ng_${runId}_template`;
  await execute(server.adminUrl, `create database ${template}`);
  const templateUrl = withDatabase(server.adminUrl, template);
  await migrate(templateUrl);
  return {
    templateUrl,
    adminUrl: server.adminUrl,
    stop: async () => {
      if (given) await execute(given, `drop database if exists ${template} with (force)`);
      await server.stop();
    },
  };
}

async function startOwn(): Promise<{ adminUrl: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'neu-guong-test-pg-'));
  const data = path.join(folder, 'data');
  const owner = await chooseOwner(data);
  await chmod(folder, 0o755);
  if (owner) await chown(folder, owner.uid, owner.gid);
  const binaries = await findBinaries(owner, '/var/lib/neu-guong');
  const cluster: Cluster = { folder: data, logFile: path.join(folder, 'postgres.log'), binaries, owner };
  await initCluster(cluster, { sync: false });

  const port = await freePort();
  const guarded = await launchPostgres(cluster, { port, maxConnections: 300, folder });
  const adminUrl = await clusterUrl(data, port, 'postgres');
  try {
    await waitFor(() => execute(adminUrl, 'select 1').then(() => true), { timeoutMs: 20_000, everyMs: 50 });
  } catch (error) {
    const said = await readFile(cluster.logFile, 'utf8');
    await guarded.stop();
    throw new Error(`the test PostgreSQL did not start:\n${said}`, { cause: error });
  }
  return { adminUrl, stop: () => guarded.stop() };
}

/** Starts the server of a data folder; `folder` is removed after its end. */
export async function launchPostgres(
  { folder: data, logFile, binaries, owner }: Cluster,
  { port, maxConnections, folder }: { readonly port: number; readonly maxConnections: number; readonly folder: string },
): Promise<Guarded> {
  const log = await open(logFile, 'a', 0o644);
  // Test data need not survive a power cut; everything else is as in the product.
  const settings = ['fsync=off', 'full_page_writes=off', `max_connections=${String(maxConnections)}`];
  settings.push('unix_socket_directories=', 'listen_addresses=127.0.0.1', 'max_wal_size=4GB', 'io_method=sync');
  settings.push('timezone=UTC', 'log_timezone=UTC', 'jit=off', 'max_parallel_workers=0', 'log_min_messages=warning');
  settings.push('shared_buffers=128MB');
  const command = [binaries.postgres, '-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])];
  const guarded = await startGuarded({ command, signal: 'QUIT', folder, owner, logFd: log.fd });
  await log.close();
  return guarded;
}

/** One statement on a connection of its own. */
export async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const target = new URL(url);
  target.pathname = `/${database}`;
  return target.toString();
}
