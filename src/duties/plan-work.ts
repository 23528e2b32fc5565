/** Planning one duty soon after it was saved; the hourly job finds whatever this leaves undone. */
import { z } from 'zod';
import type { WorkHandler } from '../inbox/index.js';
import { PLAN_WORK } from './effects.js';

const payloadSchema = z.object({ dutyId: z.string() });

/** The work that makes the obligations of a duty; nobody waits for its outcome. */
export function createPlanWork(
  planDuties: (now: Date, only: { readonly dutyId: string }) => Promise<number>,
  businessNow: () => Promise<Date>,
): WorkHandler {
  return {
    kind: PLAN_WORK,
    finish: 'self',
    run: async ({ payload }) => planDuties(await businessNow(), payloadSchema.parse(payload)),
  };
}
