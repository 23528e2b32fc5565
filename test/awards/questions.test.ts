import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  evaluate,
  misses,
  readQuestions,
  summarize,
  table,
  withoutMarks,
  type EvalQuestion,
} from '../../src/dev/awards-eval.js';
import { fold } from '../../src/kernel/text.js';
import { answerer, knowledge, TODAY } from './knowledge-of-tests.js';

const own = readQuestions(path.join(import.meta.dirname, 'questions-own.jsonl'));
const held = readQuestions(path.join(import.meta.dirname, 'questions-held.jsonl'));
const fresh = readQuestions(path.join(import.meta.dirname, 'questions-fresh.jsonl'));
const last = readQuestions(path.join(import.meta.dirname, 'questions-last.jsonl'));
const newest = readQuestions(path.join(import.meta.dirname, 'questions-new.jsonl'));
const all = [...own, ...held, ...fresh, ...last, ...newest];
// Further questions, for whoever has collected some: a file of the same form as the two above.
const given = process.env['EVAL_QUESTIONS'] ?? '';
const more = given !== '' && existsSync(given) ? readQuestions(given) : null;

function run(questions: readonly EvalQuestion[], change?: (text: string) => string) {
  const results = evaluate(answerer, questions, { asOf: TODAY, ...(change ? { change } : {}) });
  return { ...summarize(results), report: `${table(results)}\n${misses(results).join('\n')}` };
}

describe('the answers to questions whose right outcome is known', () => {
  it('are right for at least 97 % of the questions that the words were tuned on', () => {
    const score = run(own);
    expect(score.share, score.report).toBeGreaterThanOrEqual(0.97);
  });

  it('are right for at least 92 % of the questions that were written afterwards', () => {
    const score = run(held);
    expect(score.share, score.report).toBeGreaterThanOrEqual(0.92);
  });

  it('are right for at least 92 % of three sets written without a look at the question forms of the cards', () => {
    for (const set of [fresh, last, newest]) {
      const score = run(set);
      expect(score.share, score.report).toBeGreaterThanOrEqual(0.92);
    }
  });

  it('hardly suffer from NFD or capitals', () => {
    const plain = run(all).share;
    for (const change of [(text: string) => text.normalize('NFD'), (text: string) => text.toUpperCase()]) {
      const score = run(all, change);
      expect(plain - score.share, score.report).toBeLessThanOrEqual(0.02);
      expect(score.wronglyAnswered, score.report).toBe(0);
    }
  });

  it('are never answers where a refusal, a person, a question back or the province was due', () => {
    const refusals = all.filter((one) => one.outcome !== 'answer' && one.outcome !== 'answer_with_warning');
    expect(refusals.length).toBeGreaterThanOrEqual(100);
    for (const change of [undefined, withoutMarks]) {
      const score = run(refusals, change);
      expect(score.wronglyAnswered, score.report).toBe(0);
    }
  });

  it('stay as good within two points when all marks are taken off', () => {
    const marked = run(all);
    const bare = run(all, withoutMarks);
    expect(marked.share - bare.share, bare.report).toBeLessThanOrEqual(0.02);
  });

  it('are right for at least 95 % of the questions in the file that EVAL_QUESTIONS names', ({ skip }) => {
    if (!more) return skip(given === '' ? 'EVAL_QUESTIONS is not set' : `EVAL_QUESTIONS: no file ${given}`);
    const score = run(more);
    expect(score.share, score.report).toBeGreaterThanOrEqual(0.95);
    expect(score.wronglyAnswered, score.report).toBe(0);
  });

  it('are not asked in the words of a card', () => {
    const forms = new Set(knowledge.cards.flatMap((card) => card.asks.map(fold)));
    const questions = [...all, ...(more ?? [])].filter((one) => one.asOf === undefined);
    // "tiêu chuẩn X" is how anybody says it; longer ones must be words of their own.
    const same = questions
      .map((one) => one.question)
      .filter((text) => text.split(' ').length > 6 && forms.has(fold(text)));
    expect(same).toEqual([]);
  });
});
