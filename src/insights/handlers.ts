/** Carries out what the flows of this room ask for. */
import { notForYou, refuse } from '../conversation/index.js';
import { handle, type EffectHandler } from '../inbox/index.js';
import { maySetDigest, setDigest } from './flow-digest.js';
import { keepSchedule } from './schedule.js';

/** Handlers of this room's effects. */
export const createInsightsEffects = (): EffectHandler[] => [
  handle(setDigest, async ({ wish }, { tx, now, actor }) => {
    if (!maySetDigest(actor)) return refuse('not-allowed', notForYou(maySetDigest, actor));
    const { on, weekday, time } = wish;
    await keepSchedule(tx, { on, weekday, time }, now);
    await tx.auditEntry.create({
      data: {
        at: now,
        memberId: actor.memberId,
        action: 'insights.digest',
        subject: 'insights.digest',
        data: { on, weekday, time },
      },
    });
    return undefined;
  }),
];
