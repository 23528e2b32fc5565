/** Kills workers at random moments of a broadcast and checks what the fake Bot API and the ledger say in the end. */
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import type { MessageClass } from '../../src/delivery/index.js';
import { waitFor } from '../support/wait.js';
import type { World } from './support.js';

export interface ChaosOptions {
  readonly recipients: number;
  readonly kills: number;
  readonly class: MessageClass;
  readonly concurrency: number;
  /** Workers at one time. */
  readonly workers: number;
  /** Makes the moments repeatable. */
  readonly seed: number;
  readonly latencyMs: number;
}

export interface ChaosResult {
  /** Kills that came while messages were under way. */
  readonly killed: number;
  /** Most attempts of one killed worker that were `sending` at its death. */
  readonly mostSending: number;
  /** At the fake: all messages, different ones, people who got any. */
  readonly received: number;
  readonly distinct: number;
  readonly people: number;
  readonly unmarkedRepeats: number;
  /** Final states of the latest attempts. */
  readonly states: Readonly<Record<string, number>>;
  readonly unfinished: number;
}

export interface ChaosTally {
  readonly received: number;
  readonly distinct: number;
  readonly people: number;
  readonly unmarkedRepeats: number;
}

/** Builds the processes of this test into a folder from which `locales/` is found as from `src/`. */
async function buildProcesses(): Promise<string> {
  await mkdir('.tmp', { recursive: true });
  const folder = await mkdtemp(path.resolve('.tmp/chaos-'));
  const entryPoints = ['chaos-worker.ts', 'chaos-api.ts'].map((file) => path.join(import.meta.dirname, file));
  const options = {
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  } as const;
  await build({ ...options, entryPoints, outdir: folder, outExtension: { '.js': '.mjs' } });
  return folder;
}

/** Runs the broadcast to its end through all kills. */
export async function runChaos(world: World, options: ChaosOptions): Promise<ChaosResult> {
  const folder = await buildProcesses();
  const children = new Set<ChildProcess>();
  const start = async (file: string, ...args: string[]) => {
    const child = fork(path.join(folder, file), args, { stdio: ['ignore', 2, 2, 'ipc'] });
    children.add(child);
    return { child, word: await nextWord(child) };
  };
  try {
    const api = await start('chaos-api.mjs', String(options.latencyMs));
    const apiRoot = `http://127.0.0.1:${String((api.word as { port: number }).port)}`;
    const people = await world.people(options.recipients);
    await world.tell(people, {
      class: options.class,
      source: { kind: 'chaos', id: randomUUID() },
      outbox: { quietHours: null },
    });
    const killed = await killRepeatedly(world, options, async (name) => {
      const { child } = await start('chaos-worker.mjs', world.database.url, apiRoot, String(options.concurrency), name);
      return child;
    });
    const tally = nextWord(api.child) as Promise<ChaosTally>;
    api.child.send('tally');
    return { ...(await tally), ...killed, ...(await finalStates(world)) };
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

async function killRepeatedly(
  world: World,
  options: ChaosOptions,
  startWorker: (name: string) => Promise<ChildProcess>,
) {
  const random = seeded(options.seed);
  let killed = 0;
  let mostSending = 0;
  for (let n = 0; n < options.kills && (await unfinished(world)) > 0; n += 1) {
    const names = Array.from({ length: options.workers }, (_, at) => `kill-${String(n)}-${String(at)}`);
    const workers = await Promise.all(names.map(startWorker));
    await new Promise((resolve) => setTimeout(resolve, 20 + random() * 250));
    // The first of them dies; a second one goes on until the next round.
    const [victim, ...others] = workers;
    const gone = new Promise((resolve) => victim?.once('exit', resolve));
    victim?.kill('SIGKILL');
    await gone;
    const sending = await sendingOf(world, names[0] ?? '');
    mostSending = Math.max(mostSending, sending);
    if (sending > 0) killed += 1;
    for (const other of others) other.kill('SIGKILL');
  }
  await startWorker('last');
  await waitFor(async () => (await unfinished(world)) === 0, {
    timeoutMs: 90_000,
    everyMs: 100,
    what: 'the broadcast to end',
  });
  return { killed, mostSending };
}

async function sendingOf({ database }: World, worker: string): Promise<number> {
  const { rows } = await database.store.pool.query<{ n: number }>(
    `select count(*)::int as n from attempt a join lease l on l.id = a.lease_id where l.worker = $1 and a.state = 'sending'`,
    [worker],
  );
  return rows[0]?.n ?? 0;
}

async function unfinished({ database }: World): Promise<number> {
  const { rows } = await database.store.pool.query<{ n: number }>(
    'select count(*)::int as n from attempt where ended_at is null',
  );
  return rows[0]?.n ?? 0;
}

async function finalStates(world: World): Promise<Pick<ChaosResult, 'states' | 'unfinished'>> {
  const { rows } = await world.database.store.pool.query<{ state: string; n: number }>(
    `select state, count(*)::int as n from (select distinct on (message_id) state from attempt order by message_id, try desc) latest group by state`,
  );
  return { states: Object.fromEntries(rows.map(({ state, n }) => [state, n])), unfinished: await unfinished(world) };
}

function nextWord(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`a process of the test ended early: ${String(code)}`)));
  });
}

/** A small generator of numbers between 0 and 1. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
