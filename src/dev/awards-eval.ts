/** Measures answers against questions whose right outcome and document are known. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Answerer, Outcome, Reply } from '../awards/index.js';
import type { LocalDate } from '../kernel/local-date.js';

const BEHAVIOURS = {
  ANSWER: 'answer',
  ANSWER_WARN: 'answer_with_warning',
  LOCAL: 'local_setting',
  HUMAN: 'hand_over',
  ASK: 'clarify',
  REFUSE: 'out_of_scope',
} as const satisfies Record<string, Outcome>;

const OUTCOMES = ['answer', 'answer_with_warning', 'local_setting', 'clarify', 'hand_over', 'out_of_scope'] as const;

const questionSchema = z
  .object({
    id: z.string(),
    kind: z.string().optional(),
    question: z.string(),
    outcome: z.enum(OUTCOMES).optional(),
    /** Where another outcome is as honest. */
    alsoOk: z.array(z.enum(OUTCOMES)).default([]),
    behaviour: z.enum(Object.keys(BEHAVIOURS) as [keyof typeof BEHAVIOURS]).optional(),
    cite: z.array(z.tuple([z.string(), z.string().nullable()])).default([]),
    asOf: z.string().optional(),
  })
  .transform(({ behaviour, outcome, ...rest }) => ({
    ...rest,
    outcome: outcome ?? (behaviour ? BEHAVIOURS[behaviour] : undefined),
  }));

export type EvalQuestion = z.infer<typeof questionSchema>;

export interface EvalResult {
  readonly question: EvalQuestion;
  readonly reply: Reply;
  readonly ms: number;
  readonly outcomeRight: boolean;
  readonly documentRight: boolean;
  /** An answer was given where the question had to be refused, handed over, asked back or left to the province. */
  readonly wronglyAnswered: boolean;
}

/** The questions of a file, one JSON object a line. */
export function readQuestions(file: string): EvalQuestion[] {
  return linesOf(file).map((line) => questionSchema.parse(JSON.parse(line)));
}

const linesOf = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');

/** The text as somebody types it without marks. */
export const withoutMarks = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D');

const rightOutcomes = ({ outcome, alsoOk }: EvalQuestion): Outcome[] => (outcome ? [outcome, ...alsoOk] : [...alsoOk]);
const isAnswer = (outcome: Outcome | undefined): boolean => outcome === 'answer' || outcome === 'answer_with_warning';

/** Asks every question and compares. */
export function evaluate(
  answerer: Answerer,
  questions: readonly EvalQuestion[],
  options: { readonly asOf: LocalDate; readonly change?: (text: string) => string },
): EvalResult[] {
  return questions.map((question) => {
    const typed = options.change ? options.change(question.question) : question.question;
    const from = performance.now();
    const reply = answerer.answer(typed, { asOf: question.asOf ?? options.asOf });
    const ms = performance.now() - from;
    return {
      question,
      reply,
      ms,
      outcomeRight: rightOutcomes(question).includes(reply.outcome),
      documentRight: citesRight(question, reply),
      wronglyAnswered: isAnswer(reply.outcome) && !rightOutcomes(question).some(isAnswer),
    };
  });
}

/** At least one of the documents (and articles) that must be cited is; nothing to cite is always right, as is a refusal that is as honest. */
function citesRight(question: EvalQuestion, reply: Reply): boolean {
  if (question.cite.length === 0 || (question.alsoOk.includes(reply.outcome) && !isAnswer(reply.outcome))) return true;
  return question.cite.some(([document, article]) =>
    reply.citations.some((one) => one.document === document && (article === null || one.article === article)),
  );
}

export interface EvalSummary {
  readonly total: number;
  readonly right: number;
  readonly share: number;
  readonly wronglyAnswered: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The figures of a run. */
export function summarize(results: readonly EvalResult[]): EvalSummary {
  const right = results.filter((one) => one.outcomeRight && one.documentRight).length;
  const times = results.map((one) => one.ms).sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return {
    total: results.length,
    right,
    share: results.length === 0 ? 0 : right / results.length,
    wronglyAnswered: results.filter((one) => one.wronglyAnswered).length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

/** The results as a table, one line a kind of question. */
export function table(results: readonly EvalResult[]): string {
  const kinds = [...new Set(results.map(kindOf))].sort();
  const rows = [
    ...kinds.map((kind) =>
      row(
        kind,
        results.filter((one) => kindOf(one) === kind),
      ),
    ),
    row('tất cả', results),
  ];
  const head = ['loại', 'số câu', 'đúng kết quả', 'đúng văn bản', 'đúng cả hai', '%', 'trả lời sai chỗ'];
  const widths = head.map((title, n) => Math.max(title.length, ...rows.map((cells) => (cells[n] ?? '').length)));
  return [head, ...rows]
    .map((cells) =>
      cells.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join('  '),
    )
    .join('\n');
}

const kindOf = (one: EvalResult): string => one.question.kind ?? one.question.outcome ?? '-';

function row(name: string, results: readonly EvalResult[]): string[] {
  const count = (test: (one: EvalResult) => boolean) => String(results.filter(test).length);
  const both = results.filter((one) => one.outcomeRight && one.documentRight).length;
  return [
    name,
    String(results.length),
    count((one) => one.outcomeRight),
    count((one) => one.documentRight),
    String(both),
    results.length === 0 ? '-' : ((both / results.length) * 100).toFixed(1),
    count((one) => one.wronglyAnswered),
  ];
}

/** One line for each question that came out wrong. */
export function misses(results: readonly EvalResult[]): string[] {
  return results
    .filter((one) => !one.outcomeRight || !one.documentRight)
    .map(({ question, reply }) => {
      const want = `${question.outcome ?? '?'} ${question.cite.map(([document, article]) => `${document}${article === null ? '' : `:${article}`}`).join('|')}`;
      return `${question.id} ${JSON.stringify(question.question)} cần ${want.trim()}, được ${reply.outcome} ${reply.cards.join(',')}`;
    });
}

const wordingsSchema = z.object({ card: z.string(), wordings: z.array(z.string()) });
export type Wordings = z.infer<typeof wordingsSchema>;

/** Wordings of cards that stand in none, one card a line. */
export const readWordings = (file: string): Wordings[] =>
  linesOf(file).map((line) => wordingsSchema.parse(JSON.parse(line)));

/** The wordings whose card neither answers nor is offered. */
export function missedWordings(
  answerer: Answerer,
  all: readonly Wordings[],
  { asOf, change = (text) => text }: { readonly asOf: LocalDate; readonly change?: (text: string) => string },
): string[] {
  return all.flatMap(({ card, wordings }) =>
    wordings
      .filter((text) => {
        const { cards, options } = answerer.answer(change(text), { asOf });
        return !cards.includes(card) && !options.some((option) => option.card === card);
      })
      .map((text) => `${card}: ${text}`),
  );
}
