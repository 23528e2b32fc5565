/** What the flows of this room may read: numbers out of the ledger of obligations, each with the list behind it. */
import { safeSince } from '../delivery/index.js';
import { NOW_SPAN, type TimeSpan } from '../kernel/time-span.js';
import type { Tx } from '../store/index.js';
import { groups, overall } from './groups.js';
import { entries } from './lists.js';
import type { ClusterNumbers, Entries, Group, Grouping, Groups, Line, Measure, Overall, Page, Scope } from './model.js';
import { loadWish, type DigestWish } from './schedule.js';

export interface InsightsReads {
  /** Since when nothing is sent because a backup was restored; null in ordinary times. */
  safeSince(): Promise<Date | null>;
  overall(now: Date, span?: TimeSpan): Promise<Overall>;
  /** Rows of one kind, a page of them. */
  groups(by: Grouping, now: Date, span: TimeSpan, page: Page): Promise<Groups>;
  /** The row with this key; null when there is nothing to count in it. */
  group(by: Grouping, key: string, now: Date, span: TimeSpan): Promise<Group | null>;
  /** Each period of each duty: the overdue first, then by due day. */
  lines(now: Date, span?: TimeSpan): Promise<Line[]>;
  /** Clusters, the one that lags most first. */
  clusters(now: Date, span?: TimeSpan): Promise<ClusterNumbers[]>;
  /** When the leaders' summary leaves. */
  digest(): Promise<DigestWish>;
  /** The list behind a number. */
  entries(scope: Scope, measure: Measure, now: Date, page: Page, span?: TimeSpan): Promise<Entries>;
}

/** The part of a turn's reads that this room's flows use. */
export interface InsightsReadPort {
  readonly insights: InsightsReads;
}

/** Builds the reads on a transaction. */
export function createInsightsReads(tx: Tx): InsightsReads {
  return {
    safeSince: () => safeSince(tx),
    overall: (now, span = NOW_SPAN) => overall(tx, { now, span }),
    groups: (by, now, span, page) => groups(tx, by, { now, span }, { page }),
    group: async (by, key, now, span) => (await groups(tx, by, { now, span }, { key })).rows[0] ?? null,
    lines: async (now, span = NOW_SPAN) => (await groups(tx, 'line', { now, span })).rows.map(toLine),
    clusters: async (now, span = NOW_SPAN) => (await groups(tx, 'cluster', { now, span })).rows.map(toCluster),
    digest: () => loadWish(tx),
    entries: (scope, measure, now, page, span = NOW_SPAN) => entries(tx, scope, measure, { now, span }, page),
  };
}

function toLine({ key, name, dueOn, units: _units, ...numbers }: Group): Line {
  const at = key.indexOf(':');
  return { dutyId: key.slice(0, at), period: key.slice(at + 1), dutyName: name, dueOn: dueOn ?? '', ...numbers };
}

const toCluster = ({ key, dueOn: _dueOn, units, ...row }: Group): ClusterNumbers => ({
  clusterId: key,
  units: units ?? 0,
  ...row,
});
