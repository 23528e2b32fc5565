import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../src/channels/channel.js';
import { createTelegramChannel, createTelegramClient } from '../../src/channels/telegram/index.js';
import { createWebChannel, createWebStore } from '../../src/channels/web/index.js';
import { raw } from '../../src/conversation/text.js';
import { correct, recall, type Ordered } from '../../src/delivery/corrections/corrections.js';
import {
  createCorrections,
  readCorrections,
  type Corrections,
} from '../../src/delivery/corrections/correction-work.js';
import { createEditor, type Editor } from '../../src/delivery/corrections/edits.js';
import { createBroadcasts, createOutbox, type NewBroadcast } from '../../src/delivery/index.js';
import type { ChannelName } from '../../src/kernel/people.js';
import { createFileMemory, png } from '../channels/file-memory.js';
import { buildZalo } from '../channels/zalo-world.js';
import { startFakeTelegram, type FakeTelegram } from '../support/fake-telegram.js';
import { startFakeZalo, type FakeZalo } from '../support/fake-zalo.js';
import { waitFor } from '../support/wait.js';
import { createWorld, MORNING, type OrderOptions, type Person, type World } from './support.js';

/** 10:30 of the same day. */
const LATER = new Date(MORNING.getTime() + 1_800_000);
const CARD = randomUUID();

let world: World;
let telegram: FakeTelegram;
let zalo: FakeZalo;
let channels: Map<ChannelName, Channel>;
const editors: Editor[] = [];

beforeAll(async () => {
  world = await createWorld();
  telegram = await startFakeTelegram();
  zalo = await startFakeZalo();
  await telegram.addChats(1_000_000, 1_000);
  await zalo.addUsers(1_000_000, 1_000);
  const files = createFileMemory({ [CARD]: { name: 'the.png', type: 'image/png', bytes: png() } });
  const onTelegram = createTelegramChannel({
    client: createTelegramClient({ token: telegram.token, apiRoot: telegram.apiRoot }),
    files,
  });
  const web = createWebChannel({
    store: createWebStore(world.database.store),
    waker: { announce: () => undefined },
    isOutage: () => false,
  });
  const { channel: onZalo } = await buildZalo(zalo);
  channels = new Map<ChannelName, Channel>([
    ['telegram', { ...onTelegram, bulkPerSecond: null }],
    ['web', web],
    ['zalo', { ...onZalo, bulkPerSecond: null }],
  ]);
});
afterAll(async () => {
  await telegram.stop();
  await zalo.stop();
  await world.close();
});
beforeEach(async () => {
  await Promise.all(editors.splice(0).map((editor) => editor.stop(2_000)));
  await world.reset();
  await world.database.store.pool.query('truncate web_event');
  await world.database.store.pool.query(`update contact set state = 'active'`);
  await telegram.reset();
  await zalo.reset();
});

const businessNow = () => Promise.resolve(LATER);
const engine = () => world.engine([...channels.values()]);
const broadcasts = () => createBroadcasts({ pool: world.database.store.pool, businessNow, chunk: 7 });

function corrections(): Corrections {
  const { store } = world.database;
  const transaction = store.transaction.bind(store);
  return createCorrections({ pool: store.pool, transaction, outbox: createOutbox(), channels, businessNow, chunk: 5 });
}
function editor(): Editor {
  const made = createEditor({ pool: world.database.store.pool, channels, businessNow });
  editors.push(made);
  return made;
}

/** Carries a correction out to its end, with these processes at once. */
async function carryOut(processes = 1): Promise<void> {
  const lines = Array.from({ length: processes }, () => ({ work: corrections(), editor: editor(), engine: engine() }));
  await waitFor(
    async () => {
      await Promise.all(
        lines.map(async (line) => {
          await line.work.work();
          await line.editor.drain();
          await line.engine.drain('bulk');
        }),
      );
      return (await world.query(`select 1 from correction where state <> 'finished'`)).length === 0;
    },
    { what: 'the correction to finish', timeoutMs: 20_000 },
  );
}

const plan = (people: readonly Person[], options: OrderOptions = {}) =>
  world.order(people, {
    title: 'Lịch họp',
    say: [{ text: raw('Họp lúc 8 giờ'), buttons: [{ label: raw('Tôi sẽ dự'), command: 'join' }] }],
    ...options,
  });

async function send(people: readonly Person[], options: Partial<NewBroadcast> = {}): Promise<string> {
  const id = await plan(people, options);
  await broadcasts().expand(id);
  await engine().drain('bulk');
  await broadcasts().settle(MORNING);
  return id;
}

const order = (broadcastId: string, words: string): Promise<Ordered> =>
  world.database.store.transaction((tx) => correct(tx, { id: randomUUID(), broadcastId, words, by: null }, LATER));
