import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createAwardsEffects,
  createAwardsFlows,
  createAwardsReads,
  createQuestionReads,
} from '../../src/awards/index.js';
import { handOver } from '../../src/awards/effects.js';
import { answerQuestion, closeQuestion, withdrawQuestion } from '../../src/awards/questions/effects.js';
import { groupQuestions } from '../../src/awards/questions/group.js';
import { likenessOf } from '../../src/awards/questions/questions.js';
import type { WaitingQuestion } from '../../src/awards/questions/store.js';
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
let officer: Actor;

beforeAll(async () => {
  database = await createTestDatabase();
  officer = await person({ roles: ['officer'], name: 'Chuyên Viên (mẫu)' }, true);
});
afterAll(() => database.drop());
beforeEach(() => database.store.pool.query("update question set state = 'closed' where state = 'open'"));

async function person(over: Partial<Actor> = {}, isMember = false): Promise<Actor> {
  const memberId = isMember ? randomUUID() : null;
  const actor = someActor({ contactId: randomUUID(), conversationId: randomUUID(), memberId, ...over });
  const { pool } = database.store;
  if (memberId !== null) await pool.query('insert into member (id, full_name) values ($1, $2)', [memberId, actor.name]);
  await pool.query("insert into contact (id, channel, external_id, member_id) values ($1::uuid, 'web', $1::text, $2)", [
    actor.contactId,
    memberId,
  ]);
  await pool.query('insert into conversation (id, member_id, contact_id) values ($1, $2, $3)', [
    actor.conversationId,
    memberId,
    memberId === null ? actor.contactId : null,
  ]);
  return actor;
}

function apply(actor: Actor, ...effects: readonly Effect[]) {
  const table = buildEffectTable(
    createAwardsEffects({
      openTask,
      closeTask,
      officers: () => Promise.resolve([{ person: `m:${officer.memberId ?? ''}` }]),
    }),
  );
  return database.store.transaction((tx) =>
    applyEffects(table, [...effects], {
      tx,
      now: NOW,
      heardAt: NOW,
      actor,
      inboundId: newId(),
      outbox,
      newId,
      newCode,
    }),
  );
}

async function asks(actor: Actor, text: string): Promise<{ id: string; code: string }> {
  const question = { id: newId(), code: newCode('CH'), text, reason: 'no_basis' as const };
  await apply(actor, handOver(question));
  return question;
}

const answersTo = async (actor: Actor): Promise<string[]> =>
  (
    await database.store.pool.query<{ text: string }>(
      "select c.text from message m join content c on c.id = m.content_id where m.source_kind = 'question' and m.slot = 'answer' and m.conversation_id = $1 order by m.id",
      [actor.conversationId],
    )
  ).rows.map((row) => row.text);

const play = (actor: Actor) => {
  const { db } = database.store;
  const reads = {
    awards: createAwardsReads(db),
    questions: createQuestionReads(db),
    cards: {},
    law: {},
    answerMarks: {},
  };
  return new Play<unknown>(createAwardsFlows({ answerer }), reads, {
    actor,
    fallback: { text: 'ask', file: 'menu', start: 'menu' },
  });
};
const effectsOf = (p: Play<unknown>): Effect[] => p.effects() as unknown as Effect[];

