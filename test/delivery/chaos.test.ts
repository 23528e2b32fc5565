import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runChaos } from './chaos.js';
import { createWorld, type World } from './support.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

describe('workers killed at random moments', () => {
  it('lose nothing and double nothing of an announcement', { timeout: 180_000 }, async () => {
    const result = await runChaos(world, {
      recipients: 1_000,
      kills: 6,
      class: 'announcement',
      concurrency: 20,
      workers: 1,
      seed: 1,
      latencyMs: 25,
    });
    expect(result.unfinished).toBe(0);
    expect(result.killed).toBeGreaterThan(0);
    expect(result.mostSending).toBeLessThanOrEqual(20);
    const { sent = 0, uncertain = 0, ...rest } = result.states;
    expect(rest).toEqual({});
    expect(sent + uncertain).toBe(1_000);
    // Whoever the ledger says was told, was told; nobody twice; whoever was not, is counted as uncertain.
    expect(result.received).toBe(result.people);
    expect(result.people).toBeGreaterThanOrEqual(sent);
    expect(result.people).toBeLessThanOrEqual(sent + uncertain);
    expect(uncertain).toBeLessThanOrEqual(20 * result.killed);
  });

  it('tell everybody of a deadline, and mark what they tell again', { timeout: 180_000 }, async () => {
    const result = await runChaos(world, {
      recipients: 600,
      kills: 4,
      class: 'deadline',
      concurrency: 20,
      workers: 2,
      seed: 2,
      latencyMs: 25,
    });
    expect(result).toMatchObject({ unfinished: 0, unmarkedRepeats: 0 });
    // Told once more is told twice at most: who was cut off both times stays uncertain, and is counted as that.
    const { uncertain = 0 } = result.states;
    expect(result.people).toBeGreaterThanOrEqual(600 - uncertain);
    expect(uncertain).toBeLessThanOrEqual(20 * result.killed);
    expect(result.mostSending).toBeLessThanOrEqual(20);
    expect(Object.values(result.states).reduce((sum, n) => sum + n, 0)).toBe(600);
  });
});
