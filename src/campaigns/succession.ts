/** What becomes of the campaigns of a unit that another goes on for. */
import { toDbDate } from '../kernel/local-date.js';
import type { Tx } from '../store/index.js';
import type { Succession } from '../units/index.js';

/**
 * The heir takes part in the unit's place in whatever is still under way; what is over keeps the unit that took part.
 * A campaign that named the unit names the heir, so that later notices reach it.
 */
export async function succeedCampaigns(
  tx: Tx,
  { fromUnitId, heirUnitId, effectiveOn }: Succession,
): Promise<{ campaigns: number } | undefined> {
  if (heirUnitId === null || heirUnitId === fromUnitId) return undefined;
  const running = await tx.campaign.findMany({
    where: { state: 'launched', finalDueOn: { gte: toDbDate(effectiveOn) }, units: { some: { unitId: fromUnitId } } },
    select: { id: true },
  });
  const ids = running.map(({ id }) => id);
  await tx.campaignUnit.createMany({
    data: ids.map((campaignId) => ({ campaignId, unitId: heirUnitId })),
    skipDuplicates: true,
  });
  await tx.campaignUnit.deleteMany({ where: { campaignId: { in: ids }, unitId: fromUnitId } });
  await tx.$executeRaw`
    update campaign set participants = jsonb_set(participants, '{units}', (
      select jsonb_agg(distinct case when x = ${fromUnitId} then ${heirUnitId} else x end)
      from jsonb_array_elements_text(participants->'units') x))
    where id = any(${ids}::uuid[]) and jsonb_exists(participants->'units', ${fromUnitId})`;
  return { campaigns: ids.length };
}
