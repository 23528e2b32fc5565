/** A short seed of kills; the long one is `npm run test:long`. */
import { expect, it } from 'vitest';
import { tellStoryUnderKills } from './kills.js';
import { World } from './world.js';

it(
  'tells the same story with its queue in Redis though the product is killed twice',
  { timeout: 300_000 },
  async () => {
    const world = await World.create({ backend: 'redis', platforms: true });
    try {
      expect(await tellStoryUnderKills(world, 2, 7)).toBe(2);
    } finally {
      await world.close();
    }
  },
);
