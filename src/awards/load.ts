/** Reads the knowledge files. Nothing is guessed: whatever is wrong is named by file, field and reason. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import { dropUndefined, foldStates, toCard } from './cards/card-file.js';
import { conceptOf } from './cards/overlay.js';
import { buildLifeCards } from './document-life.js';
import { findKnowledgeProblems } from './knowledge-rules.js';
import type { Concept, Knowledge, LegalDocument, Parameters, Vocabulary } from './model.js';
import {
  cardsSchema,
  documentsSchema,
  formsSchema,
  parametersSchema,
  wordsSchema,
  type CardFile,
  type WordsFile,
} from './schema.js';

const FORMS = 'forms.yaml';

/** One thing to correct in the knowledge files. */
export interface KnowledgeProblem {
  readonly file: string;
  readonly field: string;
  readonly reason: string;
}

export type LoadResult =
  | { readonly ok: true; readonly knowledge: Knowledge }
  | { readonly ok: false; readonly problems: readonly KnowledgeProblem[] };

/** The knowledge cannot be used; `problems` says what to correct. */
export class KnowledgeError extends Error {
  override readonly name = 'KnowledgeError';
  readonly problems: readonly KnowledgeProblem[];

  constructor(problems: readonly KnowledgeProblem[]) {
    super(problems.map((p) => `${p.file}: ${p.field}: ${p.reason}`).join('\n'));
    this.problems = problems;
  }
}

/** The folder `knowledge/` of the project, found upwards from this file (source or built). */
export function findKnowledgeFolder(from: string = path.dirname(fileURLToPath(import.meta.url))): string {
  for (let at = from; ; at = path.dirname(at)) {
    const folder = path.join(at, 'knowledge');
    if (existsSync(path.join(folder, 'documents.yaml'))) return folder;
    if (path.dirname(at) === at) throw new Error(`no folder knowledge/ above ${from}`);
  }
}

/** The knowledge of a folder; throws a KnowledgeError that lists every problem. */
export function loadKnowledge(folder: string = findKnowledgeFolder()): Knowledge {
  const result = readKnowledge(folder);
  if (!result.ok) throw new KnowledgeError(result.problems);
  return result.knowledge;
}

/** The knowledge of a folder, or everything that is wrong with it. */
export function readKnowledge(folder: string): LoadResult {
  const problems: KnowledgeProblem[] = [];
  const read = <T>(file: string, schema: z.ZodType<T>, prepare?: (raw: unknown) => unknown): T | undefined =>
    readFile(folder, file, schema, problems, prepare);

  const documents = read('documents.yaml', documentsSchema);
  const parameters = read('parameters.yaml', parametersSchema);
  const words = read('words.yaml', wordsSchema);
  const forms = existsSync(path.join(folder, FORMS)) ? read(FORMS, formsSchema) : {};
  const files = listCards(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  const cards = files.flatMap((name) =>
    (read(`cards/${name}`, cardsSchema, foldStates) ?? []).map((card) => ({ file: `cards/${name}`, card })),
  );
  problems.push(...cards.flatMap(({ file, card }) => findOfficersMarks(file, card)));
  if (!documents || !parameters || !words || !forms || problems.length > 0) return { ok: false, problems };

  const library = new Map(documents.map((one): [string, LegalDocument] => [one.number, dropUndefined(one)]));
  const vocabulary = buildVocabulary(words, [...library.values()]);
  const own = cards.map(({ card }) => toCard(card));
  const knowledge: Knowledge = {
    documents: library,
    parameters: dropUndefined<Parameters>(parameters),
    vocabulary,
    cards: [...own, ...buildLifeCards([...library.values()])],
    forms: new Map(Object.entries(forms)),
  };
  const found = findKnowledgeProblems(
    knowledge,
    new Map(cards.map(({ file, card }) => [card.id, file])),
    cards.map(({ card }) => card.id),
  );
  return found.length > 0 ? { ok: false, problems: found } : { ok: true, knowledge };
}

function readFile<T>(
  folder: string,
  file: string,
  schema: z.ZodType<T>,
  problems: KnowledgeProblem[],
  prepare?: (raw: unknown) => unknown,
): T | undefined {
  let raw: unknown;
  try {
    raw = parseYaml(readFileSync(path.join(folder, file), 'utf8').normalize('NFC'));
  } catch (error) {
    problems.push({
      file,
      field: '-',
      reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
    });
    return undefined;
  }
  const parsed = schema.safeParse(prepare ? prepare(raw) : raw);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues)
    problems.push({ file, field: fieldName(issue.path, raw), reason: issue.message });
  return undefined;
}

/** `[3].asks` reads better as `cstdcs-tieu-chuan.asks`. */
function fieldName(at: readonly PropertyKey[], raw: unknown): string {
  const [first, ...rest] = at.map(String);
  if (first === undefined) return '-';
  const entry = Array.isArray(raw) ? (raw[Number(first)] as { id?: unknown; number?: unknown } | undefined) : undefined;
  const name = typeof entry?.id === 'string' ? entry.id : typeof entry?.number === 'string' ? entry.number : first;
  return [name, ...rest].join('.');
}

/** The card files; a folder without any is a problem of the files that are missing, told by them. */
function listCards(folder: string): string[] {
  const cards = path.join(folder, 'cards');
  return existsSync(cards) ? readdirSync(cards) : [];
}

/** "bằng khen (của|do) công đoàn": one phrase for each choice. */
function alternatives(words: string): string[] {
  const [whole, choices] = /\(([^()]*)\)/.exec(words) ?? [];
  if (whole === undefined || choices === undefined) return [words];
  return choices.split('|').flatMap((choice) => alternatives(words.replace(whole, choice)));
}

/** The concepts of words.yaml, and one for each document. */
function buildVocabulary(words: WordsFile, documents: readonly LegalDocument[]): Vocabulary {
  const concepts = new Map<string, Concept>();
  for (const [id, concept] of Object.entries(words.concepts))
    concepts.set(id, dropUndefined<Concept>({ id, ...concept, words: concept.words.flatMap(alternatives) }));
  for (const one of documents) {
    const concept = conceptOf(one);
    concepts.set(concept.id, concept);
  }
  return { shorthand: words.shorthand, filler: words.filler.split(/\s+/), common: words.common.split(/\s+/), concepts };
}

/** Only an officer's act in the product says that a card was checked: a file cannot. */
function findOfficersMarks(file: string, card: CardFile): KnowledgeProblem[] {
  const reason = "only an officer's act in the product sets it";
  return [
    ...(card.state === 'da doi chieu' ? [{ file, field: `${card.id}.state`, reason }] : []),
    ...(card.checkedBy === undefined ? [] : [{ file, field: `${card.id}.checkedBy`, reason }]),
    ...(card.checkedAt === undefined ? [] : [{ file, field: `${card.id}.checkedAt`, reason }]),
  ];
}
