/** Ids for rows and codes for people. */
import { randomBytes, randomInt } from 'node:crypto';

/** A time-ordered UUID (version 7), so that new rows land at the end of an index. */
export function newId(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** True for the form of an id: what stands in a button or an address is not believed before. */
export const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

// Without 0/O, 1/I/L: codes are read aloud on the phone.
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

/** A short code such as `BC-7F3KQ`. */
export function newCode(prefix: string, length = 5): string {
  return `${prefix}-${randomCode(length)}`;
}

/** `length` letters of the code alphabet. */
export function randomCode(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}
