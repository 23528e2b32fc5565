/** Ten kills on each backend, and kills while the demo's clock walks. */
import { expect, it } from 'vitest';
import { figures } from '../support/figures.js';
import { tellStoryUnderKills } from './kills.js';
import { World } from './world.js';

it.each(['postgres', 'redis'] as const)(
  'tells the same story on %s though the product is killed ten times',
  { timeout: 600_000 },
  async (backend) => {
    const world = await World.create({ backend, platforms: true });
    const began = Date.now();
    let kills: number;
    try {
      kills = await tellStoryUnderKills(world, 10, 20_261_122);
    } finally {
      await world.close();
    }
    expect(kills).toBe(10);
    figures(`R1 the whole product, queue on ${backend}`, {
      kills,
      seconds: Math.round((Date.now() - began) / 1_000),
    });
  },
);

it('does every stop of the clock at its own time though the walk is killed again and again', async () => {
  const world = await World.create({ backend: 'postgres' });
  let isOver = false;
  let kills = 0;
  const killer = (async () => {
    for (let n = 0; n < 8 && !isOver; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 60 + 40 * n));
      if (isOver) return;
      kills += 1;
      await world.killAndRestart();
    }
  })();
  try {
    await world.advanceDays(20);
    isOver = true;
    await killer;
    const { rows } = await world.db.store.pool.query<{ fired: number; late: number }>(
      `select count(*) filter (where state = 'fired')::int as fired,
         count(*) filter (where evidence ->> 'missed' = 'true' or (evidence ->> 'lateMinutes')::int > 60)::int as late
       from reminder_step where due_at > (select min(created_at) from obligation)`,
    );
    const { fired = 0, late = null } = rows[0] ?? {};
    expect(kills).toBeGreaterThan(2);
    expect(fired).toBeGreaterThan(0);
    expect(late).toBe(0);
    figures('R1 a walk of the clock', { kills, fired, late: late ?? 0 });
  } finally {
    isOver = true;
    await killer.catch(() => undefined);
    await world.close();
  }
});
