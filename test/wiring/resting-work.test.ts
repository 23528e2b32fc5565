import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSafeMode } from '../../src/delivery/index.js';
import { machineClock } from '../../src/kernel/clock.js';
import { readBusinessClock } from '../../src/store/index.js';
import { restWorkInSafeMode } from '../../src/wiring/watch.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function ask(ageMs: number): Promise<string> {
  const id = randomUUID();
  const at = new Date(Date.now() + 1 - ageMs);
  await database.store.db.work.create({ data: { id, kind: 'x', payload: {}, runAfter: at, createdAt: at } });
  return id;
}

describe('slow work in safe mode', () => {
  it('of the backup rests until the decision, and what is asked for meanwhile is done', async () => {
    const { store } = database;
    const mode = createSafeMode({
      pool: store.pool,
      clock: machineClock,
      businessNow: () => readBusinessClock(store.db),
      dropDue: () => Promise.resolve(),
      broadcasts: { cancel: () => Promise.resolve(false) },
    });
    const done: string[] = [];
    const runWork = restWorkInSafeMode((id) => Promise.resolve(done.push(id) > 0 ? 'done' : 'later'), store, mode);
    const old = await ask(60_000);
    await mode.begin(store.pool, 'behind');
    await mode.settle();
    const asked = await ask(0);
    expect(await runWork(old)).toBe('gone');
    expect(await runWork(asked)).toBe('done');
    expect(done).toEqual([asked]);
    await store.pool.query(`delete from setting where key = 'delivery.safe-mode'`);
    expect(await runWork(old)).toBe('done');
  });
});
