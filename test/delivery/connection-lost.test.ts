/** The engine's connections end under it; a paced line is the one with most to remember. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { waitFor } from '../support/wait.js';
import { createFakeChannel, createWorld, type World } from './support.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const BREAK = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and query like '%outcome as%'`;

it.each([
  ['paced', 150],
  ['free', null],
] as const)(
  'a %s line goes on after its connection broke again and again, and tells nobody twice',
  async (_, bulkPerSecond) => {
    const channel = createFakeChannel('telegram', { bulkPerSecond });
    channel.answer = async (outgoing) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { kind: 'sent', platformMessageId: outgoing.attemptId };
    };
    await world.tell(await world.people(400));
    const engine = world.engine([channel], { concurrency: 20 });
    engine.kick('bulk');
    let broken = 0;
    for (let n = 1; n <= 4; n += 1) {
      await waitFor(() => channel.sent.length >= n * 40);
      // The connection that took the last one's place may not have written an outcome yet.
      await waitFor(async () => (broken += (await world.query(BREAK)).length) >= n, { everyMs: 5 });
    }
    // What was given back uncalled waits for the next round, as it does in the product.
    await waitFor(async () => (await engine.reconcile()) && (await world.counts())['sent'] === 400, {
      timeoutMs: 20_000,
      everyMs: 500,
    });
    expect(new Set(channel.calls.map(({ outgoing }) => outgoing.address)).size).toBe(400);
    expect(channel.calls).toHaveLength(400);
    expect(broken).toBeGreaterThanOrEqual(4);
  },
);
