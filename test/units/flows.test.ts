import { describe, expect, it } from 'vitest';
import { refuse, t } from '../../src/conversation/index.js';
import type { Actor } from '../../src/kernel/people.js';
import {
  createUnitsFlows,
  type InvitationCheck,
  type MemberContact,
  type UnitsReadPort,
  type UnitsReads,
} from '../../src/units/index.js';
import { Play, someActor } from '../conversation/play.js';

const CODE = 'AB2CD3EF';
const invitation = {
  id: 'i',
  seatId: 's',
  role: null,
  memberId: 'm1',
  expiresAt: new Date(),
  usedAt: null,
  usedByContactId: null,
  coverId: null,
  revokedAt: null,
  seat: { kind: 'primary' as const, unitId: 'u', unitName: 'Phường Phủ Lý' },
  memberName: 'Trần Thị Mẫu',
};
const wrong: InvitationCheck = {
  kind: 'refused',
  refusal: refuse('invitation-wrong', t('units.invitation.wrong')),
  countsAsWrong: true,
};

interface World {
  readonly actor?: Partial<Actor>;
  readonly demo?: boolean;
  readonly checks?: Readonly<Record<string, InvitationCheck>>;
  readonly contacts?: readonly MemberContact[];
}

function play({ actor = {}, demo = false, checks = {}, contacts = [] }: World = {}): Play<UnitsReadPort> {
  const units: Partial<UnitsReads> = {
    isDemo: () => Promise.resolve(demo),
    checkInvitation: (typed) => Promise.resolve(checks[typed] ?? wrong),
    contactsOf: () => Promise.resolve([...contacts]),
  };
  return new Play<UnitsReadPort>(
    createUnitsFlows(),
    { units: units as UnitsReads },
    { actor: someActor(actor), fallback: { text: 'menu', file: 'menu', start: 'start' } },
  );
}

const visitor: Partial<Actor> = { memberId: null, name: '', channel: 'telegram' };
const seat = { seatId: 's', kind: 'primary' as const, unitId: 'u', unitCode: 'p-phu-ly', unitName: 'Phường Phủ Lý' };

describe('the greeting', () => {
  it('tells a visitor what can be asked, and that the data is sample data in the demo', async () => {
    const chat = play({ actor: visitor, demo: true });
    expect(await chat.type('/start')).toContain('dữ liệu mẫu');
    expect(chat.text()).toContain('mã mời');
    expect(chat.labels()).toEqual(['Hỏi thủ tục', 'Gương điển hình', 'Phong trào', 'Gặp cán bộ']);
    expect(await play({ actor: visitor }).type('bat dau')).not.toContain('mẫu');
  });

  it('says on whose behalf a seat speaks and offers its work', async () => {
    const chat = play({ actor: { seats: [seat] } });
    expect(await chat.type('xin chào')).toContain('Thay mặt: Phường Phủ Lý (đầu mối chính)');
    expect(chat.labels()).toEqual(['Tôi còn nợ gì', 'Đăng ký', 'Nộp báo cáo', 'Danh mục']);
  });

  it('offers officers and leaders theirs', async () => {
    const officer = play({ actor: { roles: ['officer'] } });
    await officer.type('/start');
    expect(officer.labels()).toContain('Phát động');
    const leader = play({ actor: { roles: ['leader'] } });
    await leader.type('/start');
    expect(leader.labels()).toContain('Tình hình');
    expect(leader.labels()).not.toContain('Phát động');
  });

  it('takes a sentence after "bắt đầu" for no code', async () => {
    const chat = play({ actor: visitor });
    await chat.type('bắt đầu làm hồ sơ thế nào');
    expect(chat.effects()).toEqual([]);
  });
});

