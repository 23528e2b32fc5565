/** Child servers that cannot outlive the test run, however it ends. */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Owner } from '../../src/store/embedded-owner.js';

// The shell's standard input is a pipe from us: when we are gone, killed or not, it reads the end and ends the server.
const GUARD = `
signal=$1; folder=$2; shift 2
"$@" </dev/null & child=$!
cat >/dev/null
kill -"$signal" "$child" 2>/dev/null
wait "$child"
rm -rf "$folder"`;

export interface Guarded {
  readonly pid: number;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

export interface GuardOptions {
  readonly command: readonly string[];
  readonly signal: 'TERM' | 'INT' | 'QUIT';
  /** Removed after the end. */
  readonly folder: string;
  readonly owner: Owner | null;
  readonly logFd: number;
}

/** Starts a server under a guard. */
export async function startGuarded(options: GuardOptions): Promise<Guarded> {
  const { command, signal, folder, owner, logFd } = options;
  const shell: ChildProcess = spawn('/bin/sh', ['-c', GUARD, 'guard', signal, folder, ...command], {
    ...owner,
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    detached: true,
    stdio: ['pipe', logFd, logFd],
  });
  await new Promise<void>((resolve, reject) => shell.once('spawn', resolve).once('error', reject));
  const ended = new Promise<void>((resolve) => shell.once('exit', () => resolve()));
  return {
    pid: shell.pid ?? 0,
    stop: async () => {
      shell.stdin?.end();
      await ended;
    },
  };
}
