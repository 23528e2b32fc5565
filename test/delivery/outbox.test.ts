import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { raw, t } from '../../src/conversation/text.js';
import { createOutbox } from '../../src/delivery/index.js';
import { atLocal } from '../../src/kernel/local-date.js';
import { createFakeChannel, createWorld, MORNING, type Person, type World } from './support.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const one = async (options: Parameters<World['people']>[1] = {}): Promise<Person> => {
  const [person] = await world.people(1, options);
  if (!person) throw new Error('nobody');
  return person;
};

describe('telling', () => {
  it('plans nothing the second time, and counts only who was not told before', async () => {
    const people = await world.people(3);
    const notice = { source: { kind: 'test', id: 'same' } };
    expect(await world.tell(people.slice(0, 2), notice)).toBe(2);
    expect(await world.tell(people, notice)).toBe(1);
    expect(await world.tell(people, notice)).toBe(0);
    expect((await world.attempts()).length).toBe(3);
  });

  it('tells once who is named twice', async () => {
    const person = await one();
    expect(await world.tell([person, person])).toBe(1);
  });

  it('plans nothing twice when two transactions tell the same at once', async () => {
    const people = await world.people(50);
    const told = await Promise.all([1, 2, 3].map(() => world.tell(people, { source: { kind: 'test', id: 'race' } })));
    expect(told.reduce((sum, n) => sum + n, 0)).toBe(50);
    expect((await world.attempts()).length).toBe(50);
  });

  it('speaks the language of each contact and stores what is said once for all', async () => {
    const vi = await world.people(5);
    const en = await world.people(5, { language: 'en' });
    await world.tell([...vi, ...en], {
      say: [{ text: t('delivery.repeat'), buttons: [{ label: t('delivery.repeat'), command: 'menu' }] }],
    });
    const contents = await world.query<{ text: string; n: number }>(
      'select c.text, count(*)::int as n from message m join content c on c.id = m.content_id group by c.text order by 1',
    );
    expect(contents).toEqual([
      { text: 'Nhắc lại:', n: 5 },
      { text: 'Reminder, repeated:', n: 5 },
    ]);
    expect(await world.query('select 1 from content')).toHaveLength(2);
  });

  it('reaches a member on the preferred contact, else on the one heard from last, never on a blocked one', async () => {
    const person = await one({ channel: 'telegram' });
    const zalo = randomUUID();
    await world.query(
      `insert into contact (id, channel, external_id, member_id, last_inbound_at) values ($1, 'zalo', $2, $3, now())`,
      [zalo, zalo, person.memberId],
    );
    const channelOfNext = async () => {
      await world.tell([person]);
      return (await world.attempts()).at(-1)?.channel;
    };
    expect(await channelOfNext()).toBe('zalo');
    await world.query(`update contact set preferred = true where id = $1`, [person.contactId]);
    expect(await channelOfNext()).toBe('telegram');
    await world.query(`update contact set state = 'blocked' where id = $1`, [person.contactId]);
    expect(await channelOfNext()).toBe('zalo');
  });

  it('ends at once, with its reason, for whoever has no contact on a channel that is on', async () => {
    const person = await one({ channel: 'zalo' });
    await world.tell([person], { outbox: { channels: ['web', 'telegram'] } });
    const [attempt] = await world.attempts();
    expect(attempt).toMatchObject({ state: 'skipped', reason: 'no-contact', waiting: false });
    expect(attempt?.ended_at).not.toBeNull();
  });

  it('counts a visitor by the contact', async () => {
    const contactId = randomUUID();
    await world.query(`insert into contact (id, channel, external_id) values ($1, 'web', $2)`, [contactId, contactId]);
    await world.query(`insert into conversation (id, contact_id) values ($1, $2)`, [randomUUID(), contactId]);
    const visitor: Person = { key: `c:${contactId}`, memberId: '', contactId, address: contactId, conversationId: '' };
    expect(await world.tell([visitor])).toBe(1);
    expect(
      await world.query(
        'select 1 from message m join conversation c on c.id = m.conversation_id where c.contact_id = $1',
        [contactId],
      ),
    ).toHaveLength(1);
  });

  it('splits what is too long into messages that leave in order', async () => {
    const person = await one();
    const words = [...Array<string>(500).fill('một'), ...Array<string>(500).fill('hai')];
    await world.tell([person], { say: [{ text: raw(words.join(' ')) }] });
    const channel = createFakeChannel();
    expect(await world.engine([channel]).drain('bulk')).toMatchObject({ sent: 3 });
    expect(channel.sent.flatMap(({ content }) => content.text.split(' '))).toEqual(words);
    expect(
      (await world.query<{ slot: string }>('select slot from message order by id')).map(({ slot }) => slot),
    ).toEqual(['main', 'main/2', 'main/3']);
  });

  it('plans nothing where nothing is said', async () => {
    expect(await world.tell([await one()], { say: [{ text: raw('  ') }] })).toBe(0);
    expect(await world.attempts()).toEqual([]);
  });
});

