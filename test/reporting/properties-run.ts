import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdAlways } from './properties.js';
import { logSteps } from './properties-province.js';
import { World } from './world.js';

/** The same promises, held to more or fewer sequences. */
export function describeLadder({ runs, seed, timeoutMs }: { runs: number; seed: number; timeoutMs: number }): void {
  let world: World;
  beforeAll(async () => {
    world = await World.create();
    await logSteps(world);
  });
  afterAll(() => world.drop());

  describe('the ladder of any province, whatever happens', () => {
    it(
      'tells nobody twice, nobody of what is in, nobody above without proof, and forgets nobody',
      async () => {
        const figures = await holdAlways(world, runs, seed);
        process.stdout.write(`${figures.toString()}\n`);
        expect(figures.runs).toBe(runs);
        expect(figures.steps.get('fired on arrived')).toBeGreaterThan(runs / 4);
      },
      timeoutMs,
    );
  });
}
