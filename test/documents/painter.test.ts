import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createPainter,
  PainterError,
  type HonourCard,
  type Painter,
  type PainterOptions,
} from '../../src/documents/index.js';
import { waitFor } from '../support/wait.js';
import { jpeg, png } from './samples.js';

const labels = { issuer: 'TỈNH', heading: 'GƯƠNG', award: 'Khen', decision: 'Quyết định', footer: '', stamp: 'MẪU' };
const card: HonourCard = {
  name: 'Trần Thị Mẫu',
  unit: 'Sở A',
  deed: 'Việc tốt',
  award: 'Bằng khen',
  decision: '1',
  labels,
  demo: true,
};
const rows = [{ label: 'Sở', value: '1/2', share: 0.5 }];

/** Processes whose parent is this one, by their ids. */
async function childIds(): Promise<string[]> {
  const { readFile } = await import('node:fs/promises');
  const list = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  return list.split(' ').filter((id) => id !== '');
}

describe('createPainter', () => {
  let folder = '';
  let program = '';
  let painter: Painter | null = null;
  const open = (options: PainterOptions = {}): Painter => (painter = createPainter({ program, ...options }));

  beforeAll(async () => {
    // Inside the project, so that the built program finds the libraries.
    folder = await mkdtemp(path.resolve('node_modules/.painter-'));
    program = path.join(folder, 'paint-main.mjs');
    const options = { bundle: true, packages: 'external', platform: 'node', format: 'esm', logLevel: 'error' } as const;
    await build({ entryPoints: ['src/documents/paint-main.ts'], outfile: program, ...options });
  });
  afterEach(() => painter?.close());
  afterAll(() => rm(folder, { recursive: true }));

  it('draws the same in its process as here, several at once', async () => {
    const here = createPainter({ program: path.join(folder, 'absent.mjs') });
    const there = open();
    const asked = [
      there.honourCard(card),
      there.barChart({ title: 'Số', rows }),
      there.honourCard({ ...card, photo: jpeg() }),
    ];
    expect(await Promise.all(asked)).toEqual([
      await here.honourCard(card),
      await here.barChart({ title: 'Số', rows }),
      await here.honourCard({ ...card, photo: jpeg() }),
    ]);
    const chart = await there.barChart({ title: 'Số', rows });
    expect(Buffer.isBuffer(chart)).toBe(true);
    const drawn = await there.honourCard(card);
    expect(drawn.ok && Buffer.isBuffer(drawn.png)).toBe(true);
  });

  it('hands on a refusal as a value and a fault as an error', async () => {
    const there = open();
    expect(await there.honourCard({ ...card, photo: png(9, 9).subarray(0, 50) })).toEqual({
      ok: false,
      problem: 'broken',
    });
    await expect(there.barChart({ title: '', rows: Array.from({ length: 99 }, () => rows[0]!) })).rejects.toThrow(
      'at most',
    );
  });

  it('lets its process go when nothing more is asked, and takes another for the next picture', async () => {
    const before = await childIds();
    const there = open({ idleMs: 50 });
    await there.barChart({ title: 'Số', rows });
    await waitFor(async () => (await childIds()).every((id) => before.includes(id)));
    expect((await there.barChart({ title: 'Số', rows })).length).toBeGreaterThan(1000);
  });

  it('says so when its process dies with work in hand, and goes on', async () => {
    const before = await childIds();
    const there = open();
    const asked = there.honourCard(card);
    const [id] = (await childIds()).filter((one) => !before.includes(one));
    process.kill(Number(id), 'SIGKILL');
    await expect(asked).rejects.toBeInstanceOf(PainterError);
    expect(await there.honourCard(card)).toMatchObject({ ok: true });
  });

  it('gives up a picture that takes too long', async () => {
    const there = open({ limitMs: 1 });
    await expect(there.honourCard(card)).rejects.toBeInstanceOf(PainterError);
  });
});
