import { describe, expect, it } from 'vitest';
import { createCampaignsFlows } from '../../src/campaigns/index.js';
import { createNoticesFlows } from '../../src/notices/index.js';
import type { NewCampaign } from '../../src/campaigns/model.js';
import { Play, someActor } from '../conversation/play.js';

const UNITS = ['Phường Phủ Lý', 'Phường Duy Tiên', 'Sở Y tế'].map((name, n) => ({
  id: `u${String(n)}`,
  code: `u${String(n)}`,
  name,
  shortName: name,
  type: 'phuong',
  level: 'xa',
  parentId: null,
  validFrom: null,
  validTo: null,
}));

const read = {
  audience: {
    reach: (rule: { types: string[]; units: string[] }) =>
      Promise.resolve({
        units: rule.types.length > 0 ? 33 : rule.units.length,
        people: rule.types.length > 0 ? 80 : rule.units.length * 2,
        byChannel: { zalo: 50, telegram: 20, web: 10 },
        plan: { routes: {}, costVnd: 0, seconds: 0 },
        unitsWithoutHolder: 3,
      }),
    clusters: () => Promise.resolve([{ id: 'k1', code: 'cum-1', name: 'Cụm thi đua số 1' }]),
    units: () => Promise.resolve(UNITS),
  },
  campaigns: { running: () => Promise.resolve([]), one: () => Promise.resolve(null) },
  broadcasts: { find: () => Promise.resolve(null) },
};

const officer = () =>
  new Play([...createCampaignsFlows(), ...createNoticesFlows()], read, { actor: someActor({ roles: ['officer'] }) });

/** Answers to every question, in the order of the guide. */
const TEXTS = [
  'Mỗi tuần một việc tốt',
  'Việc nhỏ, nghĩa lớn',
  'theo đợt',
  '25/KH-UBND',
  '20/11/2026',
  'Mục tiêu X',
  'Mỗi đơn vị 01 gương mỗi tháng',
  'Toàn tỉnh',
  'Nội dung X',
  'Tiêu chí X',
  'Biện pháp X',
  'Kế hoạch X',
  'Bằng khen',
];
const AUDIENCE_AND_DATES = ['xã, phường', 'xong', '01/12/2026', '30/11/2027', '10/12/2026', '30/6/2027', '30/11/2027'];

