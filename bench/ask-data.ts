/** Questions and passages for `bench -- ask`. */
import { readFileSync } from 'node:fs';
import type { OfficialText } from '../src/awards/index.js';

const QUESTION_FILES = ['questions-own', 'questions-held', 'questions-fresh', 'questions-last'];

/** The evaluation questions of the tests. */
export function readAllQuestions(): string[] {
  return QUESTION_FILES.flatMap((name) => {
    let lines: string[];
    try {
      lines = readFileSync(`test/awards/${name}.jsonl`, 'utf8').split('\n');
    } catch {
      return [];
    }
    return lines
      .filter((line) => line.trim() !== '')
      .map((line) => (JSON.parse(line) as { question: string }).question);
  });
}

const ARTICLES = 100;
const CLAUSES = 10;

/** Documents of a hundred articles with ten clauses each, made of the words of real clauses in a fixed disorder. */
export function generateTexts(passages: number, words: readonly string[]): OfficialText[] {
  const next = numbers(20_261_122);
  const sentence = () => {
    const length = 25 + Math.floor(next() * 30);
    // Small numbers come more often, as words do in a language.
    return Array.from({ length }, () => words[Math.floor(next() ** 2 * words.length)] ?? '').join(' ');
  };
  return Array.from({ length: Math.ceil(passages / (ARTICLES * CLAUSES)) }, (_, document): OfficialText => ({
    number: `${String(document + 1)}/2026/TT-MAU`,
    from: '2026-01-01',
    partial: false,
    sources: [],
    passages: Array.from({ length: ARTICLES }, (_article, a) =>
      Array.from({ length: CLAUSES }, (_clause, c) => ({
        kind: 'clause' as const,
        part: 0,
        article: String(a + 1),
        clause: String(c + 1),
        label: `${String(c + 1)}.`,
        text: sentence(),
      })),
    ).flat(),
  }));
}

/** The same sequence in every run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
