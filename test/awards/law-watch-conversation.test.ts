/** "Theo dõi văn bản" played: the list, a document, a change with its preview, the cards to check again. */
import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { createAwardsFlows } from '../../src/awards/index.js';
import { refuse, t, defineCommand, defineFlow, raw } from '../../src/conversation/index.js';
import type { Role } from '../../src/kernel/people.js';
import { Play, someActor } from '../conversation/play.js';
import { answerer } from './knowledge-of-tests.js';

const DECREE = '152/2025/NĐ-CP';
const REF = `change:${DECREE}:1`;

/** Stands for the screens of other rooms. */
const elsewhere = (name: string, words: string[] = []) =>
  defineFlow<undefined, unknown>({
    name,
    version: 1,
    data: z.undefined(),
    commands: [
      defineCommand<undefined, unknown>({
        name,
        words,
        start: ({ arg }) => ({ end: true, say: [{ text: raw(`${name} ${arg}`) }] }),
      }),
    ],
    steps: {},
  });

function play(over: { roles?: readonly Role[]; cards?: string[]; version?: number } = {}) {
  const cards = over.cards ?? ['cstdcs-tieu-chuan', 'tien-tong-hop'];
  const read = {
    awards: {
      fresh: () => Promise.resolve(),
      waiting: () => Promise.resolve(0),
      openOf: () => Promise.resolve([]),
    },
    cards: { newest: () => Promise.resolve(null) },
    law: {
      change: () =>
        Promise.resolve({
          version: over.version ?? 0,
          change: {},
          isReadable: true,
          ...(over.version ? { recorded: { at: new Date('2026-11-20T02:00:00Z'), reason: 'Công báo' } } : {}),
        }),
      task: (refId: string) =>
        Promise.resolve(
          refId === REF || refId.startsWith('document:')
            ? { refId, title: 'Việc', cards: refId === REF ? cards : [] }
            : null,
        ),
    },
  };
  return new Play([...createAwardsFlows({ answerer }), elsewhere('tasks', ['việc của tôi'])], read, {
    actor: someActor({ roles: over.roles ?? ['officer'] }),
    fallback: { text: 'ask', file: 'menu', start: 'menu' },
  });
}

describe('the list of documents', () => {
  it('begins with what ends soonest, says the days left, and is paged', async () => {
    const p = play();
    const text = await p.type('theo doi van ban');
    expect(text).toContain(`. Nghị định ${DECREE}: hết hiệu lực từ 01/03/2027, còn 98 ngày`);
    expect(text.split('\n').length).toBe(9);
    const next = await p.tap('Xem tiếp');
    expect(next).not.toContain(DECREE);
    expect(await p.tap('Trang trước')).toContain(DECREE);
  });

  it('opens a document by its number: its life, its cards, all of them on pages', async () => {
    const p = play();
    await p.type('theo dõi văn bản');
    const text = await p.type(DECREE.toLowerCase());
    expect(text).toMatch(/Thẻ tri thức dẫn văn bản này: \d\d/);
    expect(text).toMatch(/… và \d+ thẻ khác/);
    const cards = await p.tap('Danh sách thẻ');
    expect(cards.split('\n').length).toBe(11);
    expect(await p.type('1')).toContain('Tình trạng: chưa đối chiếu');
  });

  it('opens a card of a document that has ended without asking anybody', async () => {
    const p = play();
    p.now = new Date('2027-03-05T02:00:00Z');
    await p.press(`go:law-document:${DECREE}`);
    await p.tap('Danh sách thẻ');
    expect(await p.type('1')).toContain('Cách hỏi:');
    expect(p.effects()).toEqual([]);
  });

  it('names the self-checks and lists of papers that rest on a document, there and before a change', async () => {
    const p = play();
    const text = await p.press('go:law-document:06/2022/QH15');
    expect(text).toMatch(/Kiểm tra điều kiện cũng dựa vào văn bản này: .*Lao động tiên tiến/);
    expect(text).toMatch(/Danh mục hồ sơ cũng dựa vào văn bản này: ./);
    expect(await p.press('go:law-document:41-CT/TW')).not.toContain('cũng dựa vào');
    await p.press(`go:law-change:${DECREE}`);
    await p.tap('Hết hiệu lực');
    await p.type('1/2/2027');
    expect(await p.type('Công báo số 12')).toContain('Kiểm tra điều kiện cũng dựa');
  });

  it('is not for others, and knows nothing of a document that is none', async () => {
    expect(await play({ roles: [] }).type('theo dõi văn bản')).not.toContain(DECREE);
    expect(await play({ roles: ['leader'] }).press('go:law-new')).not.toContain('Số hiệu');
    expect(await play().press('go:law-document:1/1999/XX')).toContain('Kho chưa có văn bản "1/1999/XX"');
  });
});

