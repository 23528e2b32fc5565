/** A whole web channel for tests: real database, real HTTP, the real inbox door, and a bot that repeats what it hears. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createHttpServer, type HttpServer, type Limits, type Readiness } from '../../src/http/index.js';
import {
  createFileLinks,
  createWebApi,
  createWebChannel,
  createWebStore,
  createWebWaker,
  loadPage,
  type BroadcastPort,
  type DemoPort,
  type FileLinks,
  type WebWaker,
} from '../../src/channels/web/index.js';
import type { Channel } from '../../src/channels/channel.js';
import type { Content, InboundBody, ReceiptEvent } from '../../src/conversation/message.js';
import { inspectFile } from '../../src/documents/index.js';
import { createAccept } from '../../src/inbox/accept.js';
import { StoreUnavailableError } from '../../src/kernel/errors.js';
import { newId } from '../../src/kernel/ids.js';
import {
  createBusinessClock,
  createFileStore,
  createStore,
  isOutage,
  moveBusinessClock,
  type Store,
} from '../../src/store/index.js';
import { connectionConfig } from '../../src/store/client.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const PAGE_DIR = new URL('../../src/channels/web/page/', import.meta.url).pathname;

/** One process of the product, as far as the web is concerned. */
interface WebProcess {
  readonly url: string;
  readonly channel: Channel;
  readonly waker: WebWaker;
  readonly server: HttpServer;
  readonly links: FileLinks;
  readonly receipts: ReceiptEvent[];
  /** The next proof cannot be told. */
  readonly loseNextReceipt: () => void;
  /** How many streams and polls wait for messages. */
  waiting(): number;
  /** Lines of the log, at warning or above. */
  readonly log: string[];
  stop(): Promise<void>;
}

export interface WebWorld extends WebProcess {
  readonly database: TestDatabase;
  readonly store: Store;
  /** Sends a message to a contact as delivery would. */
  tell(contactId: string, content: Content, from?: WebProcess): Promise<string>;
  /** A second process on the same database. */
  another(): Promise<WebProcess>;
  /** Takes the database away from this process, and gives it back. */
  readonly cutDatabase: () => Promise<void>;
  readonly mendDatabase: () => Promise<void>;
  /** Stored incoming messages of a contact, oldest first. */
  inbound(contactId: string): Promise<InboundBody[]>;
}

export interface WorldOptions {
  readonly demo?: boolean;
  readonly limits?: Partial<Limits>;
  /** What the bot answers; by default the same text. `null` says nothing. */
  readonly reply?: (body: InboundBody) => Content | null;
  readonly ready?: () => Promise<Readiness>;
  readonly zaloVerifier?: string;
  readonly demoPort?: Partial<DemoPort>;
  readonly broadcasts?: (store: Store) => BroadcastPort;
}

const echo = (body: InboundBody): Content | null => {
  if (body.kind === 'text') return { text: body.text };
  if (body.kind === 'action') return { text: `action ${body.action}` };
  return body.kind === 'file' ? { text: `file ${body.file?.name ?? '?'} ${body.caption}` } : null;
};

let attempts = 0;
const nextAttempt = (): string => String((attempts += 1));

/** Starts everything; `stop` also drops the database. */
export async function startWebWorld(options: WorldOptions = {}): Promise<WebWorld> {
  const database = await createTestDatabase();
  const line = await startLine(database.url);
  const behindLine = await createStore({ url: line.url });
  const main = await startProcess(behindLine, line.url, options);
  const others: WebProcess[] = [];

  return {
    ...main,
    database,
    store: database.store,
    tell: async (contactId, content, from = main) => {
      const attemptId = nextAttempt();
      const outgoing = { attemptId, contactId, address: '', content, lane: 'reply', at: new Date() } as const;
      const sent = await from.channel.send(outgoing, new AbortController().signal);
      if (sent.kind !== 'sent') throw new Error(`not sent: ${JSON.stringify(sent)}`);
      return sent.platformMessageId;
    },
    another: async () => {
      const store = await createStore({ url: database.url, poolSize: 3, rawPoolSize: 3 });
      const process = await startProcess(store, database.url, options);
      let stopping: Promise<void> | undefined;
      const stop = () => (stopping ??= process.stop().then(() => store.close()));
      others.push({ ...process, stop });
      return { ...process, stop };
    },
    inbound: async (contactId) => {
      const rows = await database.store.db.inbound.findMany({ where: { contactId }, orderBy: { id: 'asc' } });
      return rows.map((row) => row.body as unknown as InboundBody);
    },
    cutDatabase: line.cut,
    mendDatabase: line.mend,
    stop: async () => {
      await main.stop();
      for (const other of others) await other.stop();
      await behindLine.close();
      await line.cut();
      await database.drop();
    },
  };
}

