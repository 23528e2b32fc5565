import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPlanner, createBroadcasts } from '../../src/delivery/index.js';
import { startFakeZalo, type FakeZalo } from '../support/fake-zalo.js';
import { buildZalo } from '../channels/zalo-world.js';
import { createWorld, MORNING, type World } from './support.js';

const DAY = 86_400_000;
let world: World;
let fake: FakeZalo;

beforeAll(async () => {
  world = await createWorld();
  fake = await startFakeZalo();
});
afterAll(async () => {
  await fake.stop();
  await world.close();
});

it('a broadcast leaves free, charged and as a template, and Zalo charges what the forecast said', async () => {
  const { pool } = world.database.store;
  await fake.addTemplate('777', { tieu_de: 40, ten: 30 });
  await world.addTemplate({
    id: '777',
    parameters: [
      { name: 'tieu_de', from: 'title', max: 40 },
      { name: 'ten', from: 'person', max: 30 },
    ],
  });
  const people = await world.people(6, { channel: 'zalo' });
  const silence = [0, 0, 3, 3, 3, 20];
  for (const [n, { address, contactId }] of people.entries()) {
    const ms = (silence[n] ?? 0) * DAY;
    await fake.addUser(address);
    await fake.silence(address, ms);
    await world.query('update contact set last_inbound_at = $2 where id = $1', [
      contactId,
      new Date(MORNING.getTime() - ms),
    ]);
  }
  const { channel } = await buildZalo(fake);
  const options = { zaloAccount: channel.account };
  const id = await world.order(people, {
    title: 'Phát động phong trào thi đua',
    text: 'Phát động phong trào thi đua\nMời các đơn vị đăng ký.',
    outbox: options,
  });
  await createBroadcasts({ pool, businessNow: () => Promise.resolve(MORNING), ...options }).expand(id);
  const engine = world.engine([{ ...channel, bulkPerSecond: 50 }]);
  expect(await engine.drain('bulk')).toMatchObject({ sent: 6, failed: 0 });

  const after = await createPlanner(options).actual(pool, id);
  expect(after).toMatchObject({
    people: 6,
    routes: { zaloFree: 2, zaloBilled: 3, zaloTemplate: 1 },
    costVnd: 3 * 55 + 200,
  });
  expect(after?.forecast).toMatchObject({ routes: after?.routes, costVnd: after?.costVnd, isGuessed: true });
  expect(await fake.stats()).toMatchObject({ sent: 6, charged: 3, templates: 1 });
  const last = people.at(-1);
  expect(await fake.person(last?.address ?? '').messages()).toMatchObject([
    { template: '777', text: 'ten: Người mẫu\ntieu_de: Phát động phong trào thi đua' },
  ]);
});
