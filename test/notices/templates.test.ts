import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNoticesFlows } from '../../src/notices/index.js';
import { createTemplateEffects, createTemplateReads } from '../../src/notices/template-store.js';
import { planLines } from '../../src/notices/reach.js';
import { createOutbox, type Plan } from '../../src/delivery/index.js';
import { renderText } from '../../src/conversation/index.js';
import type { Tx } from '../../src/store/index.js';
import { Play, someActor } from '../conversation/play.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
const NOW = new Date('2026-11-23T02:00:00Z');
const admin = someActor({ roles: ['admin'], memberId: randomUUID() });

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const inTx = <T>(fn: (tx: Tx) => Promise<T>) => database.store.transaction(fn);
const read = {
  zaloTemplates: {
    list: () => inTx((tx) => createTemplateReads(tx).list()),
    limits: () => inTx((tx) => createTemplateReads(tx).limits()),
  },
};
const person = (actor = admin) => new Play([...createNoticesFlows()], read, { actor });

/** Carries out what the last turn asked for, as the turn's transaction would. */
async function carryOut(p: Play<typeof read>, actor = admin) {
  const refusals = [];
  for (const effect of p.effects()) {
    const handler = createTemplateEffects().find(({ type }) => type === effect.type);
    const refusal = await inTx(
      async (tx) =>
        await handler?.apply(effect.payload, {
          tx,
          now: NOW,
          heardAt: NOW,
          actor,
          inboundId: '1',
          outbox: createOutbox(),
          newId: randomUUID,
          newCode: (prefix) => prefix,
        }),
    );
    if (refusal) refusals.push(refusal);
  }
  return refusals;
}

const UP_TO_PARAMETERS = ['mẫu tin zalo', 'thêm', '456789', 'Nhắc nộp báo cáo', 'giao dịch', '1', 'thông báo', 'xong'];
const audit = () =>
  database.store.db.auditEntry.findMany({ where: { action: { startsWith: 'zalo' } }, orderBy: { id: 'asc' } });

