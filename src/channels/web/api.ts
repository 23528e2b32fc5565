/** The web API, put together: every route of the contract under `/api/`. */
import type { FileStore, Store } from '../../store/index.js';
import { broadcastRoutes } from './broadcast-routes.js';
import { demoRoutes } from './demo.js';
import { streamEvents } from './events.js';
import type { FileLinks } from './file-links.js';
import { getFile, postFile, type FileDeps } from './files.js';
import { getMessages, postMessage } from './messages.js';
import type { BroadcastPort, DemoPort, InboundPort, InspectPort, ReceiptPort } from './ports.js';
import type { WebRoute } from './route.js';
import { postSession } from './session-route.js';
import { createWebSessions } from './sessions.js';
import { createWebStore } from './store.js';
import type { WebWaker } from './waker.js';

export interface WebApiOptions {
  readonly store: Pick<Store, 'db' | 'pool'>;
  readonly inbound: InboundPort;
  readonly receipts: ReceiptPort;
  readonly files: Pick<FileStore, 'save' | 'stat' | 'readStream'>;
  readonly inspector: InspectPort;
  readonly waker: WebWaker;
  /** The business clock. */
  readonly clock: { now(): Promise<Date> };
  /** Signed links to files; absent: only tokens open them. */
  readonly links?: FileLinks | undefined;
  readonly broadcasts?: BroadcastPort | undefined;
  /** Present in the demo only. */
  readonly demo?: DemoPort | undefined;
}

/** The routes of the web API. */
export function createWebApi(options: WebApiOptions): WebRoute[] {
  const store = createWebStore(options.store);
  const sessions = createWebSessions(store);
  const { inbound, receipts, waker, clock, files, inspector, links } = options;
  const deps: FileDeps = { store, sessions, inbound, receipts, waker, clock, files, inspector, links };
  const session = postSession({ store, sessions, demo: options.demo !== undefined });

  return [
    { method: 'POST', path: '/api/web/sessions', handler: session, cost: 5 },
    { method: 'POST', path: '/api/web/messages', handler: postMessage(deps) },
    { method: 'GET', path: '/api/web/messages', handler: getMessages(deps) },
    { method: 'GET', path: '/api/web/events', handler: streamEvents(deps) },
    { method: 'POST', path: '/api/web/files', handler: postFile(deps), cost: 5 },
    { method: 'GET', path: '/api/web/files/:id', handler: getFile(deps) },
    ...(options.broadcasts ? broadcastRoutes({ broadcasts: options.broadcasts, store, sessions }) : []),
    ...(options.demo ? demoRoutes({ demo: options.demo, clock }) : []),
  ];
}
