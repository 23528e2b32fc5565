import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../src/channels/channel.js';
import { raw } from '../../src/conversation/text.js';
import { correct } from '../../src/delivery/corrections/corrections.js';
import { createCorrections } from '../../src/delivery/corrections/correction-work.js';
import {
  createBroadcasts,
  createOutbox,
  erasePerson,
  recordOf,
  seal,
  verifyRecords,
} from '../../src/delivery/index.js';
import { FLUSH, LEASE } from '../../src/delivery/sending/statements.js';
import { machineClock } from '../../src/kernel/clock.js';
import type { ChannelName } from '../../src/kernel/people.js';
import { waitFor } from '../support/wait.js';
import { createUnit } from './seats.js';
import { createFakeChannel, createWorld, MORNING, type OrderOptions, type Person, type World } from './support.js';

let world: World;
const source = { kind: 'test', id: randomUUID() };

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  await world.query('truncate record_entry, record_chain, record_salt');
});

const pool = () => world.database.store.pool;
const sealNow = () => seal(pool(), machineClock, { quietMs: 0 });
const verify = () => verifyRecords(pool());
const faults = async () => (await verify()).problems.map(({ what }) => what);

async function order(people: readonly Person[], options: OrderOptions = {}): Promise<string> {
  const id = await world.order(people, options);
  await createBroadcasts({ pool: pool(), businessNow: () => Promise.resolve(MORNING) }).expand(id);
  return id;
}

async function fix(broadcastId: string, words: string, channels: Map<ChannelName, Channel>): Promise<void> {
  const { store } = world.database;
  await store.transaction((tx) => correct(tx, { id: randomUUID(), broadcastId, words, by: null }, MORNING));
  await createCorrections({
    ...{ pool: store.pool, transaction: store.transaction.bind(store), outbox: createOutbox(), channels },
    businessNow: () => Promise.resolve(MORNING),
  }).work();
}

/** Commits one attempt as sending, as a process would that dies right after. */
async function begin(channel: ChannelName): Promise<{ id: string; lease_id: string }> {
  const now = new Date();
  const values = ['bulk', channel, now, 'w', new Date(now.getTime() - 1_000), 1, `${channel}:1`, 0, 0, [], new Date(0)];
  const [row] = await world.query<{ id: string; lease_id: string }>(LEASE.text, values);
  if (!row) throw new Error('nothing leased');
  const none: unknown[] = [];
  const starts = [[row.id], [row.lease_id], [`${channel}:1`]];
  await world.query(FLUSH.text, [...Array.from({ length: 9 }, () => none), ...starts, none, none, none, now, none]);
  return row;
}

async function settleLate(row: { id: string; lease_id: string }, platformId: string): Promise<void> {
  const now = new Date();
  const none: unknown[] = [];
  const done = [[row.id], [row.lease_id], ['sent'], [platformId], [null], [null], [now], [null], [0]];
  await world.query(FLUSH.text, [...done, ...Array.from({ length: 6 }, () => none), now, [null]]);
}

describe('a forger finds no way', () => {
  beforeEach(async () => {
    await world.tell(await world.people(3), { source });
    await world.engine([createFakeChannel()]).drain('bulk');
    await sealNow();
    expect(await verify()).toMatchObject({ ok: true, entries: 3 });
  });

  it.each([
    ['the time', `sent_at = sent_at - interval '3 days'`, 'step'],
    ['the id of the message', `platform_message_id = 'forged'`, 'message-id'],
    ['the channel', `channel = 'web'`, 'channel'],
    ['the way', `via = 'resend'`, 'via'],
    ['the words', 'content_id = content_id + 1', 'content'],
  ])('to change %s by unsealing a row, nor by sealing it again', async (_what, change, what) => {
    await world.query(`update attempt set sealed = false, ${change} where id = (select min(id) from attempt)`);
    expect(await faults()).toEqual([what]);
    await sealNow();
    expect(await faults()).toContain(what);
  });

  it('to slip in a change with an honest step', async () => {
    const delivered = `sealed = false, state = 'delivered', delivered_at = now()`;
    await world.query(`update attempt set ${delivered}, channel = 'web', platform_message_id = 'forged'`);
    expect(new Set(await faults())).toEqual(new Set(['channel', 'message-id']));
    await world.query(
      `update attempt set channel = 'telegram', platform_message_id = e.platform_message_id from record_entry e where e.attempt_id = attempt.id`,
    );
    expect(await faults()).toEqual([]);
    await sealNow();
    expect(await verify()).toMatchObject({ ok: true, entries: 6 });
    await world.query('update attempt set sent_at = null');
    expect(await faults()).toEqual(['time', 'time', 'time']);
  });

  it('to add an arrival that nobody sealed', async () => {
    await world.query(`update attempt set delivered_at = now() where id = (select min(id) from attempt)`);
    expect(await faults()).toEqual(['time']);
  });

  it('to pass somebody off as erased', async () => {
    await world.query('delete from record_salt');
    await world.query(`update message set person = 'm:' || gen_random_uuid()`);
    expect(await verify()).toMatchObject({ ok: false, erased: 0 });
    expect(await faults()).toEqual(['person', 'person', 'person']);
  });

  it.each([
    ['the seat', 'update message set seat_id = gen_random_uuid()'],
    ['the contact', 'update attempt set contact_id = gen_random_uuid()'],
    ['the try', 'update attempt set try = 2'],
    ['the mark of a repeat', 'update attempt set repeat = true'],
    ['the form', `update attempt set form = 'billed'`],
  ])('to change %s', async (_what, change) => {
    await world.query(change);
    expect(await faults()).toEqual(['facts', 'facts', 'facts']);
  });
});