const takeBack = (broadcastId: string, reason = 'Gửi nhầm'): Promise<Ordered> =>
  world.database.store.transaction((tx) => recall(tx, { id: randomUUID(), broadcastId, reason, by: null }, LATER));

const onTelegram = async (person: Person) => telegram.person(Number(person.address)).messages();
const onZalo = async (person: Person) => zalo.person(person.address).messages();
const onWeb = (person: Person) =>
  world.query<{ kind: string; text: string; buttons: unknown[]; image_id: string | null }>(
    'select kind, text, buttons, image_id from web_event where contact_id = $1 order by seq',
    [person.contactId],
  );

const NEW = 'Họp lúc 9 giờ\nĐã đính chính lúc 10:30 23/11/2026.';

describe('a correction', () => {
  it('reaches everybody once in the form of each channel', async () => {
    const [tg, web, za] = [
      await world.people(8),
      await world.people(7, { channel: 'web' }),
      await world.people(6, { channel: 'zalo' }),
    ];
    const id = await send([...tg, ...web, ...za]);
    expect(await order(id, 'Họp lúc 9 giờ')).toBe('done');
    await carryOut();
    for (const person of tg)
      expect(await onTelegram(person)).toMatchObject([{ text: NEW, edits: 1, buttons: [{ label: 'Tôi sẽ dự' }] }]);
    for (const person of web)
      expect(await onWeb(person)).toMatchObject([
        { kind: 'message', text: 'Họp lúc 8 giờ' },
        { kind: 'edit', text: NEW },
      ]);
    for (const person of za) {
      const messages = await onZalo(person);
      expect(messages).toHaveLength(2);
      expect(messages[1]?.text).toBe(
        `Đính chính: tin “Lịch họp” được sửa như sau.\nHọp lúc 9 giờ\nĐã đính chính lúc 10:30 23/11/2026.`,
      );
    }
    expect(await readCorrections(world.database.store.pool, id)).toMatchObject([
      { kind: 'correction', version: 1, edited: 15, told: 6, waiting: 0, failed: 0, state: 'finished' },
    ]);
  });

  it('ordered while the broadcast is being sent gives nobody two texts and leaves nobody with the old one', async () => {
    const tg = await world.people(60);
    const za = await world.people(20, { channel: 'zalo' });
    const id = await plan([...tg, ...za]);
    // After the tenth call the platforms are silent until the order is being carried out.
    let calls = 0;
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const gated = [...channels.values()].map((channel): Channel => ({
      ...channel,
      send: async (outgoing, signal) => {
        calls += 1;
        if (calls > 10) await gate;
        return channel.send(outgoing, signal);
      },
    }));
    const slow = world.engine(gated, { concurrency: 6, replySlots: 0 });
    // Half of them are planned before the order and half after it.
    await world.query(`update broadcast set state = 'expanding' where id = $1`, [id]);
    await world.tell([...tg.slice(0, 30), ...za.slice(0, 10)], {
      source: { kind: 'broadcast', id },
      text: 'Họp lúc 8 giờ',
      outbox: { channels: ['telegram', 'zalo'] },
    });
    const first = slow.drain('bulk');
    await waitFor(() => calls > 10);
    expect(await order(id, 'Họp lúc 9 giờ')).toBe('done');
    await corrections().work();
    // Some were on their way with the old words at that moment, and some had not left.
    expect(await world.query(`select 1 from attempt where state = 'sending'`)).not.toEqual([]);
    expect(await world.query(`select 1 from attempt_event where reason = 'superseded'`)).not.toEqual([]);
    await broadcasts().expand(id);
    open();
    await carryOut(2);
    await first;
    await waitFor(async () => {
      await slow.drain('bulk');
      return (await world.query(`select 1 from attempt where ended_at is null`)).length === 0;
    });
    await carryOut();
    for (const person of tg) expect((await onTelegram(person)).map(({ text }) => text)).toEqual([NEW]);
    for (const person of za) {
      const texts = (await onZalo(person)).map(({ text }) => text);
      if (texts[0]?.includes('8 giờ') === true) expect(texts).toHaveLength(2);
      else expect(texts).toHaveLength(1);
      expect(texts.at(-1)).toContain('Họp lúc 9 giờ');
    }
    // Somebody had the old words, somebody never did.
    const edited = (await world.query(`select 1 from message_edit where state = 'done'`)).length;
    expect(edited).toBeGreaterThan(0);
    expect(edited).toBeLessThan(60);
  }, 40_000);

  it('changes the caption of a picture and keeps the picture', async () => {
    const [tg] = await world.people(1);
    const [web] = await world.people(1, { channel: 'web' });
    if (!tg || !web) throw new Error('nobody');
    const id = await send([tg, web], { say: [{ text: raw('Gương cũ'), imageId: CARD, imageAlt: 'Thẻ' }] });
    await order(id, 'Gương mới');
    await carryOut();
    expect(await onTelegram(tg)).toMatchObject([
      {
        method: 'sendPhoto',
        text: 'Gương mới\nĐã đính chính lúc 10:30 23/11/2026.',
        edits: 1,
        file: { kind: 'photo' },
      },
    ]);
    expect((await onWeb(web)).at(-1)).toMatchObject({ kind: 'edit', image_id: CARD });
    expect((await telegram.stats()).byMethod).toMatchObject({ editMessageCaption: 1 });
    expect(await order(id, 'x'.repeat(900))).toBe('too-long');
  });

  it('of a text in several messages changes each of them', async () => {
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    const long = Array.from({ length: 700 }, (_, n) => String(n).padStart(4, '0')).join(' ');
    const id = await send([person], { say: [{ text: raw(long) }] });
    expect(await onTelegram(person)).toHaveLength(2);
    await order(id, 'Ngắn thôi');
    await carryOut();
    expect((await onTelegram(person)).map(({ text }) => text)).toEqual([
      'Ngắn thôi\nĐã đính chính lúc 10:30 23/11/2026.',
      'Phần này đã được thay bằng tin phía trên, đính chính lúc 10:30 23/11/2026.',
    ]);
    await order(id, long);
    await carryOut();
    const texts = (await onTelegram(person)).map(({ text }) => text);
    expect(texts.join(' ')).toContain(long);
    expect(texts[1]).toContain('Đã đính chính');
  });

  it('becomes a message of its own where the copy is gone', async () => {
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    const id = await send([person]);
    await telegram.fault({
      kind: 'answer',
      method: 'editMessageText',
      answer: { code: 400, description: 'Bad Request: message to edit not found' },
    });
    await order(id, 'Họp lúc 9 giờ');
    await carryOut();
    expect((await onTelegram(person)).map(({ text }) => text)).toEqual([
      'Họp lúc 8 giờ',
      expect.stringContaining('Đính chính: tin “Lịch họp” được sửa như sau.\nHọp lúc 9 giờ') as string,
    ]);
    expect(await readCorrections(world.database.store.pool, id)).toMatchObject([{ edited: 0, told: 1, failed: 0 }]);
  });

  it('finds the other contact of whoever blocked the bot, and counts whom it cannot reach', async () => {
    const [blocked, alone] = await world.people(2);
    if (!blocked || !alone) throw new Error('nobody');
    const other = randomUUID();
    const id = await send([blocked, alone]);
    await world.query(
      `insert into contact (id, channel, external_id, member_id) values ($1::uuid, 'web', $1::uuid::text, $2)`,
      [other, blocked.memberId],
    );
    for (const { address } of [blocked, alone]) await telegram.silently(Number(address), 'blocked');
    await order(id, 'Họp lúc 9 giờ');
    await carryOut();
    expect(await world.query('select text from web_event where contact_id = $1', [other])).toMatchObject([
      { text: expect.stringContaining('Họp lúc 9 giờ') as string },
    ]);
    expect(await readCorrections(world.database.store.pool, id)).toMatchObject([{ edited: 0, told: 1, failed: 1 }]);
  });

  it('gives whoever was not reached the new words when he is tried again', async () => {
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    await telegram.silently(Number(person.address), 'blocked');
    const id = await send([person]);
    await order(id, 'Họp lúc 9 giờ');
    await carryOut();
    const [said] = await world.query<{ text: string }>(
      `select k.text from message m join content k on k.id = m.content_id where m.source_id = $1`,
      [id],
    );
    expect(said?.text).toBe(NEW);
    expect(await world.query('select 1 from message_edit')).toEqual([]);
    await telegram.silently(Number(person.address), 'open');
  });

  it('lets only the latest of two stand, whatever became of the first', async () => {
    const tg = await world.people(5);
    const za = await world.people(3, { channel: 'zalo' });
    const id = await send([...tg, ...za]);
    await order(id, 'Họp lúc 9 giờ');
    // The first was carried out to some, and its messages on Zalo have not left.
    await corrections().work();
    expect(await order(id, 'Họp lúc 10 giờ')).toBe('done');
    await carryOut(2);
    for (const person of tg) expect((await onTelegram(person)).map(({ text }) => text)[0]).toContain('10 giờ');
    for (const person of za) {
      const texts = (await onZalo(person)).map(({ text }) => text);
      expect(texts).toHaveLength(2);
      expect(texts[1]).toContain('10 giờ');
    }
    expect(await order(id, 'Họp lúc 10 giờ')).toBe('same');
  });

  it('before the start only changes the words', async () => {
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    const id = await plan([person]);
    await order(id, 'Họp lúc 9 giờ');
    await broadcasts().expand(id);
    await engine().drain('bulk');
    expect(await onTelegram(person)).toMatchObject([{ text: 'Họp lúc 9 giờ', edits: 0 }]);
    expect(await world.query('select state from correction')).toEqual([{ state: 'finished' }]);
  });

  it('of a paused broadcast changes who has it, and who gets it later', async () => {
    const people = await world.people(10);
    const id = await plan(people);
    const keeper = broadcasts();
    await keeper.expand(id);
    await world.query(`update attempt set due = now() + interval '1 hour' where id > 4`);
    await engine().drain('bulk');
    await keeper.pause(id);
    await order(id, 'Họp lúc 9 giờ');
    await carryOut();
    expect((await telegram.stats()).byMethod).toMatchObject({ sendMessage: 4, editMessageText: 4 });
    await keeper.resume(id);
    await engine().drain('bulk');
    for (const person of people) expect((await onTelegram(person)).map(({ text }) => text)).toEqual([NEW]);
  });

  it('gives the mark of sample data again', async () => {
    const [person] = await world.people(1);
    if (!person) throw new Error('nobody');
    const id = await send([person], { say: [{ text: [raw('DỮ LIỆU MẪU'), raw('Họp lúc 8 giờ')] }] });
    await order(id, 'Họp lúc 9 giờ');
    await carryOut();
    expect((await onTelegram(person))[0]?.text).toBe(`DỮ LIỆU MẪU\n${NEW}`);
  });
});

