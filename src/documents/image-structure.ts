/** Size and soundness of pictures, read from their structure without decoding them. */
import type { FileSource } from './file-source.js';

export interface ImageFacts {
  readonly width: number;
  readonly height: number;
  /** 1 to 8 as EXIF counts; 1 is upright. */
  readonly orientation: number;
}

const STEP = 64 * 1024;
/** Real pictures have at most some thousand parts; a crafted one must not keep the reader busy for minutes. */
const MAX_PARTS = 50_000;

/** Facts of a PNG, or null when it is cut or damaged. */
export async function readPng(source: FileSource): Promise<ImageFacts | null> {
  let facts: ImageFacts | null = null;
  let at = 8;
  for (let part = 0; part < MAX_PARTS && at + 12 <= source.size; part += 1) {
    const head = await source.read(at, 16);
    const kind = head.toString('latin1', 4, 8);
    if (at === 8) {
      if (kind !== 'IHDR' || source.size < 33) return null;
      const size = await source.read(16, 8);
      facts = { width: size.readUInt32BE(0), height: size.readUInt32BE(4), orientation: 1 };
    }
    if (kind === 'IEND') return facts;
    at += 12 + head.readUInt32BE(0);
  }
  return null;
}

/** Facts of a JPEG, or null when it is cut or damaged. */
export async function readJpeg(source: FileSource): Promise<ImageFacts | null> {
  let size: { width: number; height: number } | null = null;
  let orientation = 1;
  let at = 2;
  for (let part = 0; part < MAX_PARTS && at + 4 <= source.size; part += 1) {
    const head = await source.read(at, 10);
    const marker = head[1] ?? 0;
    if (head[0] !== 0xff) return null;
    // A marker may be preceded by any number of fill bytes.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = head.readUInt16BE(2);
    if (isFrame(marker) && head.length >= 9) size = { height: head.readUInt16BE(5), width: head.readUInt16BE(7) };
    if (marker === 0xe1)
      orientation = readOrientation(await source.read(at + 4, Math.max(0, length - 2))) ?? orientation;
    at += 2 + length;
    // After the start of the scan come packed data: somewhere there must be the end mark.
    if (marker === 0xda) return size && (await hasEndMark(source, at)) ? { ...size, orientation } : null;
  }
  return null;
}

/** True when the boxes of an ISO media file (HEIC) fill it exactly. */
export async function isWholeIso(source: FileSource): Promise<boolean> {
  let at = 0;
  for (let part = 0; part < MAX_PARTS && at + 8 <= source.size; part += 1) {
    const head = await source.read(at, 16);
    const size = head.readUInt32BE(0);
    // 0: the box goes to the end of the file. 1: its size follows in 64 bits.
    if (size === 0) return true;
    at += size === 1 && head.length === 16 ? Number(head.readBigUInt64BE(8)) : Math.max(size, 8);
  }
  return at === source.size;
}

/** Start of frame, of any of the coding ways; C4, C8 and CC are tables. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

async function hasEndMark(source: FileSource, from: number): Promise<boolean> {
  // Steps overlap by a byte, so that a mark on the border is seen.
  for (let at = from; at < source.size; at += STEP - 1) {
    const piece = await source.read(at, STEP);
    if (piece.includes(Buffer.from([0xff, 0xd9]))) return true;
  }
  return false;
}

/** The orientation in an EXIF block; undefined where it says none. */
function readOrientation(block: Buffer): number | undefined {
  if (block.length < 14 || block.toString('latin1', 0, 4) !== 'Exif') return undefined;
  const tiff = block.subarray(6);
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const u16 = (at: number): number =>
    at + 2 > tiff.length ? 0 : isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
  const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  const count = u16(directory);
  for (let i = 0; i < count; i += 1) {
    const at = directory + 2 + 12 * i;
    const value = u16(at + 8);
    if (u16(at) === 0x0112) return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}
