/** Weighs the answers of a self-check. Pure; it counts conditions and declares nothing. */
import type { LocalDate } from '../../kernel/local-date.js';
import type { Knowledge } from '../model.js';
import { compareShare } from '../share.js';
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
  /** Years enough, but not up to the year of the check: whether they still count is not written. */
  readonly isOld?: true;
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
      ? weigh(condition, given, {
          leastShare: knowledge.parameters.shares[title.id]?.min,
          year: Number(day.slice(0, 4)),
        })
      : { condition, verdict: 'unsure' };
  });
}

function weigh(
  condition: Condition,
  given: Given,
  { leastShare, year }: { readonly leastShare: number | undefined; readonly year: number },
): Finding {
  const finding = (isMet: boolean, sum?: string): Finding => ({
    condition,
    verdict: isMet ? 'met' : 'missing',
    ...(sum === undefined ? {} : { sum }),
  });
  if (condition.kind === 'yes' && given.kind === 'yes')
    return { condition, verdict: given.yes === (condition.wanted === 'yes') ? 'met' : condition.ifNot };
  if (condition.kind === 'oneOf' && given.kind === 'choice') return finding(given.id !== null);
  if (condition.kind === 'number' && given.kind === 'number')
    return finding(
      given.number >= condition.atLeast,
      `${String(given.number)} ${compare(given.number, condition.atLeast)} ${String(condition.atLeast)}`,
    );
  if (condition.kind === 'years' && given.kind === 'years')
    return weighYears(condition, given.years, year, condition.atLeast);
  if (condition.kind === 'share' && leastShare !== undefined) {
    const told = given.kind === 'percent' || given.kind === 'counts' ? compareShare(given, leastShare) : undefined;
    if (told) return finding(told.isEnough, told.sum);
  }
  return { condition, verdict: 'unsure' };
}

const compare = (value: number, least: number): string => (value >= least ? '≥' : '<');

/** Met by a row that reaches the year of the check or the one before; an older one is for an officer to judge. */
function weighYears(condition: Condition, years: readonly number[], year: number, atLeast: number): Finding {
  const runs = runsOf(years);
  const isEnough = (run: readonly number[]) => run.length >= atLeast;
  const last = runs.at(-1) ?? [];
  const isRecent = isEnough(last) && (last.at(-1) ?? 0) >= year - 1;
  const run = isRecent ? last : runs.reduce((best, one) => (one.length >= best.length ? one : best), []);
  const told = run.length === 0 ? '0' : `${run.join(', ')}: ${String(run.length)}`;
  const sum = `${told} ${compare(run.length, atLeast)} ${String(atLeast)}`;
  if (isRecent) return { condition, verdict: 'met', sum };
  return isEnough(run) ? { condition, verdict: 'unsure', sum, isOld: true } : { condition, verdict: 'missing', sum };
}

/** The rows of years without a gap, oldest first. */
export function runsOf(years: readonly number[]): readonly (readonly number[])[] {
  const runs: number[][] = [];
  for (const year of [...new Set(years)].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run?.at(-1) === year - 1) run.push(year);
    else runs.push([year]);
  }
  return runs;
}
