import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBroadcasts, lookAtBroadcasts } from '../../src/delivery/index.js';
import { createFakeChannel } from './support.js';
import { ACCOUNTS, createWatchWorld, type WatchWorld } from './watch-world.js';

let world: WatchWorld;

beforeAll(async () => {
  world = await createWatchWorld();
});
afterAll(() => world.close());
beforeEach(() => world.setClocks());
afterEach(() => world.forget());

/** Messages to others than the officer. */
const others = <R extends { person: string }>(rows: readonly R[]) =>
  rows.filter(({ person }) => person !== world.officer.key);

describe('the watchdog', () => {
  it('raises an alarm for messages that are due and not begun for over a minute, and closes it when they are', async () => {
    const watching = world.watch();
    await world.tell(await world.people(3));
    await world.look(watching);
    expect(await watching.open()).toEqual([]);
    world.pass(40);
    await world.look(watching);
    expect(await watching.open()).toEqual(['late bulk:telegram']);
    const channel = createFakeChannel();
    await world.engine([channel]).drain('bulk');
    await world.look(watching, 1);
    expect(await watching.open()).toEqual([]);
    expect(others(await world.attempts()).map(({ state }) => state)).toEqual(['sent', 'sent', 'sent']);
  });

  it('takes a long broadcast that gets shorter for what it is', async () => {
    const watching = world.watch();
    await world.tell(await world.people(6));
    world.pass(70);
    for (let n = 0; n < 4; n += 1) {
      await world.look(watching, 1);
      await world.database.store.pool.query(
        `update attempt set waiting = false, state = 'sent', ended_at = now() where id = (select min(id) from attempt where waiting)`,
      );
      expect(await watching.open()).toEqual([]);
    }
    // Now nothing of it moves any more.
    await world.look(watching, 2);
    expect(await watching.open()).toEqual(['late bulk:telegram']);
  });

  it('leaves alone an account that the platform told to wait, and raises the alarm when that time is over', async () => {
    const watching = world.watch();
    await world.tell(await world.people(1));
    await world.database.store.pool.query(
      `insert into rate_budget (account, tat_at, banned_until) values ('telegram:1', $1, $2)`,
      [world.clock.now(), new Date(world.machineMs + 18_053_000)],
    );
    world.pass(120);
    await world.look(watching, 3);
    expect(await watching.open()).toEqual([]);
    world.pass(18_053);
    await world.look(watching, 2);
    expect(await watching.open()).toEqual(['late bulk:telegram']);
  });

  it('finds broadcasts whose time has come and that nobody expands', async () => {
    const watching = world.watch();
    const broadcasts = createBroadcasts({ pool: world.database.store.pool, businessNow: world.businessNow });
    await world.startBroadcast([world.officer]);
    await world.look(watching, 1);
    world.pass(70);
    await world.look(watching);
    expect(await watching.open()).toEqual(['late broadcasts']);
    await broadcasts.expandDue();
    await world.look(watching, 1);
    expect(await watching.open()).not.toContain('late broadcasts');
  });

  it('takes neither an old broadcast that was resumed nor a jump of the business clock for a late one', async () => {
    const watching = world.watch({
      looks: [lookAtBroadcasts({ pool: world.database.store.pool, accounts: ACCOUNTS })],
    });
    const broadcasts = createBroadcasts({ pool: world.database.store.pool, businessNow: world.businessNow });
    await world.look(watching, 1);
    const old = await world.startBroadcast(await world.people(2));
    await broadcasts.expandDue();
    await broadcasts.pause(old);
    world.businessMs += 86_400_000;
    await world.database.store.pool.query(`update broadcast set state = 'expanding' where id = $1`, [old]);
    await world.startBroadcast([world.officer]);
    world.businessMs += 86_400_000;
    await world.look(watching, 4);
    expect(await watching.open()).toEqual([]);
  });

  it('takes a broadcast whose messages are being written for no late one', async () => {
    const { pool } = world.database.store;
    const watching = world.watch({ looks: [lookAtBroadcasts({ pool, accounts: ACCOUNTS })] });
    const broadcasts = createBroadcasts({ pool, businessNow: world.businessNow });
    const id = await world.startBroadcast(await world.people(8));
    await broadcasts.expandDue();
    const { rows } = await pool.query<{ id: string }>('select id from message order by person desc');
    for (let n = 0; n < 7; n += 1) {
      // Written so far: one person more at each look, half a minute apart.
      await pool.query(`update broadcast set state = 'expanding', expanded_at = null where id = $1`, [id]);
      await pool.query(`update message set source_id = case when id = any($1::bigint[]) then 'later' else $2 end`, [
        rows.slice(0, 7 - n).map((row) => row.id),
        id,
      ]);
      await world.look(watching, 1);
      world.pass(30);
      expect(await watching.open()).toEqual([]);
    }
    await world.look(watching, 1);
    world.pass(70);
    await world.look(watching, 2);
    expect(await watching.open()).toEqual(['late broadcasts']);
  });

  it('judges the rest when one place cannot be looked at, and closes nothing meanwhile', async () => {
    let isBroken = false;
    let late = 1;
    const watching = world.watch({
      looks: [
        () => Promise.resolve([{ kind: 'late', subject: 'steps', count: late, oldestMs: 180_000 }]),
        () => (isBroken ? Promise.reject(new Error('bad row')) : Promise.resolve([])),
      ],
    });
    isBroken = true;
    for (let n = 0; n < 2; n += 1) await expect(watching.dog.look()).rejects.toThrow('bad row');
    expect(await watching.open()).toEqual(['late steps']);
    late = 0;
    await expect(watching.dog.look()).rejects.toThrow('bad row');
    expect(await watching.open()).toEqual(['late steps']);
    isBroken = false;
    await watching.dog.look();
    expect(await watching.open()).toEqual([]);
  });

  it('finds messages that are held or sent for longer than any call takes', async () => {
    const watching = world.watch();
    await world.tell(await world.people(2));
    const { pool } = world.database.store;
    const { rows } = await pool.query<{ id: string }>(
      `insert into lease (worker, lane, until) values ('hung', 'bulk', $1) returning id`,
      [new Date(world.machineMs + 86_400_000)],
    );
    await pool.query(
      `update attempt set waiting = false, lease_id = $1, leased_at = $2, sending_at = $2,
         state = case when id % 2 = 0 then 'sending' else 'leased' end`,
      [rows[0]?.id, world.clock.now()],
    );
    await world.look(watching, 3);
    expect(await watching.open()).toEqual([]);
    world.pass(30);
    await world.look(watching, 2);
    expect(await watching.open()).toEqual(['stuck sending']);
    await pool.query(`update lease set until = $1`, [new Date(world.machineMs - 1)]);
    // The engine's own round ends what a dead process held.
    await world.engine([], { clock: world.clock }).sweep();
    await world.look(watching, 1);
    expect(await watching.open()).toEqual([]);
  });

  it('expects nothing of the bulk lane in safe mode, but answers must leave', async () => {
    const watching = world.watch({ isSafe: true });
    await world.tell(await world.people(1));
    await world.startBroadcast([world.officer]);
    world.pass(90);
    await world.look(watching, 3);
    expect(await watching.open()).toEqual([]);
    await world.database.store.pool.query(`update attempt set lane = 'reply'`);
    await world.look(watching, 2);
    expect(await watching.open()).toEqual(['late reply:telegram']);
  });

  it('lets one look pass: what was found is looked after first', async () => {
    let count = 1;
    const watching = world.watch({
      looks: [() => Promise.resolve([{ kind: 'late', subject: 'steps', count, oldestMs: 86_400_000 }])],
    });
    await world.look(watching, 1);
    count = 0;
    await world.look(watching, 3);
    expect(await watching.open()).toEqual([]);
    expect(await world.told()).toEqual([]);
  });
});

