import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findPostmaster, isAlive } from '../../src/store/embedded-cluster.js';
import type { Owner } from '../../src/store/embedded-owner.js';
import { createStore, openEmbedded } from '../../src/store/index.js';
import { waitFor } from '../support/wait.js';
import { buildKeeper, startKeeper, type Keeper } from './keeper.js';

const asRoot = process.getuid?.() === 0;
const program = path.resolve('.tmp', `keeper-${randomBytes(4).toString('hex')}`, 'keeper.mjs');
const keepers: Keeper[] = [];
let base: string;
/** Of one test; most tests go on with the folder `kept`, for making a database takes longer than all else they do. */
let folder: string;
let kept: string;

beforeAll(async () => {
  base = makeFolder('neu-guong-keeper-');
  kept = path.join(base, 'kept');
  await buildKeeper(program);
});
afterAll(() => {
  for (const made of [base, path.dirname(program)]) rmSync(made, { recursive: true, force: true });
});
beforeEach(() => {
  folder = makeFolder('neu-guong-keeper-');
});
afterEach(async () => {
  for (const { child } of keepers.splice(0)) child.kill('SIGKILL');
  // Whatever a killed keeper left running is ended by a keeper that comes and goes.
  for (const dataDir of [kept, ...['data', 'closed/data'].map((name) => path.join(folder, name))]) {
    if (!existsSync(dataDir)) continue;
    const last = await openEmbedded({ dataDir, server: false, sharedRoot: shared() });
    await last.stop();
  }
  rmSync(folder, { recursive: true, force: true });
});

function makeFolder(name: string): string {
  const made = mkdtempSync(path.join(tmpdir(), name));
  chmodSync(made, 0o755);
  return made;
}

const data = (): string => path.join(folder, 'data');
const shared = (): string => path.join(base, 'shared');

function start(dataDir: string, role: 'server' | 'command', owner: Owner | null = null): Keeper {
  const keeper = startKeeper(program, [dataDir, role, shared()], owner);
  keepers.push(keeper);
  return keeper;
}

/** What the keepers of `kept` have written, as a command beside them sees it. */
async function countNotes(): Promise<number> {
  const client = await openEmbedded({ dataDir: kept, server: false, sharedRoot: shared() });
  const store = await createStore({ url: client.url });
  const { rows } = await store.pool.query<{ n: number }>('select count(*)::int as n from note');
  await store.close();
  await client.stop();
  return rows[0]?.n ?? 0;
}

const postmasterPid = async (pgData: string): Promise<number> => (await findPostmaster(pgData))?.pid ?? 0;

