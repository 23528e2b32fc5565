/** What notices share: the rule by which an audience is chosen, and how long a text may be. */
import { z } from 'zod';
import { UNIT_LEVELS, UNIT_TYPES } from '../units/index.js';

export const ruleSchema = z.object({
  types: z.array(z.enum(UNIT_TYPES)),
  levels: z.array(z.enum(UNIT_LEVELS)),
  clusters: z.array(z.string()),
  units: z.array(z.string()),
});

export const TEXT_LIMIT = 4000;
