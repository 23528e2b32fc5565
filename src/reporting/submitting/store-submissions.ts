/** What was handed in: every version stays. */
import { isId } from '../../kernel/ids.js';
import type { Tx } from '../../store/index.js';
import { toMissing, type Missing } from './missing.js';
import type { ObligationView, SubmissionBody, SubmissionKind } from '../model.js';
import { findObligation } from '../store-obligations.js';
import { hashOf } from './submit-hash.js';

export interface NewSubmission extends SubmissionBody {
  readonly id: string;
  readonly code: string;
  readonly obligationId: string;
  readonly version: number;
  readonly late: boolean;
  readonly state: 'received' | 'accepted';
  readonly seatId: string | null;
  readonly memberId: string | null;
  /** Further facts beside the form's values. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Writes a submission with its files; false when its code is taken. */
export async function insertSubmission(tx: Tx, made: NewSubmission, now: Date): Promise<boolean> {
  const data = { ...(Object.keys(made.values).length > 0 ? { values: made.values } : {}), ...made.extra };
  const files = await loadFiles(tx, made.fileIds);
  const sha256 = hashOf(
    made,
    files.map((file) => file.sha256),
  );
  const written = await tx.$executeRaw`
    insert into submission (id, code, obligation_id, version, kind, text, data, sha256, state, late, submitted_at, seat_id, member_id)
    values (${made.id}::uuid, ${made.code}, ${made.obligationId}::uuid, ${made.version}, ${made.kind}, ${made.text}, ${JSON.stringify(data)}::jsonb,
            ${sha256}, ${made.state}, ${made.late}, ${now}, ${made.seatId}::uuid, ${made.memberId}::uuid)
    on conflict (code) do nothing`;
  if (written === 0) return false;
  await tx.submissionFile.createMany({
    data: files.map((file, at) => ({ submissionId: made.id, n: at + 1, fileId: file.id })),
  });
  return true;
}

export interface ReportFile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
}

/** These files, in the order asked for; one that is not there is left out. */
export async function loadFiles(tx: Tx, ids: readonly string[]): Promise<ReportFile[]> {
  if (ids.length === 0) return [];
  const select = { id: true, name: true, type: true, size: true, sha256: true } as const;
  const rows = await tx.file.findMany({ where: { id: { in: [...ids] } }, select });
  return ids.flatMap((id) => rows.filter((row) => row.id === id));
}

/** A submission with its obligation, for whoever reads or decides it. */
export interface SubmissionView {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  readonly kind: SubmissionKind;
  readonly text: string | null;
  readonly values: Readonly<Record<string, string | number>>;
  readonly files: readonly ReportFile[];
  readonly sha256: string;
  readonly state: 'received' | 'accepted' | 'returned';
  readonly late: boolean;
  readonly submittedAt: Date;
  readonly memberId: string | null;
  readonly by: string | null;
  readonly reason: string | null;
  readonly missing: Missing | null;
  readonly decidedAt: Date | null;
  readonly obligation: ObligationView;
}

/** One submission by its id or its code, or null. */
export async function findSubmission(tx: Tx, key: string): Promise<SubmissionView | null> {
  const files = { orderBy: { n: 'asc' }, select: { fileId: true } } as const;
  const row = await tx.submission.findFirst({ where: isId(key) ? { id: key } : { code: key }, include: { files } });
  const obligation = row && (await findObligation(tx, row.obligationId));
  if (!row || !obligation) return null;
  const member =
    row.memberId === null
      ? null
      : await tx.member.findUnique({ where: { id: row.memberId }, select: { fullName: true } });
  const { values } = row.data as { values?: Record<string, string | number> };
  return {
    id: row.id,
    code: row.code,
    version: row.version,
    kind: row.kind as SubmissionKind,
    text: row.text,
    values: values ?? {},
    // One after the other: a transaction has one connection.
    files: await loadFiles(
      tx,
      row.files.map((file) => file.fileId),
    ),
    sha256: row.sha256,
    state: row.state as SubmissionView['state'],
    late: row.late,
    submittedAt: row.submittedAt,
    memberId: row.memberId,
    by: member?.fullName ?? null,
    reason: row.reason,
    missing: toMissing(row.missing),
    decidedAt: row.decidedAt,
    obligation,
  };
}

/** One version of a report, in the list of all. */
export interface VersionLine {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  readonly state: SubmissionView['state'];
  readonly late: boolean;
  readonly submittedAt: Date;
  readonly by: string | null;
}

/** All versions of a report, the newest first. */
export async function findVersions(tx: Tx, obligationId: string): Promise<VersionLine[]> {
  return tx.$queryRaw`
    select s.id, s.code, s.version, s.state, s.late, s.submitted_at as "submittedAt", m.full_name as by
    from submission s left join member m on m.id = s.member_id
    where s.obligation_id = ${obligationId}::uuid order by s.version desc`;
}

/** A report as a line of its unit's list. */
export interface HandedIn {
  readonly id: string;
  readonly code: string;
  readonly dutyName: string;
  readonly unitName: string;
  readonly submittedAt: Date;
}

/** The newest version of each report of these units, the newest first. */
export async function findHandedIn(tx: Tx, unitIds: readonly string[], limit: number): Promise<HandedIn[]> {
  return tx.$queryRaw`
    select s.id, s.code, d.name as "dutyName", u.name as "unitName", s.submitted_at as "submittedAt"
    from obligation o
    join duty d on d.id = o.duty_id join unit u on u.id = o.unit_id
    join lateral (select id, code, submitted_at from submission where obligation_id = o.id order by version desc limit 1) s on true
    where o.unit_id = any(${[...unitIds]}::uuid[]) and o.state in ('submitted', 'accepted', 'returned') and d.kind <> 'registration'
    order by s.submitted_at desc limit ${limit}`;
}

/** A report that waits for an officer. */
export interface WaitingReport extends HandedIn {
  /** How many wait in all. */
  readonly total: number;
}

/** Submissions that wait for an officer, the oldest first: only the newest version of each obligation. */
export async function findWaiting(tx: Tx, limit: number): Promise<WaitingReport[]> {
  return tx.$queryRaw`
    select s.id, s.code, d.name as "dutyName", u.name as "unitName", s.submitted_at as "submittedAt", (count(*) over ())::int as total
    from obligation o
    join duty d on d.id = o.duty_id join unit u on u.id = o.unit_id
    join lateral (select id, code, state, submitted_at from submission where obligation_id = o.id order by version desc limit 1) s on true
    where o.state = 'submitted' and s.state = 'received' and d.kind <> 'registration'
    order by s.submitted_at limit ${limit}`;
}

/** Writes an officer's decision. */
export async function decideSubmission(
  tx: Tx,
  id: string,
  decision: {
    readonly state: 'accepted' | 'returned';
    readonly byId: string | null;
    readonly reason: string | null;
    readonly missing?: Missing | null;
  },
  now: Date,
): Promise<void> {
  await tx.submission.update({
    where: { id },
    data: {
      state: decision.state,
      decidedAt: now,
      decidedById: decision.byId,
      reason: decision.reason,
      ...(decision.missing ? { missing: decision.missing } : {}),
    },
  });
}
