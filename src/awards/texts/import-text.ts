/** One file becomes an official text, or the reasons why not. */
import { createHash } from 'node:crypto';
import type { LocalDate } from '../../kernel/local-date.js';
import {
  articleOfNote,
  findEnd,
  findFrom,
  findNumber,
  hasOwnBullets,
  noted,
  openFile,
  otherDocuments,
  refusal,
  type Opened,
} from './header.js';
import type { OfficialText, TextProblem } from './model.js';
import { parseText, type ParsedText } from './parse.js';
import { readBytes } from './read-bytes.js';

export interface ImportRequest {
  /** The name of the file, without its folders. */
  readonly name: string;
  readonly bytes: Buffer;
  /** What the operator says where the file does not. */
  readonly document?: string;
  readonly from?: LocalDate;
  readonly to?: LocalDate;
  /** What is known of a document by its number. */
  life(number: string): { readonly from?: LocalDate; readonly to?: LocalDate } | undefined;
  readonly now: Date;
}

export type Imported =
  | { readonly ok: true; readonly text: OfficialText; readonly parsed: ParsedText; readonly offset: number }
  | { readonly ok: false; readonly problems: readonly TextProblem[] };

const fail = (fault: TextProblem['fault'], detail?: string): Imported => ({
  ok: false,
  problems: [{ fault, line: 0, ...(detail === undefined ? {} : { detail }) }],
});

/** Reads one file. */
export function importText(request: ImportRequest): Imported {
  const read = readBytes(request.bytes);
  if (!read.ok) return fail(read.fault);
  const opened = openFile(read.text);
  const refused = refusal(request.name, opened);
  if (refused) return fail(refused.fault, refused.detail);
  const found = findNumber(opened);
  const number = request.document ?? found;
  if (number === undefined) return fail('no-number');
  if (found !== undefined && found !== number) return fail('other-number', found);
  const parsed = parseExcerpt(opened, number);
  const problems = parsed.problems.map((one) => ({ ...one, line: one.line + opened.offset }));
  if (problems.length > 0) return { ok: false, problems };
  if (!parsed.passages.some((one) => one.article !== undefined)) return fail('no-article');
  const span = spanOf(request, opened, number);
  if ('fault' in span) return fail(span.fault, span.detail);
  return { ok: true, text: { number, ...span, ...describe(request, opened, parsed) }, parsed, offset: opened.offset };
}

/** An excerpt of one article may leave its heading to the note above it. */
function parseExcerpt(opened: Opened, number: string): ParsedText {
  const article = articleOfNote(opened.header);
  const plain = parseText(opened.body);
  const headed = plain.passages.some((one) => one.article !== undefined);
  const parsed = headed || article === undefined ? plain : parseText(opened.body, { article });
  if (opened.header === '') return parsed;
  const others = otherDocuments(opened, number).map((line) => ({ fault: 'two-documents' as const, line }));
  const passages = hasOwnBullets(opened.header)
    ? parsed.passages.map((one) => ({ ...one, cut: true as const }))
    : parsed.passages;
  return { ...parsed, passages, problems: [...parsed.problems, ...others] };
}

type Span = { from: LocalDate; to?: LocalDate } | { fault: 'no-from' | 'ended' | 'wrong-span'; detail?: string };

function spanOf(request: ImportRequest, opened: Opened, number: string): Span {
  const life = request.life(number);
  const from = request.from ?? findFrom(opened) ?? life?.from;
  const told = findEnd(request.name, opened.header);
  const to = request.to ?? told ?? life?.to;
  if (told === null && to === undefined) return { fault: 'ended' };
  if (from === undefined) return { fault: 'no-from' };
  if (to !== undefined && to <= from) return { fault: 'wrong-span', detail: `${from} – ${to}` };
  return { from, ...(to === undefined ? {} : { to }) };
}

function describe({ name, bytes, now }: ImportRequest, opened: Opened, parsed: ParsedText) {
  const origin = noted(opened.header, /^Nguồn\s*:/u);
  const completeness = noted(opened.header, /^Mức đầy đủ\s*:/u);
  const numbers = parsed.passages.flatMap((one) =>
    one.kind === 'article' ? [Number.parseInt(one.article ?? '', 10)] : [],
  );
  const source = {
    file: name,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    importedAt: now.toISOString(),
    ...(origin === undefined ? {} : { origin }),
    ...(completeness === undefined ? {} : { completeness }),
  };
  return {
    // Whole: its articles are numbered from 1 without a gap, none is cut, and it is signed.
    partial:
      parsed.gaps > 0 ||
      parsed.passages.some((one) => one.cut) ||
      numbers[0] !== 1 ||
      !parsed.passages.some((one) => one.kind === 'closing'),
    sources: [source],
    passages: parsed.passages,
  };
}
