/** The story while the product is killed again and again: it must end the same. */
import { expect } from 'vitest';
import { tellStory } from './story.js';
import type { World } from './world.js';

/** Random, but the same for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Tells the story, killing the product `kills` times at random moments of it. Returns how often it was killed. */
export async function tellStoryUnderKills(world: World, kills: number, seed: number): Promise<number> {
  const random = createRandom(seed);
  let killed = 0;
  let over = false;
  const killer = (async () => {
    while (!over && killed < kills) {
      await new Promise((resolve) => setTimeout(resolve, 100 + random() * 1_400));
      if (over) return;
      if (world.isCalm) continue;
      killed += 1;
      await world.killAndRestart();
    }
  })();
  try {
    const ledgers = await tellStory(world);
    over = true;
    await killer;
    for (const [, ledger] of ledgers) {
      const sum = Object.values(ledger.byState).reduce((total, count) => total + count, 0);
      expect(sum).toBe(ledger.recipients);
    }
  } finally {
    over = true;
    await killer.catch(() => undefined);
  }
  await expectSameEnd(world);
  return killed;
}

/** What the story leaves behind, however often it was interrupted. */
async function expectSameEnd(world: World): Promise<void> {
  const { db } = world.db.store;
  const campaign = await db.campaign.findFirstOrThrow({
    where: { name: 'Mỗi tuần một việc tốt' },
    include: { registrations: true },
  });
  expect(await db.campaign.count({ where: { name: 'Mỗi tuần một việc tốt' } })).toBe(1);
  expect(campaign.registrations.map((one) => one.state).sort()).toEqual(['accepted', 'returned']);
  expect(await db.broadcast.count()).toBe(2);
  expect(await db.honour.count({ where: { personName: 'Nguyễn Thị Mẫu' } })).toBe(1);
  expect(await db.question.count({ where: { state: 'answered' } })).toBe(1);
  // One message a person and thing told: the unique key holds, and no answer was planned twice.
  const doubles = await world.db.store.pool.query(
    `select source_kind, source_id, person, slot from message group by 1, 2, 3, 4 having count(*) > 1`,
  );
  expect(doubles.rows).toEqual([]);
  // On Telegram and Zalo a text may come again only when it is marked as a repeat.
  expect((await world.telegram?.summary())?.twice).toEqual([]);
  expect((await world.zalo?.summary())?.twice).toEqual([]);
}
