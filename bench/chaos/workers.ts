/** Worker processes that are started ahead, because a new process takes a second and a kill is soon done. */
import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { WorkerQuestion } from './worker.js';

export interface Worker {
  /** Its name in leases, and its path at the fake Bot API. */
  readonly name: string;
  readonly pid: number;
  /** Settles when the process has ended, however. */
  readonly ended: Promise<void>;
  ask(question: WorkerQuestion): void;
  kill(signal: 'SIGKILL' | 'SIGTERM'): void;
}

export interface WorkersOptions {
  /** Where the compiled `worker.js` lies. */
  readonly folder: string;
  readonly databaseUrl: string;
  readonly apiRoot: string;
  readonly concurrency: number;
  readonly leaseMs: number;
  /** Kept ready. */
  readonly spares: number;
}

export interface Workers {
  /** A worker that was ready, or the first that will be; another one is started in its place. */
  next(): Promise<Worker>;
  close(): void;
}

/** Starts the first spares. */
export function startWorkers(options: WorkersOptions): Workers {
  const all = new Set<ChildProcess>();
  const spares: Promise<Worker>[] = [];
  let made = 0;

  const start = (): void => {
    made += 1;
    const name = `w${String(made)}`;
    const { databaseUrl, apiRoot, concurrency, leaseMs } = options;
    const child = startProcess(options.folder, 'worker', [
      databaseUrl,
      apiRoot,
      String(concurrency),
      String(leaseMs),
      name,
    ]);
    all.add(child);
    child.once('exit', () => all.delete(child));
    const ready = firstWord(child).then(() => workerOf(child, name));
    // Whoever takes it hears of a failure.
    ready.catch(() => undefined);
    spares.push(ready);
  };
  for (let n = 0; n < options.spares; n += 1) start();

  return {
    next: () => {
      start();
      return spares.shift() ?? Promise.reject(new Error('no spare worker'));
    },
    close: () => {
      for (const child of all) child.kill('SIGKILL');
    },
  };
}

/** A process of this folder, compiled to `NAME.js` in `folder`. */
export function startProcess(folder: string, name: string, args: readonly string[]): ChildProcess {
  return fork(path.join(folder, `${name}.js`), [...args], { stdio: ['ignore', 2, 2, 'ipc'], execArgv: [] });
}

/** The first thing that a process says. */
export function firstWord(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`a process of the run ended early: ${String(code)}`));
    child.once('exit', onExit);
    child.once('message', (word) => {
      child.removeListener('exit', onExit);
      resolve(word);
    });
  });
}

function workerOf(child: ChildProcess, name: string): Worker {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    name,
    pid: child.pid ?? 0,
    ended,
    ask: (question) => void child.send(question),
    kill: (signal) => void child.kill(signal),
  };
}
