/** The composition root: constructs the parts of one process, joins them, starts them in order and stops them in reverse. */
import { hostname } from 'node:os';
import type { Logger as PinoLogger } from 'pino';
import { loadQuietHours } from './calendar/index.js';
import type { Config } from './config.js';
import {
  createBroadcasts,
  createDeliveryEngine,
  createLedger,
  createMissedStarts,
  createOutbox,
  createPlanner,
} from './delivery/index.js';
import { seedDemo } from './dev/index.js';
import { createPlanDuties } from './duties/index.js';
import { createPainter, createPrinter } from './documents/index.js';
import { createHttpServer } from './http/index.js';
import { createAccept, createProcessor, createReconcileInbox, createRunTurn, createRunWork } from './inbox/index.js';
import { translate } from './i18n/index.js';
import { machineClock } from './kernel/clock.js';
import { formatMoment } from './kernel/format.js';
import { createQueue } from './queue/index.js';
import {
  birthmarkOf,
  checkModeStamp,
  createBusinessClock,
  createFileStore,
  createStore,
  readBusinessClock,
  type Store,
  type Tx,
} from './store/index.js';
import { ensureContact, ensureFirstAdministrator, inCharge, loadActor, type MadeInvitation } from './units/index.js';
import { createBells } from './wiring/bells.js';
import { buildChannels } from './wiring/channels.js';
import { startEditing } from './wiring/editing.js';
import { createBusinessTick } from './wiring/business-tick.js';
import { createEffects, reportingDeps } from './wiring/effects.js';
import { fileAccess, linkSecret } from './wiring/files.js';
import { createReads, createRegistry } from './wiring/flows.js';
import { createHttpParts } from './wiring/http-parts.js';
import { createJobHandlers, startClocks } from './wiring/jobs.js';
import { openKnowledge } from './wiring/knowledge.js';
import { modelPreparation } from './wiring/language-model.js';
import { createMetrics } from './wiring/metrics.js';
import { planningOf, zaloPerMinute } from './wiring/planning.js';
import { createReceive, createTakeEvents } from './wiring/receive.js';
import { stopAll, type StopStep } from './wiring/stop.js';
import { createTellDigest } from './wiring/summary.js';
import { createWatch, restInSafeMode, restWorkInSafeMode } from './wiring/watch.js';
import { createWorkHandlers } from './wiring/work.js';

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

