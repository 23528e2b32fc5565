/** What the HTTP server of a web process mounts: webhooks, the web API, pages, health and numbers. */
import { join } from 'node:path';
import type { Logger as PinoLogger } from 'pino';
import { createWebApi, loadPage } from '../channels/web/index.js';
import type { Config } from '../config.js';
import type { ReceiptEvent } from '../conversation/message.js';
import type { Broadcasts, DeliveryEngine, LedgerReader } from '../delivery/index.js';
import { inspectFile } from '../documents/index.js';
import { digestInstants } from '../insights/index.js';
import { zaloVerifierTag, type HttpServerOptions } from '../http/index.js';
import type { createAccept } from '../inbox/index.js';
import type { JobQueue } from '../queue/index.js';
import { findDueInstants, findReviewInstants } from '../reporting/index.js';
import { isOutage, type createBusinessClock, type FileStore, type Store } from '../store/index.js';
import { unitInstants } from '../units/index.js';
import { createBroadcastPort } from './broadcasts.js';
import type { Channels } from './channels.js';
import { createDemoPort, type WalkDeps } from './demo.js';
import type { Metrics } from './metrics.js';
import { readiness } from './readiness.js';
import { honoursRoute, zaloCallbackRoute } from './routes.js';
import type { Watch } from './watch.js';

export interface HttpPartsDeps {
  readonly config: Config;
  readonly root: string;
  readonly store: Store;
  readonly files: FileStore;
  readonly channels: Channels;
  readonly queue: JobQueue;
  readonly engine: DeliveryEngine;
  readonly broadcasts: Broadcasts;
  readonly ledger: LedgerReader;
  readonly watch: Watch;
  readonly metrics: Metrics;
  readonly logger: PinoLogger;
  /** Business clock. */
  readonly clock: ReturnType<typeof createBusinessClock>;
  readonly accept: ReturnType<typeof createAccept>;
  readonly reminderTick: WalkDeps['reminderTick'];
  readonly planDuties: WalkDeps['planDuties'];
  readonly tellDigest: (now: Date) => Promise<number>;
  readonly receive: HttpServerOptions['receive'];
}

/** Joins the parts; nothing listens yet. */
export async function createHttpParts(deps: HttpPartsDeps): Promise<Omit<HttpServerOptions, 'host' | 'port'>> {
  const { config, store, channels, metrics, logger } = deps;
  return {
    logger,
    isOutage,
    receive: deps.receive,
    ready: () => readiness(store, deps.queue, channels, deps.watch, config.languageModel !== undefined),
    metrics: metrics.registry,
    zaloVerifier: config.zaloVerifier,
    secure: config.publicUrl?.startsWith('https:') === true,
    assets: await loadPage({
      dir: join(deps.root, 'src/channels/web/page'),
      demo: config.demo,
      headTags: zaloVerifierTag(config.zaloVerifier),
    }),
    webhooks: [
      { channel: 'telegram', path: '/webhooks/telegram' },
      { channel: 'zalo', path: '/webhooks/zalo' },
    ],
    routes: [
      ...webApi(deps),
      honoursRoute(store, config.demo),
      ...(channels.zaloLogin ? [zaloCallbackRoute(channels.zaloLogin)] : []),
    ],
  };
}

function webApi(deps: HttpPartsDeps): ReturnType<typeof createWebApi> {
  const { config, store, engine, broadcasts, ledger, channels, watch, reminderTick, planDuties } = deps;
  const demo = config.demo
    ? createDemoPort({
        store,
        engine,
        broadcasts,
        ledger,
        watch,
        reminderTick: async (now) => {
          const done = await reminderTick(now);
          return { ...done, told: done.told + (await deps.tellDigest(now)) };
        },
        planDuties,
        dueInstants: async (from, to) => {
          const instants = [
            ...(await findDueInstants(store.db, to)),
            ...(await findReviewInstants(store.db, from, to)),
            ...(await digestInstants(store.db, from, to)),
            ...(await unitInstants(store.db, from, to)),
          ];
          return instants.filter((at) => at > from).sort((a, b) => a.getTime() - b.getTime());
        },
      })
    : undefined;
  return createWebApi({
    store,
    files: deps.files,
    waker: channels.waker,
    clock: deps.clock,
    links: channels.links,
    demo,
    inbound: { accept: deps.accept },
    receipts: { apply: (receipt) => proveWeb(engine, receipt) },
    inspector: { inspect: inspectFile },
    broadcasts: createBroadcastPort({ store, broadcasts, ledger, engine }),
  });
}

/** The web channel names its messages after their attempts, so its proof needs no look-up. */
async function proveWeb(engine: DeliveryEngine, { platformMessageIds, kind, at }: ReceiptEvent): Promise<void> {
  await engine.prove(
    platformMessageIds.map((id) => id.slice(1)),
    kind,
    at,
  );
}
