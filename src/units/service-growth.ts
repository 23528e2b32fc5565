/** How a province is entered: units and clusters that an admin listed. */
import { refuse, t, type Refusal } from '../conversation/index.js';
import { newId } from '../kernel/ids.js';
import { localDate, toDbDate } from '../kernel/local-date.js';
import type { Actor } from '../kernel/people.js';
import type { Tx } from '../store/index.js';
import { isAdmin, type UnitLevel, type UnitType } from './model.js';
import { findUnits } from './store-units.js';

/** One unit as it was listed; the code tells whether it is known already. */
export interface NewUnit {
  readonly code: string;
  readonly name: string;
  readonly type: UnitType;
  readonly level: UnitLevel;
  readonly parentCode: string | null;
}

const GROWTH_LOCK = 7_313_003;

const lockGrowth = (tx: Tx) => tx.$queryRaw`select pg_advisory_xact_lock(${GROWTH_LOCK})::text`;

/** Adds the units whose code is not known yet; the others stay as they are. */
export async function addUnits(
  tx: Tx,
  units: readonly NewUnit[],
  actor: Actor,
  now: Date,
): Promise<Refusal | undefined> {
  if (!isAdmin(actor)) return refuse('not-allowed', t('units.invite.notAllowed'));
  await lockGrowth(tx);
  const idOf = new Map((await findUnits(tx)).map((unit) => [unit.code, unit.id]));
  const fresh = units.filter((unit) => !idOf.has(unit.code)).map((unit) => ({ ...unit, id: newId() }));
  for (const unit of fresh) idOf.set(unit.code, unit.id);
  const orphan = fresh.find((unit) => unit.parentCode !== null && !idOf.has(unit.parentCode));
  if (orphan) return refuse('no-parent', t('units.add.noParent', { code: orphan.parentCode ?? '' }));
  // One statement: a parent may stand below its child in the list.
  await tx.unit.createMany({
    data: fresh.map(({ id, code, name, type, level, parentCode }) => ({
      id,
      code,
      name,
      shortName: name,
      type,
      level,
      parentId: parentCode === null ? null : (idOf.get(parentCode) ?? null),
    })),
  });
  await tx.auditEntry.createMany({
    data: fresh.map((unit) => ({
      at: now,
      memberId: actor.memberId,
      action: 'unit.add',
      subject: `unit:${unit.id}`,
      data: { code: unit.code },
    })),
  });
  return undefined;
}

export interface ClusterOrder {
  readonly code: string;
  readonly name: string;
  readonly unitIds: readonly string[];
}

/** Makes the cluster, or finds it by its code, and adds the units that are not in it today. */
export async function addCluster(tx: Tx, order: ClusterOrder, actor: Actor, now: Date): Promise<Refusal | undefined> {
  if (!isAdmin(actor)) return refuse('not-allowed', t('units.invite.notAllowed'));
  await lockGrowth(tx);
  const cluster = await tx.cluster.upsert({
    where: { code: order.code },
    create: { id: newId(), code: order.code, name: order.name },
    update: {},
  });
  const inside = await tx.clusterUnit.findMany({ where: { clusterId: cluster.id, validTo: null } });
  const known = new Set(inside.map((place) => place.unitId));
  const validFrom = toDbDate(localDate(now));
  await tx.clusterUnit.createMany({
    data: order.unitIds
      .filter((unitId) => !known.has(unitId))
      .map((unitId) => ({ clusterId: cluster.id, unitId, validFrom })),
    skipDuplicates: true,
  });
  await tx.auditEntry.create({
    data: {
      at: now,
      memberId: actor.memberId,
      action: 'cluster.add',
      subject: `cluster:${cluster.id}`,
      data: { units: order.unitIds.length },
    },
  });
  return undefined;
}
