/** Bonuses, worked out from the dated parameters. */
import type { LocalDate } from '../kernel/local-date.js';
import type { Basis, BonusRule, Certainty, Parameters } from './model.js';

export type Payee = 'person' | 'collective' | 'household';

/** A bonus with everything needed to show how it came about. */
export interface Bonus {
  readonly multiple: number;
  readonly times: number;
  readonly payee: Payee;
  readonly atMost: boolean;
  readonly salary: number;
  readonly exact: number;
  readonly amount: number;
  /** False where the payee has no amount of its own in the rules, so that this is a person's. */
  readonly isTheirs: boolean;
  readonly certainty: Certainty;
  readonly basis: readonly Basis[];
}

const holdsOn = (span: { readonly from: LocalDate; readonly to?: LocalDate }, day: LocalDate): boolean =>
  span.from <= day && (span.to === undefined || day < span.to);

/** The base salary of a day, with the document that sets it; undefined where the knowledge has none. */
export const baseSalaryOn = (parameters: Parameters, day: LocalDate): Parameters['baseSalary'][number] | undefined =>
  parameters.baseSalary.find((one) => holdsOn(one, day));

/** The bonus for a decision signed on this day; undefined where the knowledge has no rule or no base salary for it. */
export function bonusOn(parameters: Parameters, id: string, payee: Payee, day: LocalDate): Bonus | undefined {
  const rule = parameters.bonuses[id];
  const base = baseSalaryOn(parameters, day);
  if (!rule || !base || !holdsOn(rule, day)) return undefined;
  const salary = base.amount;
  const factor = factorFor(rule, payee);
  const exact = roundTo(rule.multiple * (factor?.times ?? 1) * salary, 2);
  return {
    multiple: rule.multiple,
    times: factor?.times ?? 1,
    payee: factor ? payee : 'person',
    atMost: rule.atMost,
    salary,
    exact,
    amount: roundUp(parameters, exact),
    isTheirs: factor !== undefined || payee === 'person' || payee === rule.payee,
    certainty: factor?.certainty === 'VERIFIED-2' ? 'VERIFIED-2' : rule.certainty,
    basis: [
      rule.basis,
      ...(factor && factor.basis.clause !== rule.basis.clause ? [factor.basis] : []),
      parameters.rounding.basis,
      { document: base.document },
    ],
  };
}

/** The same bonus with another base salary, in đồng. */
export const bonusWith = (parameters: Parameters, { multiple, times }: Bonus, salary: number): number =>
  roundUp(parameters, roundTo(multiple * times * salary, 2));

const roundUp = ({ rounding: { step } }: Parameters, exact: number): number =>
  Math.ceil(roundTo(exact / step, 6)) * step;

const factorFor = (rule: BonusRule, payee: Payee): BonusRule['collective'] =>
  payee === 'collective' ? rule.collective : payee === 'household' ? rule.household : undefined;

// 0.3 × 2,530,000 is 758999.9999999999 in binary; without this it would round up a step too far or too short.
const roundTo = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
