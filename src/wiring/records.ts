/** What records are about, in words: notices know no campaign and no duty. */
import { translate } from '../i18n/index.js';
import { formatDate } from '../kernel/format.js';
import { isId } from '../kernel/ids.js';
import { fromDbDate } from '../kernel/local-date.js';
import type { RecordReads, RecordSubject } from '../notices/index.js';
import type { Tx } from '../store/index.js';
import { broadcastOf } from './broadcasts.js';

const SOURCE = /^([a-z-]+):(.+)$/;

type BroadcastRow = NonNullable<Awaited<ReturnType<Tx['broadcast']['findFirst']>>>;

/** Builds the reads on a transaction. */
export function recordReads(tx: Tx): RecordReads['records'] {
  return {
    async latest(count) {
      const rows = await tx.broadcast.findMany({ orderBy: { createdAt: 'desc' }, take: count });
      return Promise.all(rows.map((row) => ofBroadcast(tx, row)));
    },
    async find(key) {
      const [, kind, id] = SOURCE.exec(key) ?? [];
      if (kind !== undefined && id !== undefined && kind !== 'broadcast') return ofSource(tx, kind, id);
      const row = await broadcastOf(tx, id ?? key);
      return row && ofBroadcast(tx, row);
    },
  };
}

async function ofBroadcast(tx: Tx, { id, kind, subjectId, title, createdAt }: BroadcastRow): Promise<RecordSubject> {
  const document = await documentOf(tx, kind, subjectId);
  return { kind: 'broadcast', id, title, at: createdAt.toISOString(), ...(document === null ? {} : { document }) };
}

/** The document behind a broadcast, with its day; null where there is none. */
async function documentOf(tx: Tx, kind: string, subjectId: string): Promise<string | null> {
  if (!isId(subjectId)) return null;
  if (kind === 'honour') {
    const honour = await tx.honour.findUnique({ where: { id: subjectId } });
    return honour && document(honour.decisionNumber, honour.decisionOn);
  }
  if (kind !== 'campaign' && kind !== 'amendment') return null;
  const campaign = await tx.campaign.findUnique({ where: { id: subjectId } });
  return campaign && document(campaign.docNumber, campaign.docOn);
}

const document = (number: string, on: Date): string =>
  translate('vi', 'notices.record.document', { number, day: formatDate(fromDbDate(on)) });

async function ofSource(tx: Tx, kind: string, id: string): Promise<RecordSubject | null> {
  const first = await tx.message.findFirst({
    where: { sourceKind: kind, sourceId: id, lane: 'bulk' },
    orderBy: { id: 'asc' },
    select: { plannedAt: true },
  });
  if (!first) return null;
  const at = first.plannedAt.toISOString();
  const obligation =
    kind === 'obligation' && isId(id)
      ? await tx.obligation.findUnique({ where: { id }, include: { duty: true } })
      : null;
  if (!obligation)
    return { kind, id, at, title: translate('vi', 'notices.record.ofSource', { source: `${kind}:${id}` }) };
  const unit = await tx.unit.findUnique({ where: { id: obligation.unitId }, select: { name: true } });
  const { name, basis } = obligation.duty;
  const title = translate('vi', 'notices.record.ofObligation', {
    ...{ duty: name, unit: unit?.name ?? '', period: obligation.period },
  });
  return { kind, id, at, title, document: basis };
}
