import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import type { Tx } from '../../src/store/index.js';
import {
  ensureContact,
  ensureSeat,
  ensureSilentContact,
  handOverSeat,
  loadActor,
  setContactState,
  setLanguage,
  setSubscribed,
} from '../../src/units/index.js';
import { holder, later, member, minutes, NOW, stranger, unit } from './people.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('a sender', () => {
  it('gets a contact and a conversation of its own at the first word, and the same ones ever after', async () => {
    const first = await stranger(database.store, 'tg-1');
    const again = await stranger(database.store, 'tg-1', later(minutes(5)));
    expect(first).toMatchObject({ created: true, memberId: null });
    expect(again).toEqual({ ...first, created: false });
    const contact = await database.store.db.contact.findUniqueOrThrow({ where: { id: first.contactId } });
    expect(contact.lastInboundAt).toEqual(later(minutes(5)));
  });

  it('gets one contact and one conversation when ten processes meet it at once', async () => {
    const known = await Promise.all(Array.from({ length: 10 }, () => stranger(database.store, 'tg-race')));
    expect(new Set(known.map((one) => one.contactId)).size).toBe(1);
    expect(new Set(known.map((one) => one.conversationId)).size).toBe(1);
    expect(known.filter((one) => one.created)).toHaveLength(1);
  });

  it('that is bound to a member speaks in the conversation of the member', async () => {
    const known = await database.store.transaction(async (tx) => {
      const person = await member(tx, 'Trần Thị Mẫu');
      await tx.contact.create({
        data: {
          id: '0190a000-0000-7000-8000-000000000001',
          channel: 'zalo',
          externalId: 'z-1',
          memberId: person.memberId,
        },
      });
      return { person, contact: await ensureContact(tx, { channel: 'zalo', externalId: 'z-1' }, NOW) };
    });
    expect(known.contact).toMatchObject({
      memberId: known.person.memberId,
      conversationId: known.person.conversationId,
    });
  });

  it('that blocked us is active again when it writes, but not when the platform merely tells of it', async () => {
    const known = await stranger(database.store, 'tg-block');
    const state = async (): Promise<string> =>
      (await database.store.db.contact.findUniqueOrThrow({ where: { id: known.contactId } })).state;
    await database.store.transaction((tx) => setContactState(tx, known.contactId, 'blocked'));
    await database.store.transaction((tx) => ensureSilentContact(tx, { channel: 'telegram', externalId: 'tg-block' }));
    expect(await state()).toBe('blocked');
    await stranger(database.store, 'tg-block', later(minutes(1)));
    expect(await state()).toBe('active');
  });

  it('keeps the name the platform told once when later events tell none', async () => {
    await stranger(database.store, 'tg-name');
    const known = await database.store.transaction((tx) =>
      ensureContact(tx, { channel: 'telegram', externalId: 'tg-name' }, NOW),
    );
    const actor = await database.store.transaction((tx) => loadActor(tx, known.contactId));
    expect(actor.name).toBe('Người lạ');
  });
});

describe('the actor of a turn', () => {
  it('is a visitor without roles and seats when the contact is bound to nobody', async () => {
    const known = await stranger(database.store, 'tg-visitor');
    const actor = await database.store.transaction((tx) => loadActor(tx, known.contactId));
    expect(actor).toEqual({
      contactId: known.contactId,
      channel: 'telegram',
      conversationId: known.conversationId,
      memberId: null,
      name: 'Người lạ',
      language: 'vi',
      roles: [],
      seats: [],
      subscribed: true,
    });
  });

  it('has every seat that the member holds now and none that was handed over', async () => {
    const actor = await database.store.transaction(async (tx) => {
      const [one, two, old] = [await unit(tx, 'Phường Một'), await unit(tx, 'Phường Hai'), await unit(tx, 'Phường Cũ')];
      const person = await holder(tx, 'Lê Văn Mẫu', one);
      await handOverSeat(tx, { seatId: await ensureSeat(tx, two, 'deputy'), toMemberId: person.memberId, now: NOW });
      const oldSeat = await ensureSeat(tx, old, 'primary');
      await handOverSeat(tx, { seatId: oldSeat, toMemberId: person.memberId, now: NOW });
      await handOverSeat(tx, { seatId: oldSeat, toMemberId: null, now: later(minutes(1)) });
      await tx.memberRole.create({ data: { memberId: person.memberId, role: 'officer' } });
      return loadActor(tx, person.contactId);
    });
    expect(actor.seats.map((seat) => [seat.unitName, seat.kind])).toEqual([
      ['Phường Hai', 'deputy'],
      ['Phường Một', 'primary'],
    ]);
    expect(actor.roles).toEqual(['officer']);
    expect(actor.name).toBe('Lê Văn Mẫu');
  });

  it('is loaded in one query', async () => {
    const known = await stranger(database.store, 'tg-count');
    const count = await database.store.transaction(async (tx) => {
      let queries = 0;
      // Anything but a raw query would fail on this object.
      const counting = {
        $queryRaw: (...args: Parameters<Tx['$queryRaw']>) => {
          queries += 1;
          return tx.$queryRaw(...args);
        },
      } as unknown as Tx;
      await loadActor(counting, known.contactId);
      return queries;
    });
    expect(count).toBe(1);
  });

  it('keeps a choice of language and of broadcasts on every channel of the member', async () => {
    const contacts = await database.store.transaction(async (tx) => {
      const person = await member(tx, 'Phạm Thị Mẫu');
      await tx.contact.create({
        data: {
          id: '0190a000-0000-7000-8000-000000000002',
          channel: 'zalo',
          externalId: 'z-2',
          memberId: person.memberId,
        },
      });
      await setLanguage(tx, person, 'en');
      await setSubscribed(tx, person, false);
      return tx.contact.findMany({ where: { memberId: person.memberId } });
    });
    expect(contacts.map((contact) => [contact.language, contact.subscribed])).toEqual([
      ['en', false],
      ['en', false],
    ]);
  });
});
