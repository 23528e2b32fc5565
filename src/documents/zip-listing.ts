/** The table of contents of a ZIP archive, and single entries of it: nothing is unpacked that nobody asked for. */
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import type { FileSource } from './file-source.js';

const END_MARK = Buffer.from('PK\u0005\u0006', 'latin1');
const END_SIZE = 22;
const MAX_COMMENT = 0xffff;
const ENTRY_MARK = 0x02014b50;
const ENTRY_SIZE = 46;
const LOCAL_MARK = 0x04034b50;
const LOCAL_SIZE = 30;
const STORED = 0;
const DEFLATED = 8;
/** A document has some dozens of entries; a table of more than this is not one. */
const MAX_TABLE_BYTES = 4 * 1024 * 1024;

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  /** Bytes as they lie in the archive. */
  readonly packed: number;
  /** Where the entry begins. */
  readonly offset: number;
}

/** All entries, or null when the archive is cut, damaged or no archive. */
export async function readZipTable(source: FileSource): Promise<ZipEntry[] | null> {
  const tailSize = Math.min(source.size, END_SIZE + MAX_COMMENT);
  const tail = await source.read(source.size - tailSize, tailSize);
  const at = tail.lastIndexOf(END_MARK);
  if (at < 0 || at + END_SIZE > tail.length) return null;

  const count = tail.readUInt16LE(at + 10);
  const size = tail.readUInt32LE(at + 12);
  const offset = tail.readUInt32LE(at + 16);
  if (size > MAX_TABLE_BYTES || offset + size > source.size) return null;
  return readTable(await source.read(offset, size), count, offset);
}

/** Reads the entries; every one must begin before the table does. */
function readTable(table: Buffer, count: number, tableOffset: number): ZipEntry[] | null {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    if (at + ENTRY_SIZE > table.length || table.readUInt32LE(at) !== ENTRY_MARK) return null;
    const method = table.readUInt16LE(at + 10);
    const packed = table.readUInt32LE(at + 20);
    const nameLength = table.readUInt16LE(at + 28);
    const rest = table.readUInt16LE(at + 30) + table.readUInt16LE(at + 32);
    const offset = table.readUInt32LE(at + 42);
    if (offset + packed > tableOffset) return null;
    const name = table.toString('utf8', at + ENTRY_SIZE, at + ENTRY_SIZE + nameLength);
    entries.push({ name, method, packed, offset });
    at += ENTRY_SIZE + nameLength + rest;
  }
  // More entries than are counted: one of them is hidden from whoever counts.
  const isHiding = at + ENTRY_SIZE <= table.length && table.readUInt32LE(at) === ENTRY_MARK;
  return isHiding ? null : entries;
}

const inflate = promisify(inflateRaw);

/** The bytes of one entry; null when it is damaged or holds more than `maxBytes`, whatever the archive says of it. */
export async function readZipEntry(source: FileSource, entry: ZipEntry, maxBytes: number): Promise<Buffer | null> {
  if (entry.packed > maxBytes) return null;
  const head = await source.read(entry.offset, LOCAL_SIZE);
  if (head.length < LOCAL_SIZE || head.readUInt32LE(0) !== LOCAL_MARK) return null;
  const from = entry.offset + LOCAL_SIZE + head.readUInt16LE(26) + head.readUInt16LE(28);
  const bytes = await source.read(from, entry.packed);
  if (bytes.length < entry.packed) return null;
  if (entry.method === STORED) return bytes;
  if (entry.method !== DEFLATED) return null;
  // Damaged, or a bomb: in both cases there is nothing to read.
  return inflate(bytes, { maxOutputLength: maxBytes }).catch(() => null);
}
