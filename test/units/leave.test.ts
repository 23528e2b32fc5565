import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOutbox } from '../../src/delivery/index.js';
import type { SeatKind } from '../../src/kernel/people.js';
import type { Tx } from '../../src/store/index.js';
import { createUnitsDay, handOverSeat, holdersOf, loadActor, seatFor, unitInstants } from '../../src/units/index.js';
import { arrangeCover, type CoverOrder } from '../../src/units/service-covers.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { holder, stranger, unit } from './people.js';
import { codeIn, createWorld, setClock, toldTo, type Speaker } from './world.js';

const MONDAY = new Date('2026-11-23T02:00:00Z');
const at = (day: string, time = '02:00') => new Date(`${day}T${time}:00Z`);

let database: TestDatabase;
let world: ReturnType<typeof createWorld>;
beforeAll(async () => {
  database = await createTestDatabase();
  world = createWorld(database.store);
});
afterAll(() => database.drop());
beforeEach(() => setClock(database.store, MONDAY));

const write = <T>(fn: (tx: Tx) => Promise<T>): Promise<T> => database.store.transaction(fn);
const day = (now: Date) =>
  createUnitsDay({
    store: database.store,
    outbox: createOutbox({}),
    hooks: [],
    failed: (error) => {
      throw error;
    },
  })(now);
const told = (memberId: string) => toldTo(database.store, memberId, 'seat-cover');

async function ward() {
  return write(async (tx) => {
    const unitId = await unit(tx, `Phường ${randomUUID().slice(0, 6)}`);
    return {
      unitId,
      primary: await holder(tx, 'Trần Thị Chính', unitId),
      deputy: await holder(tx, 'Lê Văn Phụ', unitId, 'deputy'),
      head: await holder(tx, 'Vũ Thị Trưởng', unitId, 'head'),
    };
  });
}
type Ward = Awaited<ReturnType<typeof ward>>;

/** Who acts for a seat at a moment of the business clock. */
async function acting({ unitId }: Ward, kind: SeatKind = 'primary'): Promise<string | undefined> {
  return (await write((tx) => holdersOf(tx, [unitId], [kind])))[0]?.name;
}
const seatsOf = async (who: Speaker) => (await write((tx) => loadActor(tx, who.contactId))).seats;
const order = (tx: Tx, who: Speaker, wish: Omit<CoverOrder, 'id'>) =>
  loadActor(tx, who.contactId).then((actor) =>
    arrangeCover(tx, { id: randomUUID(), ...wish }, actor, MONDAY, createOutbox({})),
  );
const cover = (of: Ward, fromOn: string, toOn: string) =>
  write((tx) =>
    order(tx, of.primary, { seatId: of.primary.seatId, fromOn, toOn, who: { memberId: of.deputy.memberId } }),
  );

