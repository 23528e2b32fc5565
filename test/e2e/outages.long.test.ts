/** The queue is gone for a minute; the database is restarted, its connections killed and used up (R3, R14). */
import { describe, it } from 'vitest';
import { outlivePostgres } from './postgres-outage.js';
import { outliveRedis } from './redis-outage.js';

describe('Redis', () => {
  it('may be flushed and then be dead for a minute: everybody is told once', () =>
    outliveRedis({ people: 1_000, flushes: 6, deadMs: 60_000 }));
});

describe('PostgreSQL', () => {
  it('may be restarted, lose its connections and have none left: everybody is told once', () =>
    outlivePostgres(['restart', 'backends killed', 'pool exhausted'], 1_500));
});
