/** Changes of units in the less usual shapes: days that are past, leaves that run, parts in any order. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Prisma, type Tx } from '../../src/store/index.js';
import { addRole, handOverSeat, holdersOf, loadActor, type Succession } from '../../src/units/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { holder, member, unit } from './people.js';
import { createWorld, setClock, toldTo, type Speaker } from './world.js';

const MONDAY = new Date('2026-11-23T02:00:00Z');

let database: TestDatabase;
let world: ReturnType<typeof createWorld>;
let officer: Speaker & { memberId: string };
const passed: Succession[] = [];
const hook = (_: Tx, succession: Succession) => {
  passed.push(succession);
  return Promise.resolve({ moved: 2, waived: 1 });
};
beforeAll(async () => {
  database = await createTestDatabase();
  world = createWorld(database.store, null, [hook]);
  officer = await write(async (tx) => {
    const made = await member(tx, 'Chuyên viên');
    await addRole(tx, made.memberId, 'officer');
    return made;
  });
});
afterAll(() => database.drop());
beforeEach(async () => {
  passed.length = 0;
  await forget();
  await setClock(database.store, MONDAY);
});

/** Nothing is being filled in any more. */
const forget = () => database.store.db.conversation.updateMany({ data: { session: Prisma.DbNull, drafts: {} } });
const write = <T>(fn: (tx: Tx) => Promise<T>): Promise<T> => database.store.transaction(fn);
const find = (name: string) => database.store.db.unit.findFirst({ where: { name } });
/** A seat that nobody ever held. */
async function emptied(seatId: string): Promise<string> {
  await database.store.db.seatHolding.deleteMany({ where: { seatId } });
  return seatId;
}
const told = (memberId: string) => toldTo(database.store, memberId, 'unit-order');
const seatsOf = async (who: Speaker) => (await write((tx) => loadActor(tx, who.contactId))).seats;

/** Two communes with people, under names of their own. */
async function pair() {
  const tail = randomUUID().slice(0, 5);
  const names = { one: `Xã Thượng ${tail}`, two: `Xã Hạ ${tail}`, merged: `Phường Hợp Nhất ${tail}` };
  return write(async (tx) => {
    const [one, two] = [await unit(tx, names.one), await unit(tx, names.two)];
    return {
      names,
      one,
      two,
      first: await holder(tx, 'Người Một', one),
      second: await holder(tx, 'Người Hai', two),
      deputy: await holder(tx, 'Phụ Hai', two, 'deputy'),
    };
  });
}

describe('a change of units', () => {
  it('of a day before the unit came into its cluster leaves the place to the heir; one before it began is refused', async () => {
    const of = await pair();
    const { db } = database.store;
    const [code, clusterId] = [randomUUID(), randomUUID()];
    await db.cluster.create({ data: { id: clusterId, code, name: code } });
    await db.clusterUnit.create({ data: { clusterId, unitId: of.two, validFrom: new Date('2026-09-01') } });
    const order = (day: string) =>
      world.type(officer, 'sáp nhập', `${of.names.one}\n${of.names.two}`, of.names.one, day, 'NQ 1', 'đồng ý');
    expect(await order('01/7/2026')).toContain('Đã thực hiện');
    expect(await db.clusterUnit.findMany({ where: { clusterId } })).toMatchObject([
      { unitId: of.one, validFrom: new Date('2026-09-01'), validTo: null },
    ]);
    const young = await pair();
    await db.unit.update({ where: { id: young.two }, data: { validFrom: new Date('2026-09-01') } });
    await world.type(officer, 'sáp nhập', `${young.names.one}\n${young.names.two}`, young.names.one, '01/9/2026');
    expect(await world.type(officer, 'NQ 2')).toContain('chỉ hoạt động từ 01/09/2026');
  });

  it('takes a leave along into the heir’s empty seat, and ends what is covered by somebody without a seat there', async () => {
    const of = await pair();
    const cover = (seatId: string, memberId: string) =>
      database.store.db.seatCover.create({
        data: {
          id: randomUUID(),
          seatId,
          memberId,
          fromOn: new Date('2026-11-20'),
          toOn: new Date('2026-11-30'),
          madeAt: MONDAY,
        },
      });
    const acting = async () => (await write((tx) => holdersOf(tx, [of.one], ['primary']))).map(({ name }) => name);
    // The heir has the seat, and nobody in it.
    await write((tx) => handOverSeat(tx, { seatId: of.first.seatId, toMemberId: null, now: MONDAY }));
    const { id } = await cover(of.second.seatId, of.deputy.memberId);
    const merge = [`${of.names.one}\n${of.names.two}`, of.names.one, 'hôm nay', 'NQ 1', 'đồng ý'];
    await world.type(officer, 'sáp nhập', ...merge);
    expect(await acting()).toEqual(['Phụ Hai']);
    expect(await database.store.db.seatCover.findUnique({ where: { id } })).toMatchObject({ endedAt: null });

    const next = await pair();
    await write((tx) => holder(tx, 'Phụ Một', next.one, 'deputy'));
    await database.store.db.seat.delete({ where: { id: await emptied(next.first.seatId) } });
    const left = await cover(next.second.seatId, next.deputy.memberId);
    await world.type(officer, 'sáp nhập', `${next.names.one}\n${next.names.two}`, next.names.one, ...merge.slice(2));
    expect(await database.store.db.seatCover.findUnique({ where: { id: left.id } })).toMatchObject({
      endReason: 'left',
    });
  });

  it('keeps seats and work where the unit goes on, also when it is named last; the new part stands in its cluster', async () => {
    const of = await pair();
    const part = `Xã Trước ${randomUUID().slice(0, 5)}`;
    const { db } = database.store;
    const [code, clusterId] = [randomUUID(), randomUUID()];
    await db.cluster.create({ data: { id: clusterId, code, name: code } });
    await db.clusterUnit.create({ data: { clusterId, unitId: of.two, validFrom: new Date('2026-01-01') } });
    await world.type(officer, 'chia tách', of.names.two, `${part}\n${of.names.two}`, 'hôm nay', 'NQ 3', 'đồng ý');
    expect((await seatsOf(of.second)).map((seat) => seat.unitName)).toEqual([of.names.two]);
    expect(passed).toMatchObject([{ fromUnitId: of.two, heirUnitId: of.two }]);
    expect(await db.clusterUnit.findMany({ where: { unitId: (await find(part))?.id ?? '' } })).toMatchObject([
      { clusterId, validFrom: new Date('2026-11-23'), validTo: null },
    ]);
    expect((await told(of.second.memberId)).at(-1)).toContain(of.names.two);
  });
});
