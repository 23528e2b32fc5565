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
    const figures = await holdAlways(world, 400, 20261201);
    process.stdout.write(`${figures.toString()}\n`);
    expect(figures.runs).toBe(400);
    expect(figures.steps.get('fired on arrived')).toBeGreaterThan(100);
  }, 900_000);
});
