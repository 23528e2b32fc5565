import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAwardsEffects, createAwardsReads, createQuestionReads } from '../../src/awards/index.js';
import { handOver } from '../../src/awards/effects.js';
import { answerQuestion } from '../../src/awards/questions/effects.js';
import type { Effect, Refusal } from '../../src/conversation/index.js';
import { createOutbox } from '../../src/delivery/index.js';
import { applyEffects, buildEffectTable } from '../../src/inbox/effects.js';
import { newCode, newId } from '../../src/kernel/ids.js';
import type { Actor } from '../../src/kernel/people.js';
import { closeTask, openTask } from '../../src/tasks/index.js';
import { someActor } from '../conversation/play.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let officerId: string;
let officer: Actor;
const NOW = new Date('2026-11-23T02:00:00Z');
const outbox = createOutbox({ channels: ['web'] });

beforeAll(async () => {
  database = await createTestDatabase();
  officer = await person({ roles: ['officer'], name: 'Trần Thị Chuyên Viên (mẫu)' }, true);
  officerId = officer.memberId ?? '';
});
afterAll(() => database.drop());

/** Somebody with a web contact; a member when asked for, else a visitor. */
async function person(over: Partial<Actor>, isMember = false): Promise<Actor> {
  const actor = someActor({
    contactId: randomUUID(),
    conversationId: randomUUID(),
    memberId: isMember ? randomUUID() : null,
    ...over,
  });
  const { pool } = database.store;
  const { memberId, contactId, conversationId } = actor;
  if (memberId !== null) await pool.query('insert into member (id, full_name) values ($1, $2)', [memberId, actor.name]);
  await pool.query("insert into contact (id, channel, external_id, member_id) values ($1::uuid, 'web', $1::text, $2)", [
    contactId,
    memberId,
  ]);
  await pool.query('insert into conversation (id, member_id, contact_id) values ($1, $2, $3)', [
    conversationId,
    memberId,
    memberId === null ? contactId : null,
  ]);
  return actor;
}

/** Applies effects as a turn of this person would. */
function apply(actor: Actor, ...effects: Effect[]): Promise<Refusal | undefined> {
  const table = buildEffectTable(
    createAwardsEffects({
      openTask,
      closeTask,
      officers: () => Promise.resolve([{ person: `m:${officerId}` as const }]),
    }),
  );
  return database.store.transaction((tx) =>
    applyEffects(table, effects, { tx, now: NOW, heardAt: NOW, actor, inboundId: newId(), outbox, newId, newCode }),
  );
}

const askOfficers = (text: string) => ({ id: newId(), code: newCode('CH'), text, reason: 'no_basis' as const });
const contents = async (source: string, slot: string) =>
  (
    await database.store.pool.query<{ person: string; text: string }>(
      "select m.person, c.text from message m join content c on c.id = m.content_id where m.source_kind = 'question' and m.source_id = $1 and m.slot = $2",
      [source, slot],
    )
  ).rows;

describe('a question without basis', () => {
  it('is stored without personal numbers, waits as a task and reaches the officers', async () => {
    const visitor = await person({});
    const question = askOfficers('Nghỉ không lương có được xét không? Gọi em 0912 345 678, CCCD 036099001234');
    await apply(visitor, handOver(question));
    const row = await database.store.db.question.findUniqueOrThrow({ where: { id: question.id } });
    expect(row).toMatchObject({
      state: 'open',
      contactId: visitor.contactId,
      askedAt: NOW,
      text: 'Nghỉ không lương có được xét không? Gọi em ***, CCCD ***',
    });
    const task = await database.store.db.task.findFirstOrThrow({ where: { kind: 'question', refId: question.id } });
    expect([task.doneAt, task.title.includes('0912')]).toEqual([null, false]);
    const told = await contents(question.id, 'new');
    expect(told.map((one) => one.person)).toEqual([`m:${officerId}`]);
    expect(told[0]?.text).toContain('Nghỉ không lương');
    expect(told[0]?.text).not.toMatch(/0912|036099/);
  });

  it('asked twice by one person waits once; by another, once more', async () => {
    const one = await person({});
    const other = await person({});
    const text = 'Câu hỏi lặp lại?';
    for (const asker of [one, one, other]) await apply(asker, handOver(askOfficers(text)));
    expect(await database.store.db.question.count({ where: { text } })).toBe(2);
    expect(await database.store.db.task.count({ where: { kind: 'question', title: { contains: text } } })).toBe(2);
  });

  it('is counted while it waits and can be read by the officer', async () => {
    const question = askOfficers('Đếm câu này?');
    const reads = () => database.store.transaction((tx) => createAwardsReads(tx).waiting());
    const before = await reads();
    await apply(await person({}), handOver(question));
    expect(await reads()).toBe(before + 1);
    const open = await createQuestionReads(database.store.db).waiting(500);
    expect(open.find((one) => one.id === question.id)).toMatchObject({ code: question.code, text: 'Đếm câu này?' });
  });
});