describe('an officer who answers what several people asked', () => {
  it('puts it in general form, leaves one out, and each gets it once without another’s words', async () => {
    const [one, two, three] = [await person(), await person(), await person()];
    await asks(one, 'Chị Lan nghỉ không lương 6 tháng có được xét lao động tiên tiến không?');
    await asks(two, 'nghỉ không lương 6 tháng thì xét lao động tiên tiến được ko, em tên Tuấn');
    const left = await asks(three, 'nghỉ không lương 6 tháng có được xét lao động tiên tiến?');
    const p = play(officer);
    expect(await p.type('câu hỏi chờ')).toContain('1. 3 người hỏi');
    await p.tap('Trả lời 1');
    expect(p.text()).toContain('Còn 2 câu hỏi giống câu này');
    await p.type('Cần xem quy chế của đơn vị.');
    expect(p.labels()).not.toContain('Giữ nguyên');
    expect(await p.type('Nghỉ không lương có được xét Lao động tiên tiến không?')).toContain('2 câu hỏi khác');
    expect(await p.type(`bỏ ${left.code}`)).toContain('sẽ gửi tới 2 người');
    expect(await p.tap('Gửi')).toContain('Đã gửi');
    const sent = effectsOf(p);
    await apply(officer, ...sent);
    expect(await apply(officer, ...sent)).toMatchObject({ refused: 'answered' });
    for (const asker of [one, two]) {
      const [text, ...more] = await answersTo(asker);
      expect(more).toEqual([]);
      expect(text).toContain('Nghỉ không lương có được xét Lao động tiên tiến không?');
      expect(text).toContain('Chuyên Viên (mẫu), ngày 23/11/2026; chưa phải căn cứ pháp lý');
      expect(text).not.toMatch(/Lan|Tuấn/);
    }
    expect(await answersTo(three)).toEqual([]);
    expect(await database.store.db.question.findUniqueOrThrow({ where: { id: left.id } })).toMatchObject({
      state: 'open',
    });
    expect(p.labels()[0]).toBe('Lập thẻ tri thức');
  });

  it('cites a card: the answer carries its basis and is not called no law', async () => {
    const asker = await person();
    await asks(asker, 'Câu hỏi về người nghỉ thai sản đặc biệt?');
    const p = play(officer);
    await p.type('câu hỏi chờ');
    await p.tap('Trả lời 1');
    await p.type('Theo quy định chung.');
    await p.tap('Dẫn thẻ');
    await p.type('nghỉ thai sản có được xét thi đua không');
    expect(p.text()).toContain('Căn cứ: Nghị định số 152/2025/NĐ-CP, Điều 4');
    await p.tap('Gửi');
    await apply(officer, ...effectsOf(p));
    const [text] = await answersTo(asker);
    expect(text).toContain('Điều 4');
    expect(text).not.toContain('chưa phải căn cứ pháp lý');
    const row = await database.store.db.question.findFirstOrThrow({ where: { conversationId: asker.conversationId } });
    expect(row.citedCard).toBe('thai-san');
  });

  it('tells the second officer, who keeps the words', async () => {
    const question = await asks(await person(), 'Hai người cùng trả lời?');
    const p = play(officer);
    await p.press(`go:answer-question:${question.id}`);
    await p.type('Lời của người chậm.');
    await apply(officer, answerQuestion({ questionId: question.id, text: 'Lời của người nhanh.' }));
    expect(await p.type('gửi')).toContain('đã được trả lời');
  });

  it('never lets one read another’s words, whatever they wrote', async () => {
    const [one, two] = [await person(), await person()];
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[a-z]{9,14}$/), fc.stringMatching(/^[a-z]{9,14}$/), async (a, b) => {
        fc.pre(a !== b);
        const first = await asks(one, `câu hỏi riêng ${a}`);
        const second = await asks(two, `câu hỏi riêng ${b}`);
        await apply(
          officer,
          answerQuestion({
            questionId: first.id,
            others: [second.id],
            text: 'Trả lời chung.',
            general: 'Câu hỏi chung',
          }),
        );
        expect((await answersTo(one)).join()).not.toContain(b);
        expect((await answersTo(two)).join()).not.toContain(a);
      }),
      { numRuns: 15 },
    );
  });
});

