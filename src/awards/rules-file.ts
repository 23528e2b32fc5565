/** Reads one file of rules in `knowledge/`; what is wrong is named by file, field and reason. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import { findKnowledgeFolder, KnowledgeError, type KnowledgeProblem } from './load.js';

/** The rules, or everything that is wrong with them. */
export interface ReadRules<T> {
  readonly rules?: T;
  readonly problems: readonly KnowledgeProblem[];
}

type Problem = Omit<KnowledgeProblem, 'file'>;

/** `check` looks at what the form of the file cannot say: whether what it names exists. */
export function readRules<T>(
  {
    file,
    schema,
    check,
  }: { readonly file: string; readonly schema: z.ZodType<T>; readonly check: (rules: T) => readonly Problem[] },
  folder: string = findKnowledgeFolder(),
): ReadRules<T> {
  const failed = (problems: readonly Problem[]): ReadRules<T> => ({
    problems: problems.map((one) => ({ file, ...one })),
  });
  let raw: unknown;
  try {
    raw = parseYaml(readFileSync(path.join(folder, file), 'utf8').normalize('NFC'));
  } catch (error) {
    return failed([{ field: '-', reason: error instanceof Error ? error.message : String(error) }]);
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success)
    return failed(parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), reason: issue.message })));
  const problems = check(parsed.data);
  return problems.length > 0 ? failed(problems) : { rules: parsed.data, problems: [] };
}

/** The rules; throws a KnowledgeError that lists every problem. */
export function rulesOf<T>({ rules, problems }: ReadRules<T>): T {
  if (rules === undefined) throw new KnowledgeError(problems);
  return rules;
}
