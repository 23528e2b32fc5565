/** Servers for tests, closed after each of them. */
import { afterEach } from 'vitest';
import { createHttpServer, type HttpServer, type HttpServerOptions, type Route } from '../../src/http/index.js';
import { StoreUnavailableError } from '../../src/kernel/errors.js';

interface Running {
  readonly url: string;
  readonly port: number;
  readonly server: HttpServer;
  readonly log: string[];
}

const running: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close(500)));
});

export async function start(options: Partial<HttpServerOptions> = {}): Promise<Running> {
  const log: string[] = [];
  const note = (details: object, message: string) => void log.push(`${message} ${JSON.stringify(details)}`);
  const server = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    logger: { debug: note, info: note, warn: note, error: note },
    routes: [],
    ready: () => Promise.resolve({ ready: true, parts: { database: { state: 'ok' }, telegram: { state: 'off' } } }),
    isOutage: (error) => error instanceof StoreUnavailableError,
    ...options,
  });
  running.push(server);
  return { ...(await server.listen()), server, log };
}

export const get = (handler: Route['handler'], path = '/api/x'): Route => ({ method: 'GET', path, handler });
export const post = (handler: Route['handler'], path = '/api/x'): Route => ({ method: 'POST', path, handler });
export const error = async (response: Response) => ({
  status: response.status,
  ...((await response.json()) as { error: { code: string; message: string } }).error,
});
