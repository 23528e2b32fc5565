/** The run of `npm run chaos` on a database of the tests, its processes built from the sources of this moment. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { expect } from 'vitest';
import { runChaos, type ChaosOptions, type ChaosResult } from '../../bench/chaos/run.js';
import { createTestDatabase } from '../support/database.js';

const PROCESSES = ['worker', 'bot-api'];

/** Builds the processes into a folder from which `locales/` is found as from `src/`. */
export async function buildChaosProcesses(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  await mkdir('.tmp', { recursive: true });
  const folder = await mkdtemp(path.resolve('.tmp/chaos-'));
  await build({
    entryPoints: PROCESSES.map((name) => path.resolve(`bench/chaos/${name}.ts`)),
    outdir: folder,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Runs it and expects every rule to hold. */
export async function expectNoHarm(options: Omit<ChaosOptions, 'databaseUrl' | 'folder'>): Promise<ChaosResult> {
  const database = await createTestDatabase();
  const processes = await buildChaosProcesses();
  try {
    const result = await runChaos({ ...options, databaseUrl: database.url, folder: processes.folder });
    expect(result.rules.filter(({ holds }) => !holds)).toEqual([]);
    return result;
  } finally {
    await processes.remove();
    await database.drop();
  }
}
