/** Where the guided launch stands, and which question comes next. */
import { z } from 'zod';
import type { Move } from '../conversation/index.js';
import { draftSchema, isDatePart, nextPart, type CampaignDraft, type Part } from './model.js';

export const launchData = z.object({
  draft: draftSchema,
  /** The part being asked for. */
  part: z.string().optional(),
  /** One part is being changed: afterwards back to the review, not on to the next part. */
  editing: z.boolean().optional(),
  /** When the announcement leaves (ISO); absent: at once. */
  at: z.string().optional(),
});
export type LaunchData = z.infer<typeof launchData>;

/** The step that asks for a part. */
export const stepOf = (part: Part): string =>
  part === 'participants' || part === 'form' ? part : isDatePart(part) ? 'date' : 'text';

/** After a part: the next one, or the review. */
export function onward(draft: CampaignDraft, editing: boolean | undefined): Move<LaunchData> {
  const part = editing === true ? null : nextPart(draft);
  if (part === null) return { to: 'review', data: { draft } };
  return { to: stepOf(part), data: { draft, part } };
}
