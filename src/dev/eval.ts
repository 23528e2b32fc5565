/** npm run eval -- [FILE…] [--strip] [--as-of D]: scores of the answers, as a table by kind of question. */
import { existsSync } from 'node:fs';
import { createAnswerer, loadKnowledge, type Answerer } from '../awards/index.js';
import { isLocalDate } from '../kernel/local-date.js';
import {
  evaluate,
  misses,
  missedWordings,
  readQuestions,
  readWordings,
  summarize,
  table,
  withoutMarks,
} from './awards-eval.js';

const OWN = ['own', 'held', 'fresh', 'last', 'new'].map((name) => `test/awards/questions-${name}.jsonl`);
// Each of these must be refused, handed over or asked back.
const REFUSALS = 'test/awards/bad-questions.jsonl';
const WORDINGS = ['test/awards/wordings.jsonl', 'test/awards/wordings-new.jsonl'];
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
    if (!strip) {
      const bare = summarize(evaluate(answerer, readQuestions(file), { asOf, change: withoutMarks }));
      write(`bỏ dấu: ${percent(bare.share)}, trả lời sai chỗ ${String(bare.wronglyAnswered)}`);
    }
    for (const line of misses(results)) write(`  ✗ ${line}`);
  }
  if (named.length === 0) writeFurther(answerer, { asOf, ...(strip ? { change: withoutMarks } : {}) });
  return 0;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** What must never be answered, and the cards looked for in words that stand in none. */
function writeFurther(answerer: Answerer, options: Parameters<typeof evaluate>[2]): void {
  const refusals = evaluate(answerer, readQuestions(REFUSALS), options);
  write(
    `\n${REFUSALS}\n${String(refusals.length)} câu, trả lời sai chỗ ${String(summarize(refusals).wronglyAnswered)}`,
  );
  for (const file of WORDINGS) {
    const wordings = readWordings(file);
    const missed = missedWordings(answerer, wordings, options);
    const total = wordings.reduce((sum, one) => sum + one.wordings.length, 0);
    write(`\n${file}\n${String(total)} cách hỏi, tìm đúng thẻ ${percent(1 - missed.length / total)}`);
    for (const line of missed) write(`  ✗ ${line}`);
  }
}

process.exitCode = main(process.argv.slice(2));
