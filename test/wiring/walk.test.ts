import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REDATE_WORK } from '../../src/calendar/index.js';
import { raw } from '../../src/conversation/text.js';
import { createBroadcasts, createMissedStarts, createOutbox } from '../../src/delivery/index.js';
import { readBusinessClock } from '../../src/store/index.js';
import { createWalk } from '../../src/wiring/demo.js';
import { waitFor } from '../support/wait.js';
import { createFakeChannel, createWorld, type World } from '../delivery/support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const DAY_MS = 86_400_000;

describe('the walk of the business clock', () => {
  it('begins a planned broadcast at its own hour, however far it goes: days that pass are no outage', async () => {
    const { store } = world.database;
    await world.people(3);
    const businessNow = () => readBusinessClock(store.db);
    const broadcasts = createBroadcasts({ pool: store.pool, businessNow, quietHours: null });
    const engine = world.engine([createFakeChannel()], { businessNow, quietHours: null, broadcasts });
    const now = await businessNow();
    const [id, startAt] = [randomUUID(), new Date(now.getTime() + DAY_MS)];
    const order = {
      ...({ id, kind: 'notice', subjectId: id, title: 'Họp', class: 'announcement', createdById: null } as const),
      ...({ audience: { kind: 'subscribers' }, say: [{ text: raw('Họp') }], startAt } as const),
    };
    await store.transaction((tx) => createOutbox({ quietHours: null }).broadcast(tx, order, now));
    const walk = createWalk({
      store,
      engine,
      broadcasts,
      watch: { judge: () => Promise.resolve(), judgements: () => Promise.resolve([]) },
      dueInstants: () => Promise.resolve([]),
      reminderTick: () => Promise.resolve({ fired: 0, told: 0 }),
      planDuties: () => Promise.resolve(),
    });
    await walk(new Date(now.getTime() + 5 * DAY_MS));
    const row = await store.db.broadcast.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ state: 'finished', recipients: 3 });
    expect((row.expandedAt?.getTime() ?? 0) - startAt.getTime()).toBeLessThan(60_000);
    const ask = createMissedStarts({
      ...{ store, outbox: createOutbox(), businessNow, command: 'broadcast' },
      whom: () => Promise.resolve([]),
    });
    expect(await ask()).toBe(0);
  });

  it('does not begin before the reminders stand where a changed calendar has them', async () => {
    const { store } = world.database;
    const now = await readBusinessClock(store.db);
    const work = { id: randomUUID(), kind: REDATE_WORK, payload: {}, runAfter: new Date() };
    await store.db.work.create({ data: work });
    let looks = 0;
    let planned = false;
    const db = new Proxy(store.db, {
      get: (of, key) => {
        if (key === 'work') looks += 1;
        return Reflect.get(of, key) as unknown;
      },
    });
    const walk = createWalk({
      store: { ...store, db },
      engine: world.engine([createFakeChannel()], { businessNow: () => readBusinessClock(store.db), quietHours: null }),
      broadcasts: { expandDue: () => Promise.resolve([]), settle: () => Promise.resolve([]) },
      watch: { judge: () => Promise.resolve(), judgements: () => Promise.resolve([]) },
      dueInstants: () => Promise.resolve([]),
      reminderTick: () => Promise.resolve({ fired: 0, told: 0 }),
      planDuties: () => Promise.resolve((planned = true)),
    });
    const walking = walk(new Date(now.getTime() + DAY_MS));
    await waitFor(() => looks > 1);
    expect(planned).toBe(false);
    await store.db.work.update({ where: { id: work.id }, data: { state: 'done' } });
    await walking;
    expect(planned).toBe(true);
  });
});
