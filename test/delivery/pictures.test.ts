/** Broadcasts with a picture: one that is broken hurts nobody else, and a good one is uploaded once. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../src/channels/channel.js';
import { createTelegramChannel, createTelegramClient } from '../../src/channels/telegram/index.js';
import { raw } from '../../src/conversation/text.js';
import { createBroadcasts, type Broadcasts } from '../../src/delivery/index.js';
import { createFileMemory, png, type FileMemory } from '../channels/file-memory.js';
import { buildZalo } from '../channels/zalo-world.js';
import { startFakeTelegram, type FakeTelegram } from '../support/fake-telegram.js';
import { startFakeZalo, type FakeZalo } from '../support/fake-zalo.js';
import { waitFor } from '../support/wait.js';
import { createWorld, MORNING, type Person, type World } from './support.js';

const PEOPLE = 40;
const CARD = randomUUID();
const LOST = randomUUID();
const PICTURE = { name: 'the.png', type: 'image/png', bytes: png() };

let world: World;
let telegram: FakeTelegram;
let zalo: FakeZalo;
let files: FileMemory;
let broadcasts: Broadcasts;

beforeAll(async () => {
  world = await createWorld();
  [telegram, zalo] = await Promise.all([
    startFakeTelegram({ limits: { perSecond: 10_000, perChatPerSecond: 100 } }),
    startFakeZalo({ limits: { perMinute: 1_000_000 } }),
  ]);
  await Promise.all([telegram.addChats(1_000_000, 1_000), zalo.addUsers(1_000_000, 1_000)]);
});
afterAll(async () => {
  await telegram.stop();
  await zalo.stop();
  await world.close();
});
beforeEach(async () => {
  await world.reset();
  await Promise.all([telegram.reset(), zalo.reset(), telegram.clearFaults(), zalo.clearFaults()]);
  files = createFileMemory({ [CARD]: PICTURE });
  const { pool } = world.database.store;
  broadcasts = createBroadcasts({ pool, businessNow: () => Promise.resolve(MORNING) });
});

/** The channel of one process. */
const onTelegram = (): Channel => ({
  ...createTelegramChannel({
    client: createTelegramClient({ token: telegram.token, apiRoot: telegram.apiRoot }),
    files,
  }),
  bulkPerSecond: null,
});

async function start(people: readonly Person[], imageId?: string): Promise<string> {
  const say = { text: raw('Gương sáng'), ...(imageId === undefined ? {} : { imageId, imageAlt: 'Thẻ' }) };
  const id = await world.order(people, { say: [say] });
  await broadcasts.expand(id);
  return id;
}

const outcomes = (id: string) =>
  world.query<{ state: string; reason: string | null; sends: number; n: number }>(
    `select a.state, a.reason, a.sends, count(*)::int as n from attempt a join message m on m.id = a.message_id
     where m.source_id = $1 group by 1, 2, 3`,
    [id],
  );
const messagesOf = async (people: readonly Person[]) =>
  (await Promise.all(people.map(({ address }) => telegram.person(Number(address)).messages()))).flat();

describe('a picture that Telegram does not take', () => {
  it('as a picture goes to everybody as a document, with the words', async () => {
    await telegram.fault({
      kind: 'answer',
      method: 'sendPhoto',
      times: null,
      answer: { code: 400, description: 'Bad Request: IMAGE_PROCESS_FAILED' },
    });
    const people = await world.people(PEOPLE);
    const id = await start(people, CARD);
    await world.engine([onTelegram()], { broadcasts }).drain('bulk');
    expect(await outcomes(id)).toEqual([{ state: 'sent', reason: null, sends: 1, n: PEOPLE }]);
    const got = await messagesOf(people);
    expect(got).toHaveLength(PEOPLE);
    expect(got.every(({ text, file }) => text === 'Gương sáng' && file?.kind === 'document')).toBe(true);
    expect(got.filter(({ file }) => file?.uploaded)).toHaveLength(1);
  });

  it('at all fails once for everybody, with its reason, and another broadcast goes on', async () => {
    for (const method of ['sendPhoto', 'sendDocument'])
      await telegram.fault({
        kind: 'answer',
        method,
        times: null,
        answer: { code: 400, description: 'Bad Request: wrong type of the web page content' },
      });
    const [some, others] = [await world.people(PEOPLE), await world.people(PEOPLE)];
    const [broken, good] = [await start(some, CARD), await start(others)];
    await world.engine([onTelegram()], { broadcasts }).drain('bulk');
    expect(await outcomes(broken)).toEqual([{ state: 'failed', reason: 'rejected', sends: 1, n: PEOPLE }]);
    expect(await outcomes(good)).toEqual([{ state: 'sent', reason: null, sends: 1, n: PEOPLE }]);
    expect(await messagesOf(some)).toEqual([]);
  });
});

