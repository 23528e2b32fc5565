/**
 * `npm run chaos -- [--kills N] [--recipients N] [--seed S] [--workers N] [--json]`: kills workers of broadcasts and
 * ends with 1 when a rule is broken. Everything it starts is its own and on the loopback.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createBenchDatabase } from '../database.js';
import { runChaos } from './run.js';
import { printRules, printTable, roundLine } from './table.js';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    kills: { type: 'string', default: '200' },
    recipients: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '20261122' },
    workers: { type: 'string' },
  },
});

/** A whole number within bounds; everything else ends the command. */
function number(name: 'kills' | 'recipients' | 'seed' | 'workers', most: number): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  process.stderr.write(`--${name}: 1–${String(most)}\n`);
  process.exit(2);
}

const options = {
  kills: number('kills', 5_000),
  recipients: number('recipients', 20_000),
  seed: number('seed', 2 ** 31),
  ...(values.workers === undefined ? {} : { workers: number('workers', 8) }),
  folder: path.join(import.meta.dirname),
};

const database = await createBenchDatabase();
let dropping: Promise<void> | null = null;
const drop = (): Promise<void> => (dropping ??= database.drop());
// The processes of the run end with this one; the database would stay.
function leave(): void {
  // Whatever the run is waiting for fails now, and nobody wants to hear of it.
  process.on('uncaughtException', () => undefined);
  void drop().finally(() => process.exit(130));
}
process.once('SIGINT', leave).once('SIGTERM', leave);
try {
  const result = await runChaos({
    ...options,
    databaseUrl: database.url,
    onRound: (round, kills) => process.stderr.write(`${roundLine(round, kills, options.kills)}\n`),
  });
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else process.stdout.write(`${printTable(result)}\n${printRules(result)}\n`);
  if (result.rules.some(({ holds }) => !holds)) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await drop();
}
