import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  checkInvitation,
  createInvitation,
  ensureSeat,
  insertMember,
  loadActor,
  noteWrongCode,
  revokeInvitation,
  useInvitation,
  type KnownContact,
  type MadeInvitation,
} from '../../src/units/index.js';
import { holder, later, member, minutes, NOW, stranger, unit } from './people.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const use = (code: string, who: KnownContact, at = NOW) =>
  database.store.transaction((tx) => useInvitation(tx, code, who, at));
const refusalOf = async (code: string, who: KnownContact, at = NOW): Promise<string> => {
  const used = await use(code, who, at);
  return 'refused' in used ? used.refused : 'used';
};

interface Invited {
  readonly invitation: MadeInvitation;
  readonly memberId: string;
  readonly contactId: string;
  readonly conversationId: string;
  readonly seatId: string;
  readonly unitId: string;
}

/** A member in the seat of a new unit, and an invitation for them. */
function invite(name: string): Promise<Invited> {
  return database.store.transaction(async (tx) => {
    const unitId = await unit(tx, `Phường ${name}`);
    const person = await holder(tx, name, unitId);
    const invitation = await createInvitation(tx, { seatId: person.seatId, memberId: person.memberId }, NOW);
    return { ...person, unitId, invitation };
  });
}

describe('an invitation', () => {
  it('binds the contact to the member, in the seat, and makes its channel the preferred one', async () => {
    const { invitation, memberId, seatId, conversationId } = await invite('Mẫu Một');
    const contact = await stranger(database.store);
    expect(await use(invitation.code, contact)).toMatchObject({
      memberId,
      conversationId,
      seatId,
      previousHolder: null,
    });
    const actor = await database.store.transaction((tx) => loadActor(tx, contact.contactId));
    expect(actor).toMatchObject({ memberId, conversationId, name: 'Mẫu Một' });
    expect(actor.seats.map((seat) => seat.seatId)).toEqual([seatId]);
    const contacts = await database.store.db.contact.findMany({ where: { memberId, preferred: true } });
    expect(contacts.map((one) => one.id)).toEqual([contact.contactId]);
  });

  it('is stored without its code', async () => {
    const { invitation } = await invite('Mẫu Giấu');
    const row = await database.store.db.invitation.findUniqueOrThrow({ where: { id: invitation.id } });
    expect(JSON.stringify(row)).not.toContain(invitation.code);
  });

  it.each([
    ['a Telegram link', (code: string) => `/start ${code}`],
    ['a hash sign', (code: string) => `#${code}`],
    ['small letters', (code: string) => code.toLowerCase()],
    ['spaces', (code: string) => ` # ${code.slice(0, 4)} ${code.slice(4)} `],
  ])('is understood with %s', async (_, typed) => {
    const { invitation } = await invite('Mẫu Gõ');
    expect(await refusalOf(typed(invitation.code), await stranger(database.store))).toBe('used');
  });

  it('serves once: for its user it is said to be done, for another it is refused', async () => {
    const { invitation } = await invite('Mẫu Hai');
    const first = await stranger(database.store);
    await use(invitation.code, first);
    expect(await refusalOf(invitation.code, first)).toBe('invitation-already-linked');
    expect(await refusalOf(invitation.code, await stranger(database.store))).toBe('invitation-used');
  });

  it('is used by exactly one of two contacts that try at the same moment', async () => {
    const { invitation, memberId } = await invite('Mẫu Đua');
    const contacts = await Promise.all([stranger(database.store), stranger(database.store), stranger(database.store)]);
    const outcomes = await Promise.all(contacts.map((contact) => refusalOf(invitation.code, contact)));
    expect([...outcomes].sort()).toEqual(['invitation-used', 'invitation-used', 'used']);
    expect(await database.store.db.contact.count({ where: { memberId, channel: 'telegram' } })).toBe(1);
  });

  it('for nobody in particular is used by exactly one of three strangers at the same moment', async () => {
    const { seatId } = await invite('Mẫu Trống');
    const { code } = await database.store.transaction((tx) => createInvitation(tx, { seatId }, NOW));
    const contacts = await Promise.all([stranger(database.store), stranger(database.store), stranger(database.store)]);
    const outcomes = await Promise.all(contacts.map((contact) => refusalOf(code, contact)));
    expect([...outcomes].sort()).toEqual(['invitation-used', 'invitation-used', 'used']);
  });

  it('is refused after seven days, and not a minute before', async () => {
    const { invitation } = await invite('Mẫu Hạn');
    const contact = await stranger(database.store);
    const end = 7 * 24 * 60;
    expect(await refusalOf(invitation.code, contact, later(minutes(end)))).toBe('invitation-expired');
    expect(await refusalOf(invitation.code, contact, later(minutes(end - 1)))).toBe('used');
  });

  it('is worthless once revoked, and cannot be revoked once used', async () => {
    const { invitation } = await invite('Mẫu Thu');
    const contact = await stranger(database.store);
    expect(await database.store.transaction((tx) => revokeInvitation(tx, invitation.id, NOW))).toBe(true);
    expect(await refusalOf(invitation.code, contact)).toBe('invitation-revoked');
    const other = await invite('Mẫu Dùng');
    await use(other.invitation.code, contact);
    expect(await database.store.transaction((tx) => revokeInvitation(tx, other.invitation.id, NOW))).toBe(false);
  });

  it('for another member is refused to a contact that is bound already, and changes nothing', async () => {
    const mine = await invite('Mẫu Ba');
    const theirs = await invite('Mẫu Bốn');
    const contact = await stranger(database.store);
    await use(mine.invitation.code, contact);
    const bound = { ...contact, memberId: mine.memberId };
    expect(await refusalOf(theirs.invitation.code, bound)).toBe('invitation-other-member');
    expect(await refusalOf(theirs.invitation.code, contact)).toBe('invitation-other-member');
    const row = await database.store.db.contact.findUniqueOrThrow({ where: { id: contact.contactId } });
    expect(row.memberId).toBe(mine.memberId);
    expect(await refusalOf(theirs.invitation.code, await stranger(database.store))).toBe('used');
  });

  it('for nobody in particular makes a member of a stranger and hands the seat over to them', async () => {
    const old = await invite('Mẫu Năm');
    const { code } = await database.store.transaction((tx) => createInvitation(tx, { seatId: old.seatId }, NOW));
    const contact = await stranger(database.store);
    const used = await use(code, contact);
    expect(used).toMatchObject({ previousHolder: old.memberId });
    const [before, after] = await database.store.transaction(async (tx) => [
      await loadActor(tx, old.contactId),
      await loadActor(tx, contact.contactId),
    ]);
    expect(before.seats).toEqual([]);
    expect(after).toMatchObject({ name: 'Người lạ', seats: [{ seatId: old.seatId }] });
  });

  it('for a second seat adds it to the member that the contact belongs to', async () => {
    const first = await invite('Mẫu Sáu');
    const contact = await stranger(database.store);
    await use(first.invitation.code, contact);
    const { code } = await database.store.transaction(async (tx) => {
      const seatId = await ensureSeat(tx, await unit(tx, 'Phường Thứ Hai'), 'primary');
      return createInvitation(tx, { seatId }, NOW);
    });
    await use(code, { ...contact, memberId: first.memberId });
    const actor = await database.store.transaction((tx) => loadActor(tx, contact.contactId));
    expect(actor.memberId).toBe(first.memberId);
    expect(actor.seats).toHaveLength(2);
  });

  it('to a role gives the role', async () => {
    const { code, memberId } = await database.store.transaction(async (tx) => {
      const person = await member(tx, 'Mẫu Chuyên Viên');
      return {
        memberId: person.memberId,
        ...(await createInvitation(tx, { role: 'officer', memberId: person.memberId }, NOW)),
      };
    });
    const contact = await stranger(database.store);
    await use(code, contact);
    expect(await database.store.transaction((tx) => loadActor(tx, contact.contactId))).toMatchObject({
      memberId,
      roles: ['officer'],
    });
  });

  it('leaves somebody who stopped broadcasts without broadcasts on the new channel too', async () => {
    const { invitation, memberId } = await invite('Mẫu Ngừng');
    await database.store.db.contact.updateMany({ where: { memberId }, data: { subscribed: false } });
    const contact = await stranger(database.store);
    await use(invitation.code, contact);
    expect((await database.store.db.contact.findUniqueOrThrow({ where: { id: contact.contactId } })).subscribed).toBe(
      false,
    );
  });

  it('gives a member without a conversation one', async () => {
    const contact = await stranger(database.store);
    const { memberId, code } = await database.store.transaction(async (tx) => {
      const made = await insertMember(tx, 'Mẫu Mới');
      return { memberId: made, ...(await createInvitation(tx, { role: 'leader', memberId: made }, NOW)) };
    });
    const used = await use(code, contact);
    expect(await database.store.db.conversation.findMany({ where: { memberId } })).toMatchObject([
      { id: 'conversationId' in used ? used.conversationId : '' },
    ]);
  });
});