describe('a picture that is lost here', () => {
  it('is a failure that says so after eight tries, never a doubt, and another broadcast goes on', async () => {
    const [some, others] = [await world.people(5), await world.people(PEOPLE)];
    const [broken, good] = [await start(some, LOST), await start(others, CARD)];
    const engine = world.engine([onTelegram()], { broadcasts });
    await waitFor(
      async () => {
        await world.query('update attempt set due = now() where waiting');
        await engine.drain('bulk');
        return (await world.query('select 1 from attempt where ended_at is null')).length === 0;
      },
      { what: 'the end' },
    );
    expect(await outcomes(broken)).toEqual([{ state: 'failed', reason: 'retryable', sends: 8, n: 5 }]);
    expect(await outcomes(good)).toEqual([{ state: 'sent', reason: null, sends: 1, n: PEOPLE }]);
    expect(await messagesOf(some)).toEqual([]);
    expect(await world.query(`select distinct detail from attempt where state = 'failed'`)).toEqual([
      { detail: 'store: Error' },
    ]);
  });
});

describe('a picture that Zalo does not take', () => {
  it('is left out, and the words go to everybody', async () => {
    await zalo.fault({ kind: 'answer', method: 'image', times: null, answer: { error: -210, message: 'too large' } });
    const people = await world.people(PEOPLE, { channel: 'zalo' });
    const { channel } = await buildZalo(zalo, { files: { [CARD]: PICTURE } });
    const id = await start(people, CARD);
    await world.engine([{ ...channel, bulkPerSecond: null }], { broadcasts }).drain('bulk');
    expect(await outcomes(id)).toEqual([{ state: 'sent', reason: null, sends: 1, n: PEOPLE }]);
    expect((await zalo.summary('Gương sáng')).messages).toBe(PEOPLE);
    expect((await zalo.stats()).byPath['/v2.0/oa/upload/image']).toBe(1);
  });
});

describe('a picture for many', () => {
  it.each([1, 2])('is uploaded once by each of %i processes at most', async (processes) => {
    await telegram.latency(30);
    const people = await world.people(2 * PEOPLE);
    const id = await start(people, CARD);
    const engines = Array.from({ length: processes }, () => world.engine([onTelegram()], { broadcasts }));
    await Promise.all(engines.map((engine) => engine.drain('bulk')));
    await telegram.latency(0);
    expect(await outcomes(id)).toEqual([{ state: 'sent', reason: null, sends: 1, n: 2 * PEOPLE }]);
    const got = await messagesOf(people);
    expect(got).toHaveLength(2 * PEOPLE);
    const uploads = got.filter(({ file }) => file?.uploaded).length;
    expect(uploads).toBeGreaterThanOrEqual(1);
    expect(uploads).toBeLessThanOrEqual(processes);
    // Whoever comes later uploads nothing: the id is kept.
    const [late] = await world.people(1);
    await start(late ? [late] : [], CARD);
    await world.engine([onTelegram()], { broadcasts }).drain('bulk');
    expect((await messagesOf(late ? [late] : [])).map(({ file }) => file?.uploaded)).toEqual([false]);
  });
});
