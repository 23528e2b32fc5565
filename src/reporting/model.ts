/** Obligations as the room thinks of them: what is owed, by whom, until when, and what was handed in. */
import type { DutyKind, Field, FileKind } from '../duties/index.js';
import type { LocalDate } from '../kernel/local-date.js';
import type { Missing } from './submitting/missing.js';

export { isLate } from '../kernel/lateness.js';

/** `open` and `returned` still owe; the others are done with. */
export type ObligationState = 'open' | 'submitted' | 'accepted' | 'returned' | 'waived';

export type SubmissionKind = 'text' | 'form' | 'file' | 'nil';

/** One obligation with what a person needs to know of it. */
export interface ObligationView {
  readonly id: string;
  readonly dutyId: string;
  readonly dutyName: string;
  readonly kind: DutyKind;
  readonly campaignId: string | null;
  readonly basis: string;
  readonly needs: string;
  readonly fields: readonly Field[];
  /** Kinds of files that must be handed in; at least one of each. */
  readonly files: readonly FileKind[];
  /** Working days after the due day in which a version may still be replaced; null: until it is accepted. */
  readonly lockDays: number | null;
  readonly unitId: string;
  readonly unitName: string;
  /** The last day of a unit that is no more, or will be no more; null for one without an end. */
  readonly unitUntil: LocalDate | null;
  readonly period: string;
  readonly dueOn: LocalDate;
  readonly dueAt: Date;
  readonly state: ObligationState;
  readonly version: number;
  readonly promiseOn: LocalDate | null;
  /** The colleague in the unit who does the work; reminders go there while that person holds a seat of the unit. */
  readonly assignee: Assignee | null;
  readonly latest: LatestSubmission | null;
}

export interface Assignee {
  readonly memberId: string;
  readonly name: string;
}

/** The newest version handed in for an obligation. */
export interface LatestSubmission {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  readonly state: 'received' | 'accepted' | 'returned';
  readonly submittedAt: Date;
  readonly reason: string | null;
  /** What a returned one lacks. */
  readonly missing: Missing | null;
  readonly by: string | null;
}

/** What a person hands in. */
export interface SubmissionBody {
  readonly kind: SubmissionKind;
  readonly text: string | null;
  /** Field name → value, for forms. */
  readonly values: Readonly<Record<string, string | number>>;
  /** In the order in which they were given. */
  readonly fileIds: readonly string[];
}

/** True while the unit still owes: only then is anybody reminded. */
export const isOwing = (state: ObligationState): boolean => state === 'open' || state === 'returned';

/** True when the unit is no more: nobody there would hear of it. */
export const hasEnded = ({ unitUntil }: Pick<ObligationView, 'unitUntil'>, today: LocalDate): boolean =>
  unitUntil !== null && unitUntil < today;

/** The most urgent first; what is due on one day in the order of names, so that a list never jumps. */
export function byUrgency(a: ObligationView, b: ObligationView): number {
  return a.dueAt.getTime() - b.dueAt.getTime() || a.dutyName.localeCompare(b.dutyName, 'vi') || (a.id < b.id ? -1 : 1);
}

/** Beyond so many a workbook and a chat would not show the same digits. */
export const DIGITS = 15;

/** True for a number of the field's range that keeps its digits wherever it is shown. */
export const isInRange = ({ min, max }: Field, value: number): boolean =>
  Math.abs(value) < 10 ** DIGITS && value >= (min ?? -Infinity) && value <= (max ?? Infinity);

/** The value of a form field, or null when the answer does not fit it. */
export function readField(field: Field, answer: string): string | number | null {
  if (field.type === 'text') return answer;
  const value = readNumber(answer);
  return value !== null && isInRange(field, value) ? value : null;
}

// 1.250 and 1 250 are one thousand two hundred and fifty; 12,5 is twelve and a half.
function readNumber(answer: string): number | null {
  const text = answer.replace(/[\s\u00A0]/g, '');
  // More digits than a number holds would be kept as another number.
  if (text.replace(/\D/g, '').replace(/^0+/, '').length > DIGITS) return null;
  if (/^-?\d{1,3}(\.\d{3})+(,\d+)?$/.test(text)) return Number(text.replaceAll('.', '').replace(',', '.'));
  return /^-?\d+([.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : null;
}
