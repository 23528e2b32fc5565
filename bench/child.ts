/** Child processes that answer one question at a time. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How `npm start` and the image run the product. */
export const PRODUCT_FLAGS = ['--max-semi-space-size=4', '--max-old-space-size=256'];

export interface Child {
  /** The first thing it said. */
  readonly ready: unknown;
  readonly process: ChildProcess;
  ask<T>(question: object): Promise<T>;
  stop(): void;
}

/** Starts a module of this folder in a process of its own and waits for its first word. */
export async function startChild(
  module: string,
  args: readonly string[],
  nodeFlags: readonly string[] = [],
): Promise<Child> {
  const child = fork(fileURLToPath(new URL(module, import.meta.url)), [...args], {
    stdio: ['ignore', 2, 2, 'ipc'],
    execArgv: [...nodeFlags],
  });
  const ready = await nextMessage(child);
  return {
    ready,
    process: child,
    ask: async <T>(question: object) => {
      child.send(question);
      return (await nextMessage(child)) as T;
    },
    stop: () => {
      child.disconnect();
    },
  };
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`a benchmark process ended early (${String(code)})`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.removeListener('exit', onExit);
      resolve(message);
    });
  });
}
