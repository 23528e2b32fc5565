import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Change, Channel, SendResult } from '../../src/channels/channel.js';
import { createEditor } from '../../src/delivery/corrections/edits.js';
import {
  createBroadcasts,
  createLedger,
  createOutbox,
  createProgressCards,
  type DeliveryEngine,
} from '../../src/delivery/index.js';
import { createFakeChannel, createWorld, MORNING, type FakeChannel, type Person, type World } from './support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const businessNow = () => Promise.resolve(MORNING);

interface Scene {
  readonly channel: FakeChannel & { readonly edits: Change[]; answerEdit: (change: Change) => SendResult };
  readonly engine: DeliveryEngine;
  readonly officer: Person;
  readonly id: string;
  /** Moves the machine clock of the cards. */
  later(ms: number): void;
  /** One round of the clock. */
  tick(): Promise<void>;
  /** The same of another process. */
  tickElsewhere(): Promise<void>;
  /** Sends so many of the audience. */
  send(count: number): Promise<void>;
  cards(): string[];
}

/** An officer on this channel begins a broadcast to four people. */
async function begin(name: 'telegram' | 'zalo', onTheWay = 4): Promise<Scene> {
  const { store } = world.database;
  const { pool } = store;
  const transaction = store.transaction.bind(store);
  const [officer] = await world.people(1, { channel: name });
  const people = await world.people(4, { channel: 'web' });
  if (!officer) throw new Error('nobody');
  const edits: Change[] = [];
  const channel: Scene['channel'] = Object.assign(createFakeChannel(name), {
    edits,
    answerEdit: (change: Change): SendResult => ({ kind: 'sent', platformMessageId: change.platformMessageId }),
  });
  if (name === 'telegram')
    Object.assign(channel, {
      edit: async (change: Change) => {
        edits.push(change);
        return channel.answerEdit(change);
      },
    });
  const channels = new Map<Channel['name'], Channel>([
    [name, channel],
    ['web', createFakeChannel('web')],
  ]);
  const outbox = createOutbox({ channels: [...channels.keys()] });
  const id = await world.order(people, {
    ...{ title: 'Lịch họp', text: 'Họp', createdById: officer.memberId },
    outbox: { channels: [...channels.keys()] },
  });
  const broadcasts = createBroadcasts({ pool, businessNow });
  await broadcasts.expand(id);
  let skewMs = 0;
  const clock = { now: () => new Date(Date.now() + skewMs) };
  const parts = () => ({
    engine: world.engine([...channels.values()]),
    editor: createEditor({ pool, channels, businessNow, clock }),
    cards: createProgressCards({
      ...{ pool, transaction, outbox, ledger: createLedger(pool) },
      ...{ channels, businessNow, clock, command: 'broadcast' },
    }),
  });
  const round = async ({ engine, editor, cards }: ReturnType<typeof parts>) => {
    await cards.tick();
    await engine.drain('reply');
    await editor.drain();
  };
  const [here, elsewhere] = [parts(), parts()];
  const { engine } = here;
  await world.query(`update attempt set due = now() + interval '1 hour' where lane = 'bulk'`);
  return {
    channel,
    engine,
    officer,
    id,
    later: (ms) => (skewMs += ms),
    tick: () => round(here),
    tickElsewhere: () => round(elsewhere),
    send: async (count) => {
      await world.query(
        `update attempt set due = now() - interval '1 s' where id in (select id from attempt where lane = 'bulk' and waiting order by id limit $1)`,
        [Math.min(count, onTheWay)],
      );
      await engine.drain('bulk');
      await broadcasts.settle(MORNING);
    },
    cards: () => channel.sent.map(({ content }) => content.text),
  };
}

