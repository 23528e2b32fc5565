import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createBroadcasts,
  createOutbox,
  createSafeMode,
  decideSafeMode,
  viewSafeMode,
} from '../../src/delivery/index.js';
import type { SafeMode } from '../../src/delivery/index.js';
import type { Channel } from '../../src/channels/channel.js';
import { createCorrections, createEditor, recall, saySafe, SAFE_MODE_SOURCE } from '../../src/delivery/index.js';
import { machineClock } from '../../src/kernel/clock.js';
import type { ChannelName } from '../../src/kernel/people.js';
import { waitFor } from '../support/wait.js';
import { createFakeChannel, createWorld, MORNING, type Person, type World } from './support.js';

let world: World;
let dropped: Date[] = [];

beforeAll(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.reset();
  dropped = [];
  await world.database.store.pool.query(
    `delete from setting where key in ('delivery.safe-mode', 'zalo.limits'); delete from zalo_template;
     truncate attempt_event, attempt_watch, message_edit, correction, quota_use cascade`,
  );
});
afterAll(() => world.close());

const later = (ms: number) => new Date(MORNING.getTime() + ms);
let businessNow = () => Promise.resolve(MORNING);

function createMode(chunk?: number, more: Partial<Parameters<typeof createSafeMode>[0]> = {}): SafeMode {
  const { pool } = world.database.store;
  return createSafeMode({
    pool,
    clock: machineClock,
    businessNow: () => businessNow(),
    broadcasts: createBroadcasts({ pool, businessNow: () => businessNow() }),
    dropDue: (upTo) => Promise.resolve(void dropped.push(upTo)),
    ...(chunk === undefined ? {} : { chunk }),
    ...more,
  });
}

async function enter(mode: SafeMode, reason: 'behind' | 'operator' = 'behind'): Promise<void> {
  expect(await mode.begin(world.database.store.pool, reason)).toBe(true);
  expect(await mode.settle()).toBe(false);
}

const decide = (decision: 'send' | 'drop', now = MORNING) =>
  world.database.store.transaction((tx) => decideSafeMode(tx, decision, now));
const view = (now = MORNING) => world.database.store.transaction((tx) => viewSafeMode(tx, now));

async function answer(person: Person, inboundId: string): Promise<void> {
  await world.database.store.transaction((tx) =>
    createOutbox().reply(
      tx,
      {
        inboundId,
        person: person.key,
        conversationId: person.conversationId,
        contactId: person.contactId,
        channel: 'telegram',
        contents: [{ text: 'Trả lời' }],
      },
      MORNING,
    ),
  );
}

const broadcastState = async (id: string) =>
  (await world.database.store.db.broadcast.findUniqueOrThrow({ where: { id } })).state;

