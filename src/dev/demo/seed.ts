/** Fills an empty database with the demo province, in one transaction. */
import { updateDuty } from '../../duties/store-duties.js';
import { newId } from '../../kernel/ids.js';
import { atLocal } from '../../kernel/local-date.js';
import type { Db, Tx } from '../../store/index.js';
import type { ClusterPlace, Unit } from '../../units/index.js';
import { HOLIDAYS } from './holidays.js';
import { buildHonours } from './honours.js';
import { insertRows } from './insert.js';
import { buildPeople, demoExternalId, VISITOR_CODE, type SamplePerson } from './people.js';
import { CHANGES, CLUSTERS, CLUSTERS_SINCE, UNITS } from './province.js';
import { buildCampaignRows } from './rows.js';

const SEED_LOCK = 7_313_001;
const TIMEOUT_MS = 30_000;

export interface Seeded {
  /** False when the database had units already: then nothing was written. */
  readonly seeded: boolean;
  readonly units: number;
  readonly people: number;
}

/** Writes the demo province around `now`. A second call changes nothing; two at once seed it once. */
export async function seedDemo(db: Db, now: Date): Promise<Seeded> {
  return db.$transaction(
    async (tx) => {
      await tx.$queryRaw`select pg_advisory_xact_lock(${SEED_LOCK})::text`;
      await stampMode(tx);
      if ((await tx.unit.count()) > 0)
        return { seeded: false, units: await tx.unit.count(), people: await tx.member.count() };
      return write(tx, now);
    },
    { timeout: TIMEOUT_MS, maxWait: TIMEOUT_MS },
  );
}

async function stampMode(tx: Tx): Promise<void> {
  const stamp = await tx.setting.upsert({ where: { key: 'mode' }, create: { key: 'mode', value: 'demo' }, update: {} });
  if (stamp.value !== 'demo') throw new Error('this database belongs to a real installation and takes no sample data');
}

async function write(tx: Tx, now: Date): Promise<Seeded> {
  const units = buildUnits();
  const idOf = new Map(units.map((unit) => [unit.code, unit.id]));
  const places = await writeUnits(tx, units, idOf);
  const people = buildPeople();
  const seats = await writePeople(tx, people, idOf, now);
  if ((await tx.calendarDay.count()) === 0)
    await insertRows(
      tx,
      'calendar_day',
      HOLIDAYS.map((day) => ({ ...day, kind: 'off' })),
    );

  const officerId = people.find((person) => person.code === 'officer')?.id ?? '';
  const rows = buildCampaignRows({ now, units, places, officerId, seats });
  await insertRows(tx, 'campaign', rows.campaigns);
  await insertRows(tx, 'campaign_unit', rows.campaignUnits);
  await insertRows(tx, 'duty', rows.duties);
  for (const { id, content } of rows.dutyContents)
    await updateDuty(tx, id, { version: 1, content, at: now, memberId: officerId, reason: 'new' });
  await insertRows(tx, 'obligation', rows.obligations);
  await insertRows(tx, 'registration', rows.registrations);
  await insertRows(tx, 'registration_version', rows.registrationVersions);
  await insertRows(tx, 'submission', rows.submissions);
  await insertRows(tx, 'reminder_step', rows.steps);
  await insertRows(tx, 'task', rows.tasks);
  await insertRows(tx, 'honour', buildHonours(units, officerId, now));
  return { seeded: true, units: units.length, people: people.length };
}

function buildUnits(): Unit[] {
  const ids = new Map(UNITS.map((unit) => [unit.code, newId()]));
  return UNITS.map((unit) => ({
    id: ids.get(unit.code) ?? '',
    code: unit.code,
    name: unit.name,
    shortName: unit.shortName,
    type: unit.type,
    level: unit.level,
    parentId: unit.parent === undefined ? null : (ids.get(unit.parent) ?? null),
    validFrom: unit.validFrom ?? null,
    validTo: unit.validTo ?? null,
  }));
}

