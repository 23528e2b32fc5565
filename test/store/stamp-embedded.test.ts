import { execFileSync } from 'node:child_process';
import { mkdtempSync, chmodSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  birthmarkOf,
  createFileWitness,
  createStamp,
  createStore,
  migrate,
  openEmbedded,
  type Restored,
} from '../../src/store/index.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'neu-guong-copy-'));
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One start of the product on a data folder, as far as its stamp goes. */
async function start(name: string): Promise<Restored | null> {
  const dataDir = path.join(folder, name);
  const embedded = await openEmbedded({ dataDir, server: true, sharedRoot: path.join(folder, 'shared') });
  await migrate(embedded.url);
  const store = await createStore({ url: embedded.url });
  try {
    const { pool } = store;
    const stamp = createStamp({ pool, witnesses: [createFileWitness(dataDir)], birthmark: () => birthmarkOf(pool) });
    return await stamp.check(() => Promise.resolve());
  } finally {
    await store.close();
    await embedded.stop();
  }
}

describe('the embedded database', () => {
  it('knows that its folder is a copy, once, and that a moved one is none', { timeout: 120_000 }, async () => {
    expect(await start('data')).toBeNull();
    expect(await start('data')).toBeNull();
    execFileSync('cp', ['-a', path.join(folder, 'data'), path.join(folder, 'backup')]);
    renameSync(path.join(folder, 'data'), path.join(folder, 'moved'));
    expect(await start('moved')).toBeNull();
    renameSync(path.join(folder, 'backup'), path.join(folder, 'data'));
    expect(await start('data')).toBe('elsewhere');
    expect(await start('data')).toBeNull();
  });
});
