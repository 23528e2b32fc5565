/**
 * What the numbers mean. They count obligations and units, never runs of a job or messages.
 *
 * - expected: obligations that were not waived;
 * - submitted: handed in and not given back (waiting for review or accepted);
 * - on time, late: of the submitted, by when the FIRST version came; a correction never makes a report late, and a
 *   return never makes a late report punctual;
 * - owing: not handed in, or given back; overdue: owing, and the due moment has passed.
 * So expected = submitted + owing and submitted = on time + late, always.
 */
import type { LocalDate } from '../kernel/local-date.js';

export interface Numbers {
  readonly expected: number;
  readonly submitted: number;
  readonly onTime: number;
  readonly late: number;
  readonly owing: number;
  readonly overdue: number;
}

/** One period of one duty. */
export interface Line extends Numbers {
  readonly dutyId: string;
  readonly period: string;
  readonly dutyName: string;
  readonly dueOn: LocalDate;
}

/** Everything together; units beside obligations. */
export interface Overall extends Numbers {
  readonly units: number;
  /** Units that owe nothing. */
  readonly unitsClear: number;
  /** Units with something overdue. */
  readonly unitsOverdue: number;
}

/** A cluster and how it stands. */
export interface ClusterNumbers extends Numbers {
  readonly clusterId: string;
  readonly name: string;
  readonly units: number;
}

export const MEASURES = ['submitted', 'onTime', 'late', 'owing', 'overdue'] as const;
export type Measure = (typeof MEASURES)[number];

/** Which obligations are meant: all of a year, one period of a duty, or one cluster. */
export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'line'; readonly dutyId: string; readonly period: string }
  | { readonly kind: 'cluster'; readonly clusterId: string };

/** One row of the list into which a number opens. */
export interface Entry {
  readonly obligationId: string;
  readonly unitName: string;
  readonly dutyName: string;
  readonly dueOn: LocalDate;
  readonly state: string;
  readonly submittedAt: Date | null;
  readonly code: string | null;
}

export interface Entries {
  readonly total: number;
  /** Units among all of them, not only on this page. */
  readonly units: number;
  readonly entries: readonly Entry[];
}

/** The days whose obligations are counted: the year of `today`; what is still owed from before counts as well. */
export const yearOf = (today: LocalDate): { readonly from: LocalDate; readonly to: LocalDate } => ({
  from: `${today.slice(0, 4)}-01-01`,
  to: `${today.slice(0, 4)}-12-31`,
});
