/** Ten kills on each backend. */
import { expect, it } from 'vitest';
import { tellStoryUnderKills } from './kills.js';
import { World } from './world.js';

it.each(['postgres', 'redis'] as const)(
  'tells the same story on %s though the product is killed ten times',
  { timeout: 600_000 },
  async (backend) => {
    const world = await World.create({ backend, platforms: true });
    try {
      expect(await tellStoryUnderKills(world, 10, 20_261_122)).toBe(10);
    } finally {
      await world.close();
    }
  },
);
