/** What the flows of this room ask to have done. */
import { defineEffect } from '../conversation/index.js';
import type { LocalDate } from '../kernel/local-date.js';
import type { Missing } from './submitting/missing.js';
import type { SubmissionBody } from './model.js';
import type { UrgeScope } from './reminding/urge.js';

export interface SubmitReport {
  readonly obligationId: string;
  readonly code: string;
  readonly body: SubmissionBody;
  /** What the person was shown: a receipt must not say anything else. */
  readonly seen: { readonly version: number; readonly late: boolean };
}

/** Hands a report in. */
export const submitReport = defineEffect<SubmitReport>('reporting.submit');
/** Asks that a report which can no longer be replaced be opened again. */
export const askReopening = defineEffect<{ submissionId: string; reason: string }>('reporting.ask-reopening');
/** Keeps the day on which the unit will hand in. */
export const promiseReport = defineEffect<{ obligationId: string; day: LocalDate }>('reporting.promise');
/** Says that the report went out on paper: an officer confirms it. */
export const reportPaper = defineEffect<{ obligationId: string; note: string }>('reporting.paper');
/** Says that the duty is another unit's: an officer decides. */
export const disownDuty = defineEffect<{ obligationId: string; note: string }>('reporting.disown');

/** Puts the next reminder off to a day. */
export const snoozeReport = defineEffect<{ obligationId: string; day: LocalDate }>('reporting.snooze');
/** Asks an officer for more time. */
export const askExtension = defineEffect<{ obligationId: string; day: LocalDate; reason: string }>(
  'reporting.ask-extension',
);
/** Takes such a request back. */
export const withdrawExtension = defineEffect<{ obligationId: string }>('reporting.withdraw-extension');
/** Hands the work to a colleague in the unit; null: back to the seat. */
export const assignReport = defineEffect<{ obligationId: string; memberId: string | null }>('reporting.assign');

/** Gives a unit more time. */
export const grantExtension = defineEffect<{ extensionId: string; obligationId: string; day: LocalDate }>(
  'reporting.grant-extension',
);
/** Gives a unit no more time, and says why. */
export const refuseExtension = defineEffect<{ extensionId: string; obligationId: string; reason: string }>(
  'reporting.refuse-extension',
);
/** Clears a request away that no longer needs an answer. */
export const dropExtension = defineEffect<{ obligationId: string }>('reporting.drop-extension');
/** Moves the due day of a period, for all who still owe it or for some units. */
export const moveDue = defineEffect<MoveDueOrder>('reporting.move-due');

export interface MoveDueOrder {
  readonly dutyId: string;
  readonly period: string;
  /** Absent: all units that still owe. */
  readonly unitIds?: readonly string[];
  readonly dueOn: LocalDate;
  readonly basis: string;
  /** The obligations that the officer saw: exactly these move. */
  readonly seen: string;
}

/** Urges those who still owe. */
export const urgeUnits = defineEffect<{ scope: UrgeScope }>('reporting.urge');
/** Accepts a report. */
export const acceptReport = defineEffect<{ submissionId: string }>('reporting.accept');
/** Returns a report with the reason and a new term. */
export const returnReport = defineEffect<ReturnOrder>('reporting.return');
/** Sets how many working days the office takes to decide on a report; null: no term. */
export const setReviewDays = defineEffect<{ days: number | null }>('reporting.set-review-days');

export interface ReturnOrder {
  readonly submissionId: string;
  readonly reason: string;
  readonly dueOn: LocalDate;
  /** What it lacks, where that was named. */
  readonly missing: Missing | null;
}

/** Confirms that the paper came, on a day. */
export const confirmPaper = defineEffect<{ obligationId: string; day: LocalDate; code: string }>(
  'reporting.confirm-paper',
);
/** Frees a unit of a duty. */
export const waiveDuty = defineEffect<{ obligationId: string; reason: string }>('reporting.waive');
/** The duty stays with the unit: it is told why, and reminded again. */
export const keepDuty = defineEffect<{ obligationId: string; reason: string }>('reporting.keep');
/** The officer has seen to a late report by other means. */
export const noteLate = defineEffect<{ obligationId: string }>('reporting.note-late');
/** The officer spoke with the unit: its ladder goes on. */
export const confirmReached = defineEffect<{ obligationId: string }>('reporting.confirm-reached');
/** Keeps the hours in which the person who asks wants to be reminded; null: any. */
export const setRemindHours = defineEffect<{ hours: { from: string; to: string } | null }>(
  'reporting.set-remind-hours',
);
/** Sets how many messages of reminders a person gets in a day. */
export const setPerDay = defineEffect<{ count: number }>('reporting.set-per-day');
