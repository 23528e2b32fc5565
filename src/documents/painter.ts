/** Pictures without their cost: drawn in a process of their own, which is let go when nothing more is asked. */
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BarChart } from './bar-chart.js';
import type { CardResult, HonourCard } from './honour-card.js';
import { barChart, renderHonourCard, type PaintAnswer, type PaintRequest } from './paint.js';

export interface Painter {
  honourCard(card: HonourCard): Promise<CardResult>;
  barChart(chart: BarChart): Promise<Buffer>;
  close(): void;
}

export interface PainterOptions {
  /** The built program that draws; absent: the one beside this file. */
  readonly program?: string;
  /** How long the process stays without work. */
  readonly idleMs?: number;
  /** A picture that takes longer is given up. */
  readonly limitMs?: number;
}

/** The drawing process stopped or took too long; asking again may help. */
export class PainterError extends Error {
  override readonly name = 'PainterError';
}

/**
 * Opens a painter. Drawing blocks for some 100 ms and grows by some 150 MB, and a crafted photo may bring the decoder
 * down: none of that may happen to a process that answers people. Run from sources, where there is no built program
 * (tests), it draws in this process.
 */
export function createPainter({
  program = builtProgram(),
  idleMs = 10_000,
  limitMs = 30_000,
}: PainterOptions = {}): Painter {
  if (!existsSync(program)) return { honourCard: renderHonourCard, barChart, close: () => undefined };
  const studio = createStudio(program, idleMs, limitMs);
  return {
    honourCard: async (card) => (await studio.ask((id) => ({ id, kind: 'card', card }))) as CardResult,
    barChart: async (chart) => (await studio.ask((id) => ({ id, kind: 'chart', chart }))) as Buffer,
    close: studio.close,
  };
}

const builtProgram = (): string => fileURLToPath(new URL('./paint-main.js', import.meta.url));

interface Waiting {
  readonly resolve: (result: CardResult | Buffer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Keeps at most one drawing process, and the requests that it has not answered. */
function createStudio(program: string, idleMs: number, limitMs: number) {
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | null = null;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;

  const letGo = (reason: string): void => {
    clearTimeout(idle);
    child?.kill('SIGKILL');
    child = null;
    for (const { reject, timer } of waiting.values()) {
      clearTimeout(timer);
      reject(new PainterError(reason));
    }
    waiting.clear();
  };

  const hire = (): ChildProcess => {
    const hired = fork(program, [], {
      serialization: 'advanced',
      env: {},
      execArgv: ['--max-old-space-size=192'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    hired.on('message', (message) => take(message as PaintAnswer));
    hired.on('error', () => undefined);
    hired.on('exit', () => {
      if (child === hired) letGo('the drawing process stopped');
    });
    hired.unref();
    hired.channel?.unref();
    return hired;
  };

  const take = (answer: PaintAnswer): void => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    clearTimeout(asked?.timer);
    if (answer.ok) asked?.resolve(answer.result);
    else asked?.reject(new Error(answer.message));
    if (waiting.size > 0) return;
    idle = setTimeout(() => letGo('idle'), idleMs);
    idle.unref();
  };

  const ask = (build: (id: number) => PaintRequest): Promise<CardResult | Buffer> =>
    new Promise((resolve, reject) => {
      clearTimeout(idle);
      const request = build((lastId += 1));
      const timer = setTimeout(() => letGo('the picture took too long'), limitMs);
      waiting.set(request.id, { resolve, reject, timer });
      child ??= hire();
      child.send(request);
    });

  return { ask, close: () => letGo('the painter is closed') };
}
