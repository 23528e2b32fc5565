import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../src/channels/channel.js';
import {
  correct,
  createBroadcasts,
  createCorrections,
  createEditor,
  createOutbox,
  createPlanner,
  planCorrection,
  readCorrections,
} from '../../src/delivery/index.js';
import type { ChannelName } from '../../src/kernel/people.js';
import { waitFor } from '../support/wait.js';
import { createFakeChannel, createWorld, MORNING, type FakeChannel, type Person, type World } from './support.js';

let world: World;
let zalo: FakeChannel;
let web: FakeChannel;
let channels: Map<ChannelName, Channel>;
const warnings: unknown[] = [];

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  warnings.splice(0);
  zalo = createFakeChannel('zalo', { proof: 'delivered', account: 'zalo' });
  web = createFakeChannel('web');
  channels = new Map<ChannelName, Channel>([
    ['zalo', zalo],
    ['web', web],
  ]);
});

const businessNow = () => Promise.resolve(MORNING);
const broadcasts = () => createBroadcasts({ pool: world.database.store.pool, businessNow });

const template = (id: string, from: 'text' | 'title', max: number, priceVnd: number) =>
  world.addTemplate({ id, parameters: [{ name: 't', from, max }], priceVnd });

/** People on Zalo who have been silent for so long. */
async function silent(count: number, days = 20): Promise<Person[]> {
  const people = await world.people(count, { channel: 'zalo' });
  await world.query(
    `update contact set last_inbound_at = $1::timestamptz - $3::int * interval '1 day' where id = any($2)`,
    [MORNING, people.map(({ contactId }) => contactId), days],
  );
  return people;
}

async function plan(people: readonly Person[]): Promise<string> {
  return world.order(people, { title: 'Lịch họp', text: 'Họp lúc 8 giờ' });
}
const order = (broadcastId: string, words = 'Họp lúc 9 giờ') =>
  world.database.store.transaction((tx) => correct(tx, { id: randomUUID(), broadcastId, words, by: null }, MORNING));

function work() {
  const { store } = world.database;
  return createCorrections({
    pool: store.pool,
    transaction: store.transaction.bind(store),
    outbox: createOutbox(),
    channels,
    businessNow,
    logger: { warn: (details) => warnings.push(details['correction']) },
  });
}

async function carryOut(): Promise<void> {
  const editor = createEditor({ pool: world.database.store.pool, channels, businessNow });
  const corrections = work();
  const engine = world.engine([...channels.values()], { broadcasts: broadcasts() });
  await waitFor(
    async () => {
      await corrections.work();
      await editor.drain();
      await engine.drain('bulk');
      return (await world.query(`select 1 from correction where state <> 'finished'`)).length === 0;
    },
    { what: 'the correction to finish', timeoutMs: 20_000 },
  );
}

