/** Runs keeper-process.ts as a process of its own and listens to what it prints. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import type { Owner } from '../../src/store/embedded-owner.js';
import { waitFor } from '../support/wait.js';

export interface KeeperEvent {
  readonly event: string;
  readonly [detail: string]: unknown;
}

export interface Keeper {
  readonly child: ChildProcess;
  readonly events: readonly KeeperEvent[];
  /** The first event of that name, waited for. */
  saw(event: string, timeoutMs?: number): Promise<KeeperEvent>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/** Builds the program to one file that needs only node_modules. */
export async function buildKeeper(outfile: string): Promise<void> {
  await build({
    entryPoints: ['test/store/keeper-process.ts'],
    outfile,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
}

/** Starts the program; it lives until it is killed. */
export function startKeeper(program: string, args: readonly string[], owner: Owner | null = null): Keeper {
  const child = spawn(process.execPath, [program, ...args], { ...owner, stdio: ['ignore', 'pipe', 'inherit'] });
  const events: KeeperEvent[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => events.push(JSON.parse(line) as KeeperEvent));
  const ended = once(child, 'close') as Promise<[number | null]>;
  return {
    child,
    events,
    saw: (event, timeoutMs = 30_000) =>
      waitFor(
        () => {
          const found = events.find((it) => it.event === event);
          if (!found && child.exitCode !== null) throw new Error(`ended without "${event}": ${JSON.stringify(events)}`);
          return found;
        },
        { timeoutMs, what: `the event "${event}"` },
      ),
    kill: async (signal) => {
      child.kill(signal);
      return (await ended)[0];
    },
  };
}
