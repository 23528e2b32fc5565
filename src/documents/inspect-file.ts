/** What a file really is, found from its content; its name is believed only for plain text. */
import { fileTypeFromBuffer } from 'file-type';
import type { FileProblem } from '../conversation/message.js';
import { FILE_TYPES } from '../kernel/file-types.js';
import { sourceOf, type FileSource } from './file-source.js';
import { isForm } from './form-read.js';
import { isWholeIso, readJpeg, readPng } from './image-structure.js';
import { listOleStreams } from './ole-listing.js';
import { isText } from './plain-text.js';
import { readXml } from './xml-events.js';
import { readZipEntry, readZipTable, type ZipEntry } from './zip-listing.js';

type FileExtension = keyof typeof FILE_TYPES;

export type Inspection =
  | {
      readonly ok: true;
      readonly ext: FileExtension;
      readonly type: string;
      /** A form of ours that came back, as far as its looks go: whoever reads it checks its mark. */
      readonly form?: true;
    }
  | { readonly ok: false; readonly problem: FileProblem };

/** For files that a person sends. */
const MAX_FILE_BYTES = 20 * 1024 * 1024;

const HEAD_BYTES = 4100;
const TAIL_BYTES = 2048;

/** Looks into a file and says its type, or why it is not taken. */
export async function inspectFile(
  content: Buffer | FileSource,
  name: string,
  { maxBytes = MAX_FILE_BYTES }: { maxBytes?: number } = {},
): Promise<Inspection> {
  const source = Buffer.isBuffer(content) ? sourceOf(content) : content;
  if (source.size === 0) return refuse('empty');
  if (source.size > maxBytes) return refuse('too_large');
  const found = await look(source, name);
  if (!(found in FILE_TYPES)) return refuse(found as FileProblem);
  const ext = found as FileExtension;
  const form = ext === 'xlsx' && (await isForm(source)) ? ({ form: true } as const) : {};
  return { ok: true, ext, type: FILE_TYPES[ext], ...form };
}

const refuse = (problem: FileProblem): Inspection => ({ ok: false, problem });

async function look(source: FileSource, name: string): Promise<FileExtension | FileProblem> {
  const head = await source.read(0, HEAD_BYTES);
  const detected = (await fileTypeFromBuffer(head).catch(() => undefined))?.ext;
  if (startsWith(head, 'PK\u0003\u0004')) return lookIntoZip(source, name);
  switch (detected) {
    case 'cfb':
      return lookIntoOle(source);
    case 'pdf':
      return (await isWholePdf(source)) ? 'pdf' : 'broken';
    case 'jpg':
      return (await readJpeg(source)) === null ? 'broken' : 'jpg';
    case 'png':
      return (await readPng(source)) === null ? 'broken' : 'png';
    case 'heic':
      return (await isWholeIso(source)) ? 'heic' : 'broken';
    default:
      // Two or three letters at the start of a text can look like some old format: here the name counts too.
      return lookAtText(source, head, name);
  }
}

const startsWith = (head: Buffer, mark: string): boolean => head.subarray(0, mark.length).toString('latin1') === mark;

async function isWholePdf(source: FileSource): Promise<boolean> {
  const tail = await source.read(Math.max(0, source.size - TAIL_BYTES), TAIL_BYTES);
  return tail.includes('%%EOF');
}

/** Word and Excel since 2007 are ZIP archives with well-known entries. */
async function lookIntoZip(source: FileSource, name: string): Promise<FileExtension | FileProblem> {
  const listed = await readZipTable(source);
  // Of a cut archive only the name is left to tell what it should have been.
  if (listed === null) return /\.(docx|xlsx|docm|xlsm)$/i.test(name) ? 'broken' : 'wrong_type';
  const entries = new Map(listed.map((entry) => [entry.name.toLowerCase(), entry]));
  const types = entries.get('[content_types].xml');
  const ext = entries.has('word/document.xml') ? 'docx' : entries.has('xl/workbook.xml') ? 'xlsx' : null;
  if (!types || ext === null) return 'wrong_type';
  if ([...entries.keys()].some(isMacroEntry)) return 'macros';
  const declares = await declaresMacros(source, types);
  return declares === null ? 'broken' : declares ? 'macros' : ext;
}

const MAX_TYPES_BYTES = 1024 * 1024;

/** Office programs find macros by their declared type, whatever their entry is called; null when it cannot be read. */
async function declaresMacros(source: FileSource, types: ZipEntry): Promise<boolean | null> {
  const bytes = await readZipEntry(source, types, MAX_TYPES_BYTES);
  if (bytes === null) return null;
  let declares = false;
  // Two bytes a letter say the same as one: only letters of ASCII are looked for.
  readXml(bytes.toString('latin1').replaceAll('\u0000', ''), {
    open: (_tag, { ContentType = '' }) => {
      declares ||= /vbaproject|macroenabled|macrosheet/i.test(ContentType);
    },
  });
  return declares;
}

const isMacroEntry = (entry: string): boolean =>
  /(^|\/)vba(project|data)[^/]*\.(bin|xml)$/.test(entry) || entry.startsWith('xl/macrosheets/');

/** Word and Excel before 2007 are OLE containers. */
async function lookIntoOle(source: FileSource): Promise<FileExtension | FileProblem> {
  const streams = await listOleStreams(source);
  if (streams === null) return 'broken';
  // A password turns a new document into an old container that nobody here can open.
  if (streams.has('EncryptedPackage')) return 'broken';
  const ext = streams.has('WordDocument') ? 'doc' : streams.has('Workbook') || streams.has('Book') ? 'xls' : null;
  if (ext === null) return 'wrong_type';
  return streams.has('VBA') || streams.has('_VBA_PROJECT') || streams.has('Macros') ? 'macros' : ext;
}

async function lookAtText(source: FileSource, head: Buffer, name: string): Promise<FileExtension | FileProblem> {
  const ext = /\.(txt|csv)$/i.exec(name)?.[1]?.toLowerCase();
  if (ext !== 'txt' && ext !== 'csv') return looksCut(head, name) ? 'broken' : 'wrong_type';
  return (await isText(source)) ? ext : 'wrong_type';
}

/** A few bytes of a known kind are a broken upload, not a foreign file. */
const looksCut = (head: Buffer, name: string): boolean =>
  head.length < 16 && /\.(pdf|docx?|xlsx?|jpe?g|png|heic)$/i.test(name);