describe('recording a change', () => {
  it('asks, shows what is touched, and records with the version that was seen', async () => {
    const p = play({ version: 3 });
    await p.press(`go:law-change:${DECREE}`);
    await p.tap('Được thay thế');
    expect(await p.type('999/2027/NĐ-CP')).toContain('Kho chưa có văn bản');
    expect(await p.type(DECREE)).toContain('không thể thay chính nó');
    await p.type('nghị định 129');
    expect(await p.type('hôm nào đó')).toContain('không đọc được ngày');
    expect(await p.type('30/6/2025')).toContain('không sau ngày');
    await p.type('1/2/2027');
    expect(await p.type('x')).toContain('từ 5 đến 500 ký tự');
    const preview = await p.type('Công báo số 12, ngày 15/01/2027');
    expect(preview).toContain(`Nghị định ${DECREE} được thay bằng 129/2025/NĐ-CP. Ngày hết hiệu lực: 01/02/2027`);
    expect(preview).toMatch(/Số thẻ cần đối chiếu lại: \d\d/);
    expect(p.effects()).toEqual([]);
    expect(await p.tap('Ghi nhận')).toContain('✅');
    expect(p.effects()).toMatchObject([
      {
        type: 'awards.record-document-change',
        payload: {
          number: DECREE,
          seen: 3,
          change: { replacedBy: '129/2025/NĐ-CP', inForceTo: '2027-02-01' },
          reason: 'Công báo số 12, ngày 15/01/2027',
        },
      },
    ]);
    expect(await p.press(`go:law-task:${REF}`)).toContain('Còn 2 thẻ');
  });

  it('records an amendment with its articles, and only their cards are to be checked again', async () => {
    const p = play();
    await p.press(`go:law-change:${DECREE}`);
    await p.tap('Được sửa đổi, bổ sung');
    expect(await p.type(DECREE)).toContain('không thể sửa đổi chính nó');
    expect(await p.type('nghị định 129')).toContain('những điều nào');
    expect(await p.type('nhiều điều')).toContain('không đọc được số điều');
    await p.type('điều 4');
    await p.type('1/2/2027');
    const preview = await p.type('Công báo số 12, ngày 15/01/2027');
    expect(preview).toContain(
      `Nghị định ${DECREE} được sửa đổi bởi 129/2025/NĐ-CP, áp dụng từ 01/02/2027. Các điều được sửa: 4`,
    );
    await p.tap('Ghi nhận');
    const amendments = [{ by: '129/2025/NĐ-CP', from: '2027-02-01', strongArticles: ['4'] }];
    expect(p.effects()).toMatchObject([{ payload: { number: DECREE, change: { amendments } } }]);
    const { cards } = p.effects()[0]?.payload as { cards: string[] };
    expect(cards).toContain('co-ket-luan-sach');
    expect(cards).not.toContain('tien-cstdcs');
  });

  it('adds a document again that was added before and taken back', async () => {
    const p = play({ version: 2 });
    await p.press('go:law-new');
    await p.type('200/2027/nđ-cp');
    await p.tap('Nghị định');
    await p.type('Nghị định quy định chi tiết Luật Thi đua, khen thưởng', '01/3/2027', 'Công báo số 20');
    await p.tap('Ghi nhận');
    expect(p.effects()).toMatchObject([{ payload: { number: '200/2027/NĐ-CP', seen: 2 } }]);
  });

  it('warns before it is recorded when nothing would be in force between two documents', async () => {
    const p = play();
    const GAP = 'hết hiệu lực từ 01/05/2025, nhưng 152/2025/NĐ-CP đến 01/07/2025 mới có hiệu lực';
    await p.press('go:law-change:98/2023/NĐ-CP');
    await p.tap('Hết hiệu lực');
    await p.type('1/5/2025');
    expect(await p.type('Công báo số 12')).toContain(GAP);
    // The same from the other side: the new one begins later than the old one ends.
    await p.press(`go:law-change:${DECREE}`);
    await p.tap('Ngày có hiệu lực');
    await p.type('1/9/2025');
    expect(await p.type('Công báo số 12')).toContain('98/2023/NĐ-CP hết hiệu lực từ 01/07/2025, nhưng');
    await p.press(`go:law-change:${DECREE}`);
    await p.tap('Hết hiệu lực');
    await p.type('1/2/2027');
    expect(await p.type('Công báo số 12')).not.toContain('ở giữa');
  });

  it('takes the last record back where there is one, and says which', async () => {
    const none = play();
    await none.press(`go:law-change:${DECREE}`);
    expect(none.labels()).not.toContain('Bỏ ghi nhận gần nhất');
    const p = play({ version: 2 });
    await p.press(`go:law-change:${DECREE}`);
    await p.tap('Bỏ ghi nhận gần nhất');
    expect(await p.type('Ghi nhầm ngày')).toContain('ghi nhận ngày 20/11/2026');
    await p.tap('Ghi nhận');
    expect(p.effects()).toMatchObject([{ payload: { number: DECREE, seen: 2, undo: true, change: {} } }]);
  });

  it('says so when the same is known already', async () => {
    const p = play();
    await p.press(`go:law-change:${DECREE}`);
    await p.tap('Hết hiệu lực');
    expect(await p.type('01/03/2027')).toContain('đã có trong kho');
    await p.type('hủy');
    expect(p.session).toBeNull();
  });

  it('tells the second of two officers, with what was typed', async () => {
    const p = play();
    await p.press(`go:law-change:${DECREE}`);
    await p.tap('Hết hiệu lực');
    await p.type('1/2/2027', 'Công báo số 12');
    const action = p.last?.contents.flatMap((one) => one.buttons ?? []).find((one) => one.label === 'Ghi nhận')?.action;
    await p.turn(
      { kind: 'action', action: action ?? '' },
      refuse('changed', t('awards.law.changedMeanwhile', { document: DECREE })),
    );
    expect(p.text()).toContain('người khác');
    expect(p.text()).toContain('Công báo số 12');
  });

  it('adds a new document, and refuses one that is there or has no readable number', async () => {
    const p = play();
    await p.type('theo dõi văn bản');
    await p.tap('Thêm văn bản');
    expect(await p.type('nghị định mới')).toContain('không đọc được số hiệu');
    expect(await p.type(DECREE)).toContain('Kho đã có');
    await p.type('200/2027/nđ-cp');
    await p.tap('Nghị định');
    await p.type('Nghị định quy định chi tiết Luật Thi đua, khen thưởng', '01/3/2027');
    expect(await p.type('Công báo số 20')).toContain('Sẽ thêm văn bản: Nghị định 200/2027/NĐ-CP');
    await p.tap('Ghi nhận');
    expect(p.effects()).toMatchObject([
      {
        payload: {
          number: '200/2027/NĐ-CP',
          seen: 0,
          cards: [],
          change: { kind: 'Nghị định', inForceFrom: '2027-03-01' },
        },
      },
    ]);
  });
});

