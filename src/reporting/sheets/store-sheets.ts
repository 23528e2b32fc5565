/** What was found in an Excel form that came, when nobody waited for it any more. */
import { z } from 'zod';
import type { Tx } from '../../store/index.js';
import { sheetResult, type SheetResult } from './sheet-model.js';

const outcome = z.object({ ok: z.boolean(), data: z.unknown() });

/** The result of reading a form; null while it is being read. */
export async function findSheetResult(tx: Tx, workId: string): Promise<SheetResult | null> {
  const done = await tx.inbound.findUnique({
    where: { channel_externalId: { channel: 'internal', externalId: `work:${workId}` } },
    select: { body: true },
  });
  if (!done) return null;
  const { ok, data } = outcome.parse(done.body);
  const result = ok ? sheetResult.safeParse(data) : null;
  return result?.success === true ? result.data : { outcome: 'unreadable' };
}
