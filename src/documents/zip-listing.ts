/** The table of contents of a ZIP archive, read without unpacking anything. */
import type { FileSource } from './file-source.js';

const END_MARK = Buffer.from('PK\u0005\u0006', 'latin1');
const END_SIZE = 22;
const MAX_COMMENT = 0xffff;
const ENTRY_MARK = 0x02014b50;
const ENTRY_SIZE = 46;
/** A document has some dozens of entries; a table of more than this is not one. */
const MAX_TABLE_BYTES = 4 * 1024 * 1024;

/** Names of all entries, or null when the archive is cut, damaged or no archive. */
export async function listZipEntries(source: FileSource): Promise<string[] | null> {
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
function readTable(table: Buffer, count: number, tableOffset: number): string[] | null {
  const names: string[] = [];
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    if (at + ENTRY_SIZE > table.length || table.readUInt32LE(at) !== ENTRY_MARK) return null;
    const packed = table.readUInt32LE(at + 20);
    const nameLength = table.readUInt16LE(at + 28);
    const rest = table.readUInt16LE(at + 30) + table.readUInt16LE(at + 32);
    if (table.readUInt32LE(at + 42) + packed > tableOffset) return null;
    names.push(table.toString('utf8', at + ENTRY_SIZE, at + ENTRY_SIZE + nameLength));
    at += ENTRY_SIZE + nameLength + rest;
  }
  return names;
}
