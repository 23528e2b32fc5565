/** npm run eval -- [FILE…] [--strip] [--as-of D]: scores of the answers, as a table by kind of question. */
import { existsSync } from 'node:fs';
import { createAnswerer, loadKnowledge } from '../awards/index.js';
import { isLocalDate } from '../kernel/local-date.js';
import { evaluate, misses, readQuestions, summarize, table, withoutMarks } from './awards-eval.js';

const OWN = ['own', 'held', 'fresh', 'last', 'new'].map((name) => `test/awards/questions-${name}.jsonl`);
const PINNED = '2026-11-22';

const write = (line: string): void => void process.stdout.write(`${line}\n`);

function main(args: readonly string[]): number {
  const strip = args.includes('--strip');
  const dateAt = args.indexOf('--as-of');
  const asOf = dateAt < 0 ? PINNED : (args[dateAt + 1] ?? '');
  if (!isLocalDate(asOf)) {
    process.stderr.write('--as-of cần một ngày dạng 2026-11-22\n');
    return 1;
  }
  const named = args.filter((arg, n) => !arg.startsWith('--') && (dateAt < 0 || n !== dateAt + 1));
  const files = named.length > 0 ? named : OWN;
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) {
    process.stderr.write(`không có tệp ${missing}\n`);
    return 1;
  }
  const from = performance.now();
  const answerer = createAnswerer({ knowledge: loadKnowledge() });
  write(
    `${String(answerer.knowledge.cards.length)} thẻ, mở kho ${(performance.now() - from).toFixed(0)} ms, ngày ${asOf}${strip ? ', bỏ dấu' : ''}`,
  );
  for (const file of files) {
    const results = evaluate(answerer, readQuestions(file), { asOf, ...(strip ? { change: withoutMarks } : {}) });
    const { p50Ms, p99Ms } = summarize(results);
    write(`\n${file}\n${table(results)}\np50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`);
    for (const line of misses(results)) write(`  ✗ ${line}`);
  }
  return 0;
}

process.exitCode = main(process.argv.slice(2));
