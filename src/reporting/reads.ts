/** What the flows of this room may read, in the turn's transaction. */
import type { WorkingCalendar } from '../kernel/calendar.js';
import type { Tx } from '../store/index.js';
import type { ObligationView } from './model.js';
import type { Seats } from './ports.js';
import { loadCalendar } from '../calendar/index.js';
import { findObligation, findOfUnits, findOwingLines, type OwingLine } from './store-obligations.js';
import { findPast, type PastStep } from './store-steps.js';
import { holdersOf, officers } from '../units/index.js';
import { findSubmission, findWaiting, type SubmissionView } from './store-submissions.js';
import { planUrge, type UrgePlan, type UrgeScope } from './urge.js';

export interface ReportingReads {
  /** What these units owe, the most urgent first. */
  owed(unitIds: readonly string[]): Promise<ObligationView[]>;
  /** What these units handed in and may still correct. */
  correctable(unitIds: readonly string[]): Promise<ObligationView[]>;
  obligation(id: string): Promise<ObligationView | null>;
  calendar(): Promise<WorkingCalendar>;
  /** What was said before about an obligation. */
  past(obligationId: string): Promise<PastStep[]>;
  /** Duties that somebody still owes. */
  owingLines(now: Date): Promise<OwingLine[]>;
  urgePlan(scope: UrgeScope, now: Date): Promise<UrgePlan>;
  submission(id: string): Promise<SubmissionView | null>;
  /** Submissions that wait for an officer. */
  waiting(limit: number): Promise<{ id: string; code: string; dutyName: string; unitName: string }[]>;
}

/** The part of a turn's reads that this room's flows use. */
export interface ReportingReadPort {
  readonly reporting: ReportingReads;
}

/** Builds the reads on a transaction. */
export function createReportingReads(tx: Tx, seats: Seats = { holdersOf, officers }): ReportingReads {
  return {
    owed: (unitIds) => findOfUnits(tx, unitIds, ['open', 'returned']),
    correctable: (unitIds) => findOfUnits(tx, unitIds, ['submitted']),
    obligation: (id) => findObligation(tx, id),
    calendar: () => loadCalendar(tx),
    past: (obligationId) => findPast(tx, [obligationId]),
    owingLines: (now) => findOwingLines(tx, now),
    urgePlan: (scope, now) => planUrge(tx, seats, scope, now),
    submission: (id) => findSubmission(tx, id),
    waiting: (limit) => findWaiting(tx, limit),
  };
}
