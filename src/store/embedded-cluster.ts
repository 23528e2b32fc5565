/** The programs of PostgreSQL: make a data folder, run the server, look who runs it. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Binaries } from './embedded-binaries.js';
import { EmbeddedError } from './embedded-error.js';
import type { Owner } from './embedded-owner.js';

export interface Cluster {
  /** PGDATA. */
  readonly folder: string;
  readonly logFile: string;
  readonly binaries: Binaries;
  readonly owner: Owner | null;
}

/** What postmaster.pid says of a running server. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

const SUPERUSER = 'neu_guong';

// The file lies inside the data folder, so that it lives, moves and is closed to others together with it.
const SECRET_FILE = 'neu-guong.password';

// Small, because the demo shares a laptop with everything else. Durability stays at PostgreSQL's defaults.
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '48MB',
  max_wal_size: '256MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_worker_processes: '2',
  max_parallel_workers: '0',
  io_method: 'sync',
  jit: 'off',
  huge_pages: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
};

/** Makes the data folder; a folder that another process finished first is left as it is. */
export async function initCluster(cluster: Cluster, { sync = true } = {}): Promise<void> {
  const draft = `${cluster.folder}.${randomBytes(4).toString('hex')}`;
  await mkdir(draft, { recursive: true, mode: 0o700 });
  const passwordFile = `${draft}.password`;
  try {
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    if (cluster.owner) {
      await chown(draft, cluster.owner.uid, cluster.owner.gid);
      await chown(passwordFile, cluster.owner.uid, cluster.owner.gid);
    }
    await runInitdb(cluster, draft, passwordFile, sync);
    await rename(passwordFile, path.join(draft, SECRET_FILE));
    await rename(draft, cluster.folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

async function runInitdb(cluster: Cluster, folder: string, passwordFile: string, sync: boolean): Promise<void> {
  // Code-point order with Unicode case rules: the same on every machine, whatever locales it has.
  const args = [`--pgdata=${folder}`, `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  args.push('--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  args.push('--no-instructions', ...(sync ? [] : ['--no-sync']));
  const child = spawn(cluster.binaries.initdb, args, {
    ...cluster.owner,
    ...quiet(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code !== 0)
    throw new EmbeddedError('store.initFailed', { detail: output.trim().split('\n').slice(-3).join(' | ') });
}

/** Starts the server in a process group of its own, so that Ctrl-C in the terminal does not reach it before us. */
export async function spawnPostgres(cluster: Cluster, port: number): Promise<{ isRunning(): boolean }> {
  const settings = Object.entries(SETTINGS).map(([name, value]) => `--${name}=${value}`);
  const log = await open(cluster.logFile, 'a', 0o600);
  try {
    const child = spawn(cluster.binaries.postgres, ['-D', cluster.folder, '-p', String(port), ...settings], {
      ...cluster.owner,
      ...quiet(),
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    return { isRunning: () => child.exitCode === null && child.signalCode === null };
  } finally {
    await log.close();
  }
}

/** An environment without PG* variables of the caller, and a working folder that every user can enter. */
function quiet(): { readonly env: NodeJS.ProcessEnv; readonly cwd: string } {
  return { env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }, cwd: '/' };
}

/** The running server of a data folder, or null; what a killed one left behind counts as null. */
export async function findPostmaster(folder: string): Promise<Postmaster | null> {
  const lines = (await readPidFile(folder)).split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!(pid > 0) || !(await isAlive(pid)) || !(await commandOf(pid)).includes(folder)) return null;
  return { pid, port, ready: port > 0 && lines[7]?.trim() === 'ready' };
}

/**
 * Removes a pid file whose number belongs to somebody else, as after a restart of the machine: PostgreSQL would believe
 * it and not start. One whose process is gone is left alone, for PostgreSQL sees that by itself.
 */
export async function removeForeignPid(folder: string): Promise<void> {
  const text = await readPidFile(folder);
  const pid = Number(text.split('\n', 1)[0]);
  if (!(pid > 0) || !(await isAlive(pid))) return;
  const command = await commandOf(pid);
  // A process without a command is one that is ending.
  if (command === '' || command.includes(folder)) return;
  if ((await readPidFile(folder)) === text) await rm(path.join(folder, 'postmaster.pid'), { force: true });
}

async function readPidFile(folder: string): Promise<string> {
  try {
    return await readFile(path.join(folder, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') throw new EmbeddedError('store.foreignFolder', { folder });
    return '';
  }
}

async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '');
  return spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout;
}

/** True while the process runs; a zombie that nobody reaped does not. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '');
  return !/^\d+ \(.*\) [ZX] /s.test(stat);
}

/** The address of a database on the server of a data folder. */
export async function clusterUrl(folder: string, port: number, database: string): Promise<string> {
  const password = await readFile(path.join(folder, SECRET_FILE), 'utf8');
  return `postgresql://${SUPERUSER}:${password}@127.0.0.1:${String(port)}/${database}`;
}

/** A TCP port of the loopback that nobody used a moment ago. */
export const freePort = (): Promise<number> => tryListen(0);

/** True when nobody listens on the port of the loopback. */
export const isFreePort = (port: number): Promise<boolean> =>
  tryListen(port).then(
    () => true,
    () => false,
  );

function tryListen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  });
}
