import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  birthmarkOfFolder,
  createFileWitness,
  createStamp,
  createStore,
  parseProgress,
  type Restored,
} from '../../src/store/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { execute, withDatabase } from '../support/postgres-server.js';

let database: TestDatabase;
let folder: string;
const made: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  for (const name of made) await execute(database.url, `drop database if exists ${name} with (force)`);
  await database.drop();
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'neu-guong-stamp-'));
  await database.store.pool.query(`delete from setting where key = 'store.stamp'`);
});
afterEach(() => rm(folder, { recursive: true }));

const heard: Restored[] = [];
const note = (_client: unknown, how: Restored) => Promise.resolve(void heard.push(how));

/** A process: what it saw itself dies with it, the file stays. */
const start = (pool = database.store.pool, at = folder) => {
  const stamp = createStamp({ pool, witnesses: [createFileWitness(at)] });
  return () => stamp.check(note);
};
const beats = async () => parseProgress(await readFile(path.join(folder, 'witness.json'), 'utf8'))?.beats;
const stampNow = async () =>
  (await database.store.pool.query<{ value: object }>(`select value from setting where key = 'store.stamp'`)).rows[0]
    ?.value;
const putStamp = (value: object) =>
  database.store.pool.query(`update setting set value = value || $1 where key = 'store.stamp'`, [
    JSON.stringify(value),
  ]);

describe('the stamp of a database', () => {
  it('takes a first start, a restart, and one after kill -9 for what they are', async () => {
    expect(await start()()).toBeNull();
    const running = start();
    for (let n = 0; n < 3; n += 1) expect(await running()).toBeNull();
    // Killed between the commit and the note: the file is behind the database, never ahead.
    const witness = await readFile(path.join(folder, 'witness.json'), 'utf8');
    await running();
    await writeFile(path.join(folder, 'witness.json'), witness);
    expect(await start()()).toBeNull();
    expect(await beats()).toBe(6);
  });

  it('takes several processes of one database for no restored backup', async () => {
    const [one, two] = [start(), start()];
    for (let n = 0; n < 4; n += 1) expect(await Promise.all([one(), two()])).toEqual([null, null]);
  });

  it('knows a database that fell behind what a witness saw, once', async () => {
    const running = start();
    await running();
    const backup = await stampNow();
    await running();
    await running();
    await putStamp(backup ?? {});
    heard.length = 0;
    expect(await start()()).toBe('behind');
    expect(heard).toEqual(['behind']);
    expect(await start()()).toBeNull();
  });

  it('knows it when the backup is restored under a running process', async () => {
    const running = start();
    await running();
    const backup = await stampNow();
    await running();
    await putStamp(backup ?? {});
    expect(await running()).toBe('behind');
    expect(await running()).toBeNull();
  });

  it('knows a copy in another database, and leaves the first one alone', async () => {
    const first = start();
    await first();
    const name = `${new URL(database.url).pathname.slice(1)}_copy`;
    made.push(name);
    const admin = withDatabase(database.url, 'postgres');
    await database.store.pool.query('select 1');
    const source = new URL(database.url).pathname.slice(1);
    await execute(
      admin,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${source}' and pid <> pg_backend_pid()`,
    );
    await execute(admin, `create database ${name} template ${source}`);
    const copy = await createStore({ url: withDatabase(database.url, name) });
    try {
      expect(await start(copy.pool)()).toBe('elsewhere');
      expect(await start(copy.pool)()).toBeNull();
      // The same folder, and the first life goes on in it.
      expect(await first()).toBeNull();
      expect(await start()()).toBeNull();
    } finally {
      await copy.close();
    }
  });

  it('knows another timeline at a start, but not a standby that took over under a running process', async () => {
    await start()();
    await putStamp({ timeline: '000000FF' });
    expect(await start()()).toBe('timeline');
    const running = start();
    await running();
    await putStamp({ timeline: '000000FF' });
    expect(await running()).toBeNull();
    expect(await start()()).toBeNull();
  });

  describe('of a database on this disk', () => {
    const startAt = (birthmark: () => Promise<string | null>) => {
      const stamp = createStamp({ pool: database.store.pool, witnesses: [createFileWitness(folder)], birthmark });
      return () => stamp.check(note);
    };
    const inside = (name: string) => path.join(folder, name);

    it('knows a copy of the whole folder, its witness inside, and no folder that was moved', async () => {
      await writeFile(path.join(folder, 'PG_VERSION'), '17\n');
      const cluster = inside('cluster');
      await cp(folder, `${folder}-first`, { recursive: true });
      await rename(`${folder}-first`, cluster);
      expect(await startAt(() => birthmarkOfFolder(cluster))()).toBeNull();
      await rename(cluster, inside('moved'));
      expect(await startAt(() => birthmarkOfFolder(inside('moved')))()).toBeNull();
      await cp(inside('moved'), cluster, { recursive: true, preserveTimestamps: true });
      expect(await startAt(() => birthmarkOfFolder(cluster))()).toBe('elsewhere');
      expect(await startAt(() => birthmarkOfFolder(cluster))()).toBeNull();
    });

    it('takes the first start of this release, and a disk that says nothing, for no copy', async () => {
      await start()();
      await database.store.pool.query(`update setting set value = value - 'birthmark' where key = 'store.stamp'`);
      expect(await startAt(() => Promise.resolve('1'))()).toBeNull();
      expect(await startAt(() => Promise.resolve(null))()).toBeNull();
      expect(await startAt(() => Promise.reject(new Error('EACCES')))()).toBeNull();
      expect(await startAt(() => Promise.resolve('1'))()).toBeNull();
      expect(await startAt(() => Promise.resolve('2'))()).toBe('elsewhere');
    });
  });

  it('believes no witness of another installation, and none that is cut off', async () => {
    await writeFile(path.join(folder, 'witness.json'), JSON.stringify({ installation: 'other', beats: 99_999 }));
    expect(await start()()).toBeNull();
    expect(await start()()).toBeNull();
    await writeFile(path.join(folder, 'witness.json'), '{"installation":"');
    expect(await start()()).toBeNull();
  });

  it('goes on where the witness cannot be written', async () => {
    await writeFile(path.join(folder, 'closed'), '');
    const problems: unknown[] = [];
    const stamp = createStamp({
      pool: database.store.pool,
      witnesses: [createFileWitness(path.join(folder, 'closed'))],
      onProblem: (error) => problems.push(error),
    });
    expect(await stamp.check(note)).toBeNull();
    expect(problems.length).toBeGreaterThan(0);
  });

  it('stamps nothing anew when what safe mode writes is rolled back', async () => {
    await start()();
    await putStamp({ database: '1' });
    const stamp = createStamp({ pool: database.store.pool, witnesses: [] });
    await expect(stamp.check(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await stamp.check(note)).toBe('elsewhere');
  });
});