describe('a task of the law watch', () => {
  it('goes through the cards one by one', async () => {
    const p = play();
    expect(await p.press(`go:law-task:${REF}`)).toContain('Còn 2 thẻ');
    expect(await p.type('1')).toContain('chưa đối chiếu');
    await p.tap('Vẫn đúng');
    expect(p.effects()).toEqual([{ type: 'awards.keep-card', payload: { refId: REF, cardId: 'cstdcs-tieu-chuan' } }]);
    expect(p.text()).toContain('Còn 1 thẻ');
    expect(await p.type('xong')).toContain('Còn 1 thẻ chưa soát');
    expect(p.effects()).toEqual([]);
    await p.tap('Đóng việc này');
    expect(p.effects()).toMatchObject([{ type: 'awards.close-law-task' }]);
  });

  it('closes itself when every card was corrected elsewhere, and says when it is gone', async () => {
    const p = play({ cards: [] });
    expect(await p.press(`go:law-task:${REF}`)).toContain('đã xong');
    expect(p.effects()).toMatchObject([{ type: 'awards.close-law-task' }]);
    expect(await p.press('go:law-task:nothing')).toContain('đã xong');
  });

  it('of an alarm leads to the document', async () => {
    const p = play();
    await p.press(`go:law-task:document:${DECREE}:2027-03-01`);
    expect(await p.tap('Xem văn bản')).toContain(DECREE);
  });
});
