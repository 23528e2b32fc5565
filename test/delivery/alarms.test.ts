/** What becomes of what the watches find: whom an alarm is told to, and when a broadcast is short of proof. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBroadcasts, createProofWatch, type Look } from '../../src/delivery/index.js';
import { createFakeChannel, MORNING, type Person } from './support.js';
import { createWatchWorld, type WatchWorld } from './watch-world.js';

let world: WatchWorld;

beforeAll(async () => {
  world = await createWatchWorld();
});
afterAll(() => world.close());
beforeEach(() => world.setClocks());
afterEach(() => world.forget());

describe('an alarm', () => {
  it('is told once, logged aloud without personal data, and told once more when it has been over for a while', async () => {
    let count = 2;
    const looks: Look[] = [() => Promise.resolve([{ kind: 'late', subject: 'steps', count, oldestMs: 180_000 }])];
    const [one, two] = [world.watch({ looks }), world.watch({ looks, worker: 'other:2' })];
    for (let n = 0; n < 4; n += 1) {
      await one.dog.look();
      await two.dog.look();
      world.pass(15);
    }
    expect(await one.open()).toEqual(['late steps']);
    expect(await world.told()).toEqual(['⚠️ Lời nhắc hạn đang chậm: 2 việc đã quá giờ, lâu nhất 3 phút.']);
    const said = [...one.log.lines, ...two.log.lines].filter(({ level }) => level === 'error');
    expect(said.map(({ fields }) => fields)).toEqual([
      { alarm: 'late', subject: 'steps', count: 2, oldestSeconds: 180 },
    ]);

    count = 0;
    await world.look(one, 2);
    expect(await world.told()).toHaveLength(1);
    world.pass(300);
    await world.look(one, 2);
    expect((await world.told()).slice(1)).toEqual([expect.stringContaining('✅ Đã hết sự cố')]);
  });

  it('that comes back soon is the same one: nobody is told again', async () => {
    let count = 1;
    const watching = world.watch({
      looks: [() => Promise.resolve([{ kind: 'stuck', subject: 'queue', count, oldestMs: 180_000 }])],
    });
    for (let n = 0; n < 4; n += 1) {
      count = 1;
      await world.look(watching, 2);
      expect(await watching.open()).toEqual(['stuck queue']);
      count = 0;
      await world.look(watching, 2);
      expect(await watching.open()).toEqual([]);
    }
    expect(await world.told()).toHaveLength(1);
    expect(await world.database.store.db.alarm.count()).toBe(1);
  });
});

describe('the watch over proof', () => {
  const seePhone = (people: readonly Person[]) =>
    world.database.store.pool.query(
      `update attempt a set state = 'delivered', delivered_at = now() from message m where m.id = a.message_id and m.person = any($1::text[])`,
      [people.map(({ key }) => key)],
    );

  async function sendOnZalo(
    count: number,
    kind: 'announcement' | 'critical' | 'honour' = 'critical',
    about: 'notice' | 'campaign' = 'campaign',
  ) {
    const people = await world.people(count, { channel: 'zalo' });
    const id = await world.startBroadcast(people, kind, about);
    await createBroadcasts({ pool: world.database.store.pool, businessNow: world.businessNow }).expandDue();
    await world.engine([createFakeChannel('zalo', { proof: 'delivered' })], { quietHours: null }).drain('bulk');
    return { people, id };
  }

  function proofWatch() {
    const watching = world.watch();
    return { ...watching, proof: createProofWatch({ pool: world.database.store.pool, alarms: watching.alarms }) };
  }
  const judge = async ({ proof }: ReturnType<typeof proofWatch>) => proof.look(new Date(world.businessMs));

  it('names what too few are known to have after an hour, with the numbers and the way to them', async () => {
    const watching = proofWatch();
    const { people, id } = await sendOnZalo(10);
    await seePhone(people.slice(0, 8));
    world.pass(3_590);
    await judge(watching);
    expect(await watching.open()).toEqual([]);
    world.pass(20);
    for (let n = 0; n < 3; n += 1) await judge(watching);
    expect(await watching.open()).toEqual([`unproven broadcast:${id}`]);
    expect(await world.told()).toEqual([
      '⚠️ Sau 1 giờ, bản tin “Báo động lũ” mới chắc chắn đến 8/10 người (80 %, cần 90 %).',
    ]);
    const { rows } = await world.database.store.pool.query<{ buttons: { action: string }[] }>(
      `select c.buttons from message m join content c on c.id = m.content_id where m.source_kind = 'alarm'`,
    );
    expect(rows[0]?.buttons.map(({ action }) => action)).toEqual([`go:broadcast:${id}`]);

    await seePhone(people.slice(8, 9));
    world.pass(60);
    await judge(watching);
    expect(await watching.open()).toEqual([]);
  });

  it('is content with what each channel can prove, and with a colleague who stands in', async () => {
    const watching = proofWatch();
    const { people } = await sendOnZalo(10, 'announcement');
    await seePhone(people.slice(0, 8));
    const [stranger] = await world.people(1);
    // Telegram proves by sending: the colleague's message counts for the one who could not be reached.
    await world.database.store.pool.query(
      `with stood as (
         insert into message (source_kind, source_id, person, slot, class, lane, conversation_id, content_id, planned_at, stands_for_id)
         select m.source_kind, m.source_id, $2, m.slot, m.class, m.lane, $3, m.content_id, m.planned_at, m.id
         from message m where m.person = $1 returning id)
       insert into attempt (message_id, try, channel, contact_id, conversation_id, lane, state, due, ended_at, via)
       select id, 1, 'telegram', $4, $3, 'bulk', 'sent', now(), now(), 'seat' from stood`,
      [people[9]?.key, stranger?.key, stranger?.conversationId, stranger?.contactId],
    );
    world.pass(3_610);
    await judge(watching);
    expect(await watching.open()).toEqual([]);
  });

  it('judges neither honours nor what an world.officer holds or gave up', async () => {
    const watching = proofWatch();
    await sendOnZalo(4, 'honour');
    const { id } = await sendOnZalo(4, 'critical');
    await world.database.store.pool.query(`update broadcast set state = 'paused' where id = $1`, [id]);
    world.pass(3_610);
    await judge(watching);
    expect(await watching.open()).toEqual([]);
  });

  it('is no matter for plain news', async () => {
    const watching = proofWatch();
    await sendOnZalo(3, 'announcement', 'notice');
    world.pass(3_610);
    await judge(watching);
    expect(await watching.open()).toEqual([]);
    expect(await watching.proof.instants(MORNING, new Date(world.businessMs + 86_400_000))).toEqual([]);
  });

  it('tells of a campaign in the morning, and of a critical broadcast at once', async () => {
    const watching = proofWatch();
    world.businessMs = new Date('2026-11-23T13:30:00Z').getTime(); // 20:30
    const { id: campaign } = await sendOnZalo(4, 'announcement', 'campaign');
    const { id: critical } = await sendOnZalo(4, 'critical');
    world.pass(3_610);
    await judge(watching);
    expect(await watching.open()).toEqual([`unproven broadcast:${critical}`]);
    const morning = new Date('2026-11-23T23:30:00Z'); // 06:30
    const to = new Date(world.businessMs + 86_400_000);
    expect(await watching.proof.instants(new Date(world.businessMs), to)).toEqual([morning]);
    world.businessMs = morning.getTime();
    await judge(watching);
    expect((await watching.open()).sort()).toEqual(
      [`unproven broadcast:${campaign}`, `unproven broadcast:${critical}`].sort(),
    );
    // Found short by day, it does not wake anybody either when the product starts again at night.
    world.businessMs = new Date('2026-11-24T15:00:00Z').getTime();
    await world.database.store.pool.query('truncate alarm');
    await judge(proofWatch());
    expect(await watching.open()).toEqual([`unproven broadcast:${critical}`]);
  });

  it('knows at which instants it will judge', async () => {
    const { proof } = proofWatch();
    await sendOnZalo(1);
    const now = new Date(world.businessMs);
    const hour = new Date(world.businessMs + 3_600_000);
    expect(await proof.instants(now, new Date(world.businessMs + 86_400_000))).toEqual([hour]);
    expect(await proof.instants(hour, new Date(world.businessMs + 86_400_000))).toEqual([]);
  });
});
