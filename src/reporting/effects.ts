/** What the flows of this room ask to have done. */
import { defineEffect } from '../conversation/index.js';
import type { LocalDate } from '../kernel/local-date.js';
import type { SubmissionBody } from './model.js';
import type { UrgeScope } from './urge.js';

export interface SubmitReport {
  readonly obligationId: string;
  readonly code: string;
  readonly body: SubmissionBody;
  /** What the person was shown: a receipt must not say anything else. */
  readonly seen: { readonly version: number; readonly late: boolean };
}

/** Hands a report in. */
export const submitReport = defineEffect<SubmitReport>('reporting.submit');
/** Keeps the day on which the unit will hand in. */
export const promiseReport = defineEffect<{ obligationId: string; day: LocalDate }>('reporting.promise');
/** Says that the report went out on paper: an officer confirms it. */
export const reportPaper = defineEffect<{ obligationId: string; note: string }>('reporting.paper');
/** Says that the duty is another unit's: an officer decides. */
export const disownDuty = defineEffect<{ obligationId: string; note: string }>('reporting.disown');

/** Urges those who still owe. */
export const urgeUnits = defineEffect<{ scope: UrgeScope }>('reporting.urge');
/** Accepts a report. */
export const acceptReport = defineEffect<{ submissionId: string }>('reporting.accept');
/** Returns a report with the reason and a new term. */
export const returnReport = defineEffect<{ submissionId: string; reason: string; dueOn: LocalDate }>(
  'reporting.return',
);
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
