/** The result of a run for people. */
import type { ChaosResult } from './run.js';
import type { RoundFigures } from './verdict.js';

const COLUMNS = ['kill', 'broadcast', 'class', 'workers', 'moment', 'in flight', 'sent', 'uncertain', 'repeated'];

/** One line of progress. */
export function roundLine(round: RoundFigures, kills: number, of: number): string {
  const { class: kind, workers, byState, lost, duplicated, seconds } = round;
  const states = Object.entries(byState).map(([state, n]) => `${state} ${String(n)}`);
  return `${String(kills)}/${String(of)} kills · ${kind}, workers ${String(workers)} · ${states.join(', ')} · lost ${String(lost)}, duplicated ${String(duplicated)} · ${String(seconds)} s`;
}

/** A line for each kill, then the sums of each broadcast. */
export function printTable({ rounds }: ChaosResult): string {
  let n = 0;
  const kills = rounds.flatMap((round, at) =>
    round.kills.map((kill) => {
      n += 1;
      const { moment, inFlight, sent, uncertain, repeated } = kill;
      return [n, at + 1, round.class, round.workers, moment, inFlight, sent, uncertain, repeated];
    }),
  );
  const sums = rounds.map((round, at) => [
    at + 1,
    round.class,
    round.recipients,
    round.received,
    round.byState['sent'] ?? 0,
    round.byState['uncertain'] ?? 0,
    round.repeatedMarked,
    round.lost,
    round.duplicated,
  ]);
  const heads = ['broadcast', 'class', 'people', 'arrived', 'sent', 'uncertain', 'repeats', 'lost', 'duplicated'];
  return `${align([COLUMNS, ...kills])}\n\n${align([heads, ...sums])}\n`;
}

/** Whether each rule held. */
export function printRules({ rules, kills, seconds, seed }: ChaosResult): string {
  const lines = rules.map(({ rule, holds }) => `${holds ? 'ok    ' : 'BROKEN'} ${rule}`);
  return [...lines, `${String(kills)} kills in ${String(seconds)} s, seed ${String(seed)}`].join('\n');
}

function align(rows: readonly (readonly (string | number)[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => String(row[column] ?? '').length)));
  return rows.map((row) => row.map((cell, column) => String(cell).padStart(widths[column] ?? 0)).join('  ')).join('\n');
}
