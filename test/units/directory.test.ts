import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  addRole,
  changeUnits,
  countAudience,
  countRule,
  EMPTY_RULE,
  ensureSeat,
  findChanges,
  findUnitsById,
  handOverSeat,
  holdersOf,
  loadActor,
  officers,
  silentSeats,
  unitsWithoutSeat,
  type Succession,
} from '../../src/units/index.js';
import type { Tx } from '../../src/store/index.js';
import { holder, later, member, minutes, NOW, unit } from './people.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Runs in a transaction of its own that leaves nothing behind. */
async function scratch<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
  const undo = new Error('undo');
  let value: { readonly of: T } | undefined;
  await database.store
    .transaction(async (tx) => {
      value = { of: await fn(tx) };
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  if (!value) throw new Error('nothing came back');
  return value.of;
}

const contact = (tx: Tx, memberId: string | null, channel: string, more: object = {}) =>
  tx.contact.create({ data: { id: randomUUID(), channel, externalId: randomUUID(), memberId, ...more } });

describe('counting an audience', () => {
  it('counts each person once, on the channel that a message would take', async () => {
    const count = await scratch(async (tx) => {
      const [one, two, empty] = [await unit(tx, 'Một'), await unit(tx, 'Hai'), await unit(tx, 'Trống')];
      const both = await holder(tx, 'Hai ghế', one);
      await handOverSeat(tx, { seatId: await ensureSeat(tx, two, 'primary'), toMemberId: both.memberId, now: NOW });
      await contact(tx, both.memberId, 'telegram', { lastInboundAt: NOW });
      const switched = await holder(tx, 'Đổi kênh', one, 'deputy');
      await tx.contact.updateMany({ where: { memberId: switched.memberId }, data: { preferred: false } });
      await contact(tx, switched.memberId, 'zalo', { preferred: true, lastInboundAt: later(-minutes(60 * 50)) });
      const blocked = await holder(tx, 'Đã chặn', two, 'deputy');
      await tx.contact.updateMany({ where: { memberId: blocked.memberId }, data: { state: 'blocked' } });
      await holder(tx, 'Thủ trưởng', two, 'head');
      return countAudience(tx, { kind: 'units', unitIds: [one, two, empty], seats: ['primary', 'deputy'] }, NOW);
    });
    expect(count).toMatchObject({
      units: 2,
      people: 3,
      byChannel: { web: 1, telegram: 0, zalo: 1 },
      unreachable: 1,
      plan: { routes: { zaloFree: 0, zaloBilled: 1, zaloTemplate: 0 } },
    });
    expect(count.withoutHolder.map((one) => one.name)).toEqual(['Trống']);
  });

  it('counts subscribers of all kinds, members once and visitors each', async () => {
    const count = await scratch(async (tx) => {
      const person = await member(tx, 'Cán bộ');
      await contact(tx, person.memberId, 'zalo', { lastInboundAt: NOW });
      await contact(tx, null, 'telegram');
      await contact(tx, null, 'zalo', { subscribed: false });
      await contact(tx, null, 'zalo', { state: 'gone' });
      return countAudience(tx, { kind: 'subscribers' }, NOW);
    });
    expect(count).toMatchObject({ people: 2, byChannel: { web: 1, telegram: 1, zalo: 0 }, unreachable: 0 });
  });

  it('counts a rule on the day it is asked', async () => {
    const counts = await scratch(async (tx) => {
      await holder(tx, 'Nay', await unit(tx, 'Xã Nay', { type: 'xa' }));
      await holder(tx, 'Xưa', await unit(tx, 'Xã Xưa', { type: 'xa', validTo: '2026-11-24' }));
      const rule = { ...EMPTY_RULE, types: ['xa' as const] };
      return [
        await countRule(tx, rule, ['primary'], NOW),
        await countRule(tx, rule, ['primary'], later(minutes(60 * 24 * 5))),
      ];
    });
    expect(counts.map((count) => [count.units, count.people])).toEqual([
      [2, 2],
      [1, 1],
    ]);
  });
});

describe('who is where', () => {
  it('names the holders of seats of some units, strongest seat first', async () => {
    const holders = await scratch(async (tx) => {
      const one = await unit(tx, 'Một');
      await holder(tx, 'Phụ', one, 'deputy');
      await holder(tx, 'Chính', one, 'primary');
      await holder(tx, 'Trưởng', one, 'head');
      return holdersOf(tx, [one], ['primary', 'deputy']);
    });
    expect(holders.map((one) => [one.name, one.kind])).toEqual([
      ['Chính', 'primary'],
      ['Phụ', 'deputy'],
    ]);
  });

  it('lists the silent seats, longest silence first, and not those taken over lately', async () => {
    const silent = await scratch(async (tx) => {
      const heard = async (name: string, at: Date | null) => {
        const person = await holder(tx, name, await unit(tx, `Phường ${name}`));
        await tx.seatHolding.updateMany({
          where: { memberId: person.memberId },
          data: { heldFrom: later(-minutes(60 * 24 * 90)) },
        });
        await tx.contact.updateMany({ where: { memberId: person.memberId }, data: { lastInboundAt: at } });
      };
      await heard('Chưa bao giờ', null);
      await heard('Tháng trước', later(-minutes(60 * 24 * 40)));
      await heard('Hôm qua', later(-minutes(60 * 24)));
      await holder(tx, 'Mới nhận', await unit(tx, 'Phường Mới'));
      return silentSeats(tx, 30, NOW);
    });
    expect(silent.map((seat) => seat.name)).toEqual(['Chưa bao giờ', 'Tháng trước']);
  });

  it('lists units that nobody answers for, and all officers', async () => {
    const found = await scratch(async (tx) => {
      await unit(tx, 'Phường Trống');
      await holder(tx, 'Chỉ có thủ trưởng', await unit(tx, 'Phường Chỉ Có Thủ Trưởng'), 'head');
      await holder(tx, 'Có phụ', await unit(tx, 'Phường Có Phụ'), 'deputy');
      await unit(tx, 'Phường Cũ', { validTo: '2025-06-30' });
      const officer = await member(tx, 'Chuyên viên');
      await addRole(tx, officer.memberId, 'officer');
      return {
        units: await unitsWithoutSeat(tx, '2026-11-23'),
        officers: await officers(tx),
        officer: officer.memberId,
      };
    });
    expect(found.units.map((one) => one.name)).toEqual(['Phường Chỉ Có Thủ Trưởng', 'Phường Trống']);
    expect(found.officers).toEqual([{ person: `m:${found.officer}` }]);
  });
});

describe('a seat', () => {
  it('passes from one person to the next without a gap and without two holders', async () => {
    const holdings = await scratch(async (tx) => {
      const first = await holder(tx, 'Trước', await unit(tx, 'Một'));
      const second = await member(tx, 'Sau');
      const passed = await handOverSeat(tx, {
        seatId: first.seatId,
        toMemberId: second.memberId,
        now: later(minutes(5)),
      });
      expect(passed.previous).toBe(first.memberId);
      expect((await loadActor(tx, first.contactId)).seats).toEqual([]);
      return tx.seatHolding.findMany({ where: { seatId: first.seatId }, orderBy: { heldFrom: 'asc' } });
    });
    expect(holdings.map((one) => [one.heldFrom, one.heldTo])).toEqual([
      [NOW, later(minutes(5))],
      [later(minutes(5)), null],
    ]);
  });

  it('has one holder when it is handed to two people at once', async () => {
    const { store } = database;
    const { seatId, people } = await store.transaction(async (tx) => {
      const first = await holder(tx, 'Gốc', await unit(tx, `Phường ${randomUUID()}`));
      return { seatId: first.seatId, people: [await member(tx, 'A'), await member(tx, 'B')] };
    });
    await Promise.all(
      people.map((person) =>
        store.transaction((tx) => handOverSeat(tx, { seatId, toMemberId: person.memberId, now: NOW })),
      ),
    );
    expect(await store.db.seatHolding.count({ where: { seatId, heldTo: null } })).toBe(1);
  });
});

describe('a change of units', () => {
  it('merges two into a new one: seats and holders go on, who finds the seat taken is named, other rooms are told', async () => {
    const result = await scratch(async (tx) => {
      const [one, two, heir] = [
        await unit(tx, 'Xã Một'),
        await unit(tx, 'Xã Hai'),
        await unit(tx, 'Xã Mới', { validFrom: '2027-01-01' }),
      ];
      const [first, second] = [await holder(tx, 'Một', one), await holder(tx, 'Hai', two)];
      const head = await holder(tx, 'Trưởng hai', two, 'head');
      const told: Succession[] = [];
      const change = {
        kind: 'merge',
        from: [one, two],
        to: [heir],
        effectiveOn: '2027-01-01',
        basis: 'Nghị quyết mẫu',
      } as const;
      const hook = (_: Tx, succession: Succession) => {
        told.push(succession);
        return Promise.resolve(undefined);
      };
      const { displaced } = await changeUnits(tx, change, [hook], NOW);
      const [old] = await findUnitsById(tx, [one]);
      return {
        displaced,
        told,
        old,
        one,
        two,
        heir,
        second: second.memberId,
        seats: [
          await loadActor(tx, first.contactId),
          await loadActor(tx, second.contactId),
          await loadActor(tx, head.contactId),
        ].map((actor) => actor.seats.map((seat) => seat.unitName)),
        changes: await findChanges(tx, heir),
      };
    });
    expect(result.seats).toEqual([['Xã Mới'], [], ['Xã Mới']]);
    expect(result.displaced).toEqual([{ memberId: result.second, kind: 'primary', fromUnitId: result.two }]);
    expect(result.told.map((one) => [one.fromUnitId, one.heirUnitId])).toEqual([
      [result.one, result.heir],
      [result.two, result.heir],
    ]);
    expect(result.old?.validTo).toBe('2026-12-31');
    expect(result.changes).toHaveLength(2);
  });

  it('dissolves a unit without a successor: its seats fall empty', async () => {
    const seats = await scratch(async (tx) => {
      const one = await unit(tx, 'Một');
      const person = await holder(tx, 'Một', one);
      const { displaced } = await changeUnits(
        tx,
        { kind: 'dissolve', from: [one], to: [], effectiveOn: '2027-01-01', basis: 'mẫu' },
        [],
        NOW,
      );
      expect(displaced).toHaveLength(1);
      return (await loadActor(tx, person.contactId)).seats;
    });
    expect(seats).toEqual([]);
  });

  it('renames by a new unit that keeps the very seats', async () => {
    const seats = await scratch(async (tx) => {
      const [old, renamed] = [await unit(tx, 'Tên Cũ'), await unit(tx, 'Tên Mới')];
      const person = await holder(tx, 'Một', old);
      await changeUnits(
        tx,
        { kind: 'rename', from: [old], to: [renamed], effectiveOn: '2027-01-01', basis: 'mẫu' },
        [],
        NOW,
      );
      return { before: person.seatId, after: (await loadActor(tx, person.contactId)).seats };
    });
    expect(seats.after).toMatchObject([{ seatId: seats.before, unitName: 'Tên Mới' }]);
  });
});
