/** All that decides how a card is worded. */
import type { LocalDate } from '../kernel/local-date.js';
import type { Knowledge } from './model.js';
import type { Payee } from './money.js';
import type { Denied, ToldHeads } from './question-numbers.js';
import type { ToldShare } from './share.js';

/** What the composition of one card needs to know. */
export interface Occasion {
  readonly knowledge: Knowledge;
  /** The day asked about. */
  readonly asOf: LocalDate;
  /** The day on which it is asked. */
  readonly today: LocalDate;
  /** The question names a year and no day of it. */
  readonly wholeYear?: boolean;
  readonly payee: Payee;
  readonly share: ToldShare | null;
  /** Chiến sĩ thi đua are counted beside Lao động tiên tiến. */
  readonly winnersApart: boolean;
  /** How many people there are, where the question asks how many of them are needed. */
  readonly whole: number | null;
  /** What the question itself says to be missing. */
  readonly denied: ReadonlySet<Denied>;
  /** How many are paid, and whether the question counts more than that. */
  readonly heads: ToldHeads;
  /** The base salary that the question names, in đồng. */
  readonly salary: number | null;
  /** The years that the question tells, in order. */
  readonly years: readonly number[];
  /** Titles in the question, for the computation of shares. */
  readonly subjects: readonly string[];
}
