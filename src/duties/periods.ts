/** The periods of a duty: which there are between two days, and what each is called. Pure arithmetic on days. */
import { z } from 'zod';
import { addDays, isLocalDate, type LocalDate } from '../kernel/local-date.js';

const daySchema = z.string().refine(isLocalDate);
const monthSchema = z.number().int().min(1).max(12);

const customSchema = z.object({ key: z.string().min(1), name: z.string().min(1), dueOn: daySchema });

/** How often something is owed (column `duty.period_rule`). */
export const periodRuleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('once'), dueOn: daySchema }),
  z.object({ kind: z.literal('month') }),
  z.object({ kind: z.literal('quarter') }),
  z.object({ kind: z.literal('half-year') }),
  z.object({ kind: z.literal('year') }),
  z.object({ kind: z.literal('school-year'), startMonth: monthSchema, endMonth: monthSchema }),
  z.object({ kind: z.literal('custom'), periods: z.array(customSchema).min(1) }),
]);
export type PeriodRule = z.infer<typeof periodRuleSchema>;

/** What a period is called, before it has a language. */
export type PeriodName =
  | { readonly kind: 'once' }
  | { readonly kind: 'month' | 'quarter' | 'half-year'; readonly n: number; readonly year: number }
  | { readonly kind: 'year'; readonly year: number }
  | { readonly kind: 'school-year'; readonly from: number; readonly to: number }
  | { readonly kind: 'custom'; readonly name: string };

export interface Period {
  /** Unique in its duty: `2026-11`, `2026-Q4`, `2026-H2`, `2026`, `2026-2027`, or the key of a custom period. */
  readonly key: string;
  readonly name: PeriodName;
  readonly startsOn: LocalDate;
  readonly endsOn: LocalDate;
  /** The day that was set for it, where the rule names days. */
  readonly dueOn?: LocalDate;
}

/** The period of a duty that is owed once. */
export const ONCE = 'once';

/** The periods that touch a span of days, in order. */
export function periodsBetween(rule: PeriodRule, from: LocalDate, to: LocalDate): Period[] {
  if (from > to) return [];
  return allBetween(rule, from, to).filter((period) => period.endsOn >= from && period.startsOn <= to);
}

function allBetween(rule: PeriodRule, from: LocalDate, to: LocalDate): Period[] {
  if (rule.kind === 'once') return [dated({ key: ONCE, name: { kind: 'once' }, dueOn: rule.dueOn })];
  if (rule.kind === 'custom') {
    return rule.periods
      .map(({ key, name, dueOn }) => dated({ key, name: { kind: 'custom', name }, dueOn }))
      .sort((a, b) => (a.startsOn < b.startsOn ? -1 : Number(a.startsOn > b.startsOn)));
  }
  const { every, first, length } = cycleOf(rule);
  const begin = Math.floor((monthIndex(from) - first) / every) * every + first;
  const periods: Period[] = [];
  for (let at = begin; at <= monthIndex(to); at += every) {
    const last = at + length - 1;
    periods.push({ ...namesOf(rule.kind, at, last), startsOn: firstDayOf(at), endsOn: lastDayOf(last) });
  }
  return periods;
}

/** A period that is nothing but its day. */
const dated = ({ key, name, dueOn }: { key: string; name: PeriodName; dueOn: LocalDate }): Period => ({
  key,
  name,
  startsOn: dueOn,
  endsOn: dueOn,
  dueOn,
});

type Cyclic = Exclude<PeriodRule, { kind: 'once' | 'custom' }>;

interface Cycle {
  /** Months from one beginning to the next. */
  readonly every: number;
  /** Month of the year, from 0, in which one begins. */
  readonly first: number;
  readonly length: number;
}

const CYCLES = { month: 1, quarter: 3, 'half-year': 6, year: 12 } as const;

function cycleOf(rule: Cyclic): Cycle {
  if (rule.kind !== 'school-year') return { every: CYCLES[rule.kind], first: 0, length: CYCLES[rule.kind] };
  const length = ((rule.endMonth - rule.startMonth + 12) % 12) + 1;
  return { every: 12, first: rule.startMonth - 1, length };
}

/** Months of a period; 0 where its day is set. */
export const monthsOf = (rule: PeriodRule): number =>
  rule.kind === 'once' || rule.kind === 'custom' ? 0 : cycleOf(rule).length;

function namesOf(kind: Cyclic['kind'], first: number, last: number): Pick<Period, 'key' | 'name'> {
  const year = Math.floor(first / 12);
  const month = first - year * 12;
  const of = (n: number, key: string, name: 'month' | 'quarter' | 'half-year'): Pick<Period, 'key' | 'name'> => ({
    key: `${String(year)}-${key}`,
    name: { kind: name, n, year },
  });
  switch (kind) {
    case 'month':
      return of(month + 1, String(month + 1).padStart(2, '0'), kind);
    case 'quarter':
      return of(month / 3 + 1, `Q${String(month / 3 + 1)}`, kind);
    case 'half-year':
      return of(month / 6 + 1, `H${String(month / 6 + 1)}`, kind);
    case 'year':
      return { key: String(year), name: { kind, year } };
    case 'school-year': {
      const to = Math.floor(last / 12);
      return { key: `${String(year)}-${String(to)}`, name: { kind, from: year, to } };
    }
  }
}

/** Months since the year 0, so that months can be counted. */
export const monthIndex = (day: LocalDate): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;

/** The first day of a counted month. */
export const firstDayOf = (index: number): LocalDate =>
  `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}-01`;

/** The last day of a counted month. */
export const lastDayOf = (index: number): LocalDate => addDays(firstDayOf(index + 1), -1);