/** Starts the roles asked for. What was started is stopped again when a later part fails. */
export async function startApp({ config, databaseUrl, logger, root, say }: AppOptions): Promise<App> {
  const isWeb = config.role !== 'worker';
  const isWorker = config.role !== 'web';
  const store = await createStore({ url: databaseUrl, logger });
  const stops: StopStep[] = [() => store.close()];
  const stop = (deadlineMs: number): Promise<void> => stopAll(stops.splice(0).reverse(), deadlineMs, logger);
  try {
    await checkModeStamp(store.db, config.demo);
    const now = await readBusinessClock(store.db);
    if (config.demo) await seedDemo(store.db, now);
    const invitation = await ensureFirstAdministrator(store, now);
    if (invitation) say(adminInvitationText(invitation));
    const parts = await joinParts({ config, databaseUrl, logger, root }, store);
    stops.push(
      () => Promise.resolve(parts.printer.close()),
      () => Promise.resolve(parts.painter.close()),
      (ms) => parts.queue.close({ deadlineMs: ms }),
      () => parts.channels.stop(),
      (ms) => parts.engine.stop(ms),
      () => parts.processor.idle(),
    );
    const safe = await parts.clockDeps.watch.checkStamp();
    if (safe) say(translate('vi', 'start.safeMode', { at: formatMoment(safe.since) }));
    if (isWorker) parts.queue.start(parts.jobs);
    await parts.channels.start(parts.takeEvents);
    const stopClocks = startClocks(parts.clockDeps, isWorker);
    stops.push(stopClocks);
    if (isWorker) stops.push(startEditing(parts.editing));
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
  const printer = createPrinter();
  const secret = await linkSecret(store);
  const publicUrl = config.publicUrl ?? `http://${config.host}:${String(config.port)}`;
  const channels = buildChannels({
    config,
    store,
    databaseUrl,
    files: fileAccess(files),
    logger,
    linkSecret: secret,
    publicUrl,
    zaloPerMinute: await zaloPerMinute(store, config),
  });
  const queue = await createQueue({
    backend:
      config.redisUrl === undefined ? { kind: 'postgres', url: databaseUrl } : { kind: 'redis', url: config.redisUrl },
    logger,
  });

  const worker = `${hostname()}:${String(process.pid)}`;
  const planning = planningOf(channels.byName, config.demo);
  const planner = createPlanner(planning);
  const quietHours = (tx: Tx = store.db) => loadQuietHours(tx);
  const allBroadcasts = createBroadcasts({ pool: store.pool, businessNow, quietHours, logger, ...planning });
  const engine = createDeliveryEngine({
    pool: store.pool,
    channels: channels.byName,
    worker,
    businessNow,
    quietHours,
    logger,
    broadcasts: allBroadcasts,
    onSettled: metrics.settled,
  });
  const outbox = createOutbox({ ...planning, quietHours });
  const ledger = createLedger(store.pool, planning);
  const watch = createWatch({
    store,
    queue,
    broadcasts: allBroadcasts,
    outbox,
    channels: channels.byName,
    metrics,
    logger,
    clock,
    businessNow,
    quietHours,
    worker,
    dataDir: config.dataDir,
    ...(config.database.kind === 'embedded' ? { birthmark: () => birthmarkOf(store.pool) } : {}),
  });
  const broadcasts = restInSafeMode(allBroadcasts, watch.safeMode);

  const bells = createBells({
    isWorker: config.role !== 'web',
    queue,
    logger,
    broadcasts,
    engine,
    processor: () => processor,
    runWork: (workId) => runWork(workId),
    settleSafeMode: () => watch.safeMode.settle(),
    tick: async () => reminderTick(await businessNow()),
  });
  const people = { ensureContact, loadActor };
  const { answerer, near } = openKnowledge(root, config, logger);
  const registry = createRegistry({
    telegramBot: channels.telegramBot,
    beginZaloLogin: () => channels.zaloLogin?.begin() ?? null,
    answerer,
  });
  const runTurn = createRunTurn({
    store,
    people,
    registry,
    effects: createEffects(
      (tx) => broadcasts.in(tx),
      near,
      () => answerer.knowledge,
    ),
    reads: createReads({ ledger, planner, pool: store.pool, refreshKnowledge: answerer.refresh, ...planning }),
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
    ...modelPreparation(config.languageModel, { store, registry, answerer, metrics, logger }),
    onApology: metrics.apology,
  });
  const accept = createAccept({ store, people, bells, clock, process: processor.kick });
  const planDuties = createPlanDuties({ store, tasks: reportingDeps.tasks });
  const workHandlers = createWorkHandlers({
    ...{ store, files, painter, printer, outbox, bells, clock, businessNow, planDuties, secret },
    channels: channels.byName,
    demo: config.demo,
  });
  const runAnyWork = createRunWork({ store, bells, logger, clock, handlers: workHandlers, process: processor.kick });
  const runWork = restWorkInSafeMode(runAnyWork, store, watch.safeMode);
  const { safeMode } = watch;
  const reminderTick = createBusinessTick({ store, outbox, logger, answerer, safeMode, fired: metrics.fired });

  const tellDigest = createTellDigest({ store, outbox, files, painter, watch, demo: config.demo });

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
    planDuties: (now: Date) => planDuties(now),
    tellDigest,
    reconcileInbox: createReconcileInbox({ store, bells, clock }),
    watch,
    askMissedStarts: createMissedStarts({ store, outbox, businessNow, whom: inCharge, command: 'broadcast' }),
  };
  const receiveDeps = {
    channels: channels.byName,
    store,
    logger,
    accept,
    applyReceipts: engine.applyReceipts.bind(engine),
    count: metrics.received,
  };
  const http = await createHttpParts({
    config,
    root,
    store,
    files,
    channels,
    queue,
    engine,
    broadcasts,
    ledger,
    watch,
    metrics,
    logger,
    clock: businessClock,
    accept,
    reminderTick,
    planDuties,
    tellDigest,
    receive: createReceive(receiveDeps),
  });
  return {
    painter,
    printer,
    channels,
    queue,
    engine,
    processor,
    jobs: createJobHandlers(clockDeps),
    clockDeps,
    editing: { store, engine, outbox, ledger, channels: channels.byName, businessNow, logger },
    takeEvents: createTakeEvents(receiveDeps),
    http,
  };
}

function adminInvitationText({ code, telegramStart, zaloText, expiresAt }: MadeInvitation): string {
  const params = { code, telegram: telegramStart, zalo: zaloText, at: formatMoment(expiresAt) };
  return translate('vi', 'start.adminInvitation', params);
}