describe('an honest ledger holds', () => {
  it.each(['before', 'after'])(
    'when its process died between the call and the outcome, %s the receipt',
    async (when) => {
      await world.tell(await world.people(1, { channel: 'zalo' }), { source });
      const row = await begin('zalo');
      await world.query(`insert into platform_message values ('zalo', 'zm1', $1)`, [row.id]);
      const engine = world.engine([createFakeChannel('zalo', { proof: 'delivered' })]);
      if (when === 'before') await engine.sweep();
      const at = new Date();
      await engine.applyReceipts([
        { type: 'receipt', channel: 'zalo', platformMessageIds: ['zm1'], kind: 'delivered', at },
      ]);
      await engine.sweep();
      expect((await world.attempts())[0]).toMatchObject({ state: 'delivered', platform_message_id: 'zm1' });
      await sealNow();
      await settleLate(row, 'zm1');
      await sealNow();
      expect((await verify()).problems).toEqual([]);
    },
  );

  it('when the id of a message becomes known after it was sealed', async () => {
    await world.tell(await world.people(1, { channel: 'zalo' }), { source });
    const row = await begin('zalo');
    await world.query(`update attempt set delivered_at = now()`);
    const engine = world.engine([createFakeChannel('zalo', { proof: 'delivered' })]);
    await engine.sweep();
    await sealNow();
    await settleLate(row, 'w1');
    expect((await verify()).problems).toEqual([]);
    expect(await sealNow()).toMatchObject({ attempts: 1, entries: 1 });
    expect(await verify()).toMatchObject({ ok: true, problems: [] });
    await world.query(`update attempt set platform_message_id = null`);
    expect(await faults()).toEqual(['message-id']);
  });
});

describe('the words of a record', () => {
  const said = () =>
    world.query(
      `select e.state, k.text from record_entry e join content k on k.id = e.content_id where e.kind = 'outcome' order by e.state`,
    );
  const texts = (id: string) => recordOf(pool(), { kind: 'broadcast', id }, ({ head }) => Promise.resolve(head.texts));

  it('are the new ones for whoever was called again with them', async () => {
    const id = await order(await world.people(1));
    const telegram = createFakeChannel('telegram');
    let answer: () => void = () => undefined;
    telegram.answer = async () => {
      if (telegram.calls.length > 1) return { kind: 'sent', platformMessageId: '1' };
      await new Promise<void>((resolve) => (answer = resolve));
      return { kind: 'failed', failure: 'retryable', detail: '500' };
    };
    world.engine([telegram]).kick('bulk');
    await waitFor(() => telegram.calls.length === 1);
    await fix(id, 'bản sửa', new Map([['telegram', telegram]]));
    answer();
    await waitFor(async () => (await world.counts())['sent'] === 1);
    const words = telegram.sent[0]?.content.text;
    expect(words).toContain('bản sửa');
    await sealNow();
    expect(await said()).toEqual([{ state: 'sent', text: words }]);
    expect(await texts(id)).toEqual([{ text: words, people: 1 }]);
  });

  it('are the first ones for whoever was refused before there were others', async () => {
    const people = await world.people(2);
    const id = await order(people);
    const telegram = createFakeChannel();
    telegram.answer = ({ address }) =>
      address === people[0]?.address
        ? { kind: 'failed', failure: 'rejected', detail: '400' }
        : { kind: 'sent', platformMessageId: '1' };
    await world.engine([telegram]).drain('bulk');
    await fix(id, 'bản sửa', new Map([['telegram', telegram]]));
    await sealNow();
    expect(await said()).toEqual([
      { state: 'failed', text: 'bản đầu' },
      { state: 'sent', text: 'bản đầu' },
    ]);
    expect(await texts(id)).toEqual([{ text: 'bản đầu', people: 2 }]);
  });
});

