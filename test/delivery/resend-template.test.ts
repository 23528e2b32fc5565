/** Zalo counts templates by the day: one that may have arrived and is sent again is one more. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { SendResult } from '../../src/channels/channel.js';
import {
  countResendable,
  createBroadcasts,
  runIn,
  type Broadcasts,
  type ResendOnly,
} from '../../src/delivery/index.js';
import { createFakeChannel, createWorld, MORNING, type World } from './support.js';

const DAY_MS = 86_400_000;
const UNCERTAIN: SendResult = { kind: 'uncertain', detail: 'silence' };
const REFUSED: SendResult = { kind: 'failed', failure: 'rejected', detail: '400' };
let world: World;
let broadcasts: Broadcasts;
let now: Date;

const allow = (templatesPerDay: number) => world.setting('zalo.limits', { templatesPerDay, billedPerMonth: 500 });
const used = async () =>
  Object.fromEntries(
    (
      await world.query<{ period: string; used: number }>(
        `select period, used from quota_use where kind = 'template' order by 1`,
      )
    ).map((row) => [row.period, row.used]),
  );
const resent = () =>
  world.query<object>(`select form, quota_period, repeat from attempt where via = 'resend' and template_id = '777'`);
const countOf = (id: string, only: ResendOnly) =>
  world.database.store.transaction((tx) =>
    countResendable(runIn(tx), id, only, { now, channels: ['zalo'], zaloAccount: 'zalo' }),
  );

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  now = MORNING;
  broadcasts = createBroadcasts({ pool: world.database.store.pool, businessNow: () => Promise.resolve(now) });
  await world.addTemplate({ id: '777' });
});

/** A broadcast to people silent for weeks, whose template ended so. */
async function ended(count: number, result: SendResult): Promise<string> {
  const people = await world.people(count, { channel: 'zalo' });
  await world.query(`update contact set last_inbound_at = $1`, [new Date(MORNING.getTime() - 20 * DAY_MS)]);
  const id = await world.order(people, { title: 'Phát động', text: 'Phát động', now });
  await broadcasts.expand(id);
  const channel = createFakeChannel('zalo');
  channel.answer = () => result;
  await world.engine([channel], { broadcasts }).drain('bulk');
  return id;
}

it('takes them of the day on which they are sent again, and says how many it could not', async () => {
  await allow(5);
  const id = await ended(3, UNCERTAIN);
  expect(await used()).toEqual({ '2026-11-23': 3 });
  expect(await countOf(id, 'uncertain')).toBe(2);
  expect(await broadcasts.resend(id, 'uncertain')).toMatchObject({ people: 2, unreachable: 0, overQuota: 1 });
  expect(await used()).toEqual({ '2026-11-23': 5 });
  expect(await resent()).toEqual(Array(2).fill({ form: 'template', quota_period: '2026-11-23', repeat: true }));
  expect(await countOf(id, 'uncertain')).toBe(0);
  expect(await broadcasts.resend(id, 'uncertain')).toMatchObject({ people: 0, overQuota: 1 });
  now = new Date(MORNING.getTime() + DAY_MS);
  expect(await broadcasts.resend(id, 'uncertain')).toMatchObject({ people: 1, overQuota: 0 });
  expect(await used()).toEqual({ '2026-11-23': 5, '2026-11-24': 1 });
});

it('gives back what leaves no more, to the day it was taken from', async () => {
  await allow(5);
  const id = await ended(2, UNCERTAIN);
  now = new Date(MORNING.getTime() + DAY_MS);
  await broadcasts.resend(id, 'uncertain');
  expect(await used()).toEqual({ '2026-11-23': 2, '2026-11-24': 2 });
  await broadcasts.cancel(id);
  expect(await used()).toEqual({ '2026-11-23': 2, '2026-11-24': 0 });
});

it('does not count again what Zalo refused', async () => {
  await allow(3);
  const id = await ended(3, REFUSED);
  expect(await broadcasts.resend(id, 'failed')).toMatchObject({ people: 3, overQuota: 0 });
  expect(await used()).toEqual({ '2026-11-23': 3 });
});

it('never takes more than the day has, whoever orders at the same time', async () => {
  await allow(9);
  const ids = [await ended(3, UNCERTAIN), await ended(3, UNCERTAIN)];
  const done = await Promise.all(ids.map((id) => broadcasts.resend(id, 'uncertain')));
  expect(done.map((one) => ('people' in one ? [one.people, one.overQuota] : [])).sort()).toEqual([
    [0, 3],
    [3, 0],
  ]);
  expect(await used()).toEqual({ '2026-11-23': 9 });
});