describe('an answer', () => {
  it('goes to the contact that wrote, in order, on its own lane, and only once', async () => {
    const person = await one();
    const reply = {
      inboundId: '7',
      person: person.key,
      conversationId: person.conversationId,
      contactId: person.contactId,
      channel: 'telegram' as const,
      contents: [{ text: 'Một' }, { text: 'Hai', buttons: [{ label: 'A', action: 'go:menu' }] }],
    };
    const outbox = createOutbox();
    for (let n = 0; n < 2; n += 1) await world.database.store.transaction((tx) => outbox.reply(tx, reply, MORNING));
    const channel = createFakeChannel();
    expect(await world.engine([channel]).drain('reply')).toMatchObject({ sent: 2 });
    expect(channel.sent.map(({ content }) => content)).toEqual(reply.contents);
    expect(await world.query('select slot, class, lane from message order by id')).toEqual([
      { slot: 'r1', class: 'reply', lane: 'reply' },
      { slot: 'r2', class: 'reply', lane: 'reply' },
    ]);
  });
});

describe('at night', () => {
  const night = atLocal('2026-11-23', '22:15');
  const dawn = atLocal('2026-11-24', '06:30');

  it('what can wait is planned for the morning and leaves then', async () => {
    await world.tell(await world.people(2), { now: night, class: 'deadline' });
    await world.tell(await world.people(1), { now: night, class: 'critical' });
    await world.tell(await world.people(1), { now: night, class: 'reply' });
    const channel = createFakeChannel();
    const engine = world.engine([channel]);
    await engine.drain('bulk');
    await engine.drain('reply');
    expect(channel.sent.length).toBe(2);
    expect(await world.counts()).toEqual({ planned: 2, sent: 2 });
    expect(await engine.nextRelease()).toEqual(dawn);

    expect(await engine.release(atLocal('2026-11-24', '06:29'))).toBe(0);
    expect(await engine.release(dawn)).toBe(2);
    expect(await engine.release(dawn)).toBe(0);
    expect(await engine.nextRelease()).toBeNull();
    await engine.drain('bulk');
    expect(await world.counts()).toEqual({ sent: 4 });
  });

  it('a release that comes a day late does not wake people up the next night', async () => {
    await world.tell(await world.people(2), { now: night, class: 'deadline' });
    const engine = world.engine([createFakeChannel()]);
    expect(await engine.release(atLocal('2026-11-24', '23:00'))).toBe(0);
    expect(await engine.nextRelease()).toEqual(atLocal('2026-11-25', '06:30'));
    expect(await engine.release(atLocal('2026-11-25', '06:30'))).toBe(2);
  });

  it('what still waits when the quiet hours begin is held, and duties lost by nobody', async () => {
    await world.tell(await world.people(4), { class: 'deadline' });
    await world.tell(await world.people(1), { class: 'deadline', now: night, ordered: true });
    const engine = world.engine([createFakeChannel()], { businessNow: () => Promise.resolve(night) });
    expect(await engine.reconcile()).toMatchObject({ held: 4 });
    expect((await world.counts())['planned']).toBe(4);
    expect(await engine.release(dawn)).toBe(4);
  });
});