describe('the orders of a record', () => {
  it('stand in the chain: what, by whom, when and why', async () => {
    const [boss, ...people] = await world.people(3);
    const id = await order(people, { createdById: boss?.memberId ?? null });
    await world.engine([createFakeChannel()]).drain('bulk');
    await sealNow();
    expect(await world.query('select n, kind, state, at from record_entry where attempt_id is null')).toEqual([
      { n: 1, kind: 'order', state: 'ordered', at: MORNING },
    ]);
    expect(await verify()).toMatchObject({ ok: true, entries: 3 });
    for (const change of [
      `title = 'Khác'`,
      `created_by_id = null`,
      `created_at = created_at - interval '1 h'`,
      `start_at = created_at`,
    ]) {
      const [before] = await world.query<{ b: object }>('select to_jsonb(b) as b from broadcast b');
      await world.query(`update broadcast set ${change}`);
      expect(await faults()).toContain('order');
      await world.query(
        `update broadcast b set title = o.title, created_by_id = o.created_by_id, created_at = o.created_at, start_at = o.start_at
         from jsonb_populate_record(null::broadcast, $1) o`,
        [before?.b],
      );
      expect(await faults()).toEqual([]);
    }
    await world.query(`update member set full_name = 'Ai đó' where id = $1`, [boss?.memberId]);
    expect(await faults()).toEqual(['person']);
    expect((await verifyRecords(pool(), { source: { kind: 'broadcast', id } })).ok).toBe(false);
    await world.query(`update member set full_name = 'Người mẫu'`);
  });

  it('cover the reason of a correction', async () => {
    const id = await order(await world.people(1));
    await world.engine([createFakeChannel()]).drain('bulk');
    await fix(id, 'bản sửa', new Map());
    await sealNow();
    expect(await verify()).toMatchObject({ ok: true, entries: 3 });
    await world.query(`update correction set reason = 'lý do khác'`);
    expect(await faults()).toEqual(['order']);
  });
});

describe('the name of somebody who could not be reached', () => {
  it('stands in no content, and is erased with the person', async () => {
    const [absent, deputy] = await world.people(2);
    if (!absent || !deputy) throw new Error('nobody');
    await world.query('update contact set preferred = true');
    await world.query(`update member set full_name = 'Vắng Văn Mặt' where id = $1`, [absent.memberId]);
    const { seats } = await createUnit(world, { primary: absent, deputy });
    const notice = { slot: 'main', class: 'announcement', say: [{ text: raw('Mời họp') }] } as const;
    const to = [{ person: absent.key, seatId: seats.primary }];
    await world.database.store.transaction((tx) => createOutbox().tell(tx, { source, ...notice, to }, MORNING));
    const channel = createFakeChannel();
    channel.answer = ({ address }) =>
      address === absent.address
        ? { kind: 'failed', failure: 'recipient-gone', detail: '403' }
        : { kind: 'sent', platformMessageId: '1' };
    const engine = world.engine([channel]);
    await engine.drain('bulk');
    await waitFor(() => channel.sent.length === 1);
    await waitFor(async () => (await world.counts())['sent'] === 1);
    expect(channel.sent.map(({ content }) => content.text)).toEqual([
      expect.stringMatching(/^Gửi anh\/chị vì Vắng Văn Mặt.*\nMời họp$/) as string,
    ]);
    expect(await world.query('select distinct text from content')).toEqual([{ text: 'Mời họp' }]);
    await world.query(`update attempt set template_data = '{"name": "Vắng Văn Mặt"}' where state = 'failed'`);
    await sealNow();
    expect((await verify()).problems).toEqual([]);
    await world.database.store.transaction((tx) => erasePerson(tx, absent.key));
    await world.query(`update member set full_name = '' where id = $1`, [absent.memberId]);
    for (const table of ['message', 'attempt', 'content', 'record_entry'])
      expect(JSON.stringify(await world.query(`select * from ${table}`))).not.toContain('Vắng');
    expect((await verify()).problems).toEqual([]);
  });
});
