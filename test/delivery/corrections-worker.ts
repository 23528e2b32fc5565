/** A worker to be killed: sends, corrects and changes for ever. Runs in a process of its own. */
import type { Channel, FileAccess } from '../../src/channels/channel.js';
import { createTelegramChannel, createTelegramClient } from '../../src/channels/telegram/index.js';
import { createCorrections, createDeliveryEngine, createEditor, createOutbox } from '../../src/delivery/index.js';
import type { ChannelName } from '../../src/kernel/people.js';
import { createStore } from '../../src/store/index.js';

const [url = '', apiRoot = '', token = '', worker = ''] = process.argv.slice(2);
const noFiles: FileAccess = {
  read: () => Promise.reject(new Error('no files here')),
  platformId: () => Promise.resolve(null),
  rememberPlatformId: () => Promise.resolve(),
};
const store = await createStore({ url });
const telegram = createTelegramChannel({ client: createTelegramClient({ token, apiRoot }), files: noFiles });
const channels = new Map<ChannelName, Channel>([['telegram', { ...telegram, bulkPerSecond: null }]]);
const shared = { pool: store.pool, channels, businessNow: () => Promise.resolve(new Date('2026-11-23T03:30:00Z')) };
const engine = createDeliveryEngine({
  ...shared,
  worker,
  quietHours: null,
  concurrency: 6,
  replySlots: 0,
  leaseMs: 1_000,
});
const editor = createEditor({ ...shared, leaseMs: 2_000, callTimeoutMs: 1_000 });
const corrections = createCorrections({
  ...shared,
  transaction: store.transaction.bind(store),
  outbox: createOutbox({ channels: ['telegram'] }),
  chunk: 20,
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
for (;;) {
  await engine.sweep();
  await Promise.all([engine.drain('bulk'), corrections.work().then(() => editor.drain())]);
  await new Promise((resolve) => setTimeout(resolve, 20));
}
