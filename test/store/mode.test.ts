import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/kernel/errors.js';
import { checkModeStamp } from '../../src/store/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let demo: TestDatabase;
let production: TestDatabase;
beforeAll(async () => {
  [demo, production] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});
afterAll(() => Promise.all([demo.drop(), production.drop()]));

describe('the mode stamp', () => {
  it('lets the same mode in again, also two processes at once', async () => {
    await Promise.all([checkModeStamp(demo.store.db, true), checkModeStamp(demo.store.db, true)]);
    await checkModeStamp(demo.store.db, true);
  });

  it('refuses the other mode, either way, in words', async () => {
    await checkModeStamp(demo.store.db, true);
    await checkModeStamp(production.store.db, false);
    await expect(checkModeStamp(demo.store.db, false)).rejects.toThrow(ConfigError);
    await expect(checkModeStamp(production.store.db, true)).rejects.toThrow('DEMO=1');
  });
});
