import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alarmText, createAlarms, createOutbox, createQuotaWatch } from '../../src/delivery/index.js';
import { createWorld, MORNING, type Person, type World } from './support.js';

let world: World;
let head: Person;
beforeAll(async () => {
  world = await createWorld();
  [head] = (await world.people(1)) as [Person];
});
beforeEach(async () => {
  await world.reset();
  await world.database.store.pool.query(`truncate alarm; delete from setting where key = 'zalo.limits'`);
});
afterAll(() => world.close());

const NEXT_MONTH = new Date('2026-12-01T03:00:00Z');
const query = (sql: string, values: readonly unknown[] = []) => world.database.store.pool.query(sql, [...values]);
const use = (used: number, period = '2026-11') =>
  query(
    `insert into quota_use (account, kind, period, used) values ('zalo:1', 'billed', $1, $2)
     on conflict (account, kind, period) do update set used = excluded.used`,
    [period, used],
  );

function watchOf() {
  const { store } = world.database;
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const alarms = createAlarms({
    ...{ store, outbox: createOutbox(), logger: quiet, settleMs: 0 },
    businessNow: () => Promise.resolve(MORNING),
    whom: () => Promise.resolve([{ person: head.key }]),
  });
  return { alarms, look: createQuotaWatch({ pool: store.pool, alarms, account: 'zalo:1' }) };
}

const told = async () => (await query(`select 1 from message where source_kind = 'alarm' and slot = 'open'`)).rowCount;

describe('the charged messages of a month', () => {
  it.each([
    [399, 0],
    [400, 1],
    [500, 1],
  ])('%i of 500 used: %i alarms', async (used, count) => {
    await use(used);
    const { alarms, look } = watchOf();
    await look(MORNING);
    expect(await alarms.list()).toHaveLength(count);
  });

  it('are told of once a month, though some are given back in between', async () => {
    const { alarms, look } = watchOf();
    for (const used of [420, 450, 300, 450]) {
      await use(used);
      await look(MORNING);
    }
    expect(await told()).toBe(1);
    const row = await world.database.store.db.alarm.findFirstOrThrow();
    expect(alarmText(row)).toContain('tháng 11/2026: đã dùng 420/500 tin');
    await use(480, '2026-12');
    await look(NEXT_MONTH);
    expect(await told()).toBe(2);
    expect((await alarms.list()).map(({ subject }) => subject)).toEqual(['billed:zalo:1:2026-12:500']);
  });

  it('are enough again with a larger package, and with a new month', async () => {
    await use(450);
    const { alarms, look } = watchOf();
    await look(MORNING);
    await query(
      `insert into setting (key, value, updated_at) values ('zalo.limits', '{"billedPerMonth": 2000}', now())`,
    );
    await look(MORNING);
    expect(await alarms.list()).toEqual([]);
  });

  it('are never short where there are none', async () => {
    await query(`insert into setting (key, value, updated_at) values ('zalo.limits', '{"billedPerMonth": 0}', now())`);
    const { alarms, look } = watchOf();
    await look(MORNING);
    expect(await alarms.list()).toEqual([]);
  });
});
