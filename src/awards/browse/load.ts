/** Reads knowledge/browse.yaml: what can be opened without typing. */
import { z } from 'zod';
import type { Knowledge } from '../model.js';
import { readRules, rulesOf, type ReadRules } from '../rules-file.js';

const FILE = 'browse.yaml';
const text = z.string().trim().min(1);
const groupsSchema = z
  .array(
    z.strictObject({
      id: z.string().regex(/^[a-z0-9-]{2,40}$/),
      name: text,
      subjects: z.array(text).default([]),
      cards: z.array(text).default([]),
      documents: z.boolean().default(false),
    }),
  )
  .min(1);

/** A group of titles, cards or all documents. */
export type BrowseGroup = z.infer<typeof groupsSchema>[number];

/** The groups, or everything that is wrong with them. */
export function readBrowse(knowledge: Knowledge, folder?: string): ReadRules<readonly BrowseGroup[]> {
  const check = (groups: readonly BrowseGroup[]) =>
    groups.flatMap((group) => [
      ...group.subjects
        .filter((id) => knowledge.vocabulary.concepts.get(id)?.type !== 'subject')
        .map((id) => ({ field: `${group.id}.subjects`, reason: `no title or form ${id} in words.yaml` })),
      ...group.cards
        .filter((id) => !knowledge.cards.some((card) => card.id === id))
        .map((id) => ({ field: `${group.id}.cards`, reason: `unknown card ${id}` })),
    ]);
  return readRules({ file: FILE, schema: groupsSchema, check }, folder);
}

/** The groups; throws a KnowledgeError that lists every problem. */
export const loadBrowse = (knowledge: Knowledge, folder?: string): readonly BrowseGroup[] =>
  rulesOf(readBrowse(knowledge, folder));
