import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addRole, ensureContact, ensureFirstAdministrator, loadActor } from '../../src/units/index.js';
import { readBusinessClock, type Tx } from '../../src/store/index.js';
import type { Role } from '../../src/kernel/people.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { holder, later, member, minutes, NOW, stranger, unit } from './people.js';
import { codeIn, createWorld, type Speaker } from './world.js';

let database: TestDatabase;
let world: ReturnType<typeof createWorld>;
beforeAll(async () => {
  database = await createTestDatabase();
  world = createWorld(database.store, 'neu_guong_bot');
});
afterAll(() => database.drop());

const write = <T>(fn: (tx: Tx) => Promise<T>): Promise<T> => database.store.transaction(fn);
const person = (name: string, role?: Role) =>
  write(async (tx) => {
    const made = await member(tx, name);
    if (role) await addRole(tx, made.memberId, role);
    return made;
  });
const actorOf = (who: Speaker) => write((tx) => loadActor(tx, who.contactId));
const openCount = () => database.store.db.invitation.count({ where: { usedAt: null, revokedAt: null } });

/** A name of letters that no other test uses. */
let serial = 0;
const wardName = () => `Phường Mẫu ${String.fromCharCode(65 + (serial += 1))}${randomUUID().slice(0, 4)}`;

async function spokenOn(channel: 'telegram' | 'zalo', name = 'Người mới'): Promise<Speaker> {
  return write((tx) => ensureContact(tx, { channel, externalId: randomUUID(), displayName: name }, NOW));
}

describe('the first administrator', () => {
  const mode = (value: string) =>
    write((tx) => tx.setting.upsert({ where: { key: 'mode' }, create: { key: 'mode', value }, update: { value } }));

  it('is invited once, only in production, anew when the code has expired, and never again once there is one', async () => {
    const own = await createTestDatabase();
    const { store } = own;
    const set = (value: string) =>
      store.db.setting.upsert({ where: { key: 'mode' }, create: { key: 'mode', value }, update: { value } });
    expect(await ensureFirstAdministrator(store, NOW)).toBeNull();
    await set('demo');
    expect(await ensureFirstAdministrator(store, NOW)).toBeNull();
    await set('production');
    const together = await Promise.all([ensureFirstAdministrator(store, NOW), ensureFirstAdministrator(store, NOW)]);
    expect(together.filter((made) => made !== null)).toHaveLength(1);
    expect(await ensureFirstAdministrator(store, later(minutes(60)))).toBeNull();
    const again = await ensureFirstAdministrator(store, later(minutes(60 * 24 * 8)));
    expect(again).toMatchObject({ zaloText: `#${again?.code ?? ''}`, telegramStart: `/start ${again?.code ?? ''}` });
    await store.db.$transaction(async (tx) => addRole(tx, (await member(tx, 'Quản trị')).memberId, 'admin'));
    expect(await ensureFirstAdministrator(store, later(minutes(60 * 24 * 30)))).toBeNull();
    await own.drop();
  });

  it('begins from nothing: takes the code, invites an officer, who takes theirs', async () => {
    await mode('production');
    const first = await ensureFirstAdministrator(database.store, await readBusinessClock(database.store.db));
    const admin = await spokenOn('telegram', 'Quản Trị Một');
    expect(await world.type(admin, `#${first?.code ?? ''}`)).toContain('quản trị');
    expect(world.labels()).toContain('Thêm đơn vị');
    expect((await actorOf(admin)).roles).toEqual(['admin']);

    await world.type(admin, 'mời', 'chuyên viên thi đua, khen thưởng', 'Vũ Thị Văn Thư');
    const code = codeIn(await world.tap(admin, 'Tạo mã mời'));
    const officer = await spokenOn('zalo', 'Thư');
    expect(await world.type(officer, code)).toContain('Vũ Thị Văn Thư');
    expect(await actorOf(officer)).toMatchObject({ name: 'Vũ Thị Văn Thư', roles: ['officer'] });
  });
});