describe('the card of a broadcast', () => {
  it('is one message that is changed in place until the end', async () => {
    const scene = await begin('telegram');
    await scene.tick();
    expect(scene.cards()).toHaveLength(1);
    expect(scene.cards()[0]).toContain(
      '📌 Đang gửi “Lịch họp” tới 4 người.\nĐã gửi 0, đang chờ 4, chưa rõ 0, không gửi được 0.',
    );
    await scene.send(1);
    scene.later(5_000);
    await scene.tick();
    expect(scene.channel.edits.at(-1)?.content.text).toContain('Đã gửi 1, đang chờ 3');
    expect(scene.channel.edits.at(-1)?.content.buttons).toEqual([
      { label: 'Tiến độ gửi', action: `go:broadcast:${scene.id}` },
    ]);
    await scene.send(3);
    scene.later(5_000);
    await scene.tick();
    const last = '✅ Đã gửi xong “Lịch họp”: 4/4 người.\nĐã gửi 4, đang chờ 0, chưa rõ 0, không gửi được 0.';
    expect(scene.channel.edits.at(-1)?.content.text).toBe(last);
    for (let n = 0; n < 3; n += 1) {
      scene.later(5_000);
      await scene.tick();
    }
    expect(scene.channel.edits).toHaveLength(2);
    expect(scene.cards()).toHaveLength(1);
    // Words that nobody will read again are not kept.
    expect(await world.query(`select 1 from content where text like '%đang chờ 3%'`)).toEqual([]);
  });

  it('is not changed more often than every three seconds, nor when nothing changed', async () => {
    const scene = await begin('telegram');
    await scene.tick();
    await world.query(
      `update attempt set state = 'failed', waiting = false, ended_at = now(), reason = 'rejected' where id = 1`,
    );
    scene.later(4_000);
    await scene.tick();
    const edits = scene.channel.edits.length;
    expect(edits).toBe(1);
    await world.query(
      `update attempt set state = 'failed', waiting = false, ended_at = now(), reason = 'rejected' where id = 2`,
    );
    scene.later(1_500);
    await scene.tick();
    expect(scene.channel.edits).toHaveLength(edits);
    scene.later(1_600);
    await scene.tick();
    expect(scene.channel.edits).toHaveLength(edits + 1);
  });

  it('that was deleted stops nothing and is not tried again', async () => {
    const scene = await begin('telegram');
    await scene.tick();
    scene.channel.answerEdit = () => ({ kind: 'failed', failure: 'rejected', detail: 'message to edit not found' });
    await scene.send(1);
    scene.later(5_000);
    await scene.tick();
    await scene.send(3);
    scene.later(5_000);
    await scene.tick();
    expect(scene.channel.edits).toHaveLength(1);
    expect(await world.query('select state from broadcast')).toEqual([{ state: 'finished' }]);
  });

  it('says until when a platform has told us to wait', async () => {
    const scene = await begin('telegram');
    await world.query(`update attempt set channel = 'telegram' where lane = 'bulk'`);
    await world.query(
      `insert into rate_budget (account, tat_at, banned_until) values ('telegram:2', now(), now() + interval '2 hours')`,
    );
    await scene.tick();
    expect(scene.cards()[0]).toMatch(/Telegram tạm ngừng nhận tin đến 1[12]:\d\d;/);
  });

  it('comes once, at the end, where nothing can be changed', async () => {
    const scene = await begin('zalo');
    await scene.tick();
    await scene.send(2);
    await scene.tick();
    expect(scene.cards()).toEqual([]);
    await scene.send(2);
    await scene.tick();
    await scene.tick();
    expect(scene.cards()).toEqual([
      '✅ Đã gửi xong “Lịch họp”: 4/4 người.\nĐã gửi 4, đang chờ 0, chưa rõ 0, không gửi được 0.',
    ]);
  });

  it('is told once though two processes look at the same time', async () => {
    const scene = await begin('telegram');
    await Promise.all([scene.tick(), scene.tickElsewhere()]);
    expect(scene.cards()).toHaveLength(1);
    await scene.send(1);
    scene.later(5_000);
    await Promise.all([scene.tick(), scene.tickElsewhere()]);
    expect(scene.channel.edits.filter(({ content }) => content.text.includes('Đã gửi 1'))).toHaveLength(1);
  });
});
