/** Every effect of the product and who carries it out; what rooms need of one another is joined here. */
import { createAwardsEffects } from '../awards/index.js';
import { createCalendarEffects } from '../calendar/index.js';
import { createCampaignsEffects } from '../campaigns/index.js';
import { createNoticesEffects, type NoticesDeps } from '../notices/index.js';
import { createDutiesEffects, openDuty, type DutiesDeps } from '../duties/index.js';
import { createHonoursEffects } from '../honours/index.js';
import { buildEffectTable, createWorkEffect, type EffectTable } from '../inbox/index.js';
import { machineClock } from '../kernel/clock.js';
import { createRegistrationsEffects } from '../registrations/index.js';
import {
  acceptRegistration,
  createReportingEffects,
  markRegistered,
  owedOn,
  redateSteps,
  reopenRegistration,
  type ReportingDeps,
} from '../reporting/index.js';
import { closeTask, createTasksEffects, openTask, openTasks } from '../tasks/index.js';
import { createUnitsEffects, holdersOf, officers, unitsOf } from '../units/index.js';

/** What reporting needs of units and tasks. */
export const reportingDeps: ReportingDeps = { seats: { holdersOf, officers }, tasks: { openTasks, closeTask } };

/** Nobody is told of moved due days yet but by the steps of the new one. */
const dutiesDeps: DutiesDeps = { dueMoved: () => Promise.resolve() };

const unitIdsOf: NoticesDeps['unitsOf'] = async (tx, rule, day) =>
  (await unitsOf(tx, rule, day)).map((unit) => unit.id);

/** Joins the handlers of all rooms. */
export function createEffects(control: NoticesDeps['control']): EffectTable {
  return buildEffectTable([
    createWorkEffect(machineClock),
    ...createUnitsEffects(),
    ...createTasksEffects(),
    ...createCalendarEffects({ listener: { redateSteps, owedOn }, openTasks, closeTask }),
    ...createAwardsEffects({ openTask, closeTask, officers }),
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
  ]);
}