describe('an officer inviting to a seat', () => {
  it('finds the unit by name, chooses the seat, names the person, and gets a code that works in all its forms', async () => {
    const officer = await person('Chuyên viên', 'officer');
    const name = wardName();
    const unitId = await write((tx) => unit(tx, name));
    expect(await world.type(officer, 'moi dau moi', name)).toContain('đầu mối chính: chưa có');
    await world.tap(officer, 'đầu mối chính');
    expect(await world.type(officer, 'Trần Thị Mới')).toContain(`Mời Trần Thị Mới: ${name} (đầu mối chính).`);
    expect(await database.store.db.seat.count({ where: { unitId } })).toBe(0);
    const answer = await world.type(officer, 'đồng ý');
    const code = codeIn(answer);
    expect(answer).toContain(`https://t.me/neu_guong_bot?start=${code}`);
    expect(answer).toContain(`#${code}`);
    expect(answer).toContain('Hạn dùng');
    expect(await world.type(officer, 'đơn vị', name)).toContain('đã mời Trần Thị Mới');

    const newcomer = await spokenOn('telegram');
    await world.type(newcomer, `/start ${code}`);
    expect(await actorOf(newcomer)).toMatchObject({ name: 'Trần Thị Mới', seats: [{ unitId, kind: 'primary' }] });
    expect(await world.type(officer, name)).toContain('đầu mối chính: Trần Thị Mới');
  });

  it('says when no unit has such a name, and asks which when several do', async () => {
    const officer = await person('Chuyên viên', 'officer');
    await write(async (tx) => [await unit(tx, 'Xã Song Đôi Một'), await unit(tx, 'Xã Song Đôi Hai')]);
    expect(await world.type(officer, 'mời', 'qqqqqq wwwww')).toContain('Không tìm thấy');
    expect(await world.type(officer, 'song đôi')).toContain('đơn vị nào');
    expect(await world.type(officer, 'Xã Song Đôi Hai')).toContain('Xã Song Đôi Hai: mời vào vị trí nào');
  });

  it('can take the code back, once', async () => {
    const officer = await person('Chuyên viên', 'officer');
    const name = wardName();
    await write((tx) => unit(tx, name));
    const code = codeIn(await world.type(officer, 'mời', name, '1', 'Lê Văn Rút', '1'));
    const id = (await database.store.db.invitation.findFirstOrThrow({ orderBy: { createdAt: 'desc' } })).id;
    expect(await world.tap(officer, 'Thu hồi mã')).toContain('Đã thu hồi');
    expect(await world.type(await spokenOn('zalo'), `#${code}`)).toContain('thu hồi');
    expect(await world.press(officer, `go:revoke-invitation:${id}`)).toContain('không còn hiệu lực');
  });

  it('makes the earlier code of the same seat worthless', async () => {
    const officer = await person('Chuyên viên', 'officer');
    const name = wardName();
    await write((tx) => unit(tx, name));
    const first = codeIn(await world.type(officer, 'mời', name, '2', 'Lê Văn Trước', '1'));
    const second = codeIn(await world.type(officer, 'mời', name, '2', 'Lê Văn Sau', '1'));
    expect(await world.type(await spokenOn('zalo'), `#${first}`)).toContain('thu hồi');
    expect(await world.type(await spokenOn('zalo'), `#${second}`)).toContain('Lê Văn Sau');
  });

  it('lists the open ones and takes one of them back by its number', async () => {
    const officer = await person('Chuyên viên', 'officer');
    const name = wardName();
    await write((tx) => unit(tx, name));
    const code = codeIn(await world.type(officer, 'mời', name, '1', 'Đỗ Thị Chờ', '1'));
    expect(await world.type(officer, 'mã mời đang chờ')).toContain(`1. Đỗ Thị Chờ, ${name} (đầu mối chính)`);
    expect(await world.type(officer, '1')).toContain('Đã thu hồi');
    expect(await world.type(await spokenOn('zalo'), `#${code}`)).toContain('thu hồi');
  });

  it('gives the seat to the account that a person already has, whatever name was typed for them', async () => {
    const officer = await person('Chuyên viên', 'officer');
    const name = wardName();
    const unitId = await write((tx) => unit(tx, name));
    const colleague = await person('Bùi Thị Có Sẵn');
    const code = codeIn(await world.type(officer, 'mời', name, '1', 'Bui Thi Co San', '1'));
    expect(await world.type(colleague, `#${code}`)).toContain('Bùi Thị Có Sẵn');
    expect(await actorOf(colleague)).toMatchObject({ memberId: colleague.memberId, seats: [{ unitId }] });
    expect(await database.store.db.member.count({ where: { fullName: 'Bui Thi Co San' } })).toBe(0);
  });

  it('asks whether a known name is the same person, and links another channel to the holder', async () => {
    const officer = await person('Chuyên viên', 'officer');
    const name = wardName();
    const known = await write(async (tx) => holder(tx, 'Ngô Thị Giữ', await unit(tx, name)));
    expect(await world.type(officer, 'mời', name, 'đầu mối chính')).toContain('chọn người của đơn vị');
    expect(await world.type(officer, 'Ngô Thị Giữ')).toContain('liên kết thêm kênh');
    const phone = await spokenOn('zalo');
    await world.type(phone, `#${codeIn(await world.type(officer, 'có'))}`);
    expect(await actorOf(phone)).toMatchObject({ memberId: known.memberId, conversationId: known.conversationId });

    const other = wardName();
    await write((tx) => unit(tx, other));
    expect(await world.type(officer, 'mời', other, '1', 'ngô thị giữ')).toContain('Có phải người này');
    expect(await world.type(officer, '1')).toContain('Mời');
    const code = codeIn(await world.type(officer, '1'));
    await world.type(phone, `#${code}`);
    expect((await actorOf(phone)).seats).toHaveLength(2);
  });

  it('may not invite to roles, and a stranger may not invite at all', async () => {
    const officer = await person('Chuyên viên', 'officer');
    await world.type(officer, 'mời');
    expect(world.labels()).not.toContain('quản trị');
    const before = await openCount();
    expect(await world.type(await stranger(database.store), 'mời đầu mối')).not.toContain('đơn vị nào');
    expect(await openCount()).toBe(before);
  });
});

