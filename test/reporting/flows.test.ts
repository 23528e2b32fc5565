/** The flows alone, without a database: what they ask, where they go back to, and what they leave behind. */
import { describe, expect, it } from 'vitest';
import { buildCalendar } from '../../src/kernel/calendar.js';
import { endOfDay } from '../../src/kernel/local-date.js';
import { refuse, raw } from '../../src/conversation/index.js';
import { createReportingFlows, type ObligationView, type ReportingReads } from '../../src/reporting/index.js';
import { Play, someActor } from '../conversation/play.js';

const seat = { seatId: 's1', kind: 'deputy' as const, unitId: 'u1', unitCode: 'p-1', unitName: 'Phường Một' };
const ID = '00000000-0000-7000-8000-00000000000a';

const view = (over: Partial<ObligationView> = {}): ObligationView => ({
  id: ID,
  dutyId: 'd1',
  dutyName: 'Báo cáo năm',
  kind: 'periodic',
  campaignId: null,
  basis: 'Kế hoạch mẫu',
  needs: 'số liệu',
  fields: [
    { name: 'a', label: 'Số tập thể', type: 'number', min: 0 },
    { name: 'b', label: 'Số cá nhân', type: 'number' },
  ],
  files: [],
  lockDays: null,
  unitId: 'u1',
  unitName: 'Phường Một',
  unitUntil: null,
  period: 'once',
  dueOn: '2026-11-27',
  dueAt: endOfDay('2026-11-27'),
  state: 'open',
  version: 1,
  promiseOn: null,
  assignee: null,
  latest: null,
  ...over,
});

function person(obligation: ObligationView): Play<{ reporting: Partial<ReportingReads> }> {
  const reporting: Partial<ReportingReads> = {
    owed: () => Promise.resolve([obligation]),
    correctable: () => Promise.resolve([]),
    obligation: (id) => Promise.resolve(id === obligation.id ? obligation : null),
    calendar: () => Promise.resolve(buildCalendar([])),
  };
  return new Play(createReportingFlows(), { reporting }, { actor: someActor({ seats: [seat] }) });
}

describe('the form', () => {
  it('goes back with lùi to the field before, and nothing is written until the end', async () => {
    const p = person(view());
    await p.type('nộp báo cáo', '12');
    expect(p.text()).toContain('2/2. Số cá nhân');
    expect(await p.type('lùi')).toContain('1/2. Số tập thể');
    expect(p.effects()).toEqual([]);
    await p.type('15', '30', 'gửi');
    expect(p.effects()[0]?.payload).toMatchObject({
      obligationId: ID,
      body: { kind: 'form', values: { a: 15, b: 30 } },
      seen: { version: 0, late: false },
    });
    expect(p.session).toBeNull();
  });

  it('keeps what was filled in when the person turns to something else, and offers it again', async () => {
    const p = person(view());
    await p.type('nộp báo cáo', '12');
    await p.type('menu');
    expect(await p.type('nộp báo cáo')).toContain('bản đang làm dở');
    expect(await p.type('làm tiếp')).toContain('2/2. Số cá nhân');
    await p.type('7', 'gửi');
    expect(p.effects()[0]?.payload).toMatchObject({ body: { values: { a: 12, b: 7 } } });
  });

  it('sends nothing after hủy', async () => {
    const p = person(view());
    await p.type('nộp báo cáo', '12', '7', 'hủy');
    expect(p.effects()).toEqual([]);
    expect(p.session).toBeNull();
  });

  it('does not take a number for a button while a number is asked', async () => {
    const p = person(view());
    await p.type('nộp báo cáo', '1');
    expect(p.text()).toContain('2/2. Số cá nhân');
    expect(p.labels()).not.toContain('Không phát sinh');
  });

  it('never lets an old "Gửi" answer another question', async () => {
    const p = person(view({ fields: [] }));
    await p.type('nộp báo cáo', 'nội dung một');
    const old = p.last?.contents[0]?.buttons?.find((button) => button.label === 'Gửi')?.action ?? '';
    await p.tap('Sửa');
    expect(await p.press(old)).toContain('Nút này thuộc một câu hỏi đã qua');
    expect(p.effects()).toEqual([]);
  });

  it('draws a new code when the first is taken, and ends politely when the duty was closed meanwhile', async () => {
    const p = person(view({ fields: [] }));
    await p.type('nộp báo cáo', 'nội dung');
    const asked = { session: p.session, drafts: p.drafts };
    await p.turn({ kind: 'text', text: 'gửi' }, refuse('code', raw('')));
    expect(p.effects()).toHaveLength(1);
    Object.assign(p, asked);
    await p.turn({ kind: 'text', text: 'gửi' }, refuse('accepted', raw('Đã chấp nhận')));
    expect(p.effects()).toEqual([]);
    expect(p.text()).toContain('Đã chấp nhận');
  });
});

describe('tôi còn nợ gì', () => {
  it('lays a form aside as a draft, so that a number typed next means a row of the list', async () => {
    const p = person(view());
    await p.type('nộp báo cáo', '12');
    expect(await p.type('tôi còn nợ gì')).toContain('Phường Một còn 1 việc:');
    expect(p.session).toBeNull();
    expect(await p.type('nộp báo cáo')).toContain('đang làm dở');
    expect(await p.tap('Làm tiếp')).toContain('2/2. Số cá nhân');
  });

  it('lets the number of a row do it, also long after', async () => {
    const p = person(view({ fields: [] }));
    await p.type('tôi còn nợ gì');
    expect(p.session).toBeNull();
    expect(await p.type('1')).toContain('Nộp Báo cáo năm – Phường Một.');
  });

  it('speaks English to those who asked for it', async () => {
    const p = person(view({ fields: [] }));
    p.actor = someActor({ seats: [seat], language: 'en' });
    expect(await p.type('what do i owe')).toContain('4 working days left (due Friday, 27/11/2026)');
  });
});
