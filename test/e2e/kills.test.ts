/** A short seed of kills; the long one is `npm run test:long`. */
import { expect, it } from 'vitest';
import { tellStoryUnderKills } from './kills.js';
import { World } from './world.js';

it('tells the same story though the product is killed three times', { timeout: 300_000 }, async () => {
  const world = await World.create({ backend: 'postgres', platforms: true });
  try {
    expect(await tellStoryUnderKills(world, 3, 7)).toBe(3);
  } finally {
    await world.close();
  }
});