describe('the reconciler', () => {
  it('that hangs in this process is heard from its own timer', async () => {
    const watching = world.watch();
    await watching.dog.beat('round');
    world.pass(50);
    await watching.dog.guard();
    expect(await watching.open()).toEqual([]);
    world.pass(15);
    await watching.dog.guard();
    expect(await watching.open()).toEqual(['silent reconciler:me:1']);
    await watching.dog.beat('round');
    await watching.dog.guard();
    expect(await watching.open()).toEqual([]);
  });

  it('of another process is missed when it falls silent, not when it left in order', async () => {
    const [mine, other] = [world.watch(), world.watch({ worker: 'other:2' })];
    const round = async () => {
      world.pass(15);
      await mine.dog.beat('round');
      await mine.dog.guard();
    };
    await other.dog.beat('round');
    for (let n = 0; n < 4; n += 1) await round();
    expect(await mine.open()).toEqual([]);
    for (let n = 0; n < 3; n += 1) await round();
    expect(await mine.open()).toEqual(['silent reconciler:other:2']);
    await other.dog.leave();
    await round();
    expect(await mine.open()).toEqual([]);
  });

  it('is not called silent because the database was away', async () => {
    const [mine, other] = [world.watch(), world.watch({ worker: 'other:2' })];
    await mine.dog.beat('round');
    await other.dog.beat('round');
    // No round succeeded for two minutes; both processes are alive and said so to themselves.
    for (let n = 0; n < 8; n += 1) {
      world.pass(15);
      await mine.dog.beat('outage');
      await other.dog.beat('outage');
    }
    await mine.dog.guard();
    await mine.dog.beat('round');
    await other.dog.beat('round');
    world.pass(15);
    await mine.dog.guard();
    expect(await mine.open()).toEqual([]);
  });
});
