import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildRegistry, draftFlow, menuFlow } from '../../src/conversation/index.js';
import type { InboundBody } from '../../src/conversation/message.js';
import { createOutbox } from '../../src/delivery/index.js';
import { buildEffectTable, createRunTurn } from '../../src/inbox/index.js';
import {
  createInvitation,
  createUnitsEffects,
  createUnitsFlows,
  createUnitsReads,
  ensureContact,
  loadActor,
  type KnownContact,
  type UnitsReadPort,
} from '../../src/units/index.js';
import { readBusinessClock } from '../../src/store/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { holder, stranger, unit } from './people.js';

let database: TestDatabase;
let runTurn: ReturnType<typeof createRunTurn<UnitsReadPort>>;
beforeAll(async () => {
  database = await createTestDatabase();
  runTurn = createRunTurn<UnitsReadPort>({
    store: database.store,
    people: { ensureContact, loadActor },
    registry: buildRegistry<UnitsReadPort>([draftFlow, menuFlow, ...createUnitsFlows()], {
      text: 'menu',
      file: 'menu',
      start: 'start',
    }),
    effects: buildEffectTable(createUnitsEffects()),
    reads: (tx) => ({ units: createUnitsReads(tx) }),
    outbox: createOutbox({}),
  });
});
afterAll(() => database.drop());

/** Stores one message of a contact, runs its turn, and returns what was answered. */
async function say(who: KnownContact, body: InboundBody): Promise<string[]> {
  const { db } = database.store;
  const inbound = await db.inbound.create({
    data: {
      channel: 'telegram',
      externalId: randomUUID(),
      contactId: who.contactId,
      conversationId: who.conversationId,
      body: JSON.parse(JSON.stringify(body)) as object,
      bodyHash: '',
      receivedAt: new Date(),
    },
  });
  await runTurn(who.conversationId);
  const replies = await db.message.findMany({
    where: { sourceKind: 'inbound', sourceId: String(inbound.id) },
    include: { content: true },
    orderBy: { id: 'asc' },
  });
  return replies.map((reply) => reply.content.text);
}

async function invited(): Promise<{ memberId: string; conversationId: string; code: string }> {
  const now = await readBusinessClock(database.store.db);
  return database.store.transaction(async (tx) => {
    const person = await holder(tx, 'Trần Thị Mẫu', await unit(tx, 'Phường Phủ Lý'));
    const { code } = await createInvitation(tx, { seatId: person.seatId, memberId: person.memberId }, now);
    return { memberId: person.memberId, conversationId: person.conversationId, code };
  });
}

describe('a turn', () => {
  it('with an invitation answers in the conversation of the member, and leaves what the member was doing', async () => {
    const { memberId, conversationId, code } = await invited();
    const { db } = database.store;
    const session = { flow: 'elsewhere', kept: true };
    await db.conversation.update({ where: { id: conversationId }, data: { session } });
    const contact = await stranger(database.store);
    const [answer] = await say(contact, { kind: 'start', payload: code });
    expect(answer).toContain('Đã liên kết');
    const reply = await db.message.findFirstOrThrow({ where: { conversationId }, include: { attempts: true } });
    expect(reply).toMatchObject({
      person: `m:${memberId}`,
      attempts: [{ contactId: contact.contactId, channel: 'telegram' }],
    });
    expect(await db.inbound.count({ where: { conversationId, processedAt: { not: null } } })).toBe(1);
    expect((await db.conversation.findUniqueOrThrow({ where: { id: conversationId } })).session).toEqual(session);
  });

  it('with five wrong codes locks the contact, and the sixth is told until when', async () => {
    const contact = await stranger(database.store);
    for (let n = 0; n < 5; n += 1) {
      const [answer] = await say(contact, { kind: 'text', text: 'mã mời SAISAI22' });
      expect(answer).toContain('không đúng');
    }
    const { code } = await invited();
    const [answer] = await say(contact, { kind: 'text', text: `mã mời ${code}` });
    expect(answer).toContain('tạm khóa đến');
  });

  it('answers the next message in English after "English"', async () => {
    const contact = await stranger(database.store);
    await say(contact, { kind: 'text', text: 'english' });
    expect((await say(contact, { kind: 'text', text: '/start' })).join()).toContain('Hello');
  });
});