describe('an invitation code', () => {
  const checks: Record<string, InvitationCheck> = { [CODE]: { kind: 'good', invitation } };

  it('in a deep link is used, and the post is named', async () => {
    const chat = play({ actor: visitor, checks });
    await chat.turn({ kind: 'start', payload: CODE });
    expect(chat.text()).toContain('Trần Thị Mẫu');
    expect(chat.text()).toContain('đầu mối chính của Phường Phủ Lý');
    expect(chat.text()).toContain('Telegram');
    expect(chat.effects()).toEqual([{ type: 'units.use-invitation', payload: { code: CODE } }]);
    expect(chat.labels()).toContain('Tôi còn nợ gì');
  });

  it('is asked for, taken, and asked for again only by a new command', async () => {
    const chat = play({ actor: visitor, checks });
    expect(await chat.type('mã mời')).toContain('8 chữ và số');
    await chat.type(CODE);
    expect(chat.effects()).toEqual([{ type: 'units.use-invitation', payload: { code: CODE } }]);
    expect(chat.session).toBeNull();
  });

  it('is taken in one line', async () => {
    const chat = play({ actor: visitor, checks });
    await chat.type(`ma moi ${CODE}`);
    expect(chat.effects()).toHaveLength(1);
  });

  it('that is wrong is counted and answered with a way on', async () => {
    const chat = play({ actor: visitor, checks });
    expect(await chat.type('mã mời SAIROIAB')).toContain('không đúng');
    expect(chat.effects()).toEqual([{ type: 'units.note-wrong-code', payload: {} }]);
    expect(chat.labels()).toContain('Gặp cán bộ');
  });

  it('that was used before by the same person is said to be done, without effects', async () => {
    const chat = play({ checks: { [CODE]: { kind: 'already-linked', invitation } } });
    expect(await chat.type(`mã mời ${CODE}`)).toContain('đã liên kết');
    expect(chat.effects()).toEqual([]);
  });

  it('that somebody else used in between is answered with the reason', async () => {
    const chat = play({ actor: visitor, checks });
    await chat.turn({ kind: 'text', text: `mã mời ${CODE}` }, refuse('invitation-used', t('units.invitation.used')));
    expect(chat.text()).toContain('đã được dùng');
    expect(chat.effects()).toEqual([]);
  });
});

describe('personal settings', () => {
  it('change the language and say so in the new one', async () => {
    const chat = play();
    expect(await chat.type('english')).toContain('Now in English');
    expect(chat.effects()).toEqual([{ type: 'units.set-language', payload: { language: 'en' } }]);
    expect(await chat.type('tieng viet')).toContain('Đã chuyển sang tiếng Việt');
  });

  it('stop broadcasts, and tell who has duties that these go on', async () => {
    const chat = play({ actor: { seats: [seat] } });
    expect(await chat.type('ngừng')).toContain('nhiệm vụ của đơn vị vẫn gửi');
    expect(chat.effects()).toEqual([{ type: 'units.set-subscribed', payload: { subscribed: false } }]);
    expect(await play({ actor: visitor }).type('ngung')).not.toContain('nhiệm vụ');
    await chat.type('tiếp tục');
    expect(chat.effects()).toEqual([{ type: 'units.set-subscribed', payload: { subscribed: true } }]);
  });

  const contacts: MemberContact[] = [
    { contactId: 'a', channel: 'telegram', state: 'active', preferred: true, lastInboundAt: null },
    { contactId: 'b', channel: 'zalo', state: 'active', preferred: false, lastInboundAt: null },
    { contactId: 'c', channel: 'web', state: 'blocked', preferred: false, lastInboundAt: null },
  ];

  it('offer the channels that are linked and choose one by name or number', async () => {
    const chat = play({ contacts });
    await chat.type('kênh nhận tin');
    expect(chat.labels()).toEqual(['Telegram (đang dùng)', 'Zalo', 'trang web (đang chặn)']);
    await chat.type('zalo');
    expect(chat.effects()).toEqual([{ type: 'units.prefer-channel', payload: { contactId: 'b' } }]);
    await chat.type('kenh nhan tin', '1');
    expect(chat.effects()).toEqual([{ type: 'units.prefer-channel', payload: { contactId: 'a' } }]);
  });

  it('do not choose a channel that is blocked', async () => {
    const chat = play({ contacts });
    expect(await chat.type('kênh nhận tin', '3')).toContain('đang chặn');
    expect(chat.effects()).toEqual([]);
  });

  it('have nothing to choose for one channel and for visitors', async () => {
    expect(await play({ contacts: contacts.slice(0, 1) }).type('kênh nhận tin')).toContain('một kênh');
    expect(await play({ actor: visitor }).type('kênh nhận tin')).toContain('tại đây');
  });
});
