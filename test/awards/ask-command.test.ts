import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;

beforeAll(async () => {
  // Built where `locales/` and `knowledge/` are found as from the product's own build.
  await mkdir('.tmp', { recursive: true });
  folder = await mkdtemp(path.resolve('.tmp/ask-'));
  const entryPoints = ['src/dev/ask.ts', 'src/dev/knowledge-check.ts'];
  await build({
    entryPoints,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
  });
});
afterAll(() => rm(folder, { recursive: true }));

function run(
  name: string,
  args: readonly string[],
  input = '',
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(folder, `${name}.mjs`), ...args], {
      env: { ...process.env, DATA_DIR: path.join(folder, 'no-data') },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
    child.stdin.end(input);
  });
}

describe('the ask command', () => {
  it('prints one JSON object a line, in order, and nothing else', async () => {
    const questions = ['tiêu chuẩn CSTĐCS', '', 'thời tiết hôm nay', 'LĐTT thưởng bao nhiêu "tiền"'];
    const { code, out } = await run('ask', ['--json', '--as-of', '2026-11-22'], `${questions.join('\n')}\n`);
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).toBe(0);
    expect(rows.map((row) => row['question'])).toEqual(questions);
    expect(rows.map((row) => row['outcome'])).toEqual(['answer_with_warning', 'clarify', 'out_of_scope', 'answer']);
    for (const row of rows)
      expect(Object.keys(row).sort()).toEqual(['cards', 'citations', 'ms', 'outcome', 'question', 'text']);
    expect(rows[0]?.['citations']).toEqual([{ document: '06/2022/QH15', article: '23' }]);
  });

  it('answers as of the day asked for', async () => {
    const { out } = await run('ask', ['--json', '--as-of=2026-09-30'], 'tiêu chuẩn CSTĐCS\n');
    expect(JSON.parse(out)).toMatchObject({ outcome: 'answer' });
  });

  it('uses today where there is no database, and prints for people without --json', async () => {
    const { code, out } = await run('ask', [], 'LĐTT thưởng bao nhiêu\n');
    expect([code, out.includes('Căn cứ:')]).toEqual([0, true]);
  });

  it('refuses a day that is none with a clear word and exit code 1', async () => {
    const { code, out, err } = await run('ask', ['--json', '--as-of', '2026-13-01'], 'a\n');
    expect([code, out, err.includes('--as-of')]).toEqual([1, '', true]);
  });
});

describe('the knowledge check', () => {
  it('says that the shipped files are in order, and exits 1 on a folder that is not', async () => {
    expect((await run('knowledge-check', [])).code).toBe(0);
    const wrong = await run('knowledge-check', [path.join(folder, 'nothing-here')]);
    expect([wrong.code, wrong.err.includes('documents.yaml')]).toEqual([1, true]);
  });
});
