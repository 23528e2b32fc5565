/** The folder of the loaded texts: one file for each document and version, read and written whole. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { isLocalDate } from '../../kernel/local-date.js';
import type { OfficialText } from './model.js';

const date = z.string().refine(isLocalDate);
const text = z.string();
const maybe = text.optional();

const passage = z.object({
  kind: z.enum(['opening', 'chapter', 'section', 'article', 'clause', 'point', 'closing', 'appendix']),
  part: z.number().int().min(0),
  chapter: maybe,
  section: maybe,
  article: maybe,
  clause: maybe,
  point: maybe,
  label: text,
  title: maybe,
  text,
  cut: z.literal(true).optional(),
});

const fileSchema = z.object({
  number: text,
  from: date,
  to: date.optional(),
  partial: z.boolean(),
  sources: z.array(z.object({ file: text, sha256: text, importedAt: text, origin: maybe, completeness: maybe })),
  passages: z.array(passage),
});

/** Where texts are kept inside the folder of the knowledge, unless the configuration says otherwise. */
export const TEXTS_FOLDER = 'texts';

/** `152-2025-ND-CP@2025-07-01.json`: the number without what a file name may not hold. */
export const fileName = ({ number, from }: { readonly number: string; readonly from: string }): string =>
  `${number
    .replace(/\u0110/g, 'D')
    .replaceAll('/', '-')
    .replace(/[^\p{L}\d-]/gu, '_')}@${from}.json`;

export interface ReadArchive {
  readonly texts: readonly OfficialText[];
  /** Files that cannot be used, by name. */
  readonly broken: readonly string[];
}

/** The texts of a folder; no folder means none. */
export function readArchive(folder: string): ReadArchive {
  const texts: OfficialText[] = [];
  const broken: string[] = [];
  for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
    if (!name.endsWith('.json')) continue;
    const read = readText(path.join(folder, name));
    if (read) texts.push(read);
    else broken.push(name);
  }
  return { texts, broken };
}

function readText(file: string): OfficialText | null {
  try {
    const parsed = fileSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    // Absent and undefined are one in a file.
    return parsed.success ? (parsed.data as OfficialText) : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The stored text of this document and version, where there is one. */
export function findText(
  folder: string,
  wanted: { readonly number: string; readonly from: string },
): OfficialText | null {
  return readText(path.join(folder, fileName(wanted)));
}

/** Writes a text: whoever reads the folder meanwhile sees the old file or the new one, never half of one. */
export function writeText(folder: string, one: OfficialText): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, fileName(one));
  const temporary = `${file}.${String(process.pid)}.tmp`;
  try {
    writeFileSync(temporary, `${JSON.stringify(one, null, 1)}\n`);
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
  return file;
}
