/** The pace at which a broadcast goes out on Zalo is the one that an administrator has set. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Config } from '../../src/config.js';
import { zaloPerMinute } from '../../src/wiring/planning.js';
import { buildZalo } from '../channels/zalo-world.js';
import { startFakeZalo, type FakeZalo } from '../support/fake-zalo.js';
import { createWorld, type World } from './support.js';

const PEOPLE = 40;
/** The share of the account's requests that broadcasts leave to answers. */
const LEFT_TO_ANSWERS = 0.2;

let world: World;
let fake: FakeZalo;

beforeAll(async () => {
  world = await createWorld();
  fake = await startFakeZalo();
});
afterEach(async () => {
  await world.query(`delete from setting where key = 'zalo.limits'`);
  await world.reset();
});
afterAll(async () => {
  await fake.stop();
  await world.close();
});

const perMinute = (ceiling: number) =>
  zaloPerMinute(world.database.store, { zalo: { perMinute: ceiling } } as Pick<Config, 'zalo'> as Config);

it.each([
  ['what was set', { perMinute: 1_200 }, 5_000, 1_200],
  ['no more than the environment allows', { perMinute: 9_000 }, 900, 900],
  ['the environment’s where nothing was set', null, 100, 100],
  ['the environment’s where nonsense was set', { perMinute: 0 }, 100, 100],
])('is %s', async (_, limits, ceiling, expected) => {
  if (limits) await world.setting('zalo.limits', limits);
  const asked = await perMinute(ceiling);
  expect(asked).toBe(expected);
  const { channel } = await buildZalo(fake, { perMinute: asked });
  expect((channel.bulkPerSecond ?? 0) * 60).toBeCloseTo(expected * (1 - LEFT_TO_ANSWERS), 3);
});

it('is kept by two processes together, so that the platform never counts too many', async () => {
  await world.setting('zalo.limits', { perMinute: 1_200 });
  await fake.limits({ perMinute: 1_200, toleranceMs: 100, enforce: true });
  const people = await world.people(PEOPLE, { channel: 'zalo' });
  await fake.addUsers(Number(people[0]?.address), PEOPLE);
  const { channel } = await buildZalo(fake, { perMinute: await perMinute(5_000) });
  const times: number[] = [];
  const timed = {
    ...channel,
    send: (...call: Parameters<typeof channel.send>) => {
      times.push(Date.now());
      return channel.send(...call);
    },
  };
  await world.tell(people);
  await Promise.all([world.engine([timed]).drain('bulk'), world.engine([timed]).drain('bulk')]);
  expect(await world.counts()).toEqual({ sent: PEOPLE });
  expect(await fake.stats()).toMatchObject({ sent: PEOPLE, overLimit: 0 });
  // Sixteen a second.
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(((PEOPLE - 1) / 16) * 1_000 - 200);
});
