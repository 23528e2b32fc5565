/** The text of a file: UTF-8 or UTF-16. Anything else is refused with the reason. */
import type { TextFault } from './model.js';

/** A law of five hundred articles has less than two million bytes. */
export const LARGEST_TEXT = 8 * 1024 * 1024;

export type ReadBytes =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly fault: TextFault };

/** Reads the bytes of a plain text. */
export function readBytes(bytes: Buffer): ReadBytes {
  if (bytes.length > LARGEST_TEXT) return { ok: false, fault: 'too-large' };
  if (bytes.subarray(0, 5).toString('latin1') === '%PDF-') return { ok: false, fault: 'pdf' };
  if (bytes.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004') return { ok: false, fault: 'zip' };
  const text = decode(bytes);
  if (text === null) return { ok: false, fault: 'binary' };
  const clean = text.replace(/^\uFEFF/, '').normalize('NFC');
  return clean.trim() === '' ? { ok: false, fault: 'empty' } : { ok: true, text: clean };
}

function decode(bytes: Buffer): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeAs('utf-16le', bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeAs('utf-16be', bytes);
  const text = decodeAs('utf-8', bytes);
  if (text === null) return null;
  // Half of the bytes 0: UTF-16 that does not say so.
  if (text.includes('\0')) return withoutMark(bytes);
  return hasControls(text) ? null : text;
}

function withoutMark(bytes: Buffer): string | null {
  const half = bytes.length / 2;
  const zeros = (from: number) => {
    let count = 0;
    for (let at = from; at < bytes.length; at += 2) if (bytes[at] === 0) count += 1;
    return count;
  };
  const text =
    zeros(1) > half / 2 ? decodeAs('utf-16le', bytes) : zeros(0) > half / 2 ? decodeAs('utf-16be', bytes) : null;
  return text === null || hasControls(text) ? null : text;
}

function decodeAs(encoding: string, bytes: Buffer): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

// eslint-disable-next-line no-control-regex -- a text has none of these
const hasControls = (text: string): boolean => /[\u0000-\u0008\u000E-\u001F]/.test(text);
