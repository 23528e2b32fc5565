/** The language model and the turns: asked before a turn, holding nothing; and nothing at all when it is off. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAwardsFlows, createAwardsReads, createPreparePhrasing } from '../../src/awards/index.js';
import { buildRegistry, draftFlow, menuFlow } from '../../src/conversation/index.js';
import { createOutbox } from '../../src/delivery/index.js';
import {
  buildEffectTable,
  createAccept,
  createPrepare,
  createProcessor,
  createRunTurn,
  handle,
} from '../../src/inbox/index.js';
import { handOver } from '../../src/awards/effects.js';
import { machineClock } from '../../src/kernel/clock.js';
import { localDate } from '../../src/kernel/local-date.js';
import { readBusinessClock } from '../../src/store/index.js';
import { ensureContact, loadActor } from '../../src/units/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startFakeLanguageModel, type FakeLanguageModel } from '../support/fake-language-model.js';
import { answerer, knowledge } from './knowledge-of-tests.js';

const QUESTION = 'tập thể lao động xuất sắc cần tiêu chuẩn gì';
const OWN = knowledge.cards.find((card) => card.id === 'ttldxs-tieu-chuan')?.answer ?? '';
const GOOD = JSON.stringify({ sentences: [{ card: 'ttldxs-tieu-chuan', text: `Theo đó, ${OWN}` }] });

let db: TestDatabase;
let fake: FakeLanguageModel;
beforeAll(async () => {
  [db, fake] = await Promise.all([createTestDatabase(), startFakeLanguageModel()]);
});
afterAll(() => Promise.all([db.drop(), fake.stop()]));
beforeEach(async () => {
  await db.store.pool.query('truncate attempt, message, content, inbound, conversation, contact cascade');
  await fake.clear();
});

/** One process with one slot for turns. */
function buildProcess(model: { timeoutMs?: number } | null, prepareBy?: () => Promise<unknown>) {
  const { store } = db;
  const people = { ensureContact, loadActor };
  const outbox = createOutbox({});
  const bells = { deliver: () => undefined, work: () => undefined, conversation: () => undefined };
  const registry = buildRegistry([draftFlow, menuFlow, ...createAwardsFlows({ answerer })] as never, {
    text: 'ask',
    file: 'menu',
    start: 'menu',
  });
  const runTurn = createRunTurn({
    store,
    people,
    registry,
    effects: buildEffectTable([handle(handOver, () => Promise.resolve(undefined))]),
    reads: (tx) => ({ awards: createAwardsReads(tx) }),
    outbox,
  });
  const phrase = createPreparePhrasing(
    { url: fake.url, model: 'mau', key: undefined, timeoutMs: model?.timeoutMs ?? 2_000 },
    { answerer, names: () => Promise.resolve([]), count: () => undefined, nowMs: () => performance.now() },
  );
  const processor = createProcessor({
    ...{ store, people, outbox, bells, runTurn, clock: machineClock, concurrency: 1 },
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    ...(model ? { prepare: createPrepare({ store, registry, prepare: prepareBy ?? phrase }) } : {}),
  });
  return { processor, accept: createAccept({ store, people, bells, clock: machineClock, process: processor.kick }) };
}

let n = 0;
const typed = (text: string, who = 'p1') => ({
  type: 'message' as const,
  externalId: `e${String((n += 1))}`,
  from: { channel: 'web' as const, externalId: who },
  body: { kind: 'text' as const, text },
});
const replies = async (who = 'p1'): Promise<string[]> =>
  (
    await db.store.pool.query<{ text: string }>(
      `select c.text from message m join content c on c.id = m.content_id join conversation v on v.id = m.conversation_id join contact k on k.id = v.contact_id
       where k.external_id = $1 order by m.id`,
      [who],
    )
  ).rows.map((row) => row.text);

describe('a turn with a model', () => {
  it('says the prepared words, with our basis below them', async () => {
    await fake.behave({ kind: 'say', content: GOOD });
    const { processor, accept } = buildProcess({});
    await accept(typed(QUESTION));
    await processor.idle();
    const [text] = await replies();
    const today = localDate(await readBusinessClock(db.store.db));
    expect(text).toBe(answerer.answer(QUESTION, { asOf: today }).text.replace(OWN, `Theo đó, ${OWN}`));
    expect(text).toContain('Căn cứ:');
  });

  it('says our own words when the model fails, and answers in the order of the questions', async () => {
    await fake.behave({ kind: 'status', status: 500 });
    const { processor, accept } = buildProcess({});
    for (const text of [QUESTION, 'menu', `hỏi ${QUESTION}`]) await accept(typed(text));
    await processor.idle();
    const texts = await replies();
    expect(texts.map((text) => text.startsWith(OWN))).toEqual([true, false, true]);
    expect((await fake.requests()).length).toBe(2);
  });

  it('holds no transaction and keeps nobody waiting while the model thinks', async () => {
    await fake.behave({ kind: 'hang' });
    const { processor, accept } = buildProcess({ timeoutMs: 1_500 });
    await accept(typed(QUESTION, 'slow'));
    await vi.waitFor(async () => {
      expect((await fake.requests()).length).toBe(1);
    });
    const open = await db.store.pool.query(
      "select 1 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'",
    );
    expect(open.rowCount).toBe(0);
    await accept(typed('menu', 'quick'));
    await vi.waitFor(async () => {
      expect((await replies('quick')).length).toBe(1);
    });
    expect(await replies('slow')).toEqual([]);
    await processor.idle();
    expect((await replies('slow')).map((text) => text.startsWith(OWN))).toEqual([true]);
  });

  it('asks nothing of the model for commands, buttons, and what is typed into a form', async () => {
    const { processor, accept } = buildProcess({});
    // "gặp cán bộ" asks for a text: that text is nobody's question.
    for (const text of ['menu', 'gặp cán bộ', QUESTION]) await accept(typed(text));
    await processor.idle();
    expect(await fake.requests()).toEqual([]);
    expect((await replies()).length).toBe(3);
  });

  it('gives prepared words to the message they were made for only', async () => {
    let calls = 0;
    const stale = () => {
      calls += 1;
      return Promise.resolve({ from: 'something else', text: 'nothing of ours', options: [] });
    };
    const { processor, accept } = buildProcess({}, stale);
    await accept(typed(QUESTION));
    await processor.idle();
    expect(calls).toBe(1);
    expect((await replies())[0]?.startsWith(OWN)).toBe(true);
  });
});

describe('a turn without a model', () => {
  it('asks neither the model nor the database for anything more', async () => {
    await fake.behave({ kind: 'say', content: GOOD });
    const off = buildProcess(null);
    const query = vi.spyOn(db.store.pool, 'query');
    await off.accept(typed(QUESTION));
    await off.processor.idle();
    const peeks = query.mock.calls.filter(([text]) => String(text).includes('from inbound i join conversation'));
    query.mockRestore();
    expect(peeks).toEqual([]);
    expect(await fake.requests()).toEqual([]);
    expect((await replies())[0]?.startsWith(OWN)).toBe(true);
  });
});
