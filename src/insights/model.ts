/**
 * What the numbers mean. They count obligations and units, never runs of a job or messages.
 *
 * - expected: obligations that were not waived; waived ones stand aside;
 * - submitted: handed in and not given back (waiting for review or accepted); accepted: of those, accepted;
 * - on time, late: of the submitted, by when the FIRST version came; a correction never makes a report late, and a
 *   return never makes a late report punctual;
 * - owing: not handed in, or given back; returned: of those, given back; overdue: owing, and the due moment has passed.
 *
 * So expected = submitted + owing and submitted = on time + late, always. An obligation belongs to the month of its
 * due day as it stands, to the unit that owed it on that day, and to the cluster of that unit on the last day of what
 * is counted (today, while that is still running); of a unit that is no more, to the cluster of its own last day.
 */
import type { LocalDate } from '../kernel/local-date.js';
import type { TimeSpan } from '../kernel/time-span.js';
import type { CountedScope } from '../reporting/index.js';

export interface Numbers {
  readonly expected: number;
  readonly submitted: number;
  readonly onTime: number;
  readonly late: number;
  readonly accepted: number;
  readonly owing: number;
  readonly returned: number;
  readonly overdue: number;
  readonly waived: number;
}

/** Which time is counted, seen from which moment (business clock). */
export interface Seen {
  readonly now: Date;
  readonly span: TimeSpan;
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

export const GROUPINGS = ['line', 'duty', 'cluster', 'level', 'unit'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** One row of the numbers: a duty's period, a duty, a cluster, a level or a unit. */
export interface Group extends Numbers {
  /** Id, or name of a level; `<duty>:<period>` of a line. */
  readonly key: string;
  readonly name: string;
  /** Of a line: its nearest due day. */
  readonly dueOn: LocalDate | null;
  /** Units counted in it; null where that says nothing. */
  readonly units: number | null;
}

export interface Groups {
  readonly total: number;
  readonly rows: readonly Group[];
}

export interface Page {
  readonly size: number;
  readonly offset: number;
}

export const MEASURES = [
  'submitted',
  'onTime',
  'late',
  'accepted',
  'owing',
  'returned',
  'overdue',
  'waived',
] as const satisfies readonly (keyof Numbers)[];
export type Measure = (typeof MEASURES)[number];

/** Which obligations are meant: all of them, or one row of the numbers. */
export type Scope = CountedScope;
export { OWED_MEASURES, type OwedMeasure } from '../reporting/index.js';

/** One row of the list into which a number opens, with what it rests on. */
export interface Entry {
  readonly obligationId: string;
  readonly unitName: string;
  readonly dutyName: string;
  readonly dueOn: LocalDate;
  readonly state: string;
  readonly late: boolean;
  /** The first version: it decides between on time and late. */
  readonly submittedAt: Date | null;
  readonly code: string | null;
  readonly sha256: string | null;
  /** Reminders that were told, when the last one was, and whether one is known to have arrived. */
  readonly reminded: number;
  readonly remindedAt: Date | null;
  readonly proven: boolean;
}

export interface Entries {
  readonly total: number;
  /** Units among all of them, not only on this page. */
  readonly units: number;
  readonly entries: readonly Entry[];
}

/** The row of the numbers that a group's key names. */
export function scopeOf(by: Grouping, key: string): Scope {
  switch (by) {
    case 'line': {
      const at = key.indexOf(':');
      return { kind: 'line', dutyId: key.slice(0, at), period: key.slice(at + 1) };
    }
    case 'duty':
      return { kind: 'duty', dutyId: key };
    case 'cluster':
      return { kind: 'cluster', clusterId: key };
    case 'level':
      return { kind: 'level', level: key };
    case 'unit':
      return { kind: 'unit', unitId: key };
  }
}
