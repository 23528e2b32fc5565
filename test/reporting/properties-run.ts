import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdAlways } from './properties.js';
import { logSteps } from './properties-province.js';
import { World } from './world.js';

interface Wanted {
  readonly runs: number;
  readonly seed: number;
  readonly timeoutMs: number;
  /** What the runs must have met, or they promise less than they say. */
  readonly meets?: readonly string[];
}

/** The same promises, held to more or fewer sequences. */
export function describeLadder({ runs, seed, timeoutMs, meets = [] }: Wanted): void {
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
        for (const what of meets) expect(figures.steps.get(what), what).toBeGreaterThan(0);
      },
      timeoutMs,
    );
  });
}
