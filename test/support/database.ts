/** Databases for tests: each a clone of a migrated template. */
import { randomBytes } from 'node:crypto';
import { createStore, type Store } from '../../src/store/index.js';
import { execute, withDatabase } from './postgres-server.js';
import { askPostgres } from './servers.js';

export interface TestDatabase {
  readonly url: string;
  readonly store: Store;
  /** Closes the store and drops the database. */
  drop(): Promise<void>;
}

/** A fresh database with all migrations, and a store on it. Call `drop` in afterAll. */
export async function createTestDatabase(options: { readonly poolSize?: number } = {}): Promise<TestDatabase> {
  const { adminUrl, templateUrl, runId } = await askPostgres();
  const name = `ng_${runId}_${randomBytes(5).toString('hex')}`;
  await execute(adminUrl, `create database ${name} template ${new URL(templateUrl).pathname.slice(1)}`);
  const url = withDatabase(adminUrl, name);
  const store = await createStore({ url, ...options });
  return {
    url,
    store,
    drop: async () => {
      await store.close();
      await execute(adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

/** A fresh, empty database (no migrations) and how to drop it. */
export async function createEmptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const { adminUrl, runId } = await askPostgres();
  const name = `ng_${runId}_${randomBytes(5).toString('hex')}`;
  await execute(adminUrl, `create database ${name}`);
  return {
    url: withDatabase(adminUrl, name),
    drop: () => execute(adminUrl, `drop database if exists ${name} with (force)`),
  };
}
