import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runChaos } from './chaos.js';
import { createWorld, type World } from './support.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const ROUNDS = Array.from({ length: 20 }, (_, n) => ({
  seed: 1_000 + n,
  kind: n % 2 === 0 ? ('announcement' as const) : ('deadline' as const),
  workers: n % 4 < 2 ? 1 : 2,
}));

describe('two hundred kills', () => {
  it.each(ROUNDS)('lose and double nothing ($kind, $workers at once, seed $seed)', async ({ seed, kind, workers }) => {
    const concurrency = 25;
    const result = await runChaos(world, {
      recipients: 1_000,
      kills: 10,
      class: kind,
      concurrency,
      workers,
      seed,
      latencyMs: 30,
    });
    const { sent = 0, uncertain = 0, ...rest } = result.states;
    expect(rest).toEqual({});
    expect(result.unfinished).toBe(0);
    expect(sent + uncertain).toBe(1_000);
    expect(result.mostSending).toBeLessThanOrEqual(concurrency);
    expect(result.unmarkedRepeats).toBe(0);
    expect(result.people).toBeGreaterThanOrEqual(sent);
    if (kind === 'announcement') {
      expect(result.received).toBe(result.people);
      expect(result.people).toBeLessThanOrEqual(sent + uncertain);
    } else expect(result.people).toBeGreaterThanOrEqual(1_000 - uncertain);
  });
});