async function writeUnits(tx: Tx, units: readonly Unit[], idOf: ReadonlyMap<string, string>): Promise<ClusterPlace[]> {
  const id = (code: string): string => known(idOf, code);
  await insertRows(tx, 'unit', units);
  const changes = CHANGES.map(({ kind, from, to, on, basis }) => ({
    id: newId(),
    kind,
    fromUnitId: id(from),
    toUnitId: to && id(to),
    effectiveOn: on,
    basis,
  }));
  await insertRows(tx, 'unit_change', changes);
  const clusters = CLUSTERS.map((cluster) => ({ ...cluster, id: newId() }));
  await insertRows(
    tx,
    'cluster',
    clusters.map(({ units: _units, ...cluster }) => cluster),
  );
  const places = clusters.flatMap((cluster) =>
    cluster.units.map((code): ClusterPlace => ({
      clusterId: cluster.id,
      unitId: id(code),
      validFrom: CLUSTERS_SINCE,
      validTo: null,
    })),
  );
  await insertRows(tx, 'cluster_unit', places);
  return places;
}

/** Unit id → its primary seat and holder. */
async function writePeople(
  tx: Tx,
  people: readonly SamplePerson[],
  idOf: ReadonlyMap<string, string>,
  now: Date,
): Promise<Map<string, { seatId: string; memberId: string }>> {
  const seats = new Map<string, { id: string; unitId: string; kind: string; memberId: string }>();
  for (const person of people) {
    for (const { unitCode, kind } of person.seats) {
      seats.set(`${unitCode}/${kind}`, { id: newId(), unitId: known(idOf, unitCode), kind, memberId: person.id });
    }
  }
  await insertRows(
    tx,
    'member',
    people.map(({ id, code, fullName, position }) => ({ id, code, fullName, position })),
  );
  await insertRows(
    tx,
    'member_role',
    people.flatMap(({ id, role }) => (role === null ? [] : [{ memberId: id, role }])),
  );
  await insertRows(
    tx,
    'seat',
    [...seats.values()].map(({ memberId: _memberId, ...seat }) => seat),
  );
  const heldFrom = atLocal(CLUSTERS_SINCE, '08:00');
  await insertRows(
    tx,
    'seat_holding',
    [...seats.values()].map((seat) => ({ id: newId(), seatId: seat.id, memberId: seat.memberId, heldFrom })),
  );
  await writeContacts(tx, people, now);
  return new Map(
    [...seats.values()]
      .filter((seat) => seat.kind === 'primary')
      .map((seat) => [seat.unitId, { seatId: seat.id, memberId: seat.memberId }]),
  );
}

async function writeContacts(tx: Tx, people: readonly SamplePerson[], now: Date): Promise<void> {
  const visitor = {
    id: newId(),
    memberId: null,
    code: VISITOR_CODE,
    displayName: 'Người dân (mẫu)',
    lastInboundAt: null,
  };
  const contacts = people.map((person, n) => ({
    id: newId(),
    memberId: person.id,
    code: person.code,
    displayName: person.fullName,
    lastInboundAt: lastHeard(n, now),
  }));
  const rows = [...contacts, visitor].map(({ code, ...contact }) => ({
    ...contact,
    channel: 'web',
    externalId: demoExternalId(code),
    preferred: contact.memberId !== null,
  }));
  await insertRows(tx, 'contact', rows);
  await insertRows(
    tx,
    'conversation',
    people.map((person) => ({ id: newId(), memberId: person.id })),
  );
  await insertRows(tx, 'conversation', [{ id: newId(), contactId: visitor.id }]);
}

/** Most wrote within the last days; every fifteenth has been silent for six weeks. */
function lastHeard(n: number, now: Date): Date {
  const days = n % 15 === 14 ? 42 : n % 6;
  return new Date(now.getTime() - (days * 24 + (n % 9)) * 3_600_000);
}

function known(ids: ReadonlyMap<string, string>, code: string): string {
  const id = ids.get(code);
  if (id === undefined) throw new Error(`the demo has no unit ${code}`);
  return id;
}
