/** Runs one of the fake platforms as a process of its own and talks to its controls. */
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';

export interface FakeProcess {
  readonly origin: string;
  readonly pid: number;
  readonly control: <T>(name: string, args?: object) => Promise<T>;
  /** Refuses connections until `listen()`; the fake's memory stays. */
  readonly refuse: () => Promise<void>;
  readonly listen: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Forks `<script>` of this folder and waits until it serves. */
export async function startFake(script: string, options: object): Promise<FakeProcess> {
  const child = fork(join(folder(), script), [], {
    env: { PATH: process.env['PATH'], FAKE_OPTIONS: JSON.stringify(options) },
    execArgv: [],
  });
  const { ready } = await next(child, 'ready');
  const origin = `http://127.0.0.1:${String(ready)}`;
  const pool = new Pool(origin, { connections: 8, keepAliveTimeout: 1_000 });
  return {
    origin,
    pid: child.pid ?? 0,
    control: async <T>(name: string, args: object = {}) => {
      const answer = await pool.request({ path: `/_control/${name}`, method: 'POST', body: JSON.stringify(args) });
      const body = (await answer.body.json()) as { result: T; error?: string };
      if (answer.statusCode !== 200) throw new Error(`fake ${name}: ${body.error ?? String(answer.statusCode)}`);
      return body.result;
    },
    refuse: async () => {
      child.send('refuse');
      await next(child, 'refusing');
    },
    listen: async () => {
      child.send('listen');
      await next(child, 'ready');
    },
    stop: async () => {
      await pool.destroy();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function next(child: ChildProcess, key: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => {
      reject(new Error(`the fake ended with ${String(code)}`));
    };
    const onMessage = (message: unknown) => {
      if (typeof message !== 'object' || message === null || !(key in message)) return;
      child.off('exit', onExit);
      child.off('message', onMessage);
      resolve(message as Record<string, unknown>);
    };
    child.once('exit', onExit);
    child.on('message', onMessage);
  });
}

/** This folder, also when the code was compiled into another one: the scripts are plain JavaScript and stay here. */
function folder(): string {
  let at = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(at, 'package.json'))) at = dirname(at);
  return join(at, 'test', 'support');
}