describe('a question', () => {
  it('is closed with a reason that its asker reads, once', async () => {
    const asker = await person();
    const question = await asks(asker, 'Câu hỏi ngoài việc của Sở?');
    const p = play(officer);
    await p.press(`go:answer-question:${question.id}`);
    await p.tap('Khép câu hỏi');
    const preview = await p.type('Việc này thuộc cơ quan bảo hiểm xã hội.');
    expect(preview).toContain(`Câu hỏi ${question.code} ("Câu hỏi ngoài việc của Sở?") được khép: Việc này thuộc`);
    expect(effectsOf(p)).toEqual([]);
    expect(await p.tap('Sửa')).toContain('Vì sao khép');
    await p.type('Việc này thuộc cơ quan bảo hiểm xã hội.');
    await p.tap('Khép câu hỏi');
    await apply(officer, ...effectsOf(p));
    expect(await apply(officer, ...effectsOf(p))).toMatchObject({ refused: 'answered' });
    expect(await answersTo(asker)).toEqual([
      expect.stringContaining('Việc này thuộc cơ quan bảo hiểm xã hội.') as string,
    ]);
    expect(await database.store.db.task.count({ where: { refId: question.id, doneAt: null } })).toBe(0);
  });

  it('is seen by its asker with its place, and withdrawn by nobody else', async () => {
    const [asker, other] = [await person(), await person()];
    await asks(other, 'Một câu đứng trước?');
    const question = await asks(asker, 'Câu của tôi thì sao?');
    const p = play(asker);
    expect(await p.type('câu hỏi của tôi')).toContain(
      `${question.code}, 09:00, 23/11/2026: Câu của tôi thì sao? – câu thứ 2`,
    );
    expect(await apply(other, withdrawQuestion({ questionId: question.id }))).toMatchObject({ refused: 'gone' });
    expect(await p.tap(`Rút ${question.code}`)).toContain('Đã rút');
    await apply(asker, ...effectsOf(p));
    expect(await apply(asker, ...effectsOf(p))).toMatchObject({ refused: 'gone' });
    expect(await p.type('câu hỏi của tôi')).toContain('anh/chị đã rút');
    expect(await apply(officer, answerQuestion({ questionId: question.id, text: 'Muộn rồi.' }))).toMatchObject({
      refused: 'answered',
    });
    expect(await p.type('rút câu hỏi CH-ZZZZZ')).toContain('Không có câu hỏi');
  });

  it('is asked further from its answer, as a new one that names it', async () => {
    const asker = await person();
    const p = play(asker);
    await p.press('go:question-more:CH-ABCDE');
    expect(await p.type('Thế còn viên chức thì sao?')).toContain('Đã chuyển chuyên viên');
    expect(p.effects()[0]?.payload).toMatchObject({ text: 'CH-ABCDE: Thế còn viên chức thì sao?' });
  });

  it('is opened by its code that an officer types; whoever asked sees where it stands', async () => {
    const asker = await person();
    const { code } = await asks(asker, 'Câu hỏi có mã?');
    for (const typed of [code, `tra loi cau hoi ${code.toLowerCase()}`])
      expect(await play(officer).type(typed)).toContain('Câu hỏi có mã?');
    expect(await play(asker).type(code)).toContain(code);
    expect(await play(officer).type('CH-22222')).not.toContain('ngoài phạm vi');
  });

  it('is closed or answered by officers only', async () => {
    const visitor = await person();
    const question = await asks(visitor, 'Ai khép được?');
    expect(await apply(visitor, closeQuestion({ questionId: question.id, reason: 'tự khép' }))).toMatchObject({
      refused: 'not-yours',
    });
    expect(await play(visitor).type('câu hỏi chờ')).not.toContain('Ai khép được');
  });
});

describe('grouping', () => {
  const likeness = likenessOf(answerer)();
  let n = 0;
  const waiting = (text: string, over: Partial<WaitingQuestion> = {}): WaitingQuestion => {
    n += 1;
    const id = String(n);
    return { id, code: id, text, askedAt: new Date(n * 1000), reason: 'no_basis', conversationId: id, ...over };
  };
  const groups = (...list: WaitingQuestion[]) =>
    groupQuestions(list, likeness).map((group) => [group.lead, ...group.others].map((one) => one.text));

  it('never puts another title, level or kind of question together', () => {
    expect(
      groups(
        waiting('hồ sơ chiến sĩ thi đua cơ sở gồm gì'),
        waiting('tiền thưởng chiến sĩ thi đua cơ sở bao nhiêu'),
        waiting('hồ sơ chiến sĩ thi đua cấp tỉnh gồm gì'),
        waiting('hồ sơ bằng khen của tỉnh gồm gì'),
      ),
    ).toHaveLength(4);
  });

  it('puts complaints first, then what most people ask, then the oldest; a complaint stays alone', () => {
    const [a, b, c, d] = [
      'nghỉ không lương có xét thi đua không',
      'nghi khong luong co xet thi dua ko',
      'tôi khiếu nại việc xét',
      'mất bằng khen thì làm lại ở đâu',
    ];
    const list = [waiting(d), waiting(a), waiting(b), waiting(c, { reason: 'complaint' })];
    expect(groups(...list).map((group) => group[0])).toEqual([c, a, d]);
  });
});
