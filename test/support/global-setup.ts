/**
 * Servers of a test run. They start when the first test asks (tests of pure code need none) and are asked for over a
 * small HTTP server, because tests run in other processes than this one.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { startPostgres, type PostgresServer } from './postgres-server.js';
import { startRedis, type RedisServer } from './redis-server.js';

declare module 'vitest' {
  export interface ProvidedContext {
    serversUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const runId = randomBytes(4).toString('hex');
  let postgres: Promise<PostgresServer> | undefined;
  let redis: Promise<RedisServer> | undefined;
  // npm test asks for it before the first test, so that a machine without Redis hears it once and clearly.
  if (process.env['TEST_WITH_REDIS']) await (redis = startRedis()).catch(giveUp);
  const answers: Readonly<Record<string, () => Promise<object>>> = {
    '/postgres': async () => {
      const { adminUrl, templateUrl } = await (postgres ??= startPostgres(runId));
      return { adminUrl, templateUrl, runId };
    },
    '/redis': async () => ({ url: (await (redis ??= startRedis())).url }),
  };

  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''] ?? (() => Promise.reject(new Error('no such server')));
    answer().then(
      (body) => response.end(JSON.stringify(body)),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(error instanceof Error ? error.message : String(error));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  project.provide('serversUrl', `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);

  return async () => {
    server.closeAllConnections();
    server.close();
    // A server that failed to start has told it already.
    await Promise.allSettled([postgres?.then((it) => it.stop()), redis?.then((it) => it.stop())]);
  };
}

function giveUp(error: unknown): never {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
