import { spawn } from 'node:child_process';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program to its end. Its standard output goes to our standard error unless `stdio` says otherwise. A signal that
 * ends us ends it first; `onStart` is told its process id.
 */
export async function run(command, args, { onStart, ...options } = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 2, 2], ...options });
  const pass = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, pass);
  try {
    const ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code: code ?? 1, signal }));
    });
    if (child.pid) await onStart?.(child.pid);
    return await ended;
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, pass);
  }
}

/** The same, with everything it prints as one text. */
export function runQuietly(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Runs a program as if it were this one: same terminal, signals passed on, same end. */
export async function become(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  const pass = (signal) => {
    // Ctrl-C in a terminal reaches the whole group by itself; passing it on would say it twice.
    if (!(signal === 'SIGINT' && process.stdin.isTTY)) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...end) => resolve(end));
  });
  for (const name of SIGNALS) process.removeAllListeners(name);
  if (signal) process.kill(process.pid, signal);
  process.exitCode = code ?? 1;
}
