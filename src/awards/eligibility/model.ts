/** The rules of a self-check as knowledge/eligibility.yaml holds them, and their form. */
import { z } from 'zod';
import { CERTAINTIES, type Basis } from '../model.js';
import { basisSchema } from '../schema.js';

const text = z.string().trim().min(1);
const id = z.string().regex(/^[a-z0-9-]{2,40}$/, 'lower-case letters, digits and hyphens, 2 to 40');
// Absent keys stay absent when zod reads them.
const basis = basisSchema as unknown as z.ZodType<Basis>;
const shared = { id, name: text, basis, certainty: z.enum(CERTAINTIES) };
const atLeast = z.number().int().positive();

const conditionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...shared,
    kind: z.literal('yes'),
    ask: text,
    wanted: z.enum(['yes', 'no']).default('yes'),
    /** What the other answer means: the condition is missing, or somebody has to look. */
    ifNot: z.enum(['missing', 'unsure']).default('missing'),
  }),
  z.strictObject({ ...shared, kind: z.literal('share'), ask: text }),
  z.strictObject({ ...shared, kind: z.literal('years'), ask: text, atLeast }),
  z.strictObject({ ...shared, kind: z.literal('number'), ask: text, atLeast }),
  z.strictObject({
    ...shared,
    kind: z.literal('oneOf'),
    ask: text,
    /** `words`: shorter ways to type a choice. */
    choices: z.array(z.strictObject({ id, name: text, words: z.array(text).optional() })).min(2),
  }),
  z.strictObject({ ...shared, kind: z.literal('judged') }),
]);

const titleSchema = z.strictObject({
  /** A title or form of words.yaml. */
  id,
  /** Which of several ways to it is checked. */
  route: text.optional(),
  conditions: z.array(conditionSchema).min(1),
  /** What is not known here and has to be asked. */
  unknown: text.optional(),
});

export const eligibilitySchema = z.strictObject({
  common: z.array(conditionSchema),
  titles: z.array(titleSchema).min(1),
});

/** One condition; `judged` ones are not asked, the council weighs them. */
export type Condition = z.infer<typeof conditionSchema>;
export type AskedCondition = Exclude<Condition, { kind: 'judged' }>;
/** A title or form with everything that is checked for it. */
export type EligibilityTitle = z.infer<typeof titleSchema>;
export type EligibilityRules = z.infer<typeof eligibilitySchema>;

export const isAsked = (condition: Condition): condition is AskedCondition => condition.kind !== 'judged';
