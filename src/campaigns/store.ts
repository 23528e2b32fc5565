/** Campaigns in the database. */
import { fromDbDate, localDate, toDbDate, type LocalDate } from '../kernel/local-date.js';
import type { Tx } from '../store/index.js';
import type { CampaignSummary } from './model.js';

/** Reads of this room for flows. */
export interface CampaignsReads {
  /** Launched campaigns that have not ended, the nearest registration first. */
  running(now: Date): Promise<CampaignSummary[]>;
  one(id: string): Promise<CampaignSummary | null>;
}

/** Builds the reads on a transaction. */
export function createCampaignsReads(tx: Tx): CampaignsReads {
  const include = { _count: { select: { units: true } } } as const;
  return {
    async running(now) {
      const rows = await tx.campaign.findMany({
        where: { state: 'launched', finalDueOn: { gte: toDbDate(localDate(now)) } },
        orderBy: [{ registrationDueOn: 'desc' }, { id: 'asc' }],
        include,
        take: 50,
      });
      return rows.map(toSummary);
    },
    async one(id) {
      if (!/^[0-9a-f-]{36}$/i.test(id)) return null;
      const row = await tx.campaign.findUnique({ where: { id }, include });
      return row && toSummary(row);
    },
  };
}

const DAYS = { registration: 'registrationDueOn', midterm: 'midtermDueOn', final: 'finalDueOn' } as const;

/**
 * Keeps the new due day of one of a campaign's duties, so that its page says what its units are told. False, and nothing
 * changes, where registration or mid-term report would be due after the final one.
 */
export async function moveCampaignDay(tx: Tx, id: string, duty: keyof typeof DAYS, dueOn: LocalDate): Promise<boolean> {
  const campaign = await tx.campaign.findUniqueOrThrow({ where: { id } });
  const next = { ...campaign, [DAYS[duty]]: toDbDate(dueOn) };
  if (next.registrationDueOn > next.finalDueOn) return false;
  if (next.midtermDueOn !== null && next.midtermDueOn > next.finalDueOn) return false;
  await tx.campaign.update({ where: { id }, data: { [DAYS[duty]]: toDbDate(dueOn) } });
  return true;
}

type Row = Awaited<ReturnType<Tx['campaign']['findMany']>>[number] & { _count: { units: number } };

const toSummary = (row: Row): CampaignSummary => ({
  id: row.id,
  code: row.code,
  name: row.name,
  slogan: row.slogan,
  goal: row.goal,
  targets: row.targets,
  docNumber: row.docNumber,
  docOn: fromDbDate(row.docOn),
  startsOn: fromDbDate(row.startsOn),
  endsOn: fromDbDate(row.endsOn),
  registrationDueOn: fromDbDate(row.registrationDueOn),
  finalDueOn: fromDbDate(row.finalDueOn),
  units: row._count.units,
});
