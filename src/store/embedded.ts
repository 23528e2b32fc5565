/**
 * The keeper of the embedded database. Every process that uses it holds a shared advisory lock; the last one to leave
 * stops the server. Locks die with their process, so a kill leaves nothing to clean: the orphaned server is simply used
 * again by the next start. One more lock says who is the one server of the folder.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { translate } from '../i18n/index.js';
import type { StoreLogger } from './client.js';
import { clusterUrl, type Cluster } from './embedded-cluster.js';
import { EmbeddedError } from './embedded-error.js';
import { choosePlace } from './embedded-place.js';
import { ensureServer, stopServer } from './embedded-server.js';
import { isOutage } from './outage.js';

export interface EmbeddedOptions {
  /** The product's data folder, made when it is missing. */
  readonly dataDir: string;
  /** True for the product itself, of which a folder has one; false for commands that only use its database. */
  readonly server: boolean;
  /** Told what takes time or is unusual, in words for the person who waits. */
  readonly say?: (text: string) => void;
  readonly logger?: StoreLogger;
  /** Where root keeps data that its own closed folders cannot hold. */
  readonly sharedRoot?: string;
}

export interface Embedded {
  /** Stays the same while this process runs, also when the server had to be started again. */
  readonly url: string;
  /** PGDATA. */
  readonly folder: string;
  /** Leaves; the last one to leave stops the server. Close the stores first. */
  stop(): Promise<void>;
}

const DATABASE = 'neu_guong';

// Numbers of the advisory locks, in the database "postgres" of the embedded server.
const LOCKS = 5_071_202;
const PRESENCE = 1;
const SERVER = 2;

// The lock of a server that was killed a moment ago is gone as soon as PostgreSQL notices.
const SERVER_LOCK_MS = 3_000;

const ENTER_MS = 60_000;

/** Opens the embedded database of a data folder: attaches to the running server, or makes and starts it. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const say = options.say ?? (() => undefined);
  const sharedRoot = options.sharedRoot ?? '/var/lib/neu-guong';
  const cluster = await choosePlace({ dataDir: options.dataDir, sharedRoot, say });
  const enter = (): Promise<Seat> => takeSeat(cluster, options.server, say);
  let stopping = false;
  const first = await enter();
  let seat: Promise<Seat | null> = Promise.resolve(first);

  /** When PostgreSQL dies under us, or somebody closes our connection, the place is taken again. */
  const keep = (current: Seat): void => {
    current.client.once('end', () => {
      if (stopping) return;
      options.logger?.warn({ folder: cluster.folder }, 'the embedded PostgreSQL went away, starting it again');
      seat = retry(enter, () => stopping, options.logger).then((next) => {
        if (next) keep(next);
        return next;
      });
    });
  };
  keep(first);

  return {
    url: first.url,
    folder: cluster.folder,
    stop: async () => {
      if (stopping) return;
      stopping = true;
      // Also a place that is being taken again right now has to be left.
      const last = await seat;
      if (last) await leave(last.client, cluster);
    },
  };
}

interface Seat {
  readonly client: pg.Client;
  readonly url: string;
}

/** A connection that holds this process's locks. */
async function takeSeat(cluster: Cluster, asServer: boolean, say: (text: string) => void): Promise<Seat> {
  const deadline = Date.now() + ENTER_MS;
  for (;;) {
    const { port } = await ensureServer(cluster, () => say(translate('vi', 'store.creating')));
    const client = await connect(await clusterUrl(cluster.folder, port, 'postgres'), asServer);
    // Nobody there, or somebody about to stop the server: look again.
    if (client && (await settle(client, asServer))) {
      return { client, url: await clusterUrl(cluster.folder, port, DATABASE) };
    }
    if (Date.now() > deadline) throw new EmbeddedError('store.busy', { folder: cluster.folder });
    await sleep(100);
  }
}

async function connect(url: string, asServer: boolean): Promise<pg.Client | null> {
  const name = `neu-guong ${asServer ? 'server' : 'command'} ${String(process.pid)}`;
  const client = new pg.Client({ connectionString: url, application_name: name, connectionTimeoutMillis: 5_000 });
  // Without a listener the loss of the connection would end the process; "end" follows and is handled.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    if (isOutage(error)) return null;
    throw error;
  }
}

/** Takes the locks and makes the database; false when the server is about to stop. */
async function settle(client: pg.Client, asServer: boolean): Promise<boolean> {
  try {
    if (!(await tryLock(client, 'pg_try_advisory_lock_shared', PRESENCE))) {
      await client.end();
      return false;
    }
    if (asServer) await becomeServer(client);
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`).catch(ignoreDuplicate);
    return true;
  } catch (error) {
    await client.end().catch(() => undefined);
    if (isOutage(error)) return false;
    throw error;
  }
}

async function becomeServer(client: pg.Client): Promise<void> {
  const deadline = Date.now() + SERVER_LOCK_MS;
  while (!(await tryLock(client, 'pg_try_advisory_lock', SERVER))) {
    if (Date.now() > deadline) throw new EmbeddedError('store.secondServer', { pid: await serverPid(client) });
    await sleep(100);
  }
}

async function serverPid(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `select a.application_name as name from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.classid = $1 and l.objid = $2 and l.granted`,
    [LOCKS, SERVER],
  );
  return rows[0]?.name.split(' ').at(-1) ?? '?';
}

async function tryLock(client: pg.Client, take: string, lock: number): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(`select ${take}($1, $2) as taken`, [LOCKS, lock]);
  return rows[0]?.taken === true;
}

/** Gives the locks back and, when nobody else holds one, stops the server. */
async function leave(client: pg.Client, cluster: Cluster): Promise<void> {
  try {
    await client.query('select pg_advisory_unlock_all()');
    // Held while the server stops, so that a process that comes now waits and starts it anew.
    if (await tryLock(client, 'pg_try_advisory_lock', PRESENCE)) await stopServer(cluster.folder);
  } catch (error) {
    // The server went away by itself just now; there is nothing to stop.
    if (!isOutage(error)) throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Takes the place again until it works or is no longer wanted. */
async function retry(
  enter: () => Promise<Seat>,
  isOver: () => boolean,
  logger: StoreLogger | undefined,
): Promise<Seat | null> {
  while (!isOver()) {
    try {
      return await enter();
    } catch (error) {
      logger?.warn({ err: error }, 'the embedded PostgreSQL could not be started again yet');
      await sleep(1_000);
    }
  }
  return null;
}

function ignoreDuplicate(error: unknown): void {
  const { code } = error as { code?: string };
  if (code !== '42P04' && code !== '23505') throw error;
}
