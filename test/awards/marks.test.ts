import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAskFlow } from '../../src/awards/flow-ask.js';
import { createMarkEffects, createMarkReads } from '../../src/awards/index.js';
import { markAnswer, settleMarks } from '../../src/awards/marks/effects.js';
import { createMarksFlow } from '../../src/awards/marks/flow.js';
import type { Effect } from '../../src/conversation/index.js';
import { createOutbox } from '../../src/delivery/index.js';
import { applyEffects, buildEffectTable } from '../../src/inbox/effects.js';
import { newCode, newId } from '../../src/kernel/ids.js';
import type { Actor } from '../../src/kernel/people.js';
import { closeTask, openTask } from '../../src/tasks/index.js';
import { Play, someActor } from '../conversation/play.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { answerer } from './knowledge-of-tests.js';

let database: TestDatabase;
const NOW = new Date('2026-11-23T02:00:00Z');
const outbox = createOutbox({ channels: ['web'] });
const officer = someActor({
  roles: ['officer'],
  memberId: randomUUID(),
  contactId: randomUUID(),
  conversationId: randomUUID(),
});
const asker = someActor({ memberId: null, contactId: randomUUID(), conversationId: randomUUID() });

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

function apply(actor: Actor, ...effects: readonly Effect[]) {
  const table = buildEffectTable(createMarkEffects({ openTask, closeTask, officers: () => Promise.resolve([]) }));
  return database.store.transaction((tx) =>
    applyEffects(table, [...effects], {
      tx,
      now: NOW,
      heardAt: NOW,
      actor,
      outbox,
      newId,
      newCode,
      inboundId: newId(),
    }),
  );
}

const awards = { fresh: () => Promise.resolve(), waiting: () => Promise.resolve(0), openOf: () => Promise.resolve([]) };
const play = (actor: Actor) =>
  new Play(
    [createAskFlow(answerer), createMarksFlow(answerer)],
    { awards, answerMarks: createMarkReads(database.store.db) },
    { actor, fallback: { text: 'ask', file: 'menu', start: 'menu' } },
  );
const effectsOf = (p: Play<unknown>): Effect[] => p.effects() as unknown as Effect[];
const rows = () => database.store.db.answerMark.findMany({ where: { conversationId: asker.conversationId } });
const tasks = () => database.store.db.task.findMany({ where: { kind: 'wrong-answer', doneAt: null } });

describe('a mark on an answer', () => {
  it('is kept once, changes when the person changes their mind, and reaches the officers as one task a card', async () => {
    const p = play(asker);
    await p.type('tiêu chuẩn CSTĐCS cho số 0912345678');
    await p.type('đúng rồi');
    await apply(asker, ...effectsOf(p));
    await apply(asker, ...effectsOf(p));
    expect((await rows()).map(({ mark, cards }) => [mark, cards])).toEqual([['good', ['cstdcs-tieu-chuan']]]);
    expect((await rows())[0]?.question).not.toContain('0912345678');
    expect(await tasks()).toEqual([]);

    await p.type('sai rồi');
    await apply(asker, ...effectsOf(p));
    await p.tap('Ghi chỗ sai');
    expect(await p.type('thiếu tỷ lệ, gọi 0912 345 678')).toContain('Đã ghi nhận góp ý');
    await apply(asker, ...effectsOf(p));
    await apply(asker, ...effectsOf(p));
    const [row, ...others] = await rows();
    expect([others.length, row?.mark, row?.note]).toEqual([0, 'wrong', 'thiếu tỷ lệ, gọi ***']);
    expect((await tasks()).map(({ refId, title }) => [refId, title])).toEqual([
      ['cstdcs-tieu-chuan', 'Câu trả lời bị góp ý sai: Tiêu chuẩn Chiến sĩ thi đua cơ sở'],
    ]);
  });

  it('is read by officers with the newest words, and closed by them once', async () => {
    const p = play(officer);
    expect(await p.type('góp ý về câu trả lời')).toContain('Tiêu chuẩn Chiến sĩ thi đua cơ sở: đúng ý 0, sai 1.');
    expect(await p.tap('Tiêu chuẩn Chiến sĩ thi đua cơ sở')).toContain('thiếu tỷ lệ');
    expect(p.labels()[0]).toBe('Mở thẻ');
    await p.tap('Đã xem xong');
    await apply(officer, ...effectsOf(p));
    expect(await tasks()).toEqual([]);
    expect(await apply(officer, ...effectsOf(p))).toMatchObject({ refused: 'gone' });
    expect(await database.store.db.auditEntry.count({ where: { action: 'answer.marks-settled' } })).toBe(1);
  });

  it('is not read or closed by others', async () => {
    expect(await play(asker).type('góp ý về câu trả lời')).not.toContain('đúng ý');
    expect(await apply(asker, settleMarks({ card: 'cstdcs-tieu-chuan' }))).toMatchObject({ refused: 'not-yours' });
  });

  it('without an answer before it keeps nothing', async () => {
    const p = play(asker);
    await p.type('👍');
    expect(p.effects()).toEqual([]);
    expect(await p.type('👎')).toContain('hỏi');
    expect(p.effects()).toEqual([]);
  });

  it('of an answer that rests on no card opens no task', async () => {
    const before = (await tasks()).length;
    await apply(asker, markAnswer({ id: randomUUID(), mark: 'wrong', question: 'a', cards: [], title: '' }));
    expect((await tasks()).length).toBe(before);
  });
});
