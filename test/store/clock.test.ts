import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBusinessClock, createStore, moveBusinessClock, readBusinessClock } from '../../src/store/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const DAY_MS = 86_400_000;

describe('the business clock', () => {
  it('begins as the machine clock', async () => {
    const now = await readBusinessClock(database.store.db);
    expect(Math.abs(now.getTime() - Date.now())).toBeLessThan(2_000);
  });

  it('moves forward to an instant, and goes on from there', async () => {
    const to = new Date(Date.now() + 3 * DAY_MS);
    const after = await moveBusinessClock(database.store.db, to);
    expect(after.getTime()).toBeGreaterThanOrEqual(to.getTime());
    expect(after.getTime() - to.getTime()).toBeLessThan(2_000);
    const later = await createBusinessClock(database.store).now();
    expect(later.getTime()).toBeGreaterThanOrEqual(after.getTime());
  });

  it('never goes back', async () => {
    const before = await readBusinessClock(database.store.db);
    const after = await moveBusinessClock(database.store.db, new Date(0));
    expect(after.getTime()).toBeGreaterThanOrEqual(before.getTime());
  });

  it('is the same for another process, and can be moved inside a transaction that fails', async () => {
    const before = await readBusinessClock(database.store.db);
    const moved = database.store.transaction(async (tx) => {
      await moveBusinessClock(tx, new Date(before.getTime() + DAY_MS));
      throw new Error('no');
    });
    await expect(moved).rejects.toThrow('no');
    const other = await createStore({ url: database.url });
    try {
      const seen = await readBusinessClock(other.db);
      expect(Math.abs(seen.getTime() - before.getTime())).toBeLessThan(2_000);
    } finally {
      await other.close();
    }
  });
});
