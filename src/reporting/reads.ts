/** What the flows of this room may read, in the turn's transaction. */
import type { WorkingCalendar } from '../kernel/calendar.js';
import type { SeatKind } from '../kernel/people.js';
import type { Tx } from '../store/index.js';
import type { ObligationView } from './model.js';
import { findRemindHours, readPerDay, type RemindHours } from './reminding/listening-store.js';
import { planMove, type MovePlan, type MoveWish } from './due-days/move-due.js';
import { ALL_SEATS, type Seats } from './ports.js';
import { loadCalendar } from '../calendar/index.js';
import type { SheetResult } from './sheets/sheet-model.js';
import { countSnoozes } from './answering/snooze.js';
import { findWhyDue, type WhyDue } from './due-days/store-due-changes.js';
import {
  findExtensions,
  findWaitingExtensions,
  type ExtensionView,
  type WaitingExtension,
} from './answering/store-extensions.js';
import { findObligation, findOfUnits, findOwingLines, findOwingOf, type OwingLine } from './store-obligations.js';
import { findSheetResult } from './sheets/store-sheets.js';
import { findPast, type PastStep } from './reminding/store-steps.js';
import { findTaskText } from '../tasks/index.js';
import { holdersOf, leaders, officers } from '../units/index.js';
import { readReviewDays } from './reviewing/review-term.js';
import {
  findHandedIn,
  findSubmission,
  findVersions,
  findWaiting,
  loadFiles,
  type HandedIn,
  type SubmissionView,
  type VersionLine,
  type WaitingReport,
} from './submitting/store-submissions.js';
import { planUrge, type UrgePlan, type UrgeScope } from './reminding/urge.js';

/** Somebody who holds a seat of a unit. */
export interface Colleague {
  readonly memberId: string;
  readonly name: string;
  readonly kind: SeatKind;
}

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
  /** How often the reminders of an obligation's present due day were put off. */
  snoozes(obligationId: string): Promise<number>;
  /** All requests for more time, the newest first. */
  extensions(obligationId: string): Promise<ExtensionView[]>;
  /** Requests that wait for an officer, the oldest first. */
  waitingExtensions(): Promise<WaitingExtension[]>;
  /** Why it is due on its day. */
  whyDue(obligationId: string): Promise<WhyDue>;
  /** Everybody who holds a seat of a unit. */
  colleagues(unitId: string): Promise<readonly Colleague[]>;
  /** What moving a due day would do. */
  movePlan(wish: MoveWish): Promise<MovePlan>;
  /** Units that still owe a period of a duty. */
  owingOf(dutyId: string, period: string): Promise<ObligationView[]>;
  /** Submissions that wait for an officer. */
  waiting(limit: number): Promise<WaitingReport[]>;
  /** Working days that the office takes to decide on a report; null where it set no term. */
  reviewDays(): Promise<number | null>;
  /** What the officer is to know who telephones a unit; null when nobody needs to. */
  unproven(obligationId: string): Promise<string | null>;
  /** The hours in which a person wants to be reminded, and those in which nobody is. */
  remindHours(memberId: string): Promise<RemindHours>;
  /** How many messages of reminders a person gets in a day. */
  perDay(): Promise<number>;
  /** In the words of the unit, why it asks to reopen a report; null when it does not ask. */
  reopening(submissionId: string): Promise<string | null>;
  /** File id → SHA-256. */
  fileHashes(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** All versions of a report, the newest first. */
  versions(obligationId: string): Promise<VersionLine[]>;
  /** The newest reports of these units. */
  handedIn(unitIds: readonly string[], limit: number): Promise<HandedIn[]>;
  /** What was found in an Excel form that came; null while it is being read. */
  sheetResult(workId: string): Promise<SheetResult | null>;
}

/** The part of a turn's reads that this room's flows use. */
export interface ReportingReadPort {
  readonly reporting: ReportingReads;
}

/** Builds the reads on a transaction. */
export function createReportingReads(tx: Tx, seats: Seats = { holdersOf, leaders, officers }): ReportingReads {
  return {
    owed: (unitIds) => findOfUnits(tx, unitIds, ['open', 'returned']),
    correctable: (unitIds) => findOfUnits(tx, unitIds, ['submitted']),
    obligation: (id) => findObligation(tx, id),
    calendar: () => loadCalendar(tx),
    past: (obligationId) => findPast(tx, [obligationId]),
    owingLines: (now) => findOwingLines(tx, now),
    urgePlan: (scope, now) => planUrge(tx, seats, scope, now),
    snoozes: (obligationId) => countSnoozes(tx, obligationId),
    extensions: (obligationId) => findExtensions(tx, obligationId),
    waitingExtensions: () => findWaitingExtensions(tx),
    whyDue: (obligationId) => findWhyDue(tx, obligationId),
    colleagues: (unitId) => holdersOf(tx, [unitId], ALL_SEATS),
    movePlan: (wish) => planMove(tx, seats, wish),
    owingOf: (dutyId, period) => findOwingOf(tx, dutyId, period),
    submission: (id) => findSubmission(tx, id),
    waiting: (limit) => findWaiting(tx, limit),
    reviewDays: () => readReviewDays(tx),
    unproven: (refId) => findTaskText(tx, { kind: 'unproven', refId }),
    remindHours: (memberId) => findRemindHours(tx, memberId),
    perDay: () => readPerDay(tx),
    reopening: (refId) => findTaskText(tx, { kind: 'reopen', refId }),
    fileHashes: async (ids) => new Map((await loadFiles(tx, ids)).map(({ id, sha256 }) => [id, sha256])),
    versions: (obligationId) => findVersions(tx, obligationId),
    handedIn: (unitIds, limit) => findHandedIn(tx, unitIds, limit),
    sheetResult: (workId) => findSheetResult(tx, workId),
  };
}
