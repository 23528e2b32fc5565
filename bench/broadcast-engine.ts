/** The product's side: plans a broadcast to all subscribers and drains it. Runs in a process of its own. */
import { randomUUID } from 'node:crypto';
import type { ChannelName } from '../src/kernel/people.js';
import { raw } from '../src/conversation/text.js';
import type { Channel, FileAccess } from '../src/channels/channel.js';
import { createTelegramChannel, createTelegramClient } from '../src/channels/telegram/index.js';
import { createBroadcasts, createDeliveryEngine, createLedger, createOutbox } from '../src/delivery/index.js';
import { createStore } from '../src/store/index.js';
import { startUsage, type Usage } from './usage.js';

/** A broadcast of its own, or help with the one that another process began. */
export type EngineQuestion = { readonly text: string } | { readonly help: true };

export interface EngineAnswer extends Usage {
  readonly planSeconds: number;
  readonly state: string;
  readonly recipients: number;
  readonly byState: Readonly<Partial<Record<string, number>>>;
}

const [url = '', apiRoot = '', concurrency = '50', limit = ''] = process.argv.slice(2);
const noFiles: FileAccess = {
  read: () => Promise.reject(new Error('no files here')),
  platformId: () => Promise.resolve(null),
  rememberPlatformId: () => Promise.resolve(),
};
// Nothing here may wait for the morning.
const quietHours = null;
const businessNow = () => Promise.resolve(new Date());

const store = await createStore({ url });
const telegram = createTelegramChannel({
  client: createTelegramClient({ token: '2:engine', apiRoot }),
  files: noFiles,
});
const channel: Channel = { ...telegram, bulkPerSecond: limit === '' ? null : Number(limit) };
const broadcasts = createBroadcasts({ pool: store.pool, businessNow, quietHours });
const engine = createDeliveryEngine({
  pool: store.pool,
  channels: new Map<ChannelName, Channel>([['telegram', channel]]),
  worker: 'bench',
  businessNow,
  quietHours,
  concurrency: Number(concurrency),
  replySlots: 0,
  broadcasts,
  logger: { warn: (details, message) => process.stderr.write(`${message} ${String(details['err'])}\n`) },
});

async function run(text: string): Promise<EngineAnswer> {
  const id = randomUUID();
  const outbox = createOutbox({ quietHours });
  const planning = performance.now();
  await store.transaction((tx) =>
    outbox.broadcast(
      tx,
      {
        id,
        kind: 'notice',
        subjectId: id,
        title: text,
        class: 'announcement',
        audience: { kind: 'subscribers' },
        say: [{ text: raw(text) }],
        createdById: null,
      },
      new Date(),
    ),
  );
  await broadcasts.expand(id);
  const planSeconds = (performance.now() - planning) / 1000;
  const usage = startUsage();
  await engine.drain('bulk');
  const used = usage();
  const progress = await createLedger(store.pool).ofBroadcast(id);
  return {
    ...used,
    planSeconds,
    state: progress?.state ?? '',
    recipients: progress?.recipients ?? 0,
    byState: progress?.byState ?? {},
  };
}

process.on('message', (question: EngineQuestion) => {
  const work: Promise<object> = 'help' in question ? engine.drain('bulk') : run(question.text);
  void work.then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
