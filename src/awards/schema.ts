/** The form of the knowledge files, checked when they are read. */
import { z } from 'zod';
import { isLocalDate } from '../kernel/local-date.js';
import { CERTAINTIES, CONCEPT_TYPES } from './model.js';

const date = z.string().refine(isLocalDate, 'not a day of the calendar (YYYY-MM-DD)');
const text = z.string().trim().min(1);
const cardId = z.string().regex(/^[a-z0-9-]{3,40}$/, 'lower-case letters, digits and hyphens, 3 to 40');
const certainty = z.enum(CERTAINTIES);

export const basisSchema = z.strictObject({
  document: text,
  article: text.optional(),
  clause: text.optional(),
  point: text.optional(),
  section: text.optional(),
});

export const documentsSchema = z.array(
  z.strictObject({
    number: text,
    title: text,
    kind: text,
    issuedOn: date.optional(),
    inForceFrom: date.optional(),
    inForceTo: date.optional(),
    replacedBy: text.optional(),
    certainty,
    endCertainty: certainty.optional(),
    lifeBasis: basisSchema.optional(),
    words: z.array(text).default([]),
    caution: text.optional(),
    note: text.optional(),
    changedOn: date.optional(),
    amendments: z
      .array(z.strictObject({ by: text, from: date, strongArticles: z.array(text).default([]) }))
      .default([]),
  }),
);

const factor = z.strictObject({ times: z.number().positive(), certainty, basis: basisSchema });

export const parametersSchema = z.strictObject({
  baseSalary: z
    .array(z.strictObject({ amount: z.number().int().positive(), from: date, to: date.optional(), document: text }))
    .min(1),
  rounding: z.strictObject({ step: z.number().int().positive(), mode: z.literal('up'), basis: basisSchema }),
  runs: z.record(
    z.string(),
    z.strictObject({
      of: z.string(),
      times: z.number().int().min(2),
      yearly: z.boolean().default(true),
      basis: basisSchema,
    }),
  ),
  shares: z.record(z.string(), z.strictObject({ min: z.number().min(0).max(100), basis: basisSchema })),
  bonuses: z.record(
    z.string(),
    z.strictObject({
      multiple: z.number().positive(),
      payee: z.literal('collective').optional(),
      atMost: z.boolean().default(false),
      from: date,
      to: date.optional(),
      certainty,
      basis: basisSchema,
      collective: factor.optional(),
      household: factor.optional(),
    }),
  ),
});

// An officer writes the states in Vietnamese; the folded word is what the code knows.
const state = z.enum(['chua doi chieu', 'da doi chieu', 'het hieu luc']).default('chua doi chieu');
const need = z.union([text.transform((one) => [one]), z.array(text).min(1)]);

export const cardsSchema = z.array(
  z.strictObject({
    id: cardId,
    title: text,
    asks: z.array(text).min(1),
    answer: text.optional(),
    details: text.optional(),
    basis: z.array(basisSchema).default([]),
    quote: z
      .strictObject({
        document: text,
        article: text,
        clause: text.optional(),
        point: text.optional(),
        text: text.max(2000),
      })
      .optional(),
    certainty,
    state,
    outcome: z.enum(['answer', 'local_setting', 'hand_over', 'clarify']).default('answer'),
    local: text.max(500).optional(),
    ask: z.enum(['office', 'unit', 'sector', 'finance']).optional(),
    subjects: z.array(text).default([]),
    applies: z.union([z.literal('any'), z.array(text)]).default([]),
    needs: z.array(need).default([]),
    unless: z.array(text).default([]),
    also: z.array(text).default([]),
    validFrom: date.optional(),
    validTo: date.optional(),
    anyDate: z.boolean().default(false),
    bonus: text.optional(),
    options: z.array(cardId).default([]),
    level: text.optional(),
    checkedBy: text.optional(),
    checkedAt: date.optional(),
  }),
);
export type CardFile = z.infer<typeof cardsSchema>[number];

/** Further ways to ask, by the id of their card. */
export const formsSchema = z.record(z.string(), z.array(text).min(1));

export const wordsSchema = z.strictObject({
  shorthand: z.record(z.string(), text),
  filler: text,
  common: text,
  concepts: z.record(
    z.string(),
    z.strictObject({
      type: z.enum(CONCEPT_TYPES),
      name: text.optional(),
      parent: text.optional(),
      level: text.optional(),
      anchor: z.enum(['strong', 'weak']).optional(),
      soft: z.boolean().default(false),
      aside: z.boolean().optional(),
      implies: z.array(text).default([]),
      needs: z.array(text).default([]),
      words: z.array(text).min(1),
    }),
  ),
});
export type WordsFile = z.infer<typeof wordsSchema>;
