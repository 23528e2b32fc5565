/** The Redis of one test run: TEST_REDIS_URL, or a redis-server of its own on a free port. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../src/store/embedded-cluster.js';
import { startGuarded } from './guarded.js';
import { waitFor } from './wait.js';

export interface RedisServer {
  readonly url: string;
  /** Process id of the server's guard; null with TEST_REDIS_URL. */
  stop(): Promise<void>;
}

/** Starts a Redis for this run, or uses the one of TEST_REDIS_URL. */
export async function startRedis(): Promise<RedisServer> {
  const given = process.env['TEST_REDIS_URL'];
  if (given) return { url: given, stop: async () => {} };
  if (!hasRedis()) installRedis();

  const folder = await mkdtemp(path.join(tmpdir(), 'neu-guong-test-redis-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const log = await open(path.join(folder, 'redis.log'), 'a');
  const options = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--databases', '256'];
  options.push('--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction');
  const guarded = await startGuarded({
    command: ['redis-server', ...options],
    signal: 'TERM',
    folder,
    owner: null,
    logFd: log.fd,
  });
  await log.close();
  const url = `redis://127.0.0.1:${String(port)}`;
  await waitFor(() => ping(url), { timeoutMs: 10_000, everyMs: 50, what: 'redis-server' });
  return { url, stop: () => guarded.stop() };
}

const hasRedis = (): boolean => spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;

function installRedis(): void {
  const hint = 'Tests need redis-server on the PATH, or TEST_REDIS_URL.';
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) {
    throw new Error(`${hint} Install it, e.g. with: sudo apt-get install redis-server`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = (): void => {
    // The package would start a server of its own on port 6379; ours is enough.
    const options = ['install', '-y', '--no-install-recommends', 'redis-server'];
    execFileSync('apt-get', options, { env: { ...env, RUNLEVEL: '1' }, stdio: 'ignore' });
  };
  try {
    install();
  } catch {
    try {
      execFileSync('apt-get', ['update'], { env, stdio: 'ignore' });
      install();
    } catch (error) {
      throw new Error(`${hint} apt-get could not install it.`, { cause: error });
    }
  }
}

async function ping(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } finally {
    redis.disconnect();
  }
}
