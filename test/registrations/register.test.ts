import { describe, expect, it } from 'vitest';
import { createRegistrationsFlows } from '../../src/registrations/index.js';
import { parseTitles, type Registration } from '../../src/registrations/model.js';
import type { RegistrableCampaign } from '../../src/registrations/store.js';
import { Play, someActor } from '../conversation/play.js';

const seat = (n: number) => ({
  seatId: `s${String(n)}`,
  kind: 'primary' as const,
  unitId: `u${String(n)}`,
  unitCode: `p-${String(n)}`,
  unitName: `Phường ${String(n)}`,
});

const existing: Registration = {
  id: 'r1',
  code: 'DK-AAAAA',
  campaignId: 'c2',
  campaignName: 'Phong trào B',
  dueOn: '2026-12-01',
  unitId: 'u1',
  unitName: 'Phường 1',
  version: 2,
  state: 'returned',
  entry: { targets: 'Chỉ tiêu cũ', titles: [] },
  onTime: true,
  submittedAt: new Date('2026-11-20T02:00:00Z'),
  reason: 'Thiếu danh sách',
};
const campaigns: RegistrableCampaign[] = [
  { campaignId: 'c1', name: 'Phong trào A', dueOn: '2026-12-10', registration: null },
  { campaignId: 'c2', name: 'Phong trào B', dueOn: '2026-12-01', registration: existing },
];
const read = {
  registrations: {
    campaignsOf: () => Promise.resolve(campaigns),
    of: (id: string) => Promise.resolve(campaigns.find((one) => one.campaignId === id) ?? null),
    one: () => Promise.resolve({ ...existing, state: 'submitted' as const }),
  },
};
const person = (...seats: number[]) =>
  new Play(createRegistrationsFlows(), read, { actor: someActor({ seats: seats.map(seat) }) });

describe('đăng ký', () => {
  it('collects targets, titles and an exemplar, and gives a receipt with code and time', async () => {
    const p = person(1);
    await p.type(
      'dang ky',
      '1',
      '10 gương mỗi quý',
      'Trạm Y tế; Tập thể lao động tiên tiến',
      'Nguyễn Văn Mẫu; Trưởng trạm; CSTĐCS\nTrần Thị Mẫu; LĐTT',
      'Tập thể mẫu',
    );
    expect(p.text()).toContain('1 tập thể, 2 cá nhân');
    await p.tap('Gửi đăng ký');
    expect(p.text()).toContain('✅ Đã nhận đăng ký phong trào “Phong trào A” của Phường 1');
    expect(p.text()).toContain('09:00, 23/11/2026');
    expect(p.effects()[0]?.payload).toMatchObject({
      campaignId: 'c1',
      unitId: 'u1',
      seatId: 's1',
      seenVersion: 0,
      entry: {
        targets: '10 gương mỗi quý',
        exemplar: 'Tập thể mẫu',
        titles: [
          { kind: 'collective', name: 'Trạm Y tế' },
          { kind: 'individual', name: 'Nguyễn Văn Mẫu', post: 'Trưởng trạm', title: 'CSTĐCS' },
          { name: 'Trần Thị Mẫu', title: 'LĐTT' },
        ],
      },
    });
  });

  it('asks which unit when the person holds several seats', async () => {
    const p = person(1, 2);
    expect(await p.type('đăng ký')).toContain('thay mặt đơn vị nào');
    expect(p.labels()).toHaveLength(2);
    await p.type('2');
    expect(p.text()).toContain('Chọn phong trào');
  });

  it('shows what was returned and why, keeps what was written, and sends the next version', async () => {
    const p = person(1);
    await p.press('go:register:c2');
    expect(p.text()).toContain('Lời của chuyên viên: “Thiếu danh sách”');
    await p.tap('Sửa đăng ký');
    expect(p.text()).toContain('Đang ghi: Chỉ tiêu cũ');
    await p.type('giữ nguyên', 'không', 'không', 'không');
    await p.tap('Gửi đăng ký');
    expect(p.effects()[0]?.payload).toMatchObject({
      seenVersion: 2,
      code: 'DK-AAAAA',
      entry: { targets: 'Chỉ tiêu cũ' },
    });
  });

  it('names the line that cannot be read and keeps the form', async () => {
    const p = person(1);
    await p.type('đăng ký', '1', 'chỉ tiêu', 'không', 'Nguyễn Văn Mẫu; CSTĐCS\nchỉ có tên');
    expect(p.text()).toContain('Dòng 2');
    expect(p.text()).toContain('chỉ có tên');
    expect(p.session?.step).toBe('individual');
  });
});

describe("the officer's decision", () => {
  it('returns a registration with the reason as written', async () => {
    const p = new Play(createRegistrationsFlows(), read, { actor: someActor({ roles: ['officer'] }) });
    await p.press('go:review-registration:r1');
    await p.tap('Trả lại');
    await p.type('Đề nghị ghi rõ số hộ');
    expect(p.effects()[0]?.payload).toEqual({
      registrationId: 'r1',
      seenVersion: 2,
      decision: 'returned',
      reason: 'Đề nghị ghi rõ số hộ',
    });
  });
});

describe('names, one a line', () => {
  it.each([
    ['Nguyễn Văn A; Trưởng trạm; CSTĐCS', { name: 'Nguyễn Văn A', post: 'Trưởng trạm', title: 'CSTĐCS' }],
    ['1. Nguyễn Văn A - LĐTT', { name: 'Nguyễn Văn A', title: 'LĐTT' }],
    ['- Trần B | Phó phòng | Kế toán | Giấy khen', { name: 'Trần B', post: 'Phó phòng, Kế toán', title: 'Giấy khen' }],
  ])('reads %s', (line, expected) => {
    expect(parseTitles(line, 'individual')).toEqual({ titles: [{ kind: 'individual', ...expected }], problems: [] });
  });
});
