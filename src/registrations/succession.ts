/** What becomes of the registrations of a unit that another goes on for. */
import { toDbDate } from '../kernel/local-date.js';
import type { Tx } from '../store/index.js';
import type { Succession } from '../units/index.js';

/** Registrations in campaigns under way are the heir's; where it has its own, the unit's stays as history. */
export async function succeedRegistrations(
  tx: Tx,
  { fromUnitId, heirUnitId, effectiveOn }: Succession,
): Promise<{ registrations: number } | undefined> {
  if (heirUnitId === null || heirUnitId === fromUnitId) return undefined;
  const registrations = await tx.$executeRaw`
    update registration r set unit_id = ${heirUnitId}::uuid
    from campaign c
    where r.unit_id = ${fromUnitId}::uuid and c.id = r.campaign_id and c.state = 'launched'
      and c.final_due_on >= ${toDbDate(effectiveOn)}::date and not exists (
        select 1 from registration o where o.campaign_id = r.campaign_id and o.unit_id = ${heirUnitId}::uuid)`;
  return { registrations };
}
