/** Units, clusters and their dated history. */
import { newId } from '../kernel/ids.js';
import { addDays, fromDbDate, toDbDate, type LocalDate } from '../kernel/local-date.js';
import type { Tx } from '../store/index.js';
import type { Cluster, ClusterPlace, Unit, UnitLevel, UnitType } from './model.js';

interface UnitRow {
  id: string;
  code: string;
  name: string;
  shortName: string;
  type: string;
  level: string;
  parentId: string | null;
  validFrom: Date | null;
  validTo: Date | null;
}

function toUnit(row: UnitRow): Unit {
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    shortName: row.shortName,
    type: row.type as UnitType,
    level: row.level as UnitLevel,
    parentId: row.parentId,
    validFrom: row.validFrom && fromDbDate(row.validFrom),
    validTo: row.validTo && fromDbDate(row.validTo),
  };
}

/** All units, also those of the past, by name; with the names that they bore before. */
export async function findUnits(tx: Tx): Promise<Unit[]> {
  const former = new Map<string, { formerNames: string[]; namedSince: LocalDate }>();
  for (const { unitId, name, untilOn } of await tx.unitName.findMany({ orderBy: { untilOn: 'desc' } })) {
    const { formerNames = [], namedSince = addDays(fromDbDate(untilOn), 1) } = former.get(unitId) ?? {};
    former.set(unitId, { formerNames: [...formerNames, name], namedSince });
  }
  const rows = await tx.unit.findMany({ orderBy: [{ name: 'asc' }, { code: 'asc' }] });
  return rows.map((row) => ({ ...toUnit(row), ...former.get(row.id) }));
}

/** Records that a unit has another name from a day on. */
export async function insertRename(
  tx: Tx,
  unitId: string,
  { effectiveOn, basis }: { readonly effectiveOn: LocalDate; readonly basis: string },
): Promise<void> {
  const change = { kind: 'rename', fromUnitId: unitId, toUnitId: unitId, effectiveOn: toDbDate(effectiveOn), basis };
  await tx.unitChange.createMany({ data: [{ id: newId(), ...change }], skipDuplicates: true });
}

export async function findUnitByCode(tx: Tx, code: string): Promise<Unit | null> {
  const row = await tx.unit.findUnique({ where: { code } });
  return row && toUnit(row);
}

export async function findUnitsById(tx: Tx, ids: readonly string[]): Promise<Unit[]> {
  return (await tx.unit.findMany({ where: { id: { in: [...ids] } }, orderBy: [{ name: 'asc' }, { code: 'asc' }] })).map(
    toUnit,
  );
}

export async function findClusters(tx: Tx): Promise<Cluster[]> {
  return tx.cluster.findMany({
    orderBy: [{ name: 'asc' }, { code: 'asc' }],
    select: { id: true, code: true, name: true },
  });
}

/** Every place of a unit in a cluster, past ones too. */
export async function findPlaces(tx: Tx, clusterIds?: readonly string[]): Promise<ClusterPlace[]> {
  const rows = await tx.clusterUnit.findMany({ where: clusterIds ? { clusterId: { in: [...clusterIds] } } : {} });
  return rows.map((row) => ({
    clusterId: row.clusterId,
    unitId: row.unitId,
    validFrom: fromDbDate(row.validFrom),
    validTo: row.validTo && fromDbDate(row.validTo),
  }));
}

/** A recorded change of a unit. */
export interface RecordedChange {
  readonly kind: 'merge' | 'split' | 'rename' | 'dissolve';
  readonly fromUnitId: string;
  readonly toUnitId: string | null;
  readonly effectiveOn: LocalDate;
  readonly basis: string;
}

/** What happened to a unit and what it came from, oldest first. */
export async function findChanges(tx: Tx, unitId: string): Promise<RecordedChange[]> {
  const rows = await tx.unitChange.findMany({
    where: { OR: [{ fromUnitId: unitId }, { toUnitId: unitId }] },
    orderBy: [{ effectiveOn: 'asc' }, { id: 'asc' }],
  });
  return rows.map((row) => ({
    kind: row.kind as RecordedChange['kind'],
    fromUnitId: row.fromUnitId,
    toUnitId: row.toUnitId,
    effectiveOn: fromDbDate(row.effectiveOn),
    basis: row.basis,
  }));
}