describe('wrong codes', () => {
  const tryWrong = (who: KnownContact, at = NOW) =>
    database.store.transaction(async (tx) => {
      const check = await checkInvitation(tx, 'WRNG2345', who, at);
      if (check.kind === 'refused' && check.countsAsWrong) await noteWrongCode(tx, who.contactId, at);
      return check.kind === 'refused' ? check.refusal.refused : check.kind;
    });

  it('lock the contact for an hour after the fifth, even for the right code, and then let it try again', async () => {
    const { invitation } = await invite('Mẫu Khóa');
    const contact = await stranger(database.store);
    const tries: string[] = [];
    for (let n = 0; n < 6; n += 1) tries.push(await tryWrong(contact));
    expect(tries).toEqual([...Array.from({ length: 5 }, () => 'invitation-wrong'), 'invitation-locked']);
    expect(await refusalOf(invitation.code, contact, later(minutes(59)))).toBe('invitation-locked');
    expect(await refusalOf(invitation.code, contact, later(minutes(61)))).toBe('used');
  });

  it('count from the beginning after the lock has ended', async () => {
    const contact = await stranger(database.store);
    for (let n = 0; n < 5; n += 1) await tryWrong(contact);
    const after = later(minutes(61));
    expect([await tryWrong(contact, after), await tryWrong(contact, after)]).toEqual([
      'invitation-wrong',
      'invitation-wrong',
    ]);
  });

  it('of one contact do not lock another', async () => {
    const [bad, good] = [await stranger(database.store), await stranger(database.store)];
    for (let n = 0; n < 5; n += 1) await tryWrong(bad);
    expect(await tryWrong(good)).toBe('invitation-wrong');
  });

  it('are counted when many come at once', async () => {
    const contact = await stranger(database.store);
    await Promise.all(
      Array.from({ length: 5 }, () => database.store.transaction((tx) => noteWrongCode(tx, contact.contactId, NOW))),
    );
    expect(await tryWrong(contact)).toBe('invitation-locked');
  });
});