describe('an officer’s answer', () => {
  it('goes to the one who asked, signed as the officer’s and not as law, and closes the task', async () => {
    const visitor = await person({});
    const question = askOfficers('Bằng khen bị mất thì sao?');
    await apply(visitor, handOver(question));
    expect(
      await apply(officer, answerQuestion({ questionId: question.id, text: 'Đề nghị liên hệ Sở để được hướng dẫn.' })),
    ).toBeUndefined();
    const told = await contents(question.id, 'answer');
    expect(told.map((one) => one.person)).toEqual([`c:${visitor.contactId}`]);
    expect(told[0]?.text).toContain('Đề nghị liên hệ Sở');
    expect(told[0]?.text).toContain('Trần Thị Chuyên Viên (mẫu), ngày 23/11/2026; chưa phải căn cứ pháp lý');
    const task = await database.store.db.task.findFirstOrThrow({ where: { kind: 'question', refId: question.id } });
    expect([task.doneAt, task.doneById]).toEqual([NOW, officerId]);
  });

  it('finds the person also when the contact was bound to a member meanwhile', async () => {
    const visitor = await person({});
    const question = askOfficers('Tôi sắp thành cán bộ?');
    await apply(visitor, handOver(question));
    const memberId = randomUUID();
    await database.store.pool.query('insert into member (id, full_name) values ($1, $2)', [memberId, 'Lê Văn Mẫu']);
    await database.store.pool.query('update contact set member_id = $1 where id = $2', [memberId, visitor.contactId]);
    await database.store.pool.query('update conversation set member_id = $1, contact_id = null where contact_id = $2', [
      memberId,
      visitor.contactId,
    ]);
    await apply(officer, answerQuestion({ questionId: question.id, text: 'Chúc mừng anh/chị.' }));
    expect((await contents(question.id, 'answer')).map((one) => one.person)).toEqual([`m:${memberId}`]);
  });

  it('is refused to the second officer, and the first answer stays', async () => {
    const question = askOfficers('Ai trả lời trước?');
    await apply(await person({}), handOver(question));
    await apply(officer, answerQuestion({ questionId: question.id, text: 'Lời thứ nhất.' }));
    const second = await person({ roles: ['officer'], name: 'Người thứ hai (mẫu)' }, true);
    expect((await apply(second, answerQuestion({ questionId: question.id, text: 'Lời thứ hai.' })))?.refused).toBe(
      'answered',
    );
    expect((await database.store.db.question.findUniqueOrThrow({ where: { id: question.id } })).answer).toBe(
      'Lời thứ nhất.',
    );
    expect(await contents(question.id, 'answer')).toHaveLength(1);
  });

  it('is refused to somebody who is no officer', async () => {
    const question = askOfficers('Ai cũng trả lời được sao?');
    const visitor = await person({});
    await apply(visitor, handOver(question));
    expect((await apply(visitor, answerQuestion({ questionId: question.id, text: 'Tự trả lời.' })))?.refused).toBe(
      'not-yours',
    );
    expect((await database.store.db.question.findUniqueOrThrow({ where: { id: question.id } })).state).toBe('open');
  });
});
