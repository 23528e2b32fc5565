/** The queue goes away for four seconds; the long test takes it away for a minute. */
import { it } from 'vitest';
import { outliveRedis } from './redis-outage.js';

it('tells everybody once though Redis is flushed and then killed for four seconds', { timeout: 180_000 }, () =>
  outliveRedis({ people: 100, flushes: 2, deadMs: 4_000 }),
);
