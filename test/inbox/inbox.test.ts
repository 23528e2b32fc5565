import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  askForWork,
  buildRegistry,
  defineCommand,
  defineEffect,
  defineFlow,
  defineStep,
  draftFlow,
  menuFlow,
  raw,
  refuse,
  type Move,
} from '../../src/conversation/index.js';
import type { InboundMessage } from '../../src/conversation/message.js';
import { createOutbox } from '../../src/delivery/index.js';
import {
  buildEffectTable,
  createAccept,
  createProcessor,
  createReconcileInbox,
  createRunTurn,
  createRunWork,
  createWorkEffect,
  handle,
  type Bells,
  type Processor,
} from '../../src/inbox/index.js';
import { machineClock } from '../../src/kernel/clock.js';
import { ensureContact, loadActor } from '../../src/units/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const write = defineEffect<{ value: string }>('test.write');
const data = z.object({ workId: z.string().optional() });

/** "ghi x" writes x; "hỏng" throws; "việc" asks for work and says what came back; "từ chối" is refused by the service. */
const flow = defineFlow<z.infer<typeof data>, unknown>({
  name: 'test',
  version: 1,
  data,
  commands: [
    defineCommand<z.infer<typeof data>, unknown>({
      name: 'write',
      words: ['ghi'],
      takesText: true,
      start: ({ arg }) => ({ end: true, say: [{ text: raw(`Đã ghi ${arg}`) }], effects: [write({ value: arg })] }),
      refused: (_at, refusal) => ({ end: true, say: [{ text: refusal.text }] }),
    }),
    defineCommand<z.infer<typeof data>, unknown>({
      name: 'broken',
      words: ['hỏng'],
      start: () => {
        throw new Error('boom');
      },
    }),
    defineCommand<z.infer<typeof data>, unknown>({
      name: 'work',
      words: ['việc'],
      start: ({ newId }): Move<z.infer<typeof data>> => {
        const workId = newId();
        return {
          to: 'wait',
          data: { workId },
          effects: [askForWork({ workId, kind: 'test.double', payload: { n: 21 } })],
        };
      },
    }),
    defineCommand<z.infer<typeof data>, unknown>({
      name: 'other',
      words: ['khác'],
      takesText: true,
      start: ({ arg }) => ({ end: true, say: [{ text: raw(`Nghe: ${arg}`) }] }),
    }),
  ],
  steps: {
    wait: defineStep<z.infer<typeof data>, unknown>({
      ask: () => ({ text: raw('Đang làm') }),
      answer: (_at, answer) =>
        answer.kind === 'result'
          ? { end: true, say: [{ text: raw(`Kết quả ${JSON.stringify(answer.data)}`) }] }
          : { again: raw('Chờ') },
    }),
  },
});

let db: TestDatabase;
let processor: Processor;
let accept: ReturnType<typeof createAccept>;
let runWork: ReturnType<typeof createRunWork>;
let rung: { works: string[]; conversations: string[] };
let written: string[];

/** One process of the product, as far as the inbox goes. */
function buildProcess(): {
  processor: Processor;
  accept: ReturnType<typeof createAccept>;
  bells: Bells;
  runWork: ReturnType<typeof createRunWork>;
} {
  const people = { ensureContact, loadActor };
  const outbox = createOutbox({});
  const bells: Bells = {
    deliver: () => undefined,
    work: (id) => void rung.works.push(id),
    conversation: (id) => void rung.conversations.push(id),
  };
  const effects = buildEffectTable([
    createWorkEffect(machineClock),
    handle(write, async ({ value }, { tx }) => {
      if (value === 'cấm') {
        await tx.setting.create({ data: { key: 'half-done', value: 1 } });
        return refuse('forbidden', raw('Không được'));
      }
      await tx.setting.create({ data: { key: `w:${value}`, value: 1 } });
      written.push(value);
      return undefined;
    }),
  ]);
  const registry = buildRegistry<unknown>([draftFlow, menuFlow, flow], { text: 'other', file: 'menu', start: 'menu' });
  const runTurn = createRunTurn({ store: db.store, people, registry, effects, reads: () => ({}), outbox });
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const made = createProcessor({
    store: db.store,
    people,
    outbox,
    bells,
    logger: silent,
    clock: machineClock,
    runTurn,
    concurrency: 4,
  });
  const process = (id: string): void => made.kick(id);
  return {
    processor: made,
    bells,
    accept: createAccept({ store: db.store, people, bells, clock: machineClock, process }),
    runWork: createRunWork({
      store: db.store,
      bells,
      logger: silent,
      clock: machineClock,
      process,
      handlers: [{ kind: 'test.double', run: (item) => Promise.resolve({ n: (item.payload as { n: number }).n * 2 }) }],
    }),
  };
}

