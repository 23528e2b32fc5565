/** Planning and a day that is entered at the same moment: no reminder stays where the old calendar had it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPlanDuties } from '../../src/duties/index.js';
import { applyEffects } from '../../src/inbox/effects.js';
import { enterDays } from '../../src/calendar/effects.js';
import { redateSteps } from '../../src/reporting/index.js';
import { newCode, newId } from '../../src/kernel/ids.js';
import type { Tx } from '../../src/store/index.js';
import { closeTask, openTasks } from '../../src/tasks/index.js';
import { loadActor } from '../../src/units/index.js';
import { createEffects } from '../../src/wiring/effects.js';
import { createBroadcasts, createOutbox } from '../../src/delivery/index.js';
import { NINE } from '../notices/orders-world.js';
import { waitFor } from '../support/wait.js';
import { createDutiesWorld, type DutiesWorld } from './world.js';

let world: DutiesWorld;
let admin: string;
beforeAll(async () => {
  world = await createDutiesWorld();
  const { memberId } = await world.person('Quản trị', ['admin']);
  ({ id: admin } = await world.store.db.contact.findFirstOrThrow({ where: { memberId } }));
});
beforeEach(async () => {
  await world.clean();
  await world.at(NINE); // Monday, 23/11/2026
});
afterAll(() => world.drop());

/** The administrator enters a day off. */
const enterDayOff = (on: string) =>
  world.store.transaction(async (tx) => {
    const effect = enterDays({ days: [{ on, kind: 'off', name: 'Nghỉ bão' }], source: 'entered', note: null });
    const broadcasts = createBroadcasts({ pool: world.store.pool, businessNow: () => Promise.resolve(new Date(NINE)) });
    const coder = (prefix: string) => newCode(prefix, 8);
    const at = { tx, now: new Date(NINE), heardAt: new Date(NINE), inboundId: newId(), newId, newCode: coder };
    const refusal = await applyEffects(
      createEffects((in_: Tx) => broadcasts.in(in_)),
      [effect],
      {
        ...at,
        actor: await loadActor(tx, admin),
        outbox: createOutbox({ channels: ['web'] }),
      },
    );
    expect(refusal).toBeUndefined();
  });

const waiting = () =>
  waitFor(async () => {
    const { rows } = await world.store.pool.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`,
    );
    return rows.length > 0;
  });

/** When the steps of November's report, due on Monday 07/12, are told (in UTC: 01:00 is 08:00 in Việt Nam). */
async function november(dutyId: string): Promise<string[]> {
  const rows = await world.store.db.reminderStep.findMany({
    where: { obligation: { dutyId, period: '2026-11' } },
    orderBy: { dueAt: 'asc' },
  });
  return rows.map(({ step, dueAt }) => `${step} ${dueAt.toISOString().slice(0, 10)}`);
}

// With Friday 04/12 off; T-7 would otherwise stand on 26/11, T-3 on 02/12, T-1 on 04/12.
const BY_THE_NEW_CALENDAR = ['T-7 2026-11-25', 'T-3 2026-12-01', 'T-1 2026-12-03', 'T 2026-12-07'];

describe('a day off that is entered while a duty is planned', () => {
  it('comes second and dates what was planned anew', async () => {
    await world.ward('Phường A');
    const { id } = await world.duty({ endsOn: '2026-11-30' });
    let entered: Promise<void> = Promise.resolve();
    // The last thing that planning a duty does: its obligations are written, nobody sees them yet.
    const slow: typeof closeTask = async (...args) => {
      entered = enterDayOff('2026-12-04');
      await waiting();
      return closeTask(...args);
    };
    await createPlanDuties({ store: world.store, tasks: { openTasks, closeTask: slow } })(new Date(NINE));
    await entered;
    await redateSteps(world.store, new Date(NINE));
    expect((await november(id)).slice(0, 4)).toEqual(BY_THE_NEW_CALENDAR);
  });
});
