/** Whether bytes can be read as text. */
import type { FileSource } from './file-source.js';

const STEP = 256 * 1024;

/**
 * True for text in UTF-8, UTF-16 with its mark, or an old single-byte Vietnamese encoding: no control characters
 * other than those that a text has.
 */
export async function isText(source: FileSource): Promise<boolean> {
  const head = await source.read(0, 2);
  const isUtf16 = head.length === 2 && (head.readUInt16BE(0) === 0xfffe || head.readUInt16BE(0) === 0xfeff);
  if (isUtf16) return source.size % 2 === 0;
  for (let offset = 0; offset < source.size; offset += STEP) {
    const piece = await source.read(offset, STEP);
    if (piece.length === 0 || piece.some(isControl)) return false;
  }
  return true;
}

/** Tab, the line ends and the page break belong to a text; the other bytes below the space do not. */
const isControl = (byte: number): boolean => (byte < 0x20 && (byte < 0x09 || byte > 0x0d)) || byte === 0x7f;
