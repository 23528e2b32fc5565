import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdAlways } from './properties.js';
import { logSteps } from './properties-province.js';
import { World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await World.create();
  await logSteps(world);
});
afterAll(() => world.drop());

describe('the ladder of any province, whatever happens', () => {
  it('tells nobody twice, nobody of what is in, nobody above without proof, and forgets nobody', async () => {
    const figures = await holdAlways(world, 20, 20261123);
    process.stdout.write(`${figures.toString()}\n`);
    expect(figures.runs).toBe(20);
    expect(figures.steps.get('fired on arrived')).toBeGreaterThan(5);
  }, 120_000);
});
