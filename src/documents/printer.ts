/** Papers without their cost: each printed by a process of its own, which takes rows and gives bytes at its own pace. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { printPaper, toLines } from './print.js';
import type { PaperFormat, Rows, TablePaper } from './table.js';

export interface Printer {
  /** The bytes of the file. Whoever stops reading stops the printing. */
  print(format: PaperFormat, paper: TablePaper, rows: Rows): AsyncIterable<Uint8Array>;
  /** Ends the processes that print; whoever reads from one hears that it stopped. */
  close(): void;
}

export interface PrinterOptions {
  /** The built program that prints; absent: the one beside this file. */
  readonly program?: string;
  /** A paper that takes longer is given up. */
  readonly limitMs?: number;
}

/** The printing process stopped or took too long; asking again may help. */
export class PrinterError extends Error {
  override readonly name = 'PrinterError';
}

/** Opens a printer. Run from sources, where there is no built program (tests), it prints in this process. */
export function createPrinter({ program = builtProgram(), limitMs = 180_000 }: PrinterOptions = {}): Printer {
  const children = new Set<ChildProcess>();
  return {
    print: existsSync(program) ? (...job) => printOutside({ program, limitMs, children }, ...job) : printHere,
    close: () => {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

const builtProgram = (): string => fileURLToPath(new URL('./print-main.js', import.meta.url));

async function* printHere(format: PaperFormat, paper: TablePaper, rows: Rows): AsyncGenerator<Uint8Array> {
  const out = new PassThrough();
  const printed = printPaper(format, paper, rows, out).catch((error: unknown) => out.destroy(error as Error));
  yield* out as AsyncIterable<Uint8Array>;
  await printed;
}

interface Outside {
  readonly program: string;
  readonly limitMs: number;
  /** Those that print now. */
  readonly children: Set<ChildProcess>;
}

async function* printOutside(
  { program, limitMs, children }: Outside,
  format: PaperFormat,
  paper: TablePaper,
  rows: Rows,
): AsyncGenerator<Uint8Array> {
  const child = spawn(process.execPath, ['--max-old-space-size=256', program, format], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {},
  });
  children.add(child);
  const ended = endOf(child).finally(() => children.delete(child));
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, limitMs);
  // A process that is gone says why by itself; a source of rows that fails is the fault to tell.
  const fed = pipeline(Readable.from(toLines(paper, rows)), child.stdin).then(
    () => null,
    (error: unknown) => {
      child.kill('SIGKILL');
      return error;
    },
  );
  try {
    yield* child.stdout as AsyncIterable<Uint8Array>;
    const words = await ended;
    const fault = await fed;
    if (isLate) throw new PrinterError('the paper took too long');
    if (fault !== null && (fault as NodeJS.ErrnoException).code !== 'EPIPE') throw fault as Error;
    if (words !== null) throw new PrinterError(words);
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
}

const WORDS = 2_000;

/** Null when the process ended well, else what it said. */
function endOf(child: ChildProcess): Promise<string | null> {
  let words = '';
  child.stderr?.on('data', (piece: Buffer) => {
    words = (words + piece.toString()).slice(-WORDS);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? null : words.trim() || `ended with ${String(code ?? signal)}`),
    );
  });
}
