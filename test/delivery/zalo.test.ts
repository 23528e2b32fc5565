import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPlanner, createOutbox, createBroadcasts } from '../../src/delivery/index.js';
import { raw } from '../../src/conversation/text.js';
import { randomUUID } from 'node:crypto';
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
  await pool.query(
    `insert into zalo_template values ('777', 'Mẫu', 'care', '["announcement"]', $1, 200, true, now())`,
    [
      JSON.stringify([
        { name: 'tieu_de', from: 'title', max: 40 },
        { name: 'ten', from: 'person', max: 30 },
      ]),
    ],
  );
  const people = await world.people(6, { channel: 'zalo' });
  const silence = [0, 0, 3, 3, 3, 20];
  for (const [n, { address, contactId }] of people.entries()) {
    const ms = (silence[n] ?? 0) * DAY;
    await fake.addUser(address);
    await fake.silence(address, ms);
    await pool.query('update contact set last_inbound_at = $2 where id = $1', [
      contactId,
      new Date(MORNING.getTime() - ms),
    ]);
  }
  const { channel } = await buildZalo(fake);
  const options = { zaloAccount: channel.account };
  const id = randomUUID();
  await world.database.store.transaction((tx) =>
    createOutbox(options).broadcast(
      tx,
      {
        id,
        kind: 'notice',
        subjectId: id,
        title: 'Phát động phong trào thi đua',
        class: 'announcement',
        audience: { kind: 'people', people: people.map(({ key }) => key) },
        say: [{ text: raw('Phát động phong trào thi đua\nMời các đơn vị đăng ký.') }],
        createdById: null,
      },
      MORNING,
    ),
  );
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
