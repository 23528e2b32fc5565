/** The one HTTP server of a process: listens, and stops without cutting anybody off before the deadline. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildApp, type AppOptions } from './app.js';

export interface HttpServerOptions extends AppOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
}

export interface HttpServer {
  /** Starts listening; rejects when the port is taken. The address is the real one. */
  listen(): Promise<{ readonly url: string; readonly port: number }>;
  /** Takes no new connection, ends what waits (long polls, event streams), lets the rest finish until the deadline. */
  close(deadlineMs: number): Promise<void>;
}

// Against clients that send a byte a minute; a phone that uploads 20 MB over a weak line still gets through.
const HEADERS_MS = 15_000;
const REQUEST_MS = 300_000;
// Longer than a long poll and than the usual 60 s of a proxy.
const KEEP_ALIVE_MS = 65_000;
const SILENT_SOCKET_MS = 90_000;
const IDLE_LOOK_MS = 50;

/** Builds the server; nothing listens yet. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const closing = new AbortController();
  const app = buildApp(options, closing.signal);
  const server = createServer(
    { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, keepAliveTimeout: KEEP_ALIVE_MS, maxHeaderSize: 16_384 },
    (req, res) => {
      if (closing.signal.aborted) res.setHeader('Connection', 'close');
      app(req, res);
    },
  );
  server.setTimeout(SILENT_SOCKET_MS);

  return {
    listen: () => listen(server, options),
    close: (deadlineMs) => {
      closing.abort();
      return close(server, deadlineMs);
    },
  };
}

function listen(server: Server, { host, port }: HttpServerOptions): Promise<{ url: string; port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const real = (server.address() as AddressInfo).port;
      resolve({ url: `http://${reachableHost(host)}:${String(real)}`, port: real });
    });
  });
}

/** The address that a person on this machine can open. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function close(server: Server, deadlineMs: number): Promise<void> {
  if (!server.listening) return;
  const done = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  server.closeIdleConnections();
  // An answer that had begun before could not announce the end: its connection falls idle only now.
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_LOOK_MS);
  const deadline = setTimeout(() => {
    server.closeAllConnections();
  }, deadlineMs);
  await done;
  clearInterval(idle);
  clearTimeout(deadline);
}
