/** Exemplars in the database. */
import { z } from 'zod';
import { isId } from '../kernel/ids.js';
import { fromDbDate } from '../kernel/local-date.js';
import type { Tx } from '../store/index.js';
import { cardResult, type Honour } from './model.js';

/** A card that was drawn, or could not be (`fileId` null). */
export interface DrawnCard {
  readonly fileId: string | null;
}

/** Reads of this room for flows and pages. */
export interface HonoursReads {
  /** Published exemplars, newest first. */
  latest(limit: number): Promise<Honour[]>;
  one(id: string): Promise<Honour | null>;
  /** The outcome of drawing a card; null while it is under way. */
  drawnCard(workId: string): Promise<DrawnCard | null>;
}

const include = { _count: { select: { follows: true } } } as const;

/** Builds the reads on a transaction (or the client). */
export function createHonoursReads(tx: Tx): HonoursReads {
  return {
    async latest(limit) {
      const rows = await tx.honour.findMany({
        where: { state: 'published' },
        orderBy: [{ publishedAt: 'desc' }, { id: 'desc' }],
        take: limit,
        include,
      });
      return rows.map(toHonour);
    },
    async one(id) {
      if (!isId(id)) return null;
      const row = await tx.honour.findFirst({ where: { id, state: 'published' }, include });
      return row && toHonour(row);
    },
    async drawnCard(workId) {
      const done = await tx.inbound.findUnique({
        where: { channel_externalId: { channel: 'internal', externalId: `work:${workId}` } },
        select: { body: true },
      });
      if (!done) return null;
      const result = z.object({ ok: z.boolean(), data: z.unknown() }).parse(done.body);
      const card = result.ok ? cardResult.safeParse(result.data) : null;
      return { fileId: card?.success === true ? card.data.fileId : null };
    },
  };
}

type Row = NonNullable<Awaited<ReturnType<Tx['honour']['findFirst']>>> & { _count: { follows: number } };

const toHonour = (row: Row): Honour => ({
  id: row.id,
  code: row.code,
  personName: row.personName,
  unitName: row.unitName,
  deed: row.deed,
  story: row.story,
  award: row.award,
  decisionNumber: row.decisionNumber,
  decisionOn: fromDbDate(row.decisionOn),
  cardId: row.cardId,
  publishedAt: row.publishedAt ?? new Date(0),
  followers: row._count.follows,
});
