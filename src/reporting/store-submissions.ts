/** What was handed in: every version stays. */
import { createHash } from 'node:crypto';
import { isId } from '../kernel/ids.js';
import type { Tx } from '../store/index.js';
import type { SubmissionBody, SubmissionKind } from './model.js';
import { findObligation } from './store-obligations.js';
import type { ObligationView } from './model.js';

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

/** Writes a submission; false when its code is taken. */
export async function insertSubmission(tx: Tx, made: NewSubmission, now: Date): Promise<boolean> {
  const data = { ...(Object.keys(made.values).length > 0 ? { values: made.values } : {}), ...made.extra };
  const sha256 = await hashOf(tx, made);
  const written = await tx.$executeRaw`
    insert into submission (id, code, obligation_id, version, kind, text, data, file_id, sha256, state, late, submitted_at, seat_id, member_id)
    values (${made.id}::uuid, ${made.code}, ${made.obligationId}::uuid, ${made.version}, ${made.kind}, ${made.text}, ${JSON.stringify(data)}::jsonb,
            ${made.fileId}::uuid, ${sha256}, ${made.state}, ${made.late}, ${now}, ${made.seatId}::uuid, ${made.memberId}::uuid)
    on conflict (code) do nothing`;
  return written === 1;
}

/** Of the file when nothing else was handed in, so that anybody can check it; of everything otherwise. */
async function hashOf(tx: Tx, body: SubmissionBody): Promise<string> {
  const file =
    body.fileId === null
      ? null
      : await tx.file.findUniqueOrThrow({ where: { id: body.fileId }, select: { sha256: true } });
  if (file && body.kind === 'file' && (body.text ?? '') === '') return file.sha256;
  return createHash('sha256')
    .update(JSON.stringify([body.kind, body.text, body.values, file?.sha256 ?? null]))
    .digest('hex');
}

/** A submission with its obligation, for the officer who decides. */
export interface SubmissionView {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  readonly kind: SubmissionKind;
  readonly text: string | null;
  readonly values: Readonly<Record<string, string | number>>;
  readonly file: { readonly id: string; readonly name: string; readonly size: number } | null;
  readonly state: 'received' | 'accepted' | 'returned';
  readonly late: boolean;
  readonly submittedAt: Date;
  readonly memberId: string | null;
  readonly by: string | null;
  readonly obligation: ObligationView;
}

/** One submission, or null. */
export async function findSubmission(tx: Tx, id: string): Promise<SubmissionView | null> {
  if (!isId(id)) return null;
  const row = await tx.submission.findUnique({ where: { id } });
  const obligation = row && (await findObligation(tx, row.obligationId));
  if (!row || !obligation) return null;
  // One after the other: a transaction has one connection.
  const file =
    row.fileId === null
      ? null
      : await tx.file.findUnique({ where: { id: row.fileId }, select: { id: true, name: true, size: true } });
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
    file,
    state: row.state as SubmissionView['state'],
    late: row.late,
    submittedAt: row.submittedAt,
    memberId: row.memberId,
    by: member?.fullName ?? null,
    obligation,
  };
}

/** Submissions that wait for an officer, the oldest first: only the newest version of each obligation. */
export async function findWaiting(
  tx: Tx,
  limit: number,
): Promise<{ id: string; code: string; dutyName: string; unitName: string }[]> {
  return tx.$queryRaw`
    select s.id, s.code, d.name as "dutyName", u.name as "unitName"
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
  decision: { readonly state: 'accepted' | 'returned'; readonly byId: string | null; readonly reason: string | null },
  now: Date,
): Promise<void> {
  await tx.submission.update({
    where: { id },
    data: { state: decision.state, decidedAt: now, decidedById: decision.byId, reason: decision.reason },
  });
}