describe('phát động', () => {
  it('asks for every part, shows whom it reaches, and launches after a confirmation', async () => {
    const p = officer();
    await p.type('phat dong');
    expect(p.text()).toContain('Tên phong trào là gì?');
    await p.type(...TEXTS, ...AUDIENCE_AND_DATES);
    expect(p.text()).toContain('đã đủ các phần');
    expect(p.text()).toContain('Sẽ gửi tới 80 người ở 33 đơn vị: zalo'.replace('zalo', 'Zalo 50, Telegram 20, web 10'));
    expect(p.text()).toContain('3 đơn vị chưa có đầu mối');
    expect(await p.tap('Phát động')).toContain('gửi ngay tới 80 người');
    expect(p.effects()).toEqual([]);
    expect(await p.tap('Phát động')).toContain('✅ Đã phát động “Mỗi tuần một việc tốt”');
    const [effect] = p.effects();
    expect(effect?.type).toBe('campaigns.launch');
    const campaign = effect?.payload as NewCampaign;
    expect(campaign.form).toBe('chuyen-de');
    expect(campaign.participants).toEqual({ types: ['phuong', 'xa'], levels: [], clusters: [], units: [] });
    expect(campaign.dates).toEqual({
      docOn: '2026-11-20',
      startsOn: '2026-12-01',
      endsOn: '2027-11-30',
      registrationDueOn: '2026-12-10',
      midtermDueOn: '2027-06-30',
      finalDueOn: '2027-11-30',
    });
    expect(campaign.texts.targets).toBe('Mỗi đơn vị 01 gương mỗi tháng');
  });

  it('can be announced at an hour named in free words, said back before it is launched', async () => {
    const p = officer();
    await p.type('phát động', ...TEXTS, ...AUDIENCE_AND_DATES);
    await p.tap('Phát động');
    expect(await p.tap('Hẹn giờ')).toContain('Gửi lúc nào?');
    expect(await p.type('8h sáng nay')).toContain('08:00, thứ Hai, 23/11/2026 đã qua');
    expect(await p.type('14:30 25/11')).toContain('⏰ Hẹn gửi lúc 14:30, thứ Tư, 25/11/2026');
    expect(p.text()).not.toContain('gửi ngay');
    expect(await p.tap('Phát động')).toContain(
      'Thông báo sẽ gửi tới 80 người ở 33 đơn vị lúc 14:30, thứ Tư, 25/11/2026',
    );
    expect(p.effects()[0]?.payload).toMatchObject({ announceAt: new Date('2026-11-25T07:30:00Z') });
  });

  it('cannot be launched while a part is missing, names it, and goes straight to it', async () => {
    const p = officer();
    const withoutTargets = TEXTS.map((text) => (text.startsWith('Mỗi đơn vị') ? 'để sau' : text));
    await p.type('phát động', ...withoutTargets, ...AUDIENCE_AND_DATES);
    expect(p.text()).toContain('còn thiếu 1 phần: chỉ tiêu');
    expect(p.labels()).toEqual(['Bổ sung chỉ tiêu']);
    await p.tap('Bổ sung chỉ tiêu');
    expect(p.text()).toContain('Chỉ tiêu cụ thể?');
    expect(await p.type('10 gương mỗi quý')).toContain('đã đủ các phần');
  });

  it('says why a part is needed, with its basis, and asks again', async () => {
    const p = officer();
    await p.type('phát động', ...TEXTS.slice(0, 5));
    expect(await p.tap('Vì sao cần?')).toContain('Điều 17, khoản 1');
    expect(p.text()).toContain('Mục tiêu của phong trào?');
  });

  it('refuses dates that cannot be, in plain words', async () => {
    const p = officer();
    await p.type('phát động', ...TEXTS.slice(0, 4));
    expect(await p.type('hôm qua nhé')).toContain('chưa đọc được ngày');
    expect(await p.type('01/01/2027')).toContain('không thể ở sau hôm nay');
    expect(await p.type('30/02/2026')).toContain('chưa đọc được ngày');
    await p.type('20/11', ...TEXTS.slice(5), 'xã phường', 'xong', '01/12/2026');
    expect(await p.type('01/11/2026')).toContain('phải sau ngày bắt đầu');
    await p.type('30/11/2027');
    expect(await p.type('22/11/2026')).toContain('đã qua');
  });

  it('takes units by their names without diacritics, and says which name it does not know', async () => {
    const p = officer();
    await p.type('phát động', ...TEXTS);
    expect(await p.type('phu ly, so y te')).toContain('Đã thêm: Phường Phủ Lý, Sở Y tế');
    expect(await p.type('phường không có')).toContain('Không tìm thấy đơn vị “phường không có”');
    expect(p.text()).toContain('Đã chọn 2 đơn vị');
  });

  it('keeps the draft when the officer turns to something else', async () => {
    const p = officer();
    await p.type('phát động', 'Tên A', 'Chủ đề A', 'menu', 'phát động');
    expect(p.text()).toContain('đang làm dở');
    await p.tap('Làm tiếp');
    expect(p.text()).toContain('hình thức nào');
  });

  it('is for officers only', async () => {
    const p = new Play([...createCampaignsFlows(), ...createNoticesFlows()], read, { actor: someActor() });
    expect(await p.type('phát động')).toContain('Việc này dành cho chuyên viên.');
  });
});

describe('gửi thông báo', () => {
  it('shows the text and the exact audience before it sends', async () => {
    const p = officer();
    await p.type('gửi thông báo', 'Họp giao ban lúc 8 giờ', 'xã phường', 'xong');
    expect(p.text()).toContain('Họp giao ban lúc 8 giờ');
    expect(p.text()).toContain('80 người ở 33 đơn vị');
    await p.tap('Gửi');
    expect(p.effects()[0]).toMatchObject({ type: 'campaigns.notice', payload: { text: 'Họp giao ban lúc 8 giờ' } });
  });
});
