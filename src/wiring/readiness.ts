/** What `/readyz` says: every part of the process, and whether it may be asked. */
import type { Readiness } from '../http/index.js';
import type { JobQueue } from '../queue/index.js';
import type { Store } from '../store/index.js';
import type { Channels } from './channels.js';

/** A platform or the queue may be away while people are still served: only the database decides. */
export async function readiness(store: Store, queue: JobQueue, channels: Channels): Promise<Readiness> {
  const database = await store.pool.query('select 1').then(
    () => true,
    () => false,
  );
  const states = await channels.states().catch(() => null);
  const parts = {
    database: { state: database ? 'ok' : 'down' },
    queue: { state: queue.isReady() ? 'ok' : 'down' },
    web: states?.web ?? { state: 'down' },
    telegram: states?.telegram ?? { state: 'down' },
    zalo: states?.zalo ?? { state: 'down' },
  } as const;
  return { ready: database, parts };
}
