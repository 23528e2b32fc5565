/** What the flow of handing in carries from question to question. */
import { z } from 'zod';
import type { At } from '../conversation/index.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import type { ObligationView } from './model.js';

export const submitData = z.object({
  obligationId: z.string(),
  text: z.string().optional(),
  nil: z.boolean().optional(),
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  file: z.object({ fileId: z.string(), name: z.string(), type: z.string(), size: z.number() }).optional(),
  /** Which field of the form is asked. */
  field: z.number().optional(),
});
export type SubmitData = z.infer<typeof submitData>;

export interface SubmitLoaded {
  readonly obligation: ObligationView | null;
  readonly calendar: WorkingCalendar;
}
export type SubmitAt = At<SubmitData, SubmitLoaded>;
