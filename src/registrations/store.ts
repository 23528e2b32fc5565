/** Registrations in the database. */
import { isId } from '../kernel/ids.js';
import { fromDbDate, localDate, toDbDate, type LocalDate } from '../kernel/local-date.js';
import { findRegistrationDues } from '../duties/index.js';
import type { Tx } from '../store/index.js';
import { entrySchema, titleSchema, type Entry, type Registration, type RegistrationState } from './model.js';

/** A campaign that a unit takes part in, with what it has registered so far. */
export interface RegistrableCampaign {
  readonly campaignId: string;
  readonly name: string;
  readonly dueOn: LocalDate;
  readonly registration: Registration | null;
}

/** Reads of this room for flows. */
export interface RegistrationsReads {
  /** Running campaigns of a unit, nearest due day first, those without a registration before the others. */
  campaignsOf(unitId: string, now: Date): Promise<RegistrableCampaign[]>;
  of(campaignId: string, unitId: string): Promise<RegistrableCampaign | null>;
  one(id: string): Promise<Registration | null>;
}

const include = { campaign: { select: { name: true, registrationDueOn: true } } } as const;

/** Builds the reads on a transaction. */
export function createRegistrationsReads(tx: Tx): RegistrationsReads {
  const campaigns = async (unitId: string, where: object): Promise<RegistrableCampaign[]> => {
    const unit = await tx.unit.findUnique({ where: { id: unitId }, select: { name: true } });
    const rows = await tx.campaign.findMany({
      where: { state: 'launched', units: { some: { unitId } }, ...where },
      orderBy: [{ registrationDueOn: 'asc' }, { id: 'asc' }],
      include: { registrations: { where: { unitId }, include } },
    });
    const own = await findRegistrationDues(
      tx,
      unitId,
      rows.map((row) => row.id),
    );
    const found = rows.map((row) => {
      const dueOn = own.get(row.id) ?? fromDbDate(row.registrationDueOn);
      const [known] = row.registrations;
      const registration = known ? { ...toRegistration(known, unit?.name ?? ''), dueOn } : null;
      return { campaignId: row.id, name: row.name, dueOn, registration };
    });
    return [...found.filter((one) => one.registration === null), ...found.filter((one) => one.registration !== null)];
  };
  return {
    campaignsOf: (unitId, now) => campaigns(unitId, { finalDueOn: { gte: toDbDate(localDate(now)) } }),
    of: async (campaignId, unitId) =>
      isId(campaignId) ? ((await campaigns(unitId, { id: campaignId }))[0] ?? null) : null,
    async one(id) {
      if (!isId(id)) return null;
      const row = await tx.registration.findUnique({ where: { id }, include });
      const unit = row && (await tx.unit.findUnique({ where: { id: row.unitId }, select: { name: true } }));
      return row && toRegistration(row, unit?.name ?? '');
    },
  };
}

type Row = NonNullable<Awaited<ReturnType<Tx['registration']['findUnique']>>> & {
  campaign: { name: string; registrationDueOn: Date };
};

function toRegistration(row: Row, unitName: string): Registration {
  const entry: Entry = {
    targets: row.targets,
    titles: titleSchema.array().parse(row.titles),
    ...(row.exemplar === null ? {} : { exemplar: row.exemplar }),
  };
  return {
    id: row.id,
    code: row.code,
    campaignId: row.campaignId,
    campaignName: row.campaign.name,
    dueOn: fromDbDate(row.campaign.registrationDueOn),
    unitId: row.unitId,
    unitName,
    version: row.version,
    state: row.state as RegistrationState,
    entry: entrySchema.parse(entry),
    onTime: row.onTime,
    submittedAt: row.submittedAt,
    reason: row.reason,
  };
}
