import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Change, Channel, SendResult } from '../../src/channels/channel.js';
import { createTelegramChannel, createTelegramClient } from '../../src/channels/telegram/index.js';
import {
  beginSafeMode,
  createBroadcasts,
  createEditor,
  createLedger,
  createOutbox,
  createProgressCards,
  type Editor,
} from '../../src/delivery/index.js';
import type { ChannelName } from '../../src/kernel/people.js';
import { waitFor } from '../support/wait.js';
import { createFakeChannel, createWorld, MORNING, type World } from './support.js';

let world: World;
const editors: Editor[] = [];

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await Promise.all(editors.splice(0).map((editor) => editor.stop(2_000)));
  await world.reset();
  await world.query(`delete from setting where key = 'delivery.safe-mode'`);
});

const businessNow = () => Promise.resolve(MORNING);

function editing(name: ChannelName, options: Partial<Channel> = {}) {
  const edits: { readonly text: string; readonly atMs: number }[] = [];
  const edit = (change: Change): Promise<SendResult> => {
    edits.push({ text: change.content.text, atMs: performance.now() });
    return Promise.resolve({ kind: 'sent', platformMessageId: change.platformMessageId });
  };
  return Object.assign(createFakeChannel(name, { ...options, edit }), { edits });
}

function editor(channels: readonly Channel[], pool: Pool = world.database.store.pool): Editor {
  const made = createEditor({ pool, channels: new Map(channels.map((one) => [one.name, one])), businessNow });
  editors.push(made);
  return made;
}

const order = (channel: ChannelName, kind: 'correction' | 'progress', ref = 'c1') =>
  world.query(
    `with k as (insert into content (text) values ('mới') returning id)
     insert into message_edit (attempt_id, kind, ref, content_id, due) select a.id, $2, $3, k.id, now() from k, attempt a where a.channel = $1`,
    [channel, kind, ref],
  );
const safeMode = () => beginSafeMode(world.database.store.pool, 'operator', MORNING, new Date());

describe('changes of messages', () => {
  it('go at the rate of changes where messages are paid for', async () => {
    const telegram = editing('telegram', { bulkPerSecond: 200, editsPerSecond: 20 });
    await world.tell(await world.people(20));
    await world.engine([{ ...telegram, bulkPerSecond: null }]).drain('bulk');
    await order('telegram', 'correction');
    await editor([telegram]).drain();
    const times = telegram.edits.map(({ atMs }) => atMs);
    expect(times).toHaveLength(20);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThanOrEqual(900);
  });

  it.each([
    { options: { paidPerSecond: 500 }, bulk: 500, edits: 30 },
    { options: {}, bulk: 30, edits: 30 },
    { options: { bulkPerSecond: 10 }, bulk: 10, edits: 10 },
  ])('are never more than Telegram takes for nothing: $options', ({ options, bulk, edits }) => {
    const client = createTelegramClient({ token: '1:x', apiRoot: 'http://127.0.0.1:9' });
    const files = {
      read: () => Promise.reject(new Error('none')),
      platformId: () => Promise.resolve(null),
      rememberPlatformId: () => Promise.resolve(),
    };
    expect(createTelegramChannel({ client, files, ...options })).toMatchObject({
      bulkPerSecond: bulk,
      editsPerSecond: edits,
    });
  });

  it('on one channel do not wait for those of another, and their drain says nothing twice', async () => {
    const telegram = editing('telegram', { bulkPerSecond: 3 });
    const web = editing('web');
    await world.tell(await world.people(30));
    await world.tell(await world.people(1, { channel: 'web' }));
    await world.engine([{ ...telegram, bulkPerSecond: null }, web]).drain('bulk');
    await order('telegram', 'correction');
    const mine = editor([telegram, web]);
    const first = mine.drain();
    await waitFor(() => telegram.edits.length > 0);
    await order('web', 'progress');
    await waitFor(() => {
      void mine.drain();
      return web.edits.length > 0;
    });
    // Thirty at three a second: had it waited for them, all would be there.
    expect(telegram.edits.length).toBeLessThan(20);
    await mine.stop(2_000);
    await first;
    expect(web.edits).toHaveLength(1);
  });

  it('whose words are replaced while they are taken say the new ones at once', async () => {
    const telegram = editing('telegram');
    await world.tell(await world.people(1));
    await world.engine([telegram]).drain('bulk');
    await order('telegram', 'progress');
    const { pool } = world.database.store;
    const seen: string[] = [];
    // The statement that takes has looked, and has not locked yet.
    const slow = new Proxy(pool, {
      get: (target, name) =>
        name === 'query'
          ? (sql: string | object, values: unknown[]) => {
              const isTake = typeof sql === 'string' && sql.includes('picked as materialized');
              if (isTake) seen.push('take');
              const text = isTake
                ? sql
                    .replace(
                      'picked as materialized (',
                      'slow as materialized (select pg_sleep(0.5)::text as s), picked as materialized (',
                    )
                    .replace(
                      "where e.state = 'queued'",
                      "where (select s from slow) is not null and e.state = 'queued'",
                    )
                : sql;
              return target.query(text as string, values);
            }
          : (Reflect.get(target, name) as unknown),
    });
    const drained = editor([telegram], slow).drain();
    await waitFor(
      async () => (await world.query(`select 1 from pg_stat_activity where wait_event = 'PgSleep'`)).length > 0,
    );
    await world.query(
      `with k as (insert into content (text) values ('mới hơn') returning id) update message_edit set content_id = k.id from k`,
    );
    await drained;
    expect(seen.length).toBeGreaterThan(0);
    expect(telegram.edits.map(({ text }) => text)).toEqual(['mới hơn']);
    expect(await world.query('select state from message_edit')).toEqual([{ state: 'done' }]);
  });
});

describe('in safe mode', () => {
  it('nothing is changed, not even a card', async () => {
    const telegram = editing('telegram');
    await world.tell(await world.people(2));
    await world.engine([telegram]).drain('bulk');
    await order('telegram', 'progress', 'b1');
    await safeMode();
    expect(await editor([telegram]).drain()).toBe(0);
    await world.query(`delete from setting where key = 'delivery.safe-mode'`);
    expect(await editor([telegram]).drain()).toBe(2);
  });

  it('no card is told', async () => {
    const { store } = world.database;
    const { pool } = store;
    const transaction = store.transaction.bind(store);
    const telegram = editing('telegram');
    const [officer, ...people] = await world.people(3);
    const id = await world.order(people, { title: 'Lịch họp', text: 'Họp', createdById: officer?.memberId ?? null });
    await createBroadcasts({ pool, businessNow }).expand(id);
    const cards = createProgressCards({
      pool,
      transaction,
      outbox: createOutbox(),
      ledger: createLedger(pool),
      channels: new Map<ChannelName, Channel>([['telegram', telegram]]),
      businessNow,
      command: 'broadcast',
    });
    await safeMode();
    expect(await cards.tick()).toBe(false);
    await world.query(`delete from setting where key = 'delivery.safe-mode'`);
    expect(await cards.tick()).toBe(true);
  });
});
