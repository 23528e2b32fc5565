/** The composition root: constructs the parts of one process, joins them, starts them in order and stops them in reverse. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger as PinoLogger } from 'pino';
import { createWebApi, loadPage } from './channels/web/index.js';
import { createAnswerer, loadKnowledge } from './awards/index.js';
import type { Config } from './config.js';
import type { ReceiptEvent } from './conversation/message.js';
import {
  createBroadcasts,
  createDeliveryEngine,
  createLedger,
  createOutbox,
  type DeliveryEngine,
} from './delivery/index.js';
import { seedDemo } from './dev/index.js';
import { createPainter, inspectFile } from './documents/index.js';
import { createCardWork } from './honours/index.js';
import { createHttpServer, zaloVerifierTag } from './http/index.js';
import {
  createAccept,
  createFetchFile,
  createProcessor,
  createReconcileInbox,
  createRunTurn,
  createRunWork,
} from './inbox/index.js';
import { translate } from './i18n/index.js';
import { machineClock } from './kernel/clock.js';
import { formatMoment } from './kernel/format.js';
import { createQueue } from './queue/index.js';
import { createReminderTick, findDueInstants } from './reporting/index.js';
import {
  checkModeStamp,
  createBusinessClock,
  createFileStore,
  createStore,
  isOutage,
  readBusinessClock,
  type Store,
} from './store/index.js';
import { ensureContact, ensureFirstAdministrator, loadActor, type MadeInvitation } from './units/index.js';
import { createBells } from './wiring/bells.js';
import { buildChannels } from './wiring/channels.js';
import { createDemoPort } from './wiring/demo.js';
import { createEffects, reportingDeps } from './wiring/effects.js';
import { fileAccess, linkSecret } from './wiring/files.js';
import { createReads, createRegistry } from './wiring/flows.js';
import { createJobHandlers, startClocks } from './wiring/jobs.js';
import { createMetrics } from './wiring/metrics.js';
import { readiness } from './wiring/readiness.js';
import { createReceive, createTakeEvents } from './wiring/receive.js';
import { honoursRoute, zaloCallbackRoute } from './wiring/routes.js';

export interface AppOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly logger: PinoLogger;
  /** Folder of the project: the page's files are read from it. */
  readonly root: string;
  /** Tells the person who starts the product something for their eyes only: it is not logged. */
  readonly say: (line: string) => void;
}

/** A running process of the product. */
export interface App {
  readonly url: string | null;
  stop(deadlineMs: number): Promise<void>;
}

const TURNS_AT_ONCE = 2;
/** What every part gets to stop in, however late it is. */
const LEAST_MS = 500;

/** Starts the roles asked for. What was started is stopped again when a later part fails. */
export async function startApp({ config, databaseUrl, logger, root, say }: AppOptions): Promise<App> {
  const isWeb = config.role !== 'worker';
  const isWorker = config.role !== 'web';
  const store = await createStore({ url: databaseUrl, logger });
  const stops: ((deadlineMs: number) => Promise<unknown>)[] = [() => store.close()];
  const stop = async (deadlineMs: number): Promise<void> => {
    const until = Date.now() + deadlineMs;
    for (const step of stops.splice(0).reverse())
      await step(Math.max(LEAST_MS, until - Date.now())).catch((error: unknown) =>
        logger.error({ err: error }, 'a part did not stop well'),
      );
  };
  try {
    await checkModeStamp(store.db, config.demo);
    const now = await readBusinessClock(store.db);
    if (config.demo) await seedDemo(store.db, now);
    const invitation = await ensureFirstAdministrator(store, now);
    if (invitation) say(adminInvitationText(invitation));
    const parts = await joinParts({ config, databaseUrl, logger, root }, store);
    stops.push(
      () => Promise.resolve(parts.painter.close()),
      (ms) => parts.queue.close({ deadlineMs: ms }),
      () => parts.channels.stop(),
      (ms) => parts.engine.stop(ms),
      () => parts.processor.idle(),
    );
    if (isWorker) parts.queue.start(parts.jobs);
    await parts.channels.start(parts.takeEvents);
    const stopClocks = startClocks(parts.clockDeps, isWorker);
    stops.push(stopClocks);
    if (!isWeb) return { url: null, stop };
    const server = createHttpServer({ ...parts.http, host: config.host, port: config.port });
    stops.push((ms) => server.close(ms));
    const { url } = await server.listen();
    return { url, stop };
  } catch (error) {
    await stop(5_000);
    throw error;
  }
}

