import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeTelegram, type FakeTelegram } from '../support/fake-telegram.js';
import { AT_ONCE, runSequence } from './broadcast-sequences.js';
import { createWorld, type World } from './support.js';

let world: World;
let fake: FakeTelegram;

beforeAll(async () => {
  world = await createWorld();
  fake = await startFakeTelegram({ limits: { perSecond: 100_000, perChatPerSecond: 1_000 } });
});
afterAll(async () => {
  await fake.stop();
  await world.close();
});

describe('orders given at random while two engines send', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'tell nobody twice and leave nobody out (seed %i)',
    { timeout: 90_000 },
    async (seed) => {
      const result = await runSequence(world, fake, seed);
      process.stdout.write(`${JSON.stringify(result)}\n`);
      expect(result).toMatchObject({ twice: 0, skipped: 0, unaccounted: 0, stale: 0 });
      expect(Object.values(result.byState).reduce<number>((sum, n) => sum + (n ?? 0), 0)).toBe(result.recipients);
      if (result.state === 'finished') expect(result.recipients).toBe(60);
      expect(result.cancelMs ?? 0).toBeLessThanOrEqual(2_000);
      expect(result.begunAfter).toBeLessThanOrEqual(AT_ONCE);
    },
  );
});
