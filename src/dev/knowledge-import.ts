/**
 * npm run knowledge:import -- FILE… [--document NUMBER] [--from DATE] [--to DATE]: loads official texts, so that quotes
 * can be checked word for word. All files or none: what is wrong is named by file, line and reason.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  findKnowledgeFolder,
  findText,
  importText,
  LARGEST_TEXT,
  loadKnowledge,
  mergeTexts,
  TEXTS_FOLDER,
  writeText,
  type OfficialText,
  type TextProblem,
} from '../awards/index.js';
import { readTextsFolder } from '../config.js';
import { isLocalDate } from '../kernel/local-date.js';
import { describeCounts, tellProblem } from './knowledge-import-words.js';

const write = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

interface Options {
  readonly files: readonly string[];
  readonly document?: string;
  readonly from?: string;
  readonly to?: string;
}

function readOptions(args: string[]): Options | string {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { document: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' } },
    });
    for (const name of ['from', 'to'] as const) {
      const day = values[name];
      if (day !== undefined && !isLocalDate(day)) return `--${name} cần một ngày dạng 2026-11-22`;
    }
    if (positionals.length === 0) return 'cần ít nhất một tệp: npm run knowledge:import -- TỆP.txt';
    return { files: positionals, ...values };
  } catch {
    return 'không hiểu tham số; dùng: TỆP.txt [--document SỐ HIỆU] [--from NGÀY] [--to NGÀY]';
  }
}

/** A text that is to be written, and what is told of it. */
interface Planned {
  readonly text: OfficialText;
  readonly changed: boolean;
  readonly lines: string[];
}

function main(args: string[]): number {
  const options = readOptions(args);
  if (typeof options === 'string') {
    complain(options);
    return 1;
  }
  const knowledgeFolder = findKnowledgeFolder();
  const folder = readTextsFolder() ?? path.join(knowledgeFolder, TEXTS_FOLDER);
  const { documents } = loadKnowledge(knowledgeFolder);
  const planned = new Map<string, Planned>();
  let failed = false;
  for (const file of options.files) {
    const problems = plan(file, options, folder, planned, (number) => {
      const one = documents.get(number);
      return (
        one && {
          ...(one.inForceFrom ? { from: one.inForceFrom } : {}),
          ...(one.inForceTo ? { to: one.inForceTo } : {}),
        }
      );
    });
    for (const problem of problems) complain(tellProblem(file, problem));
    failed ||= problems.length > 0;
  }
  if (failed) {
    complain('không nạp gì: sửa các chỗ trên rồi chạy lại');
    return 1;
  }
  for (const { text, changed, lines } of planned.values()) {
    if (changed) writeText(folder, text);
    if (!documents.has(text.number)) lines.push(`  lưu ý: documents.yaml chưa có văn bản ${text.number}`);
    for (const line of lines) write(line);
  }
  return 0;
}

/** Reads one file and joins it with what is loaded of its document; returns what is wrong. */
function plan(
  file: string,
  options: Options,
  folder: string,
  planned: Map<string, Planned>,
  life: (number: string) => { from?: string; to?: string } | undefined,
): readonly TextProblem[] {
  const bytes = readLimited(file);
  if (!Buffer.isBuffer(bytes)) return [bytes];
  const { document, from, to } = options;
  const read = importText({
    name: path.basename(file),
    bytes,
    ...(document === undefined ? {} : { document }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    life,
    now: new Date(),
  });
  if (!read.ok) return read.problems;
  const key = `${read.text.number}@${read.text.from}`;
  const before = planned.get(key);
  const stored = before?.text ?? findText(folder, read.text);
  const merged = stored ? mergeTexts(stored, read.text) : { ok: true as const, text: read.text, changed: true };
  if (!merged.ok) return merged.problems;
  const lines = [...(before?.lines ?? []), ...describeCounts(file, read, merged)];
  planned.set(key, { text: merged.text, changed: merged.changed || (before?.changed ?? false), lines });
  return [];
}

/** The bytes of a file that is not too large to be a law: a larger one is not even read. */
function readLimited(file: string): Buffer | TextProblem {
  if (!existsSync(file)) return { fault: 'no-file', line: 0 };
  const { size } = statSync(file);
  if (size > LARGEST_TEXT) return { fault: 'too-large', line: 0 };
  return readFileSync(file);
}

process.exitCode = main(process.argv.slice(2));
