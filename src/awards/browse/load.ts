/** Reads knowledge/browse.yaml: what can be opened without typing. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { findKnowledgeFolder, KnowledgeError, type KnowledgeProblem } from '../load.js';
import type { Knowledge } from '../model.js';

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
export function readBrowse(
  knowledge: Knowledge,
  folder: string = findKnowledgeFolder(),
): { readonly groups?: readonly BrowseGroup[]; readonly problems: readonly KnowledgeProblem[] } {
  let raw: unknown;
  try {
    raw = parseYaml(readFileSync(path.join(folder, FILE), 'utf8').normalize('NFC'));
  } catch (error) {
    return { problems: [{ file: FILE, field: '-', reason: error instanceof Error ? error.message : String(error) }] };
  }
  const parsed = groupsSchema.safeParse(raw);
  if (!parsed.success)
    return {
      problems: parsed.error.issues.map((one) => ({ file: FILE, field: one.path.join('.'), reason: one.message })),
    };
  const problems = parsed.data.flatMap((group) => [
    ...group.subjects
      .filter((id) => knowledge.vocabulary.concepts.get(id)?.type !== 'subject')
      .map((id) => ({ file: FILE, field: `${group.id}.subjects`, reason: `no title or form ${id} in words.yaml` })),
    ...group.cards
      .filter((id) => !knowledge.cards.some((card) => card.id === id))
      .map((id) => ({ file: FILE, field: `${group.id}.cards`, reason: `unknown card ${id}` })),
  ]);
  return problems.length > 0 ? { problems } : { groups: parsed.data, problems };
}

/** The groups; throws a KnowledgeError that lists every problem. */
export function loadBrowse(knowledge: Knowledge, folder?: string): readonly BrowseGroup[] {
  const { groups, problems } = readBrowse(knowledge, folder);
  if (!groups) throw new KnowledgeError(problems);
  return groups;
}