describe('safe mode', () => {
  it('holds what waits on both lanes, and lets nothing leave but new answers', async () => {
    const people = await world.people(3);
    await world.tell(people, { class: 'deadline' });
    const [first] = people;
    if (!first) throw new Error('no person');
    await answer(first, 'old');
    const mode = createMode();
    await enter(mode);
    expect(await world.counts()).toEqual({ planned: 4 });

    const channel = createFakeChannel();
    const engine = world.engine([channel]);
    await world.tell(people, { class: 'announcement' });
    await engine.reconcile();
    await engine.drain('bulk');
    await engine.drain('reply');
    expect(channel.sent).toEqual([]);

    await answer(first, 'new');
    await engine.drain('reply');
    expect(channel.sent.map(({ content }) => content.text)).toEqual(['Trả lời']);
    expect(await world.counts()).toEqual({ planned: 4, queued: 3, sent: 1 });
  });

  it('releases nothing of the night while it stands, and everything afterwards', async () => {
    const people = await world.people(2);
    await world.tell(people, { class: 'deadline', now: new Date('2026-11-22T15:00:00Z') });
    const mode = createMode();
    await enter(mode);
    const channel = createFakeChannel();
    const engine = world.engine([channel]);
    expect(await engine.release(MORNING)).toBe(0);
    expect((await view())?.messages.count).toBe(2);
    await decide('send');
    expect(await mode.settle()).toBe(true);
    await engine.reconcile();
    await engine.drain('bulk');
    expect(channel.sent).toHaveLength(2);
  });

  it('sends everything once after "gửi tiếp", in pieces and by two processes', async () => {
    const people = await world.people(25);
    await world.tell(people);
    const mode = createMode(4);
    await enter(mode);
    expect(await view()).toMatchObject({ reason: 'behind', messages: { count: 25, oldest: MORNING } });
    expect(await decide('send')).toBe(true);
    expect(await decide('drop')).toBe(false);
    const ended = await Promise.all([mode.settle(), createMode(7).settle()]);
    expect(ended.filter(Boolean)).toHaveLength(1);
    expect(await mode.isOn()).toBe(false);
    const channel = createFakeChannel();
    await world.engine([channel]).drain('bulk');
    expect(new Set(channel.sent.map(({ address }) => address)).size).toBe(25);
    expect(channel.sent).toHaveLength(25);
  });

  it('gives up after "bỏ" what is overdue, and goes on with the rest', async () => {
    const [inTime, told, begun, waiting] = [
      await world.people(1),
      await world.people(2),
      await world.people(2),
      await world.people(2),
    ];
    await world.tell(told, { class: 'deadline' });
    await world.tell(inTime, { class: 'deadline', notBefore: later(3_600_000) });
    const { pool } = world.database.store;
    const broadcasts = createBroadcasts({ pool, businessNow: () => businessNow() });
    const sending = await world.order(begun);
    await broadcasts.expandDue();
    const due = await world.order(waiting, { startAt: MORNING });
    const future = await world.order(waiting, { startAt: later(7_200_000) });
    businessNow = () => Promise.resolve(later(60_000));
    const mode = createMode();
    await enter(mode);
    const duringIt = await world.people(1);
    await world.tell(duringIt, { now: later(61_000) });
    await decide('drop', later(62_000));
    expect(await mode.settle()).toBe(true);

    expect(dropped).toEqual([later(62_000)]);
    const reasons = (await world.attempts()).map(({ state, reason }) => `${state} ${reason ?? ''}`.trim());
    expect(reasons.sort()).toEqual(['planned', 'queued', ...Array<string>(4).fill('skipped restored')]);
    expect([await broadcastState(due), await broadcastState(future)]).toEqual(['cancelled', 'planned']);
    await broadcasts.settle(later(63_000));
    expect(await broadcastState(sending)).toBe('finished');
    businessNow = () => Promise.resolve(MORNING);
  });

  it('takes what dead processes held: what was being sent is uncertain, the rest is held', async () => {
    const people = await world.people(2);
    await world.tell(people);
    const { pool } = world.database.store;
    // Far in the future: the clock of the machine where the backup was made.
    const lease = await pool.query<{ id: string }>(
      `insert into lease (worker, lane, until) values ('gone', 'bulk', clock_timestamp() + interval '1 day') returning id`,
    );
    await pool.query(
      `update attempt set waiting = false, lease_id = $1, state = case when id % 2 = 0 then 'sending' else 'leased' end,
         sending_at = clock_timestamp(), sends = 1`,
      [lease.rows[0]?.id],
    );
    await enter(createMode());
    expect(await world.counts()).toEqual({ planned: 1, uncertain: 1 });
  });

  it('begun by an operator takes what a living process has leased, and lets its calls end', async () => {
    const people = await world.people(3);
    await world.tell(people);
    let let1 = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      let1 = resolve;
    });
    const channel = createFakeChannel();
    channel.answer = async () => {
      await gate;
      return { kind: 'sent', platformMessageId: '1' };
    };
    const engine = world.engine([channel], { concurrency: 1, replySlots: 0 });
    const drained = engine.drain('bulk');
    await waitFor(() => channel.calls.length === 1);
    await enter(createMode(), 'operator');
    let1();
    await drained;
    expect(await world.counts()).toEqual({ planned: 2, sent: 1 });
    expect(channel.calls).toHaveLength(1);
  });

  it('is finished by the next start when the process died between its beginning and the holding', async () => {
    await world.tell(await world.people(2));
    const mode = createMode();
    await mode.begin(world.database.store.pool, 'elsewhere');
    expect(await mode.begin(world.database.store.pool, 'elsewhere')).toBe(false);
    expect(await world.counts()).toEqual({ queued: 2 });
    await createMode().settle();
    expect(await world.counts()).toEqual({ planned: 2 });
  });

  it.each(['paused', 'cancelled'] as const)(
    'lets messages leave that correct a %s broadcast, and the correction ends',
    async (state) => {
      const { store } = world.database;
      const zalo = createFakeChannel('zalo', { proof: 'delivered' });
      const channels = new Map<ChannelName, Channel>([['zalo', zalo]]);
      const now = () => Promise.resolve(MORNING);
      const broadcasts = createBroadcasts({ pool: store.pool, businessNow: now });
      const id = await world.order(await world.people(2, { channel: 'zalo' }));
      await broadcasts.expand(id);
      await world.engine([zalo], { broadcasts }).drain('bulk');
      await store.pool.query(`update broadcast set state = 'sending', finished_at = null where id = $1`, [id]);
      await store.transaction((tx) =>
        recall(tx, { id: randomUUID(), broadcastId: id, reason: 'sai', by: null }, MORNING),
      );
      const transaction = store.transaction.bind(store);
      const work = createCorrections({
        pool: store.pool,
        transaction,
        outbox: createOutbox(),
        channels,
        businessNow: now,
      });
      const editor = createEditor({ pool: store.pool, channels, businessNow: now });
      await work.work();
      await editor.drain();
      await work.work();
      await store.pool.query('update broadcast set state = $2 where id = $1', [id, state]);
      const mode = createMode();
      await enter(mode);
      expect(await world.counts()).toMatchObject({ planned: 2 });
      await decide('send');
      expect(await mode.settle()).toBe(true);
      await world.engine([zalo], { broadcasts }).drain('bulk');
      await work.work();
      expect(await world.counts()).toEqual({ sent: 4 });
      const { rows } = await store.pool.query<{ state: string }>('select state from correction');
      expect(rows).toEqual([{ state: 'finished' }]);
    },
  );

  it('gives back to its own day and month what was reserved for messages that "bỏ" drops', async () => {
    const { store } = world.database;
    await world.setting('zalo.limits', {
      perMinute: 100,
      billedPerMonth: 12.5,
      templatesPerDay: 500.5,
      billedPriceVnd: 55,
    });
    await world.addTemplate({ classes: ['deadline'], parameters: [{ name: 't', from: 'text', max: 300 }] });
    const [late, long] = [await world.people(2, { channel: 'zalo' }), await world.people(3, { channel: 'zalo' })];
    const night = new Date('2026-11-30T15:00:00Z'); // 22:00 on the last of the month
    const wroteAgo = (people: readonly Person[], days: number) =>
      store.pool.query('update contact set last_inbound_at = $1 where id = any($2)', [
        new Date(night.getTime() - days * 86_400_000),
        people.map(({ contactId }) => contactId),
      ]);
    await wroteAgo(late, 4);
    await wroteAgo(long, 20);
    await world.tell([...late, ...long], { class: 'deadline', now: night });
    const used = async () =>
      (
        await store.pool.query<{ q: string }>(
          `select kind || ' ' || period || ' ' || used as q from quota_use order by 1`,
        )
      ).rows.map(({ q }) => q);
    expect(await used()).toEqual(['billed 2026-12 2', 'template 2026-12-01 3']);
    const mode = createMode();
    await enter(mode);
    await decide('drop', new Date('2026-12-01T00:00:00Z'));
    expect(await mode.settle()).toBe(true);
    expect(await world.counts()).toEqual({ skipped: 5 });
    expect(await used()).toEqual(['billed 2026-12 0', 'template 2026-12-01 0']);
  });

  it('is told once to those who decide, by a message that leaves while it stands', async () => {
    const { store } = world.database;
    const [admin] = (await world.people(1)) as [Person];
    await world.tell(await world.people(2));
    const announce = (id: string, { since }: { since: Date }) =>
      store.transaction((tx) =>
        createOutbox().tell(
          tx,
          {
            source: { kind: SAFE_MODE_SOURCE, id },
            slot: 'begun',
            class: 'reply',
            to: [{ person: admin.key }],
            say: [saySafe(since)],
          },
          MORNING,
        ),
      );
    // Begun by a command that cannot tell anybody.
    await enter(createMode());
    const [one, two] = [createMode(undefined, { announce }), createMode(undefined, { announce })];
    await Promise.all([one.settle(), two.settle()]);
    // A slow process holds once more what waits, and not this.
    await store.pool.query(
      `update setting set value = value || '{"held": false, "told": false}' where key = 'delivery.safe-mode'`,
    );
    await one.settle();
    const channel = createFakeChannel();
    const engine = world.engine([channel]);
    await engine.drain('reply');
    await engine.drain('bulk');
    expect(channel.sent.map(({ address, content }) => [address, content.text.slice(0, 38)])).toEqual([
      [admin.address, '🔒 Hệ thống vừa vào chế độ an toàn lúc '.slice(0, 38)],
    ]);
    expect(await world.counts()).toEqual({ planned: 2, sent: 1 });
  });

  it('writes each hold and each release into the history', async () => {
    await world.tell(await world.people(1));
    const mode = createMode();
    await enter(mode);
    await decide('send');
    await mode.settle();
    const { rows } = await world.database.store.pool.query<{ was: string; state: string; reason: string }>(
      'select was, state, reason from attempt_event order by id',
    );
    expect(rows).toEqual([
      { was: 'queued', state: 'planned', reason: 'safe-mode' },
      { was: 'planned', state: 'queued', reason: 'safe-mode-over' },
    ]);
  });
});
