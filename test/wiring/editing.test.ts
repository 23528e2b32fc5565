import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLedger, createOutbox } from '../../src/delivery/index.js';
import { startEditing } from '../../src/wiring/editing.js';
import { createWorld, MORNING, type World } from '../delivery/support.js';
import { recordingLogger } from '../queue/harness.js';
import { waitFor } from '../support/wait.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** The clock of a worker, over a pool that counts its statements and may be away. */
function start(isAway: () => boolean) {
  const { store } = world.database;
  const asked: string[] = [];
  const query = (statement: string | { text: string }, ...rest: readonly unknown[]) => {
    asked.push(typeof statement === 'string' ? statement : statement.text);
    if (isAway()) return Promise.reject(new Error('away'));
    return (store.pool.query as (...args: unknown[]) => Promise<unknown>)(statement, ...rest);
  };
  const pool = new Proxy(store.pool, {
    get: (target, name) => (name === 'query' ? query : (Reflect.get(target, name) as unknown)),
  });
  const { logger, lines } = recordingLogger();
  const stop = startEditing({
    store: { ...store, transaction: store.transaction.bind(store), pool },
    engine: { kick: () => undefined },
    outbox: createOutbox(),
    ledger: createLedger(store.pool),
    channels: new Map(),
    businessNow: () => Promise.resolve(MORNING),
    logger,
  });
  return { stop, asked, lines };
}

describe('the clock of what changes messages', () => {
  it('asks one question a second while there is nothing to change', async () => {
    const { stop, asked } = start(() => false);
    await waitFor(() => asked.length >= 3);
    await stop(1_000);
    expect(new Set(asked).size).toBe(1);
  });

  it('tells of an outage once, and of the next one again', async () => {
    let isAway = true;
    const { stop, asked, lines } = start(() => isAway);
    await waitFor(() => asked.length >= 3);
    expect(lines).toHaveLength(1);
    isAway = false;
    const seen = asked.length;
    await waitFor(() => asked.length >= seen + 2);
    isAway = true;
    await waitFor(() => lines.length === 2, { what: 'the second outage' });
    await stop(1_000);
  });
});
