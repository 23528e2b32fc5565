/** The queue on Redis. */
import { Queue, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { WORKER_SETTINGS, type Backend, type LaneWorkerOptions } from './backend.js';
import type { OutageLog } from './logger.js';

const PREFIX = 'neu-guong';
const FIRST_CONTACT_MS = 2000;

type ClientOptions = Omit<RedisOptions, 'replyMapping'>;

const reconnect: ClientOptions = {
  connectTimeout: 2000,
  // Soon at first, then every second for ever: a worker must come back by itself.
  retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), 1000),
};

/** Opens the producers' connection; that of the workers is opened by the first worker. */
export async function openRedisBackend(url: string, log: OutageLog): Promise<Backend> {
  // A producer refuses at once while Redis is away; a worker waits for it.
  const producer = open(
    url,
    { ...reconnect, enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 3000 },
    log,
  );
  let consumer: Redis | null = null;
  await firstContact(producer);

  return {
    kind: 'redis',
    isReady: () => producer.status === 'ready',
    openQueue: (lane) => {
      const queue = new Queue(lane, { connection: producer, prefix: PREFIX });
      queue.on('error', log.away);
      return queue;
    },
    openWorker: (lane, processor, { onError, onFailed, ...options }: LaneWorkerOptions) => {
      consumer ??= open(url, { ...reconnect, maxRetriesPerRequest: null }, log);
      const worker = new Worker(lane, processor, {
        ...options,
        ...WORKER_SETTINGS,
        connection: consumer,
        prefix: PREFIX,
      });
      worker.on('error', onError).on('failed', onFailed);
      return worker;
    },
    notes: {
      read: (name) => producer.get(`${PREFIX}:note:${name}`),
      write: async (name, text) => {
        await producer.set(`${PREFIX}:note:${name}`, text);
      },
    },
    close: () => {
      end(producer);
      end(consumer);
      return Promise.resolve();
    },
  };
}

function open(url: string, options: ClientOptions, log: OutageLog): Redis {
  const client = new Redis(url, options);
  // A cut connection closes without an error; the errors come with the tries after it.
  client.on('close', () => log.away('connection closed'));
  client.on('error', log.away);
  client.on('ready', log.back);
  return client;
}

/** Ends a client on purpose, without calling that an outage. */
function end(client: Redis | null): void {
  client?.removeAllListeners('close').on('error', () => undefined);
  client?.disconnect();
}

/** Waits until Redis answered or plainly does not; a start without Redis is allowed. */
function firstContact(client: Redis): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, FIRST_CONTACT_MS);
    const done = (): void => {
      clearTimeout(timer);
      client.off('ready', done).off('close', done);
      resolve();
    };
    client.once('ready', done).once('close', done);
  });
}
