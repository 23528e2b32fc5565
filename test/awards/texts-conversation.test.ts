import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAnswerer, createAwardsEffects, createAwardsFlows, nearPassages } from '../../src/awards/index.js';
import type { Effect } from '../../src/conversation/index.js';
import { createOutbox } from '../../src/delivery/index.js';
import { applyEffects, buildEffectTable } from '../../src/inbox/effects.js';
import { newCode, newId } from '../../src/kernel/ids.js';
import type { Actor } from '../../src/kernel/people.js';
import { closeTask, openTask } from '../../src/tasks/index.js';
import { Play, someActor } from '../conversation/play.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { library, quote, withCard, WORDS } from './texts-of-tests.js';

let database: TestDatabase;
const NOW = new Date('2026-11-23T02:00:00Z');
const texts = library();
const knowledge = withCard({ quote: quote(WORDS.replace('05', '15')) });
const answerer = createAnswerer({ knowledge, texts });
const QUESTION = 'Tiêu chuẩn danh hiệu Chiến sĩ thi đua cơ sở là gì?';

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A visitor who writes from the web. */
async function visitor(): Promise<Actor> {
  const actor = someActor({ contactId: randomUUID(), conversationId: randomUUID(), memberId: null });
  const { pool } = database.store;
  await pool.query("insert into contact (id, channel, external_id) values ($1::uuid, 'web', $1::text)", [
    actor.contactId,
  ]);
  await pool.query('insert into conversation (id, contact_id) values ($1, $2)', [
    actor.conversationId,
    actor.contactId,
  ]);
  return actor;
}

function apply(actor: Actor, effects: readonly Effect[]) {
  const table = buildEffectTable(
    createAwardsEffects({
      openTask,
      closeTask,
      officers: () => Promise.resolve([]),
      near: (question, day) => nearPassages(texts, knowledge, question, day),
    }),
  );
  const outbox = createOutbox({ channels: ['web'] });
  return database.store.transaction((tx) =>
    applyEffects(table, effects, { tx, now: NOW, heardAt: NOW, actor, inboundId: newId(), outbox, newId, newCode }),
  );
}

const play = (actor: Actor, over = answerer) =>
  new Play(
    createAwardsFlows({ answerer: over }),
    {
      awards: { fresh: () => Promise.resolve(), waiting: () => Promise.resolve(0), openOf: () => Promise.resolve([]) },
    },
    { actor, fallback: { text: 'ask', file: 'ask', start: 'ask' } },
  );

/** The effects of the last turn; every played conversation counts ids and codes from 1, so each gets its own here. */
const effectsOf = (p: Play<unknown>): Effect[] =>
  p
    .effects()
    .map(({ type, payload }) => ({ type, payload: { ...(payload as object), id: randomUUID(), code: newCode('CH') } }));

const tasks = async (kind: string) =>
  (
    await database.store.pool.query<{ ref_id: string; title: string; data: { text?: string } }>(
      'select ref_id, title, data from task where kind = $1 and done_at is null',
      [kind],
    )
  ).rows;

describe('a card whose quote is not the official wording', () => {
  it('hands the question over in its own words and opens one task for the card, however many ask', async () => {
    for (let person = 0; person < 2; person += 1) {
      const actor = await visitor();
      const p = play(actor);
      const said = await p.type(QUESTION);
      expect(said).toContain('chưa khớp với văn bản gốc đang có hiệu lực');
      expect(said).toContain('Đã chuyển chuyên viên');
      expect(said).not.toContain('Ghi trong 5 ngày');
      const effects = effectsOf(p);
      expect(effects[0]?.payload).toMatchObject({ reason: 'quote', wrongQuote: { card: 'cstdcs-tieu-chuan' } });
      await apply(actor, effects);
      await apply(actor, effects);
    }
    const title = knowledge.cards.find((one) => one.id === 'cstdcs-tieu-chuan')?.title ?? '';
    expect(await tasks('quote')).toMatchObject([
      { ref_id: 'cstdcs-tieu-chuan', title: expect.stringContaining(title) as string },
    ]);
    expect(await tasks('question')).toHaveLength(2);
  });

  it('is answered again as soon as its words agree', async () => {
    const mended = createAnswerer({ knowledge: withCard({ quote: quote(WORDS) }), texts });
    const p = play(await visitor(), mended);
    expect(await p.type(QUESTION)).toContain('đã khớp từng chữ với văn bản gốc');
    expect(p.effects()).toEqual([]);
  });
});

describe('a question that goes to an officer', () => {
  it('comes with the passages nearest to it, which are no answer to the person', async () => {
    const actor = await visitor();
    const p = play(actor);
    const said = await p.type('Chuyên viên cho hỏi: người giữ sổ vàng khen thưởng là văn thư phải không hay ai khác?');
    expect(said).not.toContain('Văn thư của cơ quan');
    const effects = effectsOf(p).filter((one) => one.type === 'awards.hand-over');
    expect(effects).toHaveLength(1);
    await apply(actor, effects);
    const text = (await tasks('question')).map((one) => one.data.text ?? '').find((one) => one.includes('giữ sổ vàng'));
    expect(text).toContain(
      'Đoạn văn bản gần nhất:\nThông tư số 77/2026/TT-BNV, Điều 2, khoản 2: Người ghi sổ'.slice(0, 60),
    );
    expect(text?.split('\n').length).toBeLessThanOrEqual(5);
  });
});

describe('a clause pasted in chat', () => {
  it('is compared, and nothing is handed over', async () => {
    const p = play(await visitor());
    const said = await p.type(`${WORDS.replace('bằng văn bản', 'bằng lời nói')}\nđúng nguyên văn không?`);
    expect(said).toContain('Chỗ khác đầu tiên');
    expect(said).toContain('bằng lời nói');
    expect(p.effects()).toEqual([]);
  });
});
