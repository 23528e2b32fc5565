import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPrinter, PrinterError } from '../../src/documents/index.js';
import type { PaperFormat, Row, Rows } from '../../src/documents/table.js';
import { paper, readPdf, rowsOf } from './papers.js';

let folder: string;
let program: string;
beforeAll(async () => {
  // Built where the libraries are found as from the product's own build.
  await mkdir('.tmp', { recursive: true });
  folder = await mkdtemp(path.resolve('.tmp/print-'));
  program = path.join(folder, 'print-main.mjs');
  const entryPoints = ['src/documents/print-main.ts'];
  await build({
    entryPoints,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    outfile: program,
    logLevel: 'error',
  });
});
afterAll(() => rm(folder, { recursive: true }));

const row = (n: number): Row => [n, `Người nhận số ${String(n)}`, null, null];
async function print(format: PaperFormat, rows: Rows, options: object = { program }): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of createPrinter(options).print(format, paper(), rows)) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('the printer', () => {
  it('prints in a process of its own what it prints here', async () => {
    const outside = await readPdf(await print('pdf', rowsOf(300, row)));
    expect(outside).toEqual(await readPdf(await print('pdf', rowsOf(300, row), { program: '/nowhere' })));
    expect((await print('xlsx', rowsOf(300, row))).subarray(0, 2).toString()).toBe('PK');
  });

  it('gives no file when the rows break off', async () => {
    const broken = (async function* () {
      yield* rowsOf(200, row);
      throw new Error('the database went away');
    })();
    await expect(print('pdf', broken)).rejects.toThrow('the database went away');
  });

  it('gives up a paper that takes too long, and says what stopped a process', async () => {
    const never = (async function* () {
      await new Promise(() => undefined);
      yield [row(1)];
    })();
    await expect(print('pdf', never, { program, limitMs: 300 })).rejects.toThrow(PrinterError);
    const faulty = path.join(folder, 'faulty.mjs');
    await writeFile(faulty, `process.stdin.resume(); throw new Error('no letters');`);
    await expect(print('pdf', rowsOf(1, row), { program: faulty })).rejects.toThrow('no letters');
  });

  it('ends what it prints when it is closed', async () => {
    const printer = createPrinter({ program });
    const endless = (async function* () {
      for (let n = 0; ; n += 1) {
        yield [row(n)];
        // Closed once the process prints.
        if (n === 50) printer.close();
      }
    })();
    const read = (async () => {
      for await (const piece of printer.print('pdf', paper(), endless)) expect(piece.length).toBeGreaterThan(0);
    })();
    await expect(read).rejects.toThrow(PrinterError);
  });
});
