/** Cards changed by officers: written once, checked by one act only, and live in every process. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLiveAnswerer } from '../../src/awards/index.js';
import { readBasis } from '../../src/awards/cards/basis-text.js';
import { toFile } from '../../src/awards/cards/card-file.js';
import { saveCard, type SaveCard } from '../../src/awards/cards/effects.js';
import { layOver, readCard } from '../../src/awards/cards/overlay.js';
import { newId } from '../../src/kernel/ids.js';
import type { Actor } from '../../src/kernel/people.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { apply, NOW, officer, process } from './cards-of-tests.js';
import { answerer, knowledge, TODAY } from './knowledge-of-tests.js';

const ID = 'cstdcs-tieu-chuan';
const QUESTION = 'tiêu chuẩn chiến sĩ thi đua cơ sở';
let database: TestDatabase;
let lan: Actor;

beforeAll(async () => {
  database = await createTestDatabase();
  lan = await officer(database, 'Trần Thị Lan (mẫu)');
});
beforeEach(async () => {
  await database.store.pool.query('truncate card_change, document_change, audit_entry');
});
afterAll(() => database.drop());

const shipped = (id = ID) => {
  const card = knowledge.cards.find((one) => one.id === id);
  if (!card) throw new Error(id);
  return card;
};
const act = (over: Partial<SaveCard> = {}) =>
  saveCard({ id: newId(), cardId: ID, seen: 0, act: 'correct', card: toFile(shipped()), reason: 'công báo', ...over });
const corrected = (answer: string, over: Partial<SaveCard> = {}) =>
  act({ card: { ...toFile(shipped()), answer }, ...over });
const rows = () => database.store.db.cardChange.findMany({ orderBy: [{ cardId: 'asc' }, { version: 'asc' }] });
const stored = async (version: number) => {
  const row = await database.store.db.cardChange.findFirstOrThrow({ where: { cardId: ID, version } });
  const card = readCard(row.card);
  if (typeof card === 'string') throw new Error(card);
  return card;
};

describe('a card in the form of a file', () => {
  it('is the same card again, for every shipped card', () => {
    for (const card of knowledge.cards.filter((one) => one.lifeOf === undefined))
      expect(readCard(JSON.parse(JSON.stringify(toFile(card))))).toEqual(card);
  });
});

describe('an act on a card', () => {
  it('writes one version with reason, officer, day and audit, also when it is applied twice', async () => {
    const once = corrected('Câu trả lời mới, gọi 0912 345 678.');
    expect(await apply(database, lan, [once])).toBeUndefined();
    expect(await apply(database, lan, [once])).toBeUndefined();
    expect(await rows()).toMatchObject([
      { cardId: ID, version: 1, act: 'correct', reason: 'công báo', byId: lan.memberId, at: NOW },
    ]);
    expect((await stored(1)).answer).toBe('Câu trả lời mới, gọi ***.');
    expect(await database.store.db.auditEntry.count({ where: { action: 'card.correct' } })).toBe(1);
  });

  it('makes a card checked only by its own name; other acts cannot bring the mark along', async () => {
    const checked = { ...toFile(shipped()), state: 'đã đối chiếu', checkedBy: 'Ai đó', checkedAt: '2026-01-01' };
    await apply(database, lan, [act({ card: checked })]);
    expect(await stored(1)).toMatchObject({ state: 'chua-doi-chieu' });
    expect((await stored(1)).checkedBy).toBeUndefined();
    await apply(database, lan, [act({ act: 'verify', seen: 1 })]);
    expect(await stored(2)).toMatchObject({
      state: 'da-doi-chieu',
      checkedBy: 'Trần Thị Lan (mẫu)',
      checkedAt: '2026-11-23',
    });
    await apply(database, lan, [act({ seen: 2, card: { ...toFile(await stored(2)), asks: ['cách hỏi khác hẳn'] } })]);
    expect(await stored(3)).toMatchObject({ state: 'da-doi-chieu', checkedBy: 'Trần Thị Lan (mẫu)' });
    await apply(database, lan, [corrected('Khác.', { seen: 3 })]);
    expect(await stored(4)).toMatchObject({ state: 'chua-doi-chieu' });
    expect((await stored(4)).checkedAt).toBeUndefined();
  });

  it('is refused for others, for a version that is not the newest, and for what the validator refuses', async () => {
    const visitor = await officer(database, 'Người lạ', []);
    expect(await apply(database, visitor, [act()])).toMatchObject({ refused: 'not-yours' });
    expect(await apply(database, lan, [act({ card: { ...toFile(shipped()), basis: [] } })])).toMatchObject({
      refused: 'invalid',
    });
    expect(await apply(database, lan, [act({ card: { title: 'x' } })])).toMatchObject({ refused: 'invalid' });
    expect(
      await apply(database, lan, [act({ card: { ...toFile(shipped()), basis: [{ document: '1/1999/XX' }] } })]),
    ).toMatchObject({ refused: 'invalid' });
    await apply(database, lan, [act()]);
    expect(await apply(database, lan, [act({ seen: 0 })])).toMatchObject({ refused: 'changed' });
    expect(await rows()).toHaveLength(1);
  });

  it('of two officers at the same moment is written once', async () => {
    const results = await Promise.all([
      apply(database, lan, [corrected('Một.')]),
      apply(database, lan, [corrected('Hai.')]),
    ]);
    expect(results.filter((one) => one === undefined)).toHaveLength(1);
    expect(await rows()).toHaveLength(1);
  });
});

describe('the answerer of a process', () => {
  const answerOf = (live: ReturnType<typeof process>) => live.answer(QUESTION, { asOf: TODAY });

  it('takes a correction over in every process without a restart', async () => {
    const [one, two] = [process(), process()];
    await apply(database, lan, [corrected('Câu do cán bộ viết lại.')]);
    expect(answerOf(one).text).not.toContain('cán bộ viết lại');
    for (const live of [one, two]) {
      await live.refresh(database.store.db);
      expect(answerOf(live).text).toContain('Câu do cán bộ viết lại.');
    }
  });

  it('no longer answers from a card that ended, and does again once it is restored', async () => {
    const live = process();
    expect(answerOf(live).cards).toEqual([ID]);
    await apply(database, lan, [act({ act: 'end' })]);
    await live.refresh(database.store.db);
    expect(answerOf(live).cards).not.toContain(ID);
    await apply(database, lan, [act({ act: 'restore', seen: 1 })]);
    await live.refresh(database.store.db);
    expect(answerOf(live).cards).toEqual([ID]);
  });

  it('asks one small query where nothing changed, and three where something did', async () => {
    const live = process();
    const { db } = database.store;
    const raw = vi.spyOn(db, '$queryRaw');
    const cards = vi.spyOn(db.cardChange, 'findMany');
    const documents = vi.spyOn(db.documentChange, 'findMany');
    const counts = () => [raw, cards, documents].map((spy) => spy.mock.calls.length);
    await live.refresh(db);
    await live.refresh(db);
    expect(counts()).toEqual([2, 0, 0]);
    await apply(database, lan, [corrected('Mới.')]);
    await live.refresh(db);
    await live.refresh(db);
    expect(counts()).toEqual([4, 1, 1]);
    vi.restoreAllMocks();
  });

  it('builds once for those who ask at the same time', async () => {
    const live = process();
    const { db } = database.store;
    await apply(database, lan, [corrected('Mới.')]);
    const cards = vi.spyOn(db.cardChange, 'findMany');
    await Promise.all([live.refresh(db), live.refresh(db), live.refresh(db)]);
    expect(cards.mock.calls).toHaveLength(1);
    expect(answerOf(live).text).toContain('Mới.');
    vi.restoreAllMocks();
  });

  it('goes back when what it saw inside a transaction was rolled back', async () => {
    const live = process();
    const { store } = database;
    const data = { act: 'correct', reason: '', byId: lan.memberId ?? '', at: NOW, cardId: ID, version: 1 };
    const card = { ...toFile(shipped()), answer: 'Chưa ghi xong.' } as never;
    await store
      .transaction(async (tx) => {
        await tx.cardChange.create({ data: { ...data, id: newId(), card } });
        await live.refresh(tx);
        expect(answerOf(live).text).toContain('Chưa ghi xong.');
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    await apply(database, lan, [corrected('Đã ghi xong.')]);
    await live.refresh(store.db);
    expect(answerOf(live).text).toContain('Đã ghi xong.');
  });

  it('leaves out what it cannot read, says so, and goes on with the rest', async () => {
    const told: string[] = [];
    const live = createLiveAnswerer({
      base: knowledge,
      onLeftOut: (leftOut) => told.push(...leftOut.map((one) => one.what)),
    });
    const { pool } = database.store;
    const insert = 'insert into card_change values (gen_random_uuid(), $1, 1, $2, $3, $4, $5, $6)';
    const by = ['', lan.memberId, NOW];
    await pool.query(insert, ['cstdcs-tieu-chuan', 'correct', JSON.stringify({ nonsense: true }), ...by]);
    const lost = { ...toFile(shipped('ldtt-tieu-chuan')), basis: [{ document: '9/9999/XX' }] };
    await pool.query(insert, ['ldtt-tieu-chuan', 'correct', JSON.stringify(lost), ...by]);
    const good = { ...toFile(shipped('ldtt-la-gi')), answer: 'Câu còn dùng được.' };
    await pool.query(insert, ['ldtt-la-gi', 'correct', JSON.stringify(good), ...by]);
    await live.refresh(database.store.db);
    expect(told.sort()).toEqual(['cstdcs-tieu-chuan', 'ldtt-tieu-chuan']);
    expect(answerOf(live)).toEqual(answerer.answer(QUESTION, { asOf: TODAY }));
    expect(live.card('ldtt-la-gi', { asOf: TODAY })?.text).toContain('Câu còn dùng được.');
  });

  it('follows the life of documents, new ones too', async () => {
    const live = process();
    const { pool } = database.store;
    const insert = 'insert into document_change values (gen_random_uuid(), $1, $2, $3, $4, $5, $6)';
    const by = ['', lan.memberId, NOW];
    const fresh = { kind: 'Nghị định', title: 'Nghị định thử', certainty: 'VERIFIED-2', inForceFrom: '2026-11-01' };
    await pool.query(insert, ['77/2026/NĐ-CP', 1, JSON.stringify(fresh), ...by]);
    await pool.query(insert, ['152/2025/NĐ-CP', 1, JSON.stringify({ inForceTo: '2026-11-01' }), ...by]);
    const ended = { inForceTo: '2026-11-01', replacedBy: '77/2026/NĐ-CP' };
    await pool.query(insert, ['152/2025/NĐ-CP', 2, JSON.stringify(ended), ...by]);
    await live.refresh(database.store.db);
    expect(live.knowledge.documents.get('152/2025/NĐ-CP')).toMatchObject(ended);
    expect(live.answer('nghị định 152/2025/NĐ-CP còn hiệu lực không', { asOf: TODAY }).text).toContain('77/2026/NĐ-CP');
    expect(live.answer('77/2026/NĐ-CP còn hiệu lực không', { asOf: TODAY }).cards).toEqual(['van-ban-77-2026-nd-cp']);
  });
});

describe('nothing changed', () => {
  it('leaves the knowledge the very same object', () => {
    expect(layOver(knowledge, [], []).knowledge).toBe(knowledge);
  });

  it('answers the same after a card was laid over itself', () => {
    const { knowledge: same, leftOut } = layOver(knowledge, [{ cardId: ID, card: toFile(shipped()) }], []);
    expect(leftOut).toEqual([]);
    expect(same.cards).toEqual(knowledge.cards);
  });
});

describe('a basis as people write it', () => {
  it.each([
    ['Luật 06/2022 Điều 27 khoản 1 điểm c', [{ document: '06/2022/QH15', article: '27', clause: '1', point: 'c' }]],
    [
      'điểm c khoản 1 Điều 27 Luật số 06/2022/QH15.',
      [{ document: '06/2022/QH15', article: '27', clause: '1', point: 'c' }],
    ],
    ['khoản 2, điều 4 nghị định 152/2025/nđ-cp', [{ document: '152/2025/NĐ-CP', article: '4', clause: '2' }]],
    ['Luật 2022 Điều 24; NĐ 152/2025', [{ document: '06/2022/QH15', article: '24' }, { document: '152/2025/NĐ-CP' }]],
    ['1813/KH-UBND mục II.3', [{ document: '1813/KH-UBND', section: 'mục II.3' }]],
  ])('%s', (typed, basis) => {
    expect(readBasis(typed.normalize('NFD'), knowledge)).toEqual({ ok: true, basis });
    expect(readBasis(typed, knowledge)).toEqual({ ok: true, basis });
  });

  it.each([
    ['Luật 99/2030 Điều 1', 'document'],
    ['', 'document'],
    ['Điều 27', 'document'],
    ['Luật 06/2022 khoản 1', 'place'],
    ['Luật 06/2022 Điều 27 điểm c', 'place'],
    ['Luật 06/2022 Điều hai mươi 7', 'part'],
  ])('%s is not read as something else: %s', (typed, problem) => {
    expect(readBasis(typed, knowledge)).toMatchObject({ ok: false, problem });
  });
});
