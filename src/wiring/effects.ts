/** Every effect of the product and who carries it out; what rooms need of one another is joined here. */
import {
  createAwardsEffects,
  createCardEffects,
  createLawEffects,
  createMarkEffects,
  type AwardsDeps,
  type Knowledge,
} from '../awards/index.js';
import { createCalendarEffects } from '../calendar/index.js';
import { createCampaignsEffects } from '../campaigns/index.js';
import { createNoticesEffects, type NoticesDeps } from '../notices/index.js';
import { createDutiesEffects, openDuty, type DutiesDeps } from '../duties/index.js';
import { createHonoursEffects } from '../honours/index.js';
import { buildEffectTable, createWorkEffect, type EffectTable } from '../inbox/index.js';
import { createInsightsEffects } from '../insights/index.js';
import { machineClock } from '../kernel/clock.js';
import { createRegistrationsEffects } from '../registrations/index.js';
import {
  acceptRegistration,
  createReportingEffects,
  markRegistered,
  owedOn,
  reopenRegistration,
  tellDueMoved,
  type ReportingDeps,
} from '../reporting/index.js';
import { closeTask, createTasksEffects, openTask, openTasks } from '../tasks/index.js';
import { createUnitsEffects, holdersOf, leaders, officers, unitsOf } from '../units/index.js';

import { SUCCESSION } from './succession.js';

/** What reporting needs of units and tasks. */
export const reportingDeps: ReportingDeps = {
  seats: { holdersOf, leaders, officers },
  tasks: { openTasks, closeTask },
};

/** Whoever was told of a due day that a new version of its duty moves is told once that it no longer holds. */
const dutiesDeps: DutiesDeps = {
  dueMoved: async ({ tx, outbox, now }, moved) => {
    await tellDueMoved({ seats: reportingDeps.seats, outbox }, tx, moved, now);
  },
};

const unitIdsOf: NoticesDeps['unitsOf'] = async (tx, rule, day) =>
  (await unitsOf(tx, rule, day)).map((unit) => unit.id);

/** Joins the handlers of all rooms. */
export function createEffects(
  control: NoticesDeps['control'],
  near?: AwardsDeps['near'],
  knowledge?: () => Knowledge,
): EffectTable {
  return buildEffectTable([
    createWorkEffect(machineClock),
    ...createUnitsEffects(SUCCESSION),
    ...createTasksEffects(),
    ...createCalendarEffects({ listener: { owedOn }, openTasks, closeTask }),
    ...createAwardsEffects({ openTask, closeTask, officers, ...(near ? { near } : {}) }),
    ...createCardEffects(knowledge ? { knowledge } : {}),
    ...createMarkEffects({ openTask, closeTask, officers }),
    ...createLawEffects({ openTask, closeTask }),
    ...createNoticesEffects({ unitsOf: unitIdsOf, control }),
    ...createDutiesEffects(dutiesDeps),
    ...createCampaignsEffects({ openDuty, unitsOf: unitIdsOf }),
    ...createHonoursEffects(),
    ...createRegistrationsEffects({
      markRegistered,
      acceptRegistration,
      reopenRegistration,
      seatHolders: async (tx, unitId) =>
        (await holdersOf(tx, [unitId], ['primary', 'deputy'])).map((holder) => ({
          person: holder.personKey,
          seatId: holder.seatId,
        })),
    }),
    ...createReportingEffects(reportingDeps),
    ...createInsightsEffects(),
  ]);
}
