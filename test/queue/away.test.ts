/** Starting the queue while its backend is away, and Redis going down for real. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { QueueUnavailableError } from '../../src/queue/index.js';
import { freePort } from '../../src/store/embedded-cluster.js';
import { startGuarded, type Guarded } from '../support/guarded.js';
import { waitFor } from '../support/wait.js';
import { createOpener, recordingHandlers, recordingLogger } from './harness.js';

let port = 0;
const opener = createOpener(() => ({ kind: 'redis', url: `redis://127.0.0.1:${String(port)}` }));
afterEach(() => opener.closeAll());

describe('a queue whose server is away', () => {
  it('says so by name on PostgreSQL', async () => {
    port = await freePort();
    const url = `postgres://postgres@127.0.0.1:${String(port)}/none`;
    await expect(opener.open({ backend: { kind: 'postgres', url } })).rejects.toBeInstanceOf(QueueUnavailableError);
  });

  it('starts without Redis, then works when it comes, and keeps its jobs over a restart of Redis', async () => {
    port = await freePort();
    const folder = await mkdtemp(path.join(tmpdir(), `neu-guong-queue-${randomUUID()}`));
    const { lines, logger } = recordingLogger();
    const queue = await opener.open({ logger });
    const { ran, handlers } = recordingHandlers();
    queue.start(handlers);
    await expect(queue.add('inbound.process', { conversationId: 'early' })).rejects.toBeInstanceOf(
      QueueUnavailableError,
    );
    expect(queue.isReady()).toBe(false);

    let redis = await launch(folder);
    await waitFor(() => queue.isReady());
    await queue.add('inbound.process', { conversationId: 'first' });
    await waitFor(() => ran.length === 1);

    await queue.add('inbound.process', { conversationId: 'kept' }, { delayMs: 1000 });
    await redis.stop();
    await waitFor(() => !queue.isReady());
    redis = await launch(folder);
    await waitFor(() => ran.length === 2);
    expect(ran[1]?.payload).toEqual({ conversationId: 'kept' });
    expect(lines.map((one) => one.message)).toEqual(
      ['away', 'back', 'away', 'back'].map((what) => `queue backend is ${what}`),
    );
    await opener.closeAll();
    await redis.stop();
    await rm(folder, { recursive: true });
  });
});

/** A Redis that keeps what it was given, as go-live asks. */
async function launch(dir: string): Promise<Guarded> {
  const log = await open(path.join(dir, 'redis.log'), 'a');
  const keep = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction'];
  const command = ['redis-server', '--bind', '127.0.0.1', '--port', String(port), '--dir', dir, ...keep];
  const scratch = await mkdtemp(path.join(tmpdir(), 'neu-guong-queue-'));
  const server = await startGuarded({ command, signal: 'TERM', folder: scratch, owner: null, logFd: log.fd });
  await log.close();
  return server;
}
