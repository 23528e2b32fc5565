import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createInvitation, ensureContact, useInvitation, type KnownContact } from '../../src/units/index.js';
import { CONVERSATION_TABLES, PERSON_TABLES } from '../../src/units/store-merge.js';
import { holder, NOW, stranger, unit } from './people.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function inbound(contactId: string, conversationId: string, processed: boolean): Promise<bigint> {
  const row = await database.store.db.inbound.create({
    data: {
      channel: 'web',
      externalId: randomUUID(),
      contactId,
      conversationId,
      body: { kind: 'text', text: 'x' },
      bodyHash: 'x',
      receivedAt: NOW,
      processedAt: processed ? NOW : null,
    },
  });
  return row.id;
}

async function message(person: string, conversationId: string, sourceId: string): Promise<bigint> {
  const { db } = database.store;
  const content = await db.content.create({ data: { text: 'chào' } });
  const row = await db.message.create({
    data: {
      sourceKind: 'broadcast',
      sourceId,
      person,
      slot: 's',
      class: 'announcement',
      lane: 'bulk',
      conversationId,
      contentId: content.id,
      plannedAt: NOW,
      attempts: { create: { channel: 'web', conversationId, lane: 'bulk', state: 'queued', waiting: true, due: NOW } },
    },
  });
  return row.id;
}

interface Bound {
  readonly own: { memberId: string; contactId: string; conversationId: string };
  readonly contact: KnownContact;
  readonly use: () => Promise<unknown>;
}

async function aboutToBind(): Promise<Bound> {
  const { own, code } = await database.store.transaction(async (tx) => {
    const person = await holder(tx, 'Mẫu', await unit(tx, `Phường ${randomUUID()}`));
    return {
      own: person,
      code: (await createInvitation(tx, { seatId: person.seatId, memberId: person.memberId }, NOW)).code,
    };
  });
  const contact = await stranger(database.store);
  return { own, contact, use: () => database.store.transaction((tx) => useInvitation(tx, code, contact, NOW)) };
}

describe('merging conversations', () => {
  it('moves what was said and what still waits, in the order in which it came', async () => {
    const { own, contact, use } = await aboutToBind();
    const inbounds = [
      await inbound(contact.contactId, contact.conversationId, true),
      await inbound(own.contactId, own.conversationId, false),
      await inbound(contact.contactId, contact.conversationId, false),
      await inbound(own.contactId, own.conversationId, false),
    ];
    const messages = [
      await message(`c:${contact.contactId}`, contact.conversationId, 'a'),
      await message(`m:${own.memberId}`, own.conversationId, 'b'),
      await message(`c:${contact.contactId}`, contact.conversationId, 'c'),
    ];
    await use();
    const { db } = database.store;
    const where = { conversationId: own.conversationId };
    expect((await db.inbound.findMany({ where, orderBy: { id: 'asc' } })).map((row) => row.id)).toEqual(inbounds);
    const moved = await db.message.findMany({ where, orderBy: { id: 'asc' }, include: { attempts: true } });
    expect(moved.map((row) => row.id)).toEqual(messages);
    expect(
      moved.every(
        (row) => row.person === `m:${own.memberId}` && row.attempts[0]?.conversationId === own.conversationId,
      ),
    ).toBe(true);
    expect(await db.conversation.findUnique({ where: { id: contact.conversationId } })).toBeNull();
  });

  it('leaves one message a person where both had got the same broadcast, and loses none', async () => {
    const { own, contact, use } = await aboutToBind();
    await message(`m:${own.memberId}`, own.conversationId, 'same');
    await message(`c:${contact.contactId}`, contact.conversationId, 'same');
    await use();
    const rows = await database.store.db.message.findMany({
      where: { conversationId: own.conversationId },
      orderBy: { id: 'asc' },
    });
    expect(rows.map((row) => row.person)).toEqual([`m:${own.memberId}`, `c:${contact.contactId}`]);
  });

  it('keeps the open form of the member and brings the drafts of the visitor along', async () => {
    const { own, contact, use } = await aboutToBind();
    const { db } = database.store;
    await db.conversation.update({
      where: { id: own.conversationId },
      data: { session: { flow: 'register' }, drafts: { launch: { step: 'mine' } } },
    });
    await db.conversation.update({
      where: { id: contact.conversationId },
      data: { session: { flow: 'tip' }, drafts: { launch: { step: 'theirs' }, tip: { step: 'who' } } },
    });
    await use();
    expect(await db.conversation.findUniqueOrThrow({ where: { id: own.conversationId } })).toMatchObject({
      session: { flow: 'register' },
      drafts: { launch: { step: 'mine' }, tip: { step: 'who' } },
    });
  });

  it('leaves no message behind when one arrives in the very moment of binding', async () => {
    for (let n = 0; n < 10; n += 1) {
      const { own, contact, use } = await aboutToBind();
      const { externalId } = await database.store.db.contact.findUniqueOrThrow({ where: { id: contact.contactId } });
      const arrive = database.store.transaction(async (tx) => {
        const known = await ensureContact(tx, { channel: 'telegram', externalId }, NOW);
        await tx.inbound.create({
          data: {
            channel: 'telegram',
            externalId: randomUUID(),
            ...known2(known),
            body: {},
            bodyHash: '',
            receivedAt: NOW,
          },
        });
      });
      await Promise.all([use(), arrive]);
      expect(await database.store.db.inbound.count({ where: { conversationId: own.conversationId } })).toBe(1);
    }
  });

  it('knows every table that names a conversation or a person', async () => {
    const columns = await database.store.db.$queryRaw<{ table_name: string; column_name: string }[]>`
      select table_name::text, column_name::text from information_schema.columns
      where table_schema = 'public' and column_name in ('conversation_id', 'person') order by 1`;
    const tables = (name: string) =>
      columns.filter((column) => column.column_name === name).map((column) => column.table_name);
    expect(tables('conversation_id')).toEqual([...CONVERSATION_TABLES].sort());
    expect(tables('person')).toEqual([...PERSON_TABLES].sort());
  });
});

const known2 = (known: KnownContact) => ({ contactId: known.contactId, conversationId: known.conversationId });