describe('the keeper of the embedded database', () => {
  it('makes the database, stops PostgreSQL when it leaves, and finds the data again', async () => {
    const first = start(kept, 'server');
    const { folder: pgData } = await first.saw('ready');
    const pid = await postmasterPid(String(pgData));
    await first.kill('SIGTERM');
    expect(first.events.at(-1)?.event).toBe('stopped');
    expect(await isAlive(pid)).toBe(false);

    const stored = Number((await first.saw('drained'))['stored']);
    const second = start(kept, 'server');
    expect((await second.saw('ready'))['before']).toBe(stored);
    await second.kill('SIGTERM');
  });

  it('stops PostgreSQL last on SIGTERM under load: nothing written is lost and no statement fails', async () => {
    const keeper = start(kept, 'server');
    const { folder: pgData, before } = await keeper.saw('ready');
    await waitFor(async () => (await countNotes()) > Number(before) + 100);
    const pid = await postmasterPid(String(pgData));
    await keeper.kill('SIGTERM');
    const drained = await keeper.saw('drained');
    expect(drained['stored']).toBe(Number(before) + Number(drained['written']));
    expect(keeper.events.filter(({ event }) => event === 'failed')).toEqual([]);
    expect(await isAlive(pid)).toBe(false);
  });

  it('heals after kill -9: the next start takes over the orphan, and ends it when it leaves', async () => {
    const killed = start(kept, 'server');
    const { folder: pgData, before: found } = await killed.saw('ready');
    const orphan = await postmasterPid(String(pgData));
    await waitFor(async () => (await countNotes()) > Number(found));
    await killed.kill('SIGKILL');
    expect(await isAlive(orphan)).toBe(true);

    const next = start(kept, 'server');
    expect((await next.saw('ready'))['before']).toBeGreaterThan(Number(found));
    expect(await postmasterPid(String(pgData))).toBe(orphan);
    await next.kill('SIGTERM');
    expect(await isAlive(orphan)).toBe(false);
  });

  it('heals when PostgreSQL was killed too and its pid file names a process of somebody else', async () => {
    const killed = start(kept, 'server');
    const { folder: pgData, before: found } = await killed.saw('ready');
    const pid = await postmasterPid(String(pgData));
    await waitFor(async () => (await countNotes()) > Number(found));
    await killed.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await waitFor(async () => !(await isAlive(pid)));
    const pidFile = path.join(String(pgData), 'postmaster.pid');
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(String(pid), String(process.pid)));

    const next = start(kept, 'server');
    expect((await next.saw('ready'))['before']).toBeGreaterThan(Number(found));
    expect(await next.kill('SIGTERM')).toBe(0);
  });

  it('starts PostgreSQL again at the same address when it dies under the running product', async () => {
    const keeper = start(kept, 'server');
    const { folder: pgData, url, before } = await keeper.saw('ready');
    const pid = await postmasterPid(String(pgData));
    process.kill(pid, 'SIGKILL');
    const next = await waitFor(async () => {
      const found = await findPostmaster(String(pgData));
      return found?.ready && found.pid !== pid ? found : null;
    });
    expect(new URL(String(url)).port).toBe(String(next.port));
    await keeper.saw('failed');
    expect(await keeper.kill('SIGTERM')).toBe(0);
    const drained = await keeper.saw('drained');
    expect(drained['stored']).toBeGreaterThanOrEqual(Number(before) + Number(drained['written']));
  });

  it('lets one of two servers win that start at the same moment on an empty folder; the other hears who is there', async () => {
    const both = [start(data(), 'server'), start(data(), 'server')];
    const outcomes = await Promise.all(
      both.map((keeper) => waitFor(() => keeper.events.find(({ event }) => event === 'ready' || event === 'error'))),
    );
    expect(outcomes.map(({ event }) => event).sort()).toEqual(['error', 'ready']);
    const winner = both.find(({ events }) => events.some(({ event }) => event === 'ready'));
    const refusal = outcomes.find(({ event }) => event === 'error');
    expect(refusal?.['name']).toBe('EmbeddedError');
    expect(refusal?.['message']).toContain(String(winner?.child.pid));
    expect(winner?.events.filter(({ event }) => event === 'failed')).toEqual([]);
  });

  it('runs two folders side by side', async () => {
    const one = start(kept, 'server');
    const two = start(data(), 'server');
    const urls = await Promise.all([one.saw('ready'), two.saw('ready')]);
    expect(urls[0]['url']).not.toBe(urls[1]['url']);
  });

  it('lets other commands in while the product runs; the last one to leave stops PostgreSQL', async () => {
    const server = start(kept, 'server');
    const { folder: pgData, url } = await server.saw('ready');
    const command = start(kept, 'command');
    expect((await command.saw('ready'))['url']).toBe(url);
    const pid = await postmasterPid(String(pgData));
    await server.kill('SIGTERM');
    expect(await isAlive(pid)).toBe(true);
    await command.kill('SIGTERM');
    expect(await isAlive(pid)).toBe(false);
  });

  it('says so when the folder cannot be written', async () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    const { name, message } = await start(path.join(file, 'data'), 'server').saw('error');
    expect(name).toBe('EmbeddedError');
    expect(message).toContain(path.join(file, 'data'));
  });
});

describe.runIf(asRoot)('the keeper as root', () => {
  it('runs PostgreSQL as another user, in the folder where that user can enter it', async () => {
    const keeper = start(kept, 'server');
    const { folder: pgData } = await keeper.saw('ready');
    expect(pgData).toBe(path.join(kept, 'postgres'));
    expect(keeper.events.filter(({ event, text }) => event === 'said' && String(text).includes('root'))).toEqual([]);
  });

  it('puts the data elsewhere under a closed folder, says so, and finds it there again', async () => {
    const closed = path.join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const first = start(path.join(closed, 'data'), 'server');
    const ready = await first.saw('ready');
    expect(String(ready['folder'])).toContain(shared());
    expect(first.events.some(({ text }) => String(text).includes(String(ready['folder'])))).toBe(true);
    await first.kill('SIGTERM');
    const stored = (await first.saw('drained'))['stored'];

    const second = start(path.join(closed, 'data'), 'server');
    expect(await second.saw('ready')).toMatchObject({ folder: ready['folder'], before: stored });
  });

  it('also runs without root, with data that root then goes on using', async () => {
    const nobody: Owner = { uid: 65534, gid: 65534 };
    mkdirSync(data());
    chownSync(data(), nobody.uid, nobody.gid);
    const first = start(data(), 'server', nobody);
    await first.saw('ready');
    await first.kill('SIGTERM');
    const second = start(data(), 'server');
    expect((await second.saw('ready'))['before']).toBeGreaterThan(0);
  });

  it('tells another user whose folder it is', async () => {
    const first = start(kept, 'server');
    await first.saw('ready');
    await first.kill('SIGTERM');
    chmodSync(kept, 0o777);
    const stranger: Owner = { uid: 65533, gid: 65533 };
    const { name, message } = await start(kept, 'server', stranger)
      .saw('error')
      .finally(() => chmodSync(kept, 0o755));
    expect(name).toBe('EmbeddedError');
    expect(message).toContain(path.join(kept, 'postgres'));
  });
});