let n = 0;
const message = (text: string, who = 'p1', id?: string): InboundMessage => ({
  type: 'message',
  externalId: id ?? `e${String((n += 1))}`,
  from: { channel: 'web', externalId: who },
  body: { kind: 'text', text },
});

const replies = async (): Promise<string[]> =>
  (await db.store.db.message.findMany({ orderBy: { id: 'asc' }, include: { content: true } })).map(
    (row) => row.content.text,
  );

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.store.pool.query('truncate attempt, message, content, inbound, work, conversation, contact cascade');
  await db.store.pool.query(`delete from setting where key like 'w:%' or key = 'half-done'`);
  rung = { works: [], conversations: [] };
  written = [];
  ({ processor, accept, runWork } = buildProcess());
});

describe('the inbox', () => {
  it('stores a message once, answers it once, and calls a repeat by its name', async () => {
    const first = await accept(message('ghi một', 'p1', 'same'));
    expect(first.status).toBe('stored');
    expect((await accept(message('ghi một', 'p1', 'same'))).status).toBe('repeat');
    expect((await accept(message('ghi hai', 'p1', 'same'))).status).toBe('conflict');
    await processor.idle();
    expect(written).toEqual(['một']);
    expect(await replies()).toEqual(['Đã ghi một']);
  });

  it('has one effect when the same message arrives 50 times at once through two processes', async () => {
    const other = buildProcess();
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, i) => (i % 2 ? accept : other.accept)(message('ghi nhanh', 'p2', 'flood'))),
    );
    expect(results.filter((result) => result.status === 'stored')).toHaveLength(1);
    await Promise.all([processor.idle(), other.processor.idle()]);
    expect(await replies()).toEqual(['Đã ghi nhanh']);
  });

  it('answers the messages of one person in their order, also from two processes', async () => {
    const other = buildProcess();
    const texts = Array.from({ length: 12 }, (_, i) => `ghi ${String(i)}`);
    for (const [i, text] of texts.entries()) await (i % 2 ? accept : other.accept)(message(text, 'p3'));
    await Promise.all([processor.idle(), other.processor.idle()]);
    expect(await replies()).toEqual(texts.map((text) => `Đã ${text}`));
  });

  it('undoes everything that a refused turn wrote and says why', async () => {
    await accept(message('ghi cấm', 'p4'));
    await processor.idle();
    expect(await replies()).toEqual(['Không được']);
    expect(await db.store.db.setting.count({ where: { key: 'half-done' } })).toBe(0);
  });

  it('closes a message that always fails with an apology after three tries, and goes on with the next', async () => {
    await accept(message('hỏng', 'p5'));
    await accept(message('khác nữa', 'p5'));
    await processor.idle();
    const rows = await db.store.db.inbound.findMany({ orderBy: { id: 'asc' } });
    expect(rows.map((row) => [row.outcome, row.tries])).toEqual([
      ['apologised', 3],
      ['done', 0],
    ]);
    expect((await replies())[0]).toContain('Rất tiếc');
    expect((await replies())[1]).toBe('Nghe: nữa');
  });

  it('returns the result of slow work to the step that waits for it, once, though the work runs twice', async () => {
    await accept(message('việc', 'p6'));
    await processor.idle();
    expect(rung.works).toHaveLength(1);
    const [workId = ''] = rung.works;
    expect(await runWork(workId)).toBe('done');
    expect(await runWork(workId)).toBe('gone');
    await processor.idle();
    expect(await replies()).toEqual(['Đang làm', 'Kết quả {"n":42}']);
  });

  it('finds messages and work whose bell was lost', async () => {
    const contact = await db.store.transaction((tx) =>
      ensureContact(tx, { channel: 'web', externalId: 'p7' }, new Date()),
    );
    await db.store.db.inbound.create({
      data: {
        channel: 'web',
        externalId: 'lost',
        contactId: contact.contactId,
        conversationId: contact.conversationId,
        bodyHash: '',
        body: { kind: 'text', text: 'ghi thất lạc' },
        receivedAt: new Date(Date.now() - 60_000),
      },
    });
    const { bells } = buildProcess();
    expect(await createReconcileInbox({ store: db.store, bells, clock: machineClock })()).toEqual({
      conversations: 1,
      works: 0,
    });
    expect(rung.conversations).toEqual([contact.conversationId]);
    await processor.drain(contact.conversationId);
    expect(written).toEqual(['thất lạc']);
  });
});
