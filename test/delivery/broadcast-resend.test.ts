import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SendResult } from '../../src/channels/channel.js';
import { createBroadcasts, recall, type Broadcasts } from '../../src/delivery/index.js';
import type { ChannelName } from '../../src/kernel/people.js';
import { createFakeChannel, createWorld, MORNING, type Person, type World } from './support.js';

let world: World;
let broadcasts: Broadcasts;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  await limit(500);
  broadcasts = createBroadcasts({ pool: world.database.store.pool, businessNow: () => Promise.resolve(MORNING) });
});

const limit = (billedPerMonth: number) => world.setting('zalo.limits', { billedPerMonth });

/** A broadcast on Telegram that failed so for everybody. */
async function failed(people: readonly Person[], failure: 'rejected' | 'retryable' | 'uncertain'): Promise<string> {
  const id = await world.order(people);
  await world.query(`update contact set preferred = true where channel = 'telegram'`);
  await broadcasts.expand(id);
  const result: SendResult =
    failure === 'uncertain'
      ? { kind: 'uncertain', detail: 'x' }
      : { kind: 'failed', failure: 'rejected', detail: '400' };
  const channels = (['telegram', 'zalo'] as const).map((name) => createFakeChannel(name));
  for (const channel of channels) channel.answer = () => result;
  await world.engine(channels, { broadcasts }).drain('bulk');
  if (failure === 'retryable') await world.query(`update attempt set reason = 'retryable'`);
  return id;
}

const addContact = (person: Person | undefined, channel: ChannelName, silentDays: number | null = null) =>
  world.query(
    `insert into contact (id, channel, external_id, member_id, last_inbound_at)
     values ($1::uuid, $2, $1::text, $3, $4::timestamptz - $5::int * interval '1 day')`,
    [randomUUID(), channel, person?.memberId, MORNING, silentDays],
  );
const again = async () =>
  (
    await world.query<{ channel: string; form: string | null; quota_period: string | null }>(
      `select channel, form, quota_period from attempt where via = 'resend' order by id`,
    )
  ).map(({ channel, form, quota_period: period }) => [channel, form, period]);
const used = async () =>
  (await world.query<{ used: number }>(`select used from quota_use where kind = 'billed'`))[0]?.used;

describe('sending again', () => {
  it('is refused of what was recalled, whatever its state', async () => {
    const id = await failed(await world.people(2), 'rejected');
    const { store } = world.database;
    await store.transaction((tx) =>
      recall(tx, { id: randomUUID(), broadcastId: id, reason: 'sai', by: null }, MORNING),
    );
    expect(await world.query('select state from broadcast')).toEqual([{ state: 'finished' }]);
    expect(await broadcasts.resend(id, 'failed')).toMatchObject({
      outcome: 'refused',
      state: 'finished',
      isRecalled: true,
      people: 0,
    });
    expect(await again()).toEqual([]);
  });

  it('takes another contact where the first one did not take the message, and the same one else', async () => {
    const [person] = await world.people(1);
    await addContact(person, 'web');
    const rejected = await failed(person ? [person] : [], 'rejected');
    expect(await broadcasts.resend(rejected, 'failed')).toMatchObject({ people: 1 });
    expect(await again()).toEqual([['web', null, null]]);
    await world.reset();
    const refused = await failed(person ? [person] : [], 'retryable');
    await broadcasts.resend(refused, 'failed');
    expect(await again()).toEqual([['telegram', null, null]]);
  });

  it('reserves what Zalo charges anew, and writes for nothing within two days', async () => {
    const [free, billed, closed] = await world.people(3);
    await addContact(free, 'zalo', 1);
    await addContact(billed, 'zalo', 5);
    await addContact(closed, 'zalo', 8);
    const id = await failed(
      [free, billed, closed].flatMap((one) => (one ? [one] : [])),
      'rejected',
    );
    const telegram = await world.query(`update contact set state = 'blocked' where channel = 'telegram' returning id`);
    expect(await broadcasts.resend(id, 'failed')).toMatchObject({ people: 2, unreachable: 1 });
    expect((await again()).sort()).toEqual([
      ['zalo', 'billed', '2026-11'],
      ['zalo', 'free', null],
    ]);
    expect(await used()).toBe(1);
    // One that leaves no more comes back to the month it was taken from.
    await broadcasts.cancel(id);
    expect([telegram.length > 0, await used()]).toEqual([true, 0]);
    await world.query(`update contact set state = 'active'`);
  });

  it('takes what costs nothing, or nothing at all, once the quota is used up', async () => {
    await limit(1);
    const people = await world.people(3);
    for (const person of people) await addContact(person, 'zalo', 5);
    const id = await failed(people, 'rejected');
    await world.query(`update contact set state = 'blocked' where channel = 'telegram' and member_id = any($1)`, [
      people.slice(0, 2).map(({ memberId }) => memberId),
    ]);
    const done = await Promise.all([broadcasts.resend(id, 'failed'), broadcasts.resend(id, 'failed')]);
    expect(done.reduce((sum, one) => sum + ('people' in one ? one.people : 0), 0)).toBe(2);
    expect((await again()).sort()).toEqual([
      ['telegram', null, null],
      ['zalo', 'billed', '2026-11'],
    ]);
    expect(await used()).toBe(1);
    await world.query(`update contact set state = 'active'`);
  });

  it('does not charge again what failed for certain, but does what may have arrived', async () => {
    const people = await world.people(1, { channel: 'zalo' });
    const [person] = people;
    await world.query(`update contact set last_inbound_at = $1::timestamptz - interval '5 days' where id = $2`, [
      MORNING,
      person?.contactId,
    ]);
    const certain = await failed(people, 'rejected');
    await broadcasts.resend(certain, 'failed');
    expect([await again(), await used()]).toEqual([[['zalo', 'billed', '2026-11']], 1]);
    await world.reset();
    const doubtful = await failed(people, 'uncertain');
    await broadcasts.resend(doubtful, 'uncertain');
    expect([await again(), await used()]).toEqual([[['zalo', 'billed', '2026-11']], 2]);
  });
});
