/** One story of a province's week, through the real doors and on all three channels. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellStory } from './story.js';
import { World } from './world.js';

/** Declares its tests on a queue of that backend. */
export function describeWeek(backend: 'postgres' | 'redis'): void {
  describe(`a week of the province on ${backend}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await World.create({ backend, platforms: true });
    }, 120_000);
    afterAll(() => world.close());

    it(
      'goes from the launch to the numbers, on the web, Telegram and Zalo together',
      { timeout: 240_000 },
      async () => {
        const ledgers = await tellStory(world);
        for (const [source, ledger] of ledgers) {
          const sum = Object.values(ledger.byState).reduce((total, count) => total + count, 0);
          expect([source, sum]).toEqual([source, ledger.recipients]);
          expect(new Set(ledger.rows.map((row) => row.person)).size).toBe(ledger.rows.length);
        }
        expect((await world.telegram?.summary())?.twice).toEqual([]);
        expect((await world.zalo?.summary())?.twice).toEqual([]);
      },
    );

    it('stops in order and lets go of its port', async () => {
      expect(await world.end('SIGTERM')).toBe(0);
    });
  });
}
