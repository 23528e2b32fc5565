/** What is known while a due day is being moved. */
import { z } from 'zod';
import { t, type Text } from '../../conversation/index.js';

/** Which period of which duty, for whom, until when, on what ground. */
export const movingData = z.object({
  page: z.number(),
  /** The duty whose periods are offered; absent: of all. */
  onlyOf: z.string().optional(),
  dutyId: z.string().optional(),
  period: z.string().optional(),
  unitIds: z.array(z.string()).optional(),
  day: z.string().optional(),
  basis: z.string().optional(),
  seen: z.string().optional(),
});
export type MovingData = z.infer<typeof movingData>;

const numbersButton = { label: t('button.numbers'), command: 'numbers' };

/** The flow is over. */
export const movingEnd = (text: Text | readonly Text[]) =>
  ({ end: true, say: [{ text, buttons: [numbersButton] }] }) as const;