/** Constructs everything over one store and joins it; nothing runs yet. */
async function joinParts({ config, databaseUrl, logger, root }: Omit<AppOptions, 'say'>, store: Store) {
  const clock = machineClock;
  const businessClock = createBusinessClock(store);
  const businessNow = () => businessClock.now();
  const files = createFileStore(store);
  const metrics = createMetrics();
  const painter = createPainter();
  const publicUrl = config.publicUrl ?? `http://${config.host}:${String(config.port)}`;
  const channels = buildChannels({
    config,
    store,
    databaseUrl,
    files: fileAccess(files),
    logger,
    linkSecret: await linkSecret(store),
    publicUrl,
  });
  const queue = await createQueue({
    backend:
      config.redisUrl === undefined ? { kind: 'postgres', url: databaseUrl } : { kind: 'redis', url: config.redisUrl },
    logger,
  });

  const channelNames = [...channels.byName.keys()];
  const engine = createDeliveryEngine({
    pool: store.pool,
    channels: channels.byName,
    worker: `${hostname()}:${String(process.pid)}`,
    businessNow,
    logger,
    onSettled: metrics.settled,
  });
  const broadcasts = createBroadcasts({ pool: store.pool, businessNow, channels: channelNames });
  const outbox = createOutbox({ channels: channelNames, demo: config.demo });
  const ledger = createLedger(store.pool);

  const bells = createBells({
    isWorker: config.role !== 'web',
    queue,
    logger,
    broadcasts,
    engine,
    processor: () => processor,
    runWork: (workId) => runWork(workId),
    tick: async () => reminderTick(await businessNow()),
  });
  const people = { ensureContact, loadActor };
  const runTurn = createRunTurn({
    store,
    people,
    registry: createRegistry({
      telegramBot: channels.telegramBot,
      beginZaloLogin: () => channels.zaloLogin?.begin() ?? null,
      answerer: createAnswerer({ knowledge: loadKnowledge(join(root, 'knowledge')) }),
    }),
    effects: createEffects(),
    reads: createReads(ledger),
    outbox,
  });
  const processor = createProcessor({
    store,
    people,
    outbox,
    bells,
    logger,
    clock,
    runTurn,
    concurrency: TURNS_AT_ONCE,
    onApology: metrics.apology,
  });
  const accept = createAccept({ store, people, bells, clock, process: processor.kick });
  const workHandlers = [
    createFetchFile({ store, files, channels: channels.byName }),
    createCardWork({ files, paint: (card) => painter.honourCard(card), demo: config.demo }),
  ];
  const runWork = createRunWork({ store, bells, logger, clock, handlers: workHandlers, process: processor.kick });
  const tick = createReminderTick({ ...reportingDeps, store, outbox });
  const reminderTick = async (now: Date) => {
    const done = await tick(now);
    metrics.fired(done.fired);
    return done;
  };

  const clockDeps = {
    store,
    engine,
    broadcasts,
    processor,
    queue,
    zaloTokens: channels.zaloTokens,
    logger,
    runWork,
    reminderTick,
    reconcileInbox: createReconcileInbox({ store, bells, clock }),
  };
  const receiveDeps = {
    channels: channels.byName,
    store,
    logger,
    accept,
    applyReceipts: engine.applyReceipts.bind(engine),
    count: metrics.received,
  };
  const demo = config.demo
    ? createDemoPort({
        store,
        engine,
        broadcasts,
        ledger,
        reminderTick,
        dueInstants: async (from, to) => (await findDueInstants(store.db, to)).filter((at) => at > from),
      })
    : undefined;
  const api = createWebApi({
    store,
    files,
    waker: channels.waker,
    clock: businessClock,
    links: channels.links,
    demo,
    inbound: { accept },
    receipts: { apply: (receipt) => proveWeb(engine, receipt) },
    inspector: { inspect: inspectFile },
    broadcasts: { view: (id) => ledger.ofBroadcast(id) },
  });
  const http = {
    logger,
    isOutage,
    receive: createReceive(receiveDeps),
    ready: () => readiness(store, queue, channels),
    metrics: metrics.registry,
    zaloVerifier: config.zaloVerifier,
    secure: config.publicUrl?.startsWith('https:') === true,
    assets: await loadPage({
      dir: join(root, 'src/channels/web/page'),
      demo: config.demo,
      headTags: zaloVerifierTag(config.zaloVerifier),
    }),
    webhooks: [
      { channel: 'telegram', path: '/webhooks/telegram' },
      { channel: 'zalo', path: '/webhooks/zalo' },
    ] as const,
    routes: [
      ...api,
      honoursRoute(store, config.demo),
      ...(channels.zaloLogin ? [zaloCallbackRoute(channels.zaloLogin)] : []),
    ],
  };
  return {
    painter,
    channels,
    queue,
    engine,
    processor,
    jobs: createJobHandlers(clockDeps),
    clockDeps,
    takeEvents: createTakeEvents(receiveDeps),
    http,
  };
}

function adminInvitationText({ code, telegramStart, zaloText, expiresAt }: MadeInvitation): string {
  const params = { code, telegram: telegramStart, zalo: zaloText, at: formatMoment(expiresAt) };
  return translate('vi', 'start.adminInvitation', params);
}

/** The web channel names its messages after their attempts, so its proof needs no look-up. */
async function proveWeb(engine: DeliveryEngine, { platformMessageIds, kind, at }: ReceiptEvent): Promise<void> {
  await engine.prove(
    platformMessageIds.map((id) => id.slice(1)),
    kind,
    at,
  );
}
