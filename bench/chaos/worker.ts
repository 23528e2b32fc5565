/** A worker to be killed: the product's delivery engine over the product's Telegram channel. Runs in a process of its own. */
import pg from 'pg';
import type { Channel, FileAccess } from '../../src/channels/channel.js';
import { createTelegramChannel, createTelegramClient } from '../../src/channels/telegram/index.js';
import { createBroadcasts, createDeliveryEngine } from '../../src/delivery/index.js';
import type { ChannelName } from '../../src/kernel/people.js';

/** `drain`: sends whatever there is, for ever. `expand`: writes the messages of a broadcast in small pieces. */
export type WorkerQuestion = { readonly go: 'drain' } | { readonly go: 'expand'; readonly broadcastId: string };

const [url = '', apiRoot = '', concurrency = '20', leaseMs = '2000', worker = 'worker'] = process.argv.slice(2);
const noFiles: FileAccess = {
  read: () => Promise.reject(new Error('no files here')),
  platformId: () => Promise.resolve(null),
  rememberPlatformId: () => Promise.resolve(),
};
const pool = new pg.Pool({ connectionString: url, max: 5, connectionTimeoutMillis: 5_000, application_name: worker });
// A connection that breaks while idle says so here; whoever uses the next one finds out by failing.
pool.on('error', () => undefined);
const businessNow = () => Promise.resolve(new Date());
const telegram = createTelegramChannel({
  client: createTelegramClient({ token: '1:chaos', apiRoot: `${apiRoot}/${worker}` }),
  files: noFiles,
});
const broadcasts = createBroadcasts({ pool, businessNow, quietHours: null, chunk: 50 });
const engine = createDeliveryEngine({
  pool,
  channels: new Map<ChannelName, Channel>([['telegram', { ...telegram, bulkPerSecond: null }]]),
  worker,
  businessNow,
  quietHours: null,
  concurrency: Number(concurrency),
  replySlots: 0,
  leaseMs: Number(leaseMs),
  broadcasts,
});

const SWEEP_EVERY_MS = 200;
let isOver = false;

async function drainForEver(): Promise<void> {
  setInterval(() => void engine.sweep().catch(() => undefined), SWEEP_EVERY_MS).unref();
  while (!isOver) {
    try {
      await broadcasts.expandDue();
      await engine.drain('bulk');
      await broadcasts.settle(new Date());
    } catch {
      // The database may be away: the next round finds it again.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

process.on('message', (question: WorkerQuestion) => {
  if (question.go === 'drain') void drainForEver();
  else void broadcasts.expand(question.broadcastId).then(drainForEver);
});
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => {
  isOver = true;
  void engine.stop(10_000).then(() => process.exit(0));
});
// Connected and compiled before it is asked to work, so that it can take over at once.
await pool.query('select 1');
process.send?.('ready');
