/** What waits for an officer ("việc của tôi"). */

export const TASK_KINDS = [
  'question',
  'registration',
  'review',
  'late-report',
  'not-ours',
  'paper',
  'silent-seat',
  'tip',
  'calendar-change',
  'duty-owners',
  'extension',
  'reopen',
  'review-late',
  'unproven',
  'wrong-answer',
  'quote',
  'law',
] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

export interface NewTask {
  readonly kind: TaskKind;
  /** Id of what it is about; at most one open task a (kind, refId). */
  readonly refId: string;
  readonly unitId?: string | null;
  /** One line, as the officer reads it in the list. */
  readonly title: string;
  /** Shown when the task is opened: `text` may hold a few lines more. */
  readonly data?: { readonly text?: string };
}

export interface Task {
  readonly id: string;
  readonly code: string;
  readonly kind: TaskKind;
  readonly refId: string;
  readonly title: string;
  readonly text: string;
  readonly openedAt: Date;
}
