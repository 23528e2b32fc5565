import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seal } from '../../src/delivery/index.js';
import { machineClock } from '../../src/kernel/clock.js';
import { createFakeChannel, createWorld, type World } from './support.js';

let world: World;
let folder: string;
const id = randomUUID();
const SOURCE = `test:${id}`;

beforeAll(async () => {
  world = await createWorld();
  await world.tell(await world.people(4), { source: { kind: 'test', id }, text: 'Mời họp' });
  await world.engine([createFakeChannel()]).drain('bulk');
  await seal(world.database.store.pool, machineClock, { quietMs: 0 });
  // Built where `locales/` is found as from the product's own build.
  await mkdir('.tmp', { recursive: true });
  folder = await mkdtemp(path.resolve('.tmp/verify-'));
  await build({
    entryPoints: ['src/dev/verify-record.ts'],
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outfile: path.join(folder, 'verify.mjs'),
    logLevel: 'error',
  });
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

const query = async (sql: string) => (await world.database.store.pool.query<{ head: string }>(sql)).rows;

function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(folder, 'verify.mjs'), ...args], {
      env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: world.database.url },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

describe('npm run verify-record', () => {
  it('says in Vietnamese that everything holds, for all and for one record with its printed head', async () => {
    expect(await run()).toEqual({
      code: 0,
      out: 'Đã kiểm tra 1 biên bản, 4 mục.\n✓ Biên bản nguyên vẹn.\n',
      err: '',
    });
    const [chain] = await query('select head from record_chain');
    expect((await run('--source', SOURCE, '--head', chain?.head ?? '')).code).toBe(0);
    const json = await run(`--source=${SOURCE}`, '--json');
    expect(JSON.parse(json.out)).toEqual({ ok: true, chains: 1, entries: 4, unsealed: 0, erased: 0, problems: [] });
  });

  it('names the source, the entry and what differs, and ends with 1', async () => {
    const other = await run('--source', SOURCE, '--head', 'b'.repeat(64));
    expect(other.code).toBe(1);
    expect(other.out).toContain('mã băm trên biên bản đã in không có trong chuỗi');
    await query(`update record_entry set state = 'seen' where n = 3`);
    const broken = await run();
    expect(broken.code).toBe(1);
    expect(broken.out).toContain(`✗ ${SOURCE}, mục 3`);
    expect(broken.out).toContain('nội dung của mục không khớp mã băm');
    expect(broken.out).toContain('phải là "seen", thấy "sent"');
  });

  it('does not call whole what is not there', async () => {
    expect(await run('--source', 'broadcast:zzz')).toEqual({
      code: 2,
      out: '',
      err: '✗ Không có biên bản broadcast:zzz.\n',
    });
  });

  it.each([['--source', 'abc'], ['--head', 'a'.repeat(64)], ['--source', SOURCE, '--head', 'xyz'], ['--what']])(
    'does not guess what %s %s means',
    async (...args) => {
      const { code, err, out } = await run(...args);
      expect(code).toBe(2);
      expect(out).toBe('');
      expect(err).toContain('npm run verify-record');
    },
  );
});