describe('mẫu tin zalo', () => {
  it('takes a template with its parameters, says so in the list, and switches it off; each change is noted', async () => {
    const p = person();
    await p.type(...UP_TO_PARAMETERS.slice(0, 5));
    await p.tap('nhắc hạn');
    await p.tap('thông báo');
    await p.type('xong', 'ten_don_vi = đơn vị, 50\ntieu_de: tieu de 80', '250');
    expect(p.text()).toContain('ten_don_vi, tieu_de; 250 đ');
    await p.type('lưu');
    expect(await carryOut(p)).toEqual([]);
    expect(await database.store.db.zaloTemplate.findMany()).toMatchObject([
      {
        id: '456789',
        name: 'Nhắc nộp báo cáo',
        kind: 'transaction',
        classes: ['deadline', 'announcement'],
        parameters: [
          { name: 'ten_don_vi', from: 'unit', max: 50 },
          { name: 'tieu_de', from: 'title', max: 80 },
        ],
        priceVnd: 250,
        active: true,
      },
    ]);

    const again = person();
    await again.type('mau tin zalo');
    expect(again.text()).toContain('Nhắc nộp báo cáo');
    expect(again.text()).toContain('nhắc hạn, thông báo');
    await again.tap('Tắt Nhắc nộp báo cáo');
    await carryOut(again);
    expect(await read.zaloTemplates.list()).toMatchObject([{ id: '456789', active: false }]);
    expect((await audit()).map(({ action, subject, memberId }) => [action, subject, memberId])).toEqual([
      ['zalo-template.add', 'zalo:456789', admin.memberId],
      ['zalo-template.off', 'zalo:456789', admin.memberId],
    ]);
  });

  it.each([
    ['nothing', '…', 'Chưa đọc được dòng “…”'],
    ['an unknown source', 'ten = số điện thoại, 50', 'Chưa đọc được dòng “ten = số điện thoại, 50”'],
    ['no length', 'ten = đơn vị', 'Chưa đọc được dòng “ten = đơn vị”'],
    ['a length of nothing', 'ten = đơn vị, 0', 'Chưa đọc được dòng'],
    ['one bad line among good ones', 'a = đơn vị, 5\nb = gì đó, 5', 'Chưa đọc được dòng “b = gì đó, 5”'],
    ['the same name twice', 'a = đơn vị, 5\na = ngày, 10', 'không tên nào trùng nhau'],
  ])('answers %s as parameters with one clear sentence and asks again', async (_name, typed, words) => {
    const p = person();
    await p.type('mẫu tin zalo', 'thêm', '999', 'Mẫu', 'giao dịch');
    await p.tap('thông báo');
    await p.type('xong', typed);
    expect(p.text()).toContain(words);
    expect(p.effects()).toEqual([]);
    await p.type('a = ngày, 10');
    expect(p.text()).toContain('tốn bao nhiêu');
  });

  it('refuses a number that is known, and whoever is no administrator', async () => {
    const p = person();
    await p.type('mẫu tin zalo', 'thêm', '456789');
    expect(p.text()).toContain('đã có trong danh sách');
    const officer = person(someActor({ roles: ['officer'] }));
    await officer.type('mẫu tin zalo');
    expect(officer.text()).not.toContain('Thêm mẫu');
    const template = { id: '456789', name: 'x', kind: 'care', classes: ['honour'], priceVnd: 1 };
    const [add] = createTemplateEffects();
    const at = {
      now: NOW,
      heardAt: NOW,
      inboundId: '1',
      outbox: createOutbox(),
      newId: randomUUID,
      newCode: (x: string) => x,
    };
    const apply = (payload: object, actor = admin) =>
      inTx(async (tx) => await add?.apply(payload, { ...at, tx, actor }));
    const parameters = [{ name: 'a', from: 'date', max: 10 }];
    expect(await apply({ ...template, parameters }, someActor({ roles: ['officer'] }))).toMatchObject({
      refused: 'not-allowed',
    });
    expect(await apply({ ...template, parameters: [] })).toMatchObject({ refused: 'bad-template' });
    expect(await apply({ ...template, parameters: [{ name: 'a', from: 'phone', max: 10 }] })).toMatchObject({
      refused: 'bad-template',
    });
    expect(await apply({ ...template, parameters })).toMatchObject({ refused: 'known' });
  });

  it('takes the limits of the account, which are guessed until then', async () => {
    const p = person();
    await p.type('mẫu tin zalo', 'hạn mức');
    expect(p.text()).toContain('đang tạm tính theo số của đại lý');
    await p.type('nhiều');
    expect(p.text()).toContain('bốn số nguyên');
    await p.type('200 1000 2000 60');
    await carryOut(p);
    expect(await read.zaloTemplates.limits()).toEqual({
      perMinute: 200,
      billedPerMonth: 1000,
      templatesPerDay: 2000,
      billedPriceVnd: 60,
      isForecast: false,
    });
    expect((await audit()).at(-1)?.action).toBe('zalo-limits.set');
  });
});

describe('the words of a forecast', () => {
  const ways = { web: 3, telegram: 5, zaloFree: 2, zaloBilled: 0, zaloTemplate: 0, otherChannel: 0, otherSeat: 0 };
  const plan: Plan = {
    people: 10,
    routes: { ...ways, unreachable: 0 },
    byChannel: { web: 3, telegram: 5, zalo: 2 },
    costVnd: 0,
    seconds: 60,
    isGuessed: true,
  };
  const words = (changed: Partial<Plan>) => planLines({ ...plan, ...changed }).map((line) => renderText(line, 'vi'));

  it('are none where everything is plain', () => {
    expect(words({})).toEqual([]);
  });

  it('name what costs, who goes elsewhere, and how long it takes', () => {
    const routes = { ...plan.routes, zaloBilled: 4, zaloTemplate: 1, otherChannel: 2, otherSeat: 3, unreachable: 6 };
    expect(words({ routes, costVnd: 1420, seconds: 61 })).toEqual([
      'Qua Zalo: 2 tin miễn phí, 4 tin tính phí, 1 tin theo mẫu.',
      '2 người nhận qua kênh khác vì Zalo của họ đang đóng.',
      '3 người chưa gửi tới được; đầu mối còn lại của đơn vị sẽ được báo.',
      '⚠️ 6 người chưa có cách nào gửi tới.',
      'Chi phí Zalo dự kiến: 1.420 đ (theo giá đại lý, chưa đặt giá của tài khoản).',
      'Gửi xong trong khoảng 2 phút.',
    ]);
  });
});
