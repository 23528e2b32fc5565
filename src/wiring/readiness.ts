/** What `/readyz` says: every part of the process, and whether it may be asked. */
import { bans } from '../delivery/index.js';
import type { Readiness } from '../http/index.js';
import type { JobQueue } from '../queue/index.js';
import type { Store } from '../store/index.js';
import type { Channels } from './channels.js';
import type { Watch } from './watch.js';

type Part = Readiness['parts'][string];

const SILENT_MS = 60_000;

/** A platform or the queue may be away while people are still served: only the database decides. */
export async function readiness(
  store: Store,
  queue: JobQueue,
  channels: Channels,
  watch: Watch,
  hasModel: boolean,
): Promise<Readiness> {
  const database = await store.pool.query('select 1').then(
    () => true,
    () => false,
  );
  const states = await channels.states().catch(() => null);
  const parts = {
    database: { state: database ? 'ok' : 'down' },
    queue: { state: queue.isReady() ? 'ok' : 'down' },
    reconciler: reconcilerPart(watch.watchdog.ageMs()),
    delivery: await deliveryPart(store, watch).catch((): Part => ({ state: 'down' })),
    web: states?.web ?? { state: 'down' },
    telegram: states?.telegram ?? { state: 'down' },
    zalo: states?.zalo ?? { state: 'down' },
    'language-model': { state: hasModel ? 'ok' : 'off' },
  } as const;
  return { ready: database, parts };
}

function reconcilerPart(ageMs: number): Part {
  return ageMs <= SILENT_MS
    ? { state: 'ok' }
    : { state: 'down', detail: `silent for ${String(Math.round(ageMs / 1000))} s` };
}

/** Safe mode stops everything but answers; a ban stops one account, and the others go on; alarms are named. */
async function deliveryPart(store: Store, watch: Watch): Promise<Part> {
  const safe = await watch.safeMode.state();
  if (safe) return { state: 'safe-mode', detail: `${safe.reason}, since ${safe.since.toISOString()}` };
  const waiting = (await bans(store.pool, new Date())).map(
    ({ account, until }) => `${account} waits until ${until.toISOString()}`,
  );
  const open = (await watch.alarms.list()).map(({ kind, subject }) =>
    // Names of machines are not for everybody who asks.
    kind === 'silent' ? 'alarm silent' : `alarm ${kind} ${subject}`,
  );
  const detail = [...waiting, ...open].join('; ');
  return detail === '' ? { state: 'ok' } : { state: 'ok', detail };
}
