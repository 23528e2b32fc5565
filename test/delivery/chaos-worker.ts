/** A worker to be killed: sweeps and drains for ever. Runs in a process of its own, built by `chaos.ts`. */
import type { Channel, FileAccess } from '../../src/channels/channel.js';
import { createTelegramChannel, createTelegramClient } from '../../src/channels/telegram/index.js';
import { createDeliveryEngine } from '../../src/delivery/index.js';
import type { ChannelName } from '../../src/kernel/people.js';
import { createStore } from '../../src/store/index.js';

const [url = '', apiRoot = '', concurrency = '20', worker = 'worker'] = process.argv.slice(2);
const noFiles: FileAccess = {
  read: () => Promise.reject(new Error('no files here')),
  platformId: () => Promise.resolve(null),
  rememberPlatformId: () => Promise.resolve(),
};
const store = await createStore({ url });
const telegram = createTelegramChannel({ client: createTelegramClient({ token: '1:chaos', apiRoot }), files: noFiles });
const engine = createDeliveryEngine({
  pool: store.pool,
  channels: new Map<ChannelName, Channel>([['telegram', { ...telegram, bulkPerSecond: null }]]),
  worker,
  businessNow: () => Promise.resolve(new Date()),
  quietHours: null,
  concurrency: Number(concurrency),
  replySlots: 0,
  leaseMs: 1_000,
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
for (;;) {
  await engine.sweep();
  await engine.drain('bulk');
  await new Promise((resolve) => setTimeout(resolve, 50));
}
