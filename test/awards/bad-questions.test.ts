import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { withoutMarks } from '../../src/dev/awards-eval.js';
import { ask } from './knowledge-of-tests.js';

interface BadQuestion {
  readonly id: string;
  readonly kind: string;
  readonly question: string;
}

const bad = readFileSync(path.join(import.meta.dirname, 'bad-questions.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as BadQuestion);

const answered = (text: string): boolean => ask(text).outcome.startsWith('answer');

describe('questions that must not be answered', () => {
  it('are at least 150', () => {
    expect(bad.length).toBeGreaterThanOrEqual(150);
  });

  it.each([
    ['as typed', (text: string) => text],
    ['without marks', withoutMarks],
    ['in capitals', (text: string) => text.toUpperCase()],
    ['in NFD', (text: string) => text.normalize('NFD')],
  ])('are never answered %s', (_name, change) => {
    expect(bad.filter((one) => answered(change(one.question))).map((one) => `${one.id} ${one.question}`)).toEqual([]);
  });

  it('are not answered when they are 3,000 words long', () => {
    expect(answered('hôm nay trời đẹp quá '.repeat(600))).toBe(false);
    expect(answered(`${'abc def '.repeat(1500)}tôi có được khen không`)).toBe(false);
  });
});
