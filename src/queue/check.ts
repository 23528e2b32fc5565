/** Looks at a Redis without touching the queue in it. */
import { Redis } from 'ioredis';

/** How a Redis stands: `evicts` when it may throw jobs away under memory pressure. */
export type RedisCheck =
  { readonly ok: true; readonly evicts: boolean } | { readonly ok: false; readonly detail: string };

const TIMEOUT_MS = 3_000;

/** Connects once, asks for the eviction policy, and leaves. */
export async function checkRedis(url: string): Promise<RedisCheck> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: TIMEOUT_MS, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    // Hosted servers may forbid CONFIG; then nothing is known against them.
    const policy: unknown = await redis.config('GET', 'maxmemory-policy').catch(() => []);
    const evicts = Array.isArray(policy) && policy[1] !== undefined && policy[1] !== 'noeviction';
    return { ok: true, evicts };
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  } finally {
    redis.disconnect();
  }
}
