/** Asks the test run for its servers. */
import { inject } from 'vitest';

/** The PostgreSQL of this run, started now if nobody asked before. */
export async function askPostgres(): Promise<{ adminUrl: string; templateUrl: string; runId: string }> {
  return (await ask('/postgres')) as { adminUrl: string; templateUrl: string; runId: string };
}

/** Address of the Redis of this run, started now if nobody asked before. */
export async function testRedisUrl(): Promise<string> {
  return ((await ask('/redis')) as { url: string }).url;
}

async function ask(path: string): Promise<unknown> {
  const response = await fetch(`${inject('serversUrl')}${path}`);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}