/** The line to the database, which a test can cut and mend. */
async function startLine(
  databaseUrl: string,
): Promise<{ url: string; cut: () => Promise<void>; mend: () => Promise<void> }> {
  const target = new URL(databaseUrl);
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.pipe(other);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${String(port)}`;
  return {
    url: url.toString(),
    cut: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of open) socket.destroy();
      }),
    mend: () => listen(port),
  };
}

async function startProcess(store: Store, databaseUrl: string, options: WorldOptions): Promise<WebProcess> {
  const log: string[] = [];
  const note = (details: object, message: string) => void log.push(`${message} ${JSON.stringify(details)}`);
  const logger = { debug: () => undefined, info: () => undefined, warn: note, error: note };
  const waker = createWebWaker({ connection: connectionConfig(databaseUrl), pool: store.pool, logger });
  await waker.start();
  let waiting = 0;
  const counted: WebWaker = {
    ...waker,
    watch: (contactId) => {
      const watch = waker.watch(contactId);
      return {
        ...watch,
        wait: async (limitMs, signals) => {
          waiting += 1;
          await watch.wait(limitMs, signals);
          waiting -= 1;
        },
      };
    },
  };
  const channel = createWebChannel({ store: createWebStore(store), waker, isOutage });
  const links = createFileLinks({ secret: 'of the test', publicUrl: 'http://public.example' });
  const receipts: ReceiptEvent[] = [];
  let outage = false;

  const routes = createWebApi({
    store,
    inbound: { accept: createBot(store, channel, options.reply ?? echo) },
    receipts: {
      apply: async (receipt) => {
        if (outage) {
          outage = false;
          throw new StoreUnavailableError('away for a moment');
        }
        receipts.push(receipt);
      },
    },
    files: createFileStore(store),
    inspector: { inspect: inspectFile },
    waker: counted,
    clock: createBusinessClock(store),
    links,
    broadcasts: options.broadcasts?.(store) ?? BROADCASTS,
    ...(options.demo === false ? {} : { demo: { ...demoOf(store), ...options.demoPort } }),
  });
  const server = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    logger,
    routes,
    assets: await loadPage({ dir: PAGE_DIR, demo: options.demo !== false }),
    isOutage,
    ready: options.ready ?? (() => Promise.resolve({ ready: true, parts: {} })),
    limits: options.limits,
    zaloVerifier: options.zaloVerifier,
  });
  const { url } = await server.listen();
  const stop = async () => {
    await server.close(2_000);
    await waker.stop();
  };
  return {
    url,
    channel,
    waker,
    server,
    links,
    receipts,
    loseNextReceipt: () => void (outage = true),
    waiting: () => waiting,
    log,
    stop,
  };
}

/** The real door of the inbox; behind it, a bot of one line. */
function createBot(store: Store, channel: Channel, reply: NonNullable<WorldOptions['reply']>) {
  const answer = async (conversationId: string) => {
    const waiting = await store.db.inbound.findMany({ where: { conversationId, processedAt: null } });
    for (const row of waiting) {
      await store.db.inbound.update({ where: { id: row.id }, data: { processedAt: new Date(), outcome: 'done' } });
      const content = reply(row.body as unknown as InboundBody);
      if (!content) continue;
      const outgoing = {
        attemptId: nextAttempt(),
        contactId: row.contactId,
        address: '',
        content,
        lane: 'reply',
        at: new Date(),
      } as const;
      await channel.send(outgoing, new AbortController().signal);
    }
  };
  return createAccept({
    store,
    clock: { now: () => new Date() },
    bells: { deliver: () => undefined, work: () => undefined, conversation: () => undefined },
    process: (conversationId) => void answer(conversationId).catch(() => undefined),
    people: {
      ensureContact: async (tx, sender) => {
        const { id: contactId } = await tx.contact.findUniqueOrThrow({
          where: { channel_externalId: { channel: 'web', externalId: sender.externalId } },
        });
        await tx.conversation.createMany({ data: [{ id: newId(), contactId }], skipDuplicates: true });
        const { id: conversationId } = await tx.conversation.findUniqueOrThrow({ where: { contactId } });
        return { contactId, conversationId };
      },
      loadActor: () => Promise.reject(new Error('nobody asks here')),
    },
  });
}

const BROADCASTS: BroadcastPort = {
  view: (id) =>
    Promise.resolve(
      id === '01a20000-0000-7000-8000-000000000001' ? { state: 'sending', recipients: 3, byState: { sent: 1 } } : null,
    ),
  order: () => Promise.resolve({ outcome: 'unknown' }),
};

function demoOf(store: Store): DemoPort {
  return {
    people: () => Promise.resolve([{ code: 'officer', name: 'Nguyễn Thị Mẫu', role: 'officer', unit: 'Sở Nội vụ' }]),
    invite: (code) =>
      Promise.resolve(code === 'seat-so-y-te' ? { code: 'ABC', telegramStart: 'ABC', zaloText: '#ABC' } : null),
    walkTo: async (to) => ({ now: await moveBusinessClock(store.db, to), steps: 2 }),
    ledger: (source) => Promise.resolve(source?.id === 'none' ? null : { recipients: 0, byState: {}, rows: [] }),
  };
}