describe('handing a seat over', () => {
  it('leaves the seat with its holder until the colleague uses the code, and voids what else was open for it', async () => {
    const name = wardName();
    const first = await write(async (tx) => holder(tx, 'Đặng Thị Giao', await unit(tx, name)));
    const again = codeIn(await world.type(first, 'thêm kênh'));
    expect(await world.type(first, 'ban giao', 'Hoàng Văn Nhận')).toContain('vẫn giữ nhiệm vụ');
    const code = codeIn(await world.tap(first, 'Tạo mã mời'));
    expect((await actorOf(first)).seats).toHaveLength(1);

    const next = await spokenOn('telegram');
    await world.type(next, `#${code}`);
    expect((await actorOf(next)).seats).toMatchObject([{ unitName: name, kind: 'primary' }]);
    expect((await actorOf(first)).seats).toEqual([]);
    const told = await database.store.db.message.findFirstOrThrow({
      where: { person: `m:${first.memberId}`, sourceKind: 'seat-hand-over' },
      include: { content: true },
    });
    expect(told.content.text).toContain('bàn giao');
    // The former holder's own code would take the seat back.
    expect(await world.type(await spokenOn('zalo'), `#${again}`)).toContain('thu hồi');
  });

  it('asks which of several seats', async () => {
    const [one, two] = [wardName(), wardName()];
    const both = await write(async (tx) => holder(tx, 'Hai Ghế', await unit(tx, one)));
    await database.store.db.seat.create({
      data: {
        id: randomUUID(),
        unitId: await write((tx) => unit(tx, two)),
        kind: 'deputy',
        holdings: { create: { id: randomUUID(), memberId: both.memberId, heldFrom: NOW } },
      },
    });
    expect(await world.type(both, 'bàn giao')).toContain('vị trí nào');
    await world.tap(both, `${two} (đầu mối phụ)`);
    expect(await world.type(both, 'Người Nhận Thay')).toContain(`${two} (đầu mối phụ)`);
  });

  it('links a further channel of one’s own by a code', async () => {
    const seat = await write(async (tx) => holder(tx, 'Nhiều Kênh', await unit(tx, wardName())));
    const code = codeIn(await world.type(seat, 'thêm kênh'));
    const phone = await spokenOn('zalo');
    await world.type(phone, `#${code}`);
    expect(await actorOf(phone)).toMatchObject({ memberId: seat.memberId, seats: [{ seatId: seat.seatId }] });
  });
});
