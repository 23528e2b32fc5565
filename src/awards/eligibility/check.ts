/** Weighs the answers of a self-check. Pure; it counts conditions and declares nothing. */
import { formatNumber } from '../../kernel/format.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { Knowledge } from '../model.js';
import { documentHolds } from '../validity.js';
import type { Given } from './answers.js';
import type { Condition, EligibilityRules, EligibilityTitle } from './model.js';

/** met and missing by what was told; unsure: not told; judged: the council's; lapsed: its document holds no longer. */
export type Verdict = 'met' | 'missing' | 'unsure' | 'judged' | 'lapsed';

export interface Finding {
  readonly condition: Condition;
  readonly verdict: Verdict;
  /** The computation that led to it, where there was one: "8/12 = 66,7 % < 70 %". */
  readonly sum?: string;
}

export type Answers = Readonly<Record<string, Given>>;

/** Everything that is checked for a title: its own conditions, then those of all. */
export const conditionsOf = (rules: EligibilityRules, title: EligibilityTitle): readonly Condition[] => [
  ...title.conditions,
  ...rules.common,
];

/** What the answers come to on a day. */
export function check(
  rules: EligibilityRules,
  title: EligibilityTitle,
  answers: Answers,
  { knowledge, day }: { readonly knowledge: Knowledge; readonly day: LocalDate },
): readonly Finding[] {
  return conditionsOf(rules, title).map((condition) => {
    if (!documentHolds(knowledge.documents.get(condition.basis.document), day)) return { condition, verdict: 'lapsed' };
    if (condition.kind === 'judged') return { condition, verdict: 'judged' };
    const given = answers[condition.id];
    return given
      ? weigh(condition, given, knowledge.parameters.shares[title.id]?.min)
      : { condition, verdict: 'unsure' };
  });
}

function weigh(condition: Condition, given: Given, leastShare: number | undefined): Finding {
  const finding = (isMet: boolean, sum?: string): Finding => ({
    condition,
    verdict: isMet ? 'met' : 'missing',
    ...(sum === undefined ? {} : { sum }),
  });
  const compare = (value: number, least: number) => (value >= least ? '≥' : '<');
  if (condition.kind === 'yes' && given.kind === 'yes') return finding(given.yes === (condition.wanted === 'yes'));
  if (condition.kind === 'oneOf' && given.kind === 'choice') return finding(given.id !== null);
  if (condition.kind === 'number' && given.kind === 'number')
    return finding(
      given.number >= condition.atLeast,
      `${String(given.number)} ${compare(given.number, condition.atLeast)} ${String(condition.atLeast)}`,
    );
  if (condition.kind === 'years' && given.kind === 'years') {
    const run = longestRun(given.years);
    const told = run.length === 0 ? '0' : `${run.join(', ')}: ${String(run.length)}`;
    return finding(
      run.length >= condition.atLeast,
      `${told} ${compare(run.length, condition.atLeast)} ${String(condition.atLeast)}`,
    );
  }
  if (condition.kind === 'share' && leastShare !== undefined) {
    const least = `${formatNumber(leastShare)} %`;
    if (given.kind === 'percent')
      return finding(
        given.percent >= leastShare,
        `${formatNumber(given.percent)} % ${compare(given.percent, leastShare)} ${least}`,
      );
    // Compared as whole numbers: 69,96 % is shown as 70 % and is less.
    if (given.kind === 'counts') {
      const isEnough = given.part * 100 >= leastShare * given.whole;
      const percent = formatNumber((given.part / given.whole) * 100, isEnough ? 1 : 2);
      return finding(
        isEnough,
        `${String(given.part)}/${String(given.whole)} = ${percent} % ${isEnough ? '≥' : '<'} ${least}`,
      );
    }
  }
  return { condition, verdict: 'unsure' };
}

/** The longest row of years without a gap; of two as long, the later. */
export function longestRun(years: readonly number[]): readonly number[] {
  let best: number[] = [];
  let run: number[] = [];
  for (const year of [...new Set(years)].sort((a, b) => a - b)) {
    run = run.at(-1) === year - 1 ? [...run, year] : [year];
    if (run.length >= best.length) best = run;
  }
  return best;
}
