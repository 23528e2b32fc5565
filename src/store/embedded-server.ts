/** Brings the server of a data folder up, whatever state it was left in, and takes it down. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  findPostmaster,
  freePort,
  initCluster,
  isAlive,
  isFreePort,
  removeForeignPid,
  spawnPostgres,
  type Cluster,
  type Postmaster,
} from './embedded-cluster.js';
import { EmbeddedError } from './embedded-error.js';

// How long a server that ends at once is tried again.
const PATIENCE_MS = 15_000;
const STOP_MS = 30_000;
const STEP_MS = 40;

/** The running server of the folder: the one that is there (an orphan too), or one started now. */
export async function ensureServer(cluster: Cluster, onCreate: () => void): Promise<Postmaster> {
  let failedSince: number | null = null;
  for (;;) {
    const running = await findPostmaster(cluster.folder);
    if (running?.ready) return running;
    if (!running) {
      if (!(await isInitialised(cluster))) {
        onCreate();
        await initCluster(cluster);
      }
      await removeForeignPid(cluster.folder);
      if (!(await start(cluster))) {
        failedSince ??= Date.now();
        if (Date.now() - failedSince > PATIENCE_MS) await giveUp(cluster);
      }
    }
    // One that recovers from a crash may take as long as it needs.
    await sleep(STEP_MS);
  }
}

/** Starts PostgreSQL and waits until it is ready (true) or gone. It may be gone because another process was faster. */
async function start(cluster: Cluster): Promise<boolean> {
  const server = await spawnPostgres(cluster, await choosePort(cluster.folder));
  while (server.isRunning()) {
    if ((await findPostmaster(cluster.folder))?.ready) return true;
    await sleep(STEP_MS);
  }
  // Not at once again: what is left of a killed server needs a moment to notice.
  await sleep(5 * STEP_MS);
  return false;
}

async function giveUp(cluster: Cluster): Promise<never> {
  const text = await readFile(cluster.logFile, 'utf8').catch(() => '');
  const detail = text.trim().split('\n').slice(-4).join(' | ');
  throw new EmbeddedError('store.startFailed', { detail, log: cluster.logFile });
}

/** The port of last time if it is free, so that addresses given out stay true; else a free one. */
async function choosePort(folder: string): Promise<number> {
  const file = path.join(folder, 'neu-guong.port');
  const last = Number(await readFile(file, 'utf8').catch(() => ''));
  if (last > 0 && (await isFreePort(last))) return last;
  const port = await freePort();
  await writeFile(file, String(port), { mode: 0o600 });
  return port;
}

async function isInitialised({ folder, binaries }: Cluster): Promise<boolean> {
  try {
    const found = (await readFile(path.join(folder, 'PG_VERSION'), 'utf8')).trim();
    if (found === binaries.major) return true;
    throw new EmbeddedError('store.otherVersion', { folder, found, wanted: binaries.major });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES') throw new EmbeddedError('store.foreignFolder', { folder });
    if (code === 'ENOENT') return false;
    throw error;
  }
}

/** Ends the server in order (its "fast shutdown"); one that does not end is ended hard, and recovers at its next start. */
export async function stopServer(folder: string): Promise<void> {
  const running = await findPostmaster(folder);
  if (!running) return;
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    const deadline = Date.now() + STOP_MS;
    try {
      process.kill(running.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      throw error;
    }
    while (Date.now() < deadline) {
      if (!(await isAlive(running.pid))) return;
      await sleep(STEP_MS);
    }
  }
}
