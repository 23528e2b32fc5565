import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raw } from '../../src/conversation/text.js';
import { createBroadcasts, createMissedStarts, createOutbox } from '../../src/delivery/index.js';
import { readBusinessClock } from '../../src/store/index.js';
import { createWalk } from '../../src/wiring/demo.js';
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
});
