/** What the flow of handing in carries from question to question. */
import { z } from 'zod';
import type { At } from '../../conversation/index.js';
import type { WorkingCalendar } from '../../kernel/calendar.js';
import type { ObligationView } from '../model.js';

const fileSchema = z.object({ fileId: z.string(), name: z.string(), type: z.string(), size: z.number() });

export const submitData = z.object({
  obligationId: z.string(),
  /** Of the list in which the report is chosen. */
  page: z.number().optional(),
  text: z.string().optional(),
  nil: z.boolean().optional(),
  /** Field name → value; a field without one is still to be asked. */
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  files: z.array(fileSchema).optional(),
  /** The work that reads the Excel form which came. */
  workId: z.string().optional(),
});
export type SubmitData = z.infer<typeof submitData>;

export interface SubmitLoaded {
  readonly obligation: ObligationView | null;
  readonly calendar: WorkingCalendar;
  /** File id → SHA-256, where files were given. */
  readonly hashes?: ReadonlyMap<string, string>;
}
export type SubmitAt = At<SubmitData, SubmitLoaded>;