describe('a correction of a Zalo template', () => {
  it('given while the broadcast is being expanded leaves nobody without the new words', async () => {
    await template('111', 'text', 300, 200);
    const people = await silent(3);
    const id = await plan(people);
    await world.query(`update broadcast set state = 'expanding'`);
    // One was planned with the old words, two are planned with the new ones.
    await world.tell(people.slice(0, 1), { source: { kind: 'broadcast', id }, text: 'Họp lúc 8 giờ' });
    expect(await order(id)).toBe('done');
    await broadcasts().expand(id);
    await carryOut();
    const said = zalo.sent.map(({ address, template: form }) => [address, String(form?.data['t'])] as const);
    expect(said.map(([address]) => address).sort()).toEqual(people.map(({ address }) => address).sort());
    expect(said.every(([, text]) => text.includes('Họp lúc 9 giờ'))).toBe(true);
    expect(await world.query(`select used from quota_use where kind = 'template'`)).toEqual([{ used: 3 }]);
  });

  it('goes only in one that carries all its words, not in one with a title', async () => {
    await template('111', 'title', 60, 100);
    const [onlyZalo, alsoWeb] = await silent(2);
    if (!onlyZalo || !alsoWeb) throw new Error('nobody');
    await world.query(
      `insert into contact (id, channel, external_id, member_id) values ($1::uuid, 'web', $1::text, $2)`,
      [randomUUID(), alsoWeb.memberId],
    );
    await world.query(`update contact set preferred = true where channel = 'zalo'`);
    const id = await plan([onlyZalo, alsoWeb]);
    await broadcasts().expand(id);
    // Both have it, as if they had been told in time.
    await world.query(
      `update attempt set state = 'sent', waiting = false, form = 'template', channel = 'zalo', sent_at = now(), ended_at = now()`,
    );
    await order(id);
    await carryOut();
    expect(zalo.sent).toEqual([]);
    expect(web.sent.map(({ content }) => content.text)).toEqual([expect.stringContaining('Họp lúc 9 giờ')]);
    expect(await readCorrections(world.database.store.pool, id)).toMatchObject([{ told: 1, failed: 1 }]);
  });

  it('goes in none that is too short for it, and in one that is long enough', async () => {
    await template('111', 'text', 20, 100);
    const id = await plan(await silent(1));
    await broadcasts().expand(id);
    await world.engine([zalo]).drain('bulk');
    expect(zalo.sent).toHaveLength(1);
    await order(id);
    await carryOut();
    expect(zalo.sent).toHaveLength(1);
    expect(await readCorrections(world.database.store.pool, id)).toMatchObject([{ told: 0, failed: 1 }]);
    await template('222', 'text', 300, 300);
    await order(id, 'Họp lúc 10 giờ');
    await carryOut();
    expect(zalo.sent.at(-1)?.template).toMatchObject({ id: '222' });
  });

  it('says before what it costs', async () => {
    await template('111', 'text', 300, 200);
    await template('222', 'title', 60, 100);
    await world.query(
      `insert into setting (key, value, updated_at) values ('zalo.limits', '{"billedPriceVnd":55}', now()) on conflict (key) do update set value = excluded.value`,
    );
    const people = [...(await silent(2)), ...(await silent(3, 4)), ...(await silent(1, 1))];
    const id = await plan(people);
    await broadcasts().expand(id);
    await world.engine([zalo]).drain('bulk');
    const { store } = world.database;
    const ask = (kind: 'correction' | 'recall') =>
      store.transaction((tx) =>
        planCorrection(tx, createPlanner(), { broadcastId: id, kind, said: 'Họp lúc 9 giờ' }, MORNING),
      );
    expect(await ask('correction')).toMatchObject({
      people: 6,
      routes: { zaloFree: 1, zaloBilled: 3, zaloTemplate: 2, unreachable: 0 },
      costVnd: 2 * 200 + 3 * 55,
    });
    expect(await ask('recall')).toMatchObject({ people: 6, costVnd: 565 });
    const before = zalo.sent.length;
    await order(id);
    await carryOut();
    expect(zalo.sent.length - before).toBe(6);
  });

  it('is null where nobody is to be told', async () => {
    const { store } = world.database;
    const asked = { broadcastId: randomUUID(), kind: 'recall', said: 'x' } as const;
    expect(await store.transaction((tx) => planCorrection(tx, createPlanner(), asked, MORNING))).toBeNull();
  });
});

describe('a correction that two processes carry out', () => {
  it('is told to whom one of them has told it already, although the other is not through', async () => {
    const id = await plan(await silent(3, 1));
    await broadcasts().expand(id);
    await world.engine([zalo]).drain('bulk');
    await order(id);
    await work().work();
    await world.query(`update correction set state = 'expanding'`);
    await work().work();
    expect(
      await world.query(`select a.state, k.text like 'Đính chính%' as is_own from attempt a join message m on m.id = a.message_id
      join content k on k.id = m.content_id where m.slot = 'main~c1'`),
    ).toEqual(Array.from({ length: 3 }, () => ({ state: 'queued', is_own: true })));
    await carryOut();
    expect(zalo.sent).toHaveLength(6);
  });

  it('never stands over a later one', async () => {
    const id = await plan(await silent(2, 1));
    await broadcasts().expand(id);
    await order(id, 'Họp lúc 9 giờ');
    await order(id, 'Họp lúc 10 giờ');
    await carryOut();
    await world.query(`update correction set state = 'expanding' where version = 1`);
    await carryOut();
    expect(
      await world.query(
        `select distinct split_part(k.text, E'\\n', 1) as text from message m join content k on k.id = m.content_id where m.slot = 'main'`,
      ),
    ).toEqual([{ text: 'Họp lúc 10 giờ' }]);
  });
});

describe('a correction that cannot be carried out', () => {
  it('does not stop the others, and is named', async () => {
    const [bad, good] = [await plan(await silent(1, 1)), await plan(await silent(1, 1))];
    for (const id of [bad, good]) await broadcasts().expand(id);
    await world.engine([zalo]).drain('bulk');
    await order(bad);
    await order(good);
    await world.query(`update correction set contents = contents || '{"slots":{"vi":["x"]}}' where broadcast_id = $1`, [
      bad,
    ]);
    await work().work();
    const [row] = await world.query<{ id: string }>('select id from correction where broadcast_id = $1', [bad]);
    expect(warnings).toEqual([row?.id]);
    expect(await world.query(`select broadcast_id from correction where state = 'expanding'`)).toEqual([
      { broadcast_id: bad },
    ]);
  });
});