describe('a recall', () => {
  it('takes the words and buttons away, stops what has not left, and tells who keeps a copy', async () => {
    const tg = await world.people(6);
    const web = await world.people(2, { channel: 'web' });
    const za = await world.people(2, { channel: 'zalo' });
    const id = await plan([...tg, ...web, ...za]);
    await broadcasts().expand(id);
    await world.query(
      `update attempt set due = now() + interval '1 hour' where id in (select a.id from attempt a where channel = 'telegram' order by id limit 3)`,
    );
    await engine().drain('bulk');
    expect(await takeBack(id)).toBe('done');
    await carryOut();
    const withdrawn = 'Tin này đã được thu hồi lúc 10:30 23/11/2026.\nLý do: Gửi nhầm';
    const texts = (await Promise.all(tg.map(onTelegram))).map((messages) =>
      messages.map(({ text, buttons }) => [text, buttons.length]),
    );
    expect(texts.filter((messages) => messages.length === 0)).toHaveLength(3);
    expect(texts.filter((messages) => messages.length > 0)).toEqual(Array.from({ length: 3 }, () => [[withdrawn, 0]]));
    for (const person of web) expect((await onWeb(person)).at(-1)).toMatchObject({ text: withdrawn, buttons: [] });
    for (const person of za)
      expect((await onZalo(person)).at(-1)?.text).toBe(
        'Thu hồi: tin “Lịch họp” đã được thu hồi lúc 10:30 23/11/2026. Đề nghị anh/chị không dùng tin đó.\nLý do: Gửi nhầm',
      );
    expect(await world.query('select state from broadcast')).toEqual([{ state: 'cancelled' }]);
    expect(await world.query(`select count(*)::int as n from attempt where reason = 'cancelled'`)).toEqual([{ n: 3 }]);
    expect(await readCorrections(world.database.store.pool, id)).toMatchObject([
      { kind: 'recall', reason: 'Gửi nhầm', edited: 5, told: 2, failed: 0 },
    ]);
    expect(await order(id, 'Họp lúc 9 giờ')).toBe('recalled');
    expect(await takeBack(id)).toBe('recalled');
  });

  it('of a picture takes its caption on Telegram and the picture on the web', async () => {
    const [tg] = await world.people(1);
    const [web] = await world.people(1, { channel: 'web' });
    if (!tg || !web) throw new Error('nobody');
    const id = await send([tg, web], { say: [{ text: raw('Gương'), imageId: CARD, imageAlt: 'Thẻ' }] });
    await takeBack(id);
    await carryOut();
    expect(await onTelegram(tg)).toMatchObject([{ text: expect.stringContaining('thu hồi') as string, edits: 1 }]);
    expect((await onWeb(web)).at(-1)).toMatchObject({ kind: 'edit', image_id: null });
  });

  it('of what has not begun sends nothing at all', async () => {
    const people = await world.people(3);
    const id = await plan(people, { startAt: new Date(LATER.getTime() + 3_600_000) });
    expect(await takeBack(id)).toBe('done');
    expect(await broadcasts().expand(id)).toBe(false);
    await carryOut();
    expect((await telegram.summary()).messages).toBe(0);
  });

  it('refuses what does not exist', async () => {
    expect(await takeBack(randomUUID())).toBe('gone');
  });
});
