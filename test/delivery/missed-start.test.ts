import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createBroadcasts,
  createMissedStarts,
  createOutbox,
  createSafeMode,
  decideSafeMode,
} from '../../src/delivery/index.js';
import { machineClock } from '../../src/kernel/clock.js';
import { createFakeChannel, createWorld, MORNING, type Person, type World } from './support.js';

let world: World;
let officer: Person;
let colleague: Person;
let now = MORNING;
beforeAll(async () => {
  world = await createWorld();
  [officer, colleague] = (await world.people(2)) as [Person, Person];
});
beforeEach(async () => {
  now = MORNING;
  await world.reset();
  await world.database.store.pool.query(`delete from setting where key = 'delivery.safe-mode'`);
});
afterAll(() => world.close());

const HOUR_MS = 3_600_000;
const later = (ms: number) => new Date(MORNING.getTime() + ms);
const store = () => world.database.store;
const broadcasts = () => createBroadcasts({ pool: store().pool, businessNow: () => Promise.resolve(now) });
const askMissed = () =>
  createMissedStarts({
    store: store(),
    outbox: createOutbox(),
    businessNow: () => Promise.resolve(now),
    whom: () => Promise.resolve([{ person: colleague.key }]),
    command: 'broadcast',
  })();

/** One that is to begin an hour after it was ordered. */
async function plan(
  createdById: string | null = officer.memberId,
  startAt: Date | null = later(HOUR_MS),
): Promise<string> {
  const audience = { kind: 'subscribers' } as const;
  return world.order([], {
    title: 'Họp khối',
    createdById,
    audience,
    text: 'Họp lúc 14 giờ',
    ...(startAt ? { startAt } : {}),
  });
}

const stateOf = async (id: string) =>
  (await store().db.broadcast.findUniqueOrThrow({ where: { id }, select: { state: true } })).state;
const asked = async () =>
  (
    await store().pool.query<{ person: string; text: string; slot: string }>(
      `select m.person, c.text, m.slot from message m join content c on c.id = m.content_id where m.source_kind = 'missed-start' order by m.id`,
    )
  ).rows;

describe('a broadcast whose hour passed while the product was down', () => {
  it.each([0, 2 * HOUR_MS])('begins by itself %i ms late', async (lateMs) => {
    const id = await plan();
    now = later(HOUR_MS + lateMs);
    expect(await askMissed()).toBe(0);
    expect(await broadcasts().expandDue()).toEqual([id]);
    expect(await stateOf(id)).toBe('sending');
  });

  it('does not begin when it is later, whoever looks first; its officer is asked once', async () => {
    const id = await plan();
    now = later(3 * HOUR_MS + 1);
    expect(await broadcasts().expandDue()).toEqual([]);
    const counts = await Promise.all([askMissed(), askMissed(), askMissed()]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await broadcasts().expandDue()).toEqual([]);
    expect(await stateOf(id)).toBe('paused');
    // Its officer may have left, so those in charge hear of it too.
    const [question, ...others] = await asked();
    expect([question, ...others].map((one) => one?.person).sort()).toEqual([officer.key, colleague.key].sort());
    expect(question?.text).toContain('“Họp khối” đã qua giờ hẹn gửi (11:00');
  });

  it('is sent all the same when the officer resumes it', async () => {
    const id = await plan();
    now = later(30 * HOUR_MS);
    await askMissed();
    expect(await broadcasts().resume(id)).toBe(true);
    const channel = createFakeChannel();
    await world.engine([channel], { businessNow: () => Promise.resolve(now) }).drain('bulk');
    expect(channel.sent.map(({ content }) => content.text)).toEqual(
      expect.arrayContaining([expect.stringContaining('Họp lúc 14 giờ')]),
    );
    expect(await askMissed()).toBe(0);
  });

  it('asks those in charge where no officer stands under it, and again when it was put off and missed', async () => {
    const id = await plan(null);
    now = later(4 * HOUR_MS);
    await askMissed();
    const put = await store().transaction((tx) =>
      broadcasts()
        .in(tx)
        .edit(id, { startAt: later(5 * HOUR_MS) }, 1, now),
    );
    expect(put).toMatchObject({ outcome: 'done' });
    now = later(9 * HOUR_MS);
    expect(await askMissed()).toBe(1);
    const questions = await asked();
    expect(questions.map(({ person }) => person)).toEqual([colleague.key, colleague.key]);
    expect(new Set(questions.map(({ slot }) => slot)).size).toBe(2);
  });

  it('counts from the order where that named an hour of the past, and one without an hour begins', async () => {
    const past = await plan(officer.memberId, later(-5 * HOUR_MS));
    const atOnce = await plan(officer.memberId, null);
    now = later(HOUR_MS);
    expect(await askMissed()).toBe(0);
    expect([...(await broadcasts().expandDue())].sort()).toEqual([past, atOnce].sort());
  });

  it('waits for the decision in safe mode; when that is to send, nobody is asked again', async () => {
    const id = await plan();
    const { pool } = store();
    const mode = createSafeMode({
      pool,
      clock: machineClock,
      businessNow: () => Promise.resolve(now),
      broadcasts: broadcasts(),
      dropDue: () => Promise.resolve(),
    });
    await mode.begin(pool, 'behind');
    await mode.settle();
    now = later(10 * HOUR_MS);
    expect(await askMissed()).toBe(0);
    expect(await stateOf(id)).toBe('planned');
    await store().transaction((tx) => decideSafeMode(tx, 'send', now));
    expect(await mode.settle()).toBe(true);
    expect(await askMissed()).toBe(0);
    expect(await broadcasts().expandDue()).toEqual([id]);
  });
});