describe('a leave', () => {
  it('is covered by a colleague from its first day to its last, by itself, and both are told', async () => {
    const of = await ward();
    expect(await world.type(of.primary, 'tôi nghỉ phép từ 25/11 đến 27/11')).toContain('Ai trực thay');
    const last = await world.type(of.primary, 'Lê Văn Phụ');
    expect(last).toContain('từ 25/11/2026 đến hết 27/11/2026');
    expect(await world.tap(of.primary, 'Đồng ý')).toContain('✅ Đã bố trí');
    expect(await told(of.deputy.memberId)).toEqual([expect.stringContaining('Trần Thị Chính nhờ anh/chị trực thay')]);
    expect(await acting(of)).toBe('Trần Thị Chính');

    await setClock(database.store, at('2026-11-25'));
    await day(at('2026-11-25'));
    await day(at('2026-11-25'));
    expect(await acting(of)).toBe('Lê Văn Phụ');
    expect(await acting(of, 'deputy')).toBe('Lê Văn Phụ');
    expect(await told(of.deputy.memberId)).toHaveLength(2);
    expect(await told(of.primary.memberId)).toEqual([expect.stringContaining('Lê Văn Phụ trực thay anh/chị')]);

    await setClock(database.store, at('2026-11-27', '16:59'));
    expect(await acting(of)).toBe('Lê Văn Phụ');
    await setClock(database.store, at('2026-11-27', '17:00'));
    expect(await acting(of)).toBe('Trần Thị Chính');
    await day(at('2026-11-28'));
    expect((await told(of.primary.memberId)).at(-1)).toContain('lại gửi tới anh/chị');
    expect((await told(of.deputy.memberId)).at(-1)).toContain('đã kết thúc');
  });

  it('gives the seat to whoever covers, named as that, but not to hand on', async () => {
    const of = await ward();
    await cover(of, '2026-11-23', '2026-11-24');
    const actor = await write((tx) => loadActor(tx, of.deputy.contactId));
    expect(seatFor(actor, of.unitId)).toMatchObject({ kind: 'primary', cover: true });
    expect(await world.type(of.deputy, '/start')).toContain('đầu mối chính, trực thay');
    // Only the seat of the deputy is theirs to give.
    expect(await world.type(of.deputy, 'bàn giao')).toContain('Họ và tên');
    expect((await seatsOf(of.primary)).map((seat) => seat.kind)).toEqual(['primary']);
  });

  it('may begin today, ends when the holder says so, and only once', async () => {
    const of = await ward();
    await world.type(of.primary, 'nghỉ phép', 'hôm nay - 30/11', '1', 'đồng ý');
    expect(await acting(of)).toBe('Lê Văn Phụ');
    expect(await world.type(of.primary, 'đã đi làm lại')).toContain('Đã kết thúc trực thay');
    expect(await acting(of)).toBe('Trần Thị Chính');
    expect((await told(of.deputy.memberId)).at(-1)).toContain('đã kết thúc');
    expect(await world.type(of.primary, 'đã đi làm lại')).toContain('Không có đợt trực thay nào');
  });

  it('can be declined by whoever was asked, and the holder hears it', async () => {
    const of = await ward();
    await cover(of, '2026-11-25', '2026-11-27');
    const { id } = await database.store.db.seatCover.findFirstOrThrow({ where: { seatId: of.primary.seatId } });
    const { head } = await ward();
    expect(await world.press(head, `go:end-cover:${id}`)).toContain('không có quyền');
    expect(await world.press(of.deputy, `go:end-cover:${id}`)).toContain('Đã kết thúc');
    expect((await told(of.primary.memberId)).at(-1)).toContain('lại gửi tới anh/chị');
    expect(await world.press(of.deputy, `go:end-cover:${id}`)).toContain('Không có đợt trực thay nào');
  });

  it.each([
    ['30/11 - 25/11', 'ở trước ngày đầu'],
    ['20/11 - 25/11', 'đã qua'],
    ['25/11 - 31/1/2027', 'tối đa 60 ngày'],
    ['30/2', 'Chưa đọc được ngày'],
    ['x'.repeat(3000), 'Chưa đọc được ngày'],
  ])('is not taken for the days "%.20s"', async (days, answer) => {
    const of = await ward();
    expect(await world.type(of.primary, 'nghỉ phép', days)).toContain(answer);
    expect(await database.store.db.seatCover.count({ where: { seatId: of.primary.seatId } })).toBe(0);
  });

  it('is not taken twice for the same days, also when two ask at once, nor by somebody who is away too', async () => {
    const of = await ward();
    const both = await Promise.all([cover(of, '2026-11-25', '2026-11-27'), cover(of, '2026-11-27', '2026-11-30')]);
    expect(both.map((refusal) => refusal?.refused).sort()).toEqual(['overlap', undefined]);
    expect(await world.type(of.primary, 'nghỉ phép', '26/11 - 28/11', '1', 'đồng ý')).toContain(
      'đã có người trực thay',
    );
    const away = await world.type(of.deputy, 'nghỉ phép', '27/11', '1', 'đồng ý');
    expect(away).toContain('đang nhận trực thay cho Trần Thị Chính');
    await write((tx) =>
      order(tx, of.head, {
        seatId: of.head.seatId,
        fromOn: '2026-12-01',
        toOn: '2026-12-05',
        who: { memberId: of.primary.memberId },
      }),
    );
    const other = await write((tx) =>
      order(tx, of.deputy, {
        seatId: of.deputy.seatId,
        fromOn: '2026-12-05',
        toOn: '2026-12-06',
        who: { memberId: of.head.memberId },
      }),
    );
    expect(other?.refused).toBe('away');
  });

  it('is arranged by the head for the others, by nobody else', async () => {
    const of = await ward();
    const wish = { seatId: of.primary.seatId, fromOn: '2026-11-25', toOn: '2026-11-26' };
    const who = { memberId: of.deputy.memberId };
    expect((await write((tx) => order(tx, of.deputy, { ...wish, who })))?.refused).toBe('not-allowed');
    expect(await write((tx) => order(tx, of.head, { ...wish, who }))).toBeUndefined();
    expect(
      await world.type(
        await write(async (tx) => holder(tx, 'Một Mình', await unit(tx, 'Xã Một Mình'))),
        'nghỉ phép',
        'mai',
      ),
    ).toContain('gõ họ tên');
  });

  it('goes back to the holder when whoever covers leaves the unit, and ends when the seat is handed on', async () => {
    const of = await ward();
    await cover(of, '2026-11-23', '2026-11-27');
    await write((tx) => handOverSeat(tx, { seatId: of.deputy.seatId, toMemberId: null, now: MONDAY }));
    expect(await acting(of)).toBe('Trần Thị Chính');
    const next = await ward();
    await cover(next, '2026-11-23', '2026-11-27');
    await write((tx) => handOverSeat(tx, { seatId: next.primary.seatId, toMemberId: next.head.memberId, now: MONDAY }));
    expect(await acting(next)).toBe('Vũ Thị Trưởng');
    const ends = await database.store.db.seatCover.findMany({
      where: { seatId: { in: [of.primary.seatId, next.primary.seatId] } },
      orderBy: { madeAt: 'asc' },
    });
    expect(ends.map((one) => one.endReason).sort()).toEqual(['handed-over', 'left']);
  });

  it('may be covered by somebody invited: until they come the holder answers, then they do, and the seat stays the holder’s', async () => {
    const of = await ward();
    await world.type(of.primary, 'nghỉ phép', 'hôm nay - 25/11', 'Ngô Văn Mời');
    const code = codeIn(await world.type(of.primary, 'đồng ý'));
    expect(await acting(of)).toBe('Trần Thị Chính');
    const guest = await stranger(database.store);
    expect(await world.type(guest, `#${code}`)).toContain('trực thay');
    expect(await acting(of)).toBe('Ngô Văn Mời');
    expect((await seatsOf(guest)).map((seat) => [seat.kind, seat.cover])).toEqual([['primary', true]]);
    expect(await world.type(guest, 'bàn giao')).toContain('không giữ vị trí này');
    await setClock(database.store, at('2026-11-26'));
    expect(await seatsOf(guest)).toEqual([]);
    expect(await acting(of)).toBe('Trần Thị Chính');
  });

  it('ends with its code: one that is used after the holder is back is worth nothing', async () => {
    const of = await ward();
    await world.type(of.primary, 'nghỉ phép', 'hôm nay - 25/11', 'Ngô Văn Mời');
    const code = codeIn(await world.type(of.primary, 'đồng ý'));
    await world.type(of.primary, 'hủy nghỉ phép');
    expect(await world.type(await stranger(database.store), `#${code}`)).toContain('thu hồi');
  });

  it('names the midnights at which it begins and is over', async () => {
    const of = await ward();
    await cover(of, '2026-12-20', '2026-12-22');
    const instants = await unitInstants(database.store.db, at('2026-12-18'), at('2026-12-31'));
    expect(instants.map((one) => one.toISOString())).toEqual(['2026-12-19T17:00:00.000Z', '2026-12-22T17:00:00.000Z']);
  });
});
