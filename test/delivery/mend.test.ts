import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBroadcasts } from '../../src/delivery/index.js';
import { createGate } from '../queue/harness.js';
import { waitFor } from '../support/wait.js';
import { createFakeChannel, createWorld, MORNING, type World } from './support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

describe('what the engine mends', () => {
  it('lets what waits leave also when it fails', async () => {
    await world.tell(await world.people(3));
    const channel = createFakeChannel();
    let isBroken = true;
    const engine = world.engine([channel], {
      businessNow: () => (isBroken ? Promise.reject(new Error('a bad setting')) : Promise.resolve(MORNING)),
    });
    await expect(engine.mend()).rejects.toThrow('a bad setting');
    isBroken = false;
    await waitFor(() => channel.sent.length === 3, { what: 'the messages' });
    await world.reset();
  });

  it('says that a broadcast is over when its last message has left, without waiting for a round', async () => {
    const { store } = world.database;
    await world.people(2);
    const broadcasts = createBroadcasts({ pool: store.pool, businessNow: () => Promise.resolve(MORNING) });
    const id = await world.order([], { audience: { kind: 'subscribers' } });
    await broadcasts.expand(id);
    await world.engine([createFakeChannel()], { broadcasts }).drain('bulk');
    expect(await world.query('select state from broadcast')).toEqual([{ state: 'finished' }]);
  });

  it('ends that work before it is stopped, and begins none of it afterwards', async () => {
    await world.reset();
    await world.tell(await world.people(1));
    const gate = createGate();
    let [begun, ended] = [0, 0];
    const broadcasts = {
      expandDue: () => Promise.resolve([]),
      settle: async () => {
        begun += 1;
        await gate.opened;
        ended += 1;
        return [];
      },
    };
    const engine = world.engine([createFakeChannel()], { broadcasts });
    engine.kick('bulk');
    await waitFor(() => begun === 1, { what: 'the look for what is over' });
    const stopped = engine.stop(5_000).then(() => ended);
    gate.open();
    expect(await stopped).toBe(1);
    await engine.drain('bulk');
    expect(begun).toBe(1);
  });
});
